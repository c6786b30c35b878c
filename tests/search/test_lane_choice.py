"""Which number of lanes a study gets, and that it keeps it."""

import threading
from pathlib import Path

import pytest
from netclinic.models import lane_plan
from netclinic.models.lane_plan import LanePlan
from netclinic.models.probe import Work
from netclinic.search import lane_choice, parse_spec, resume_study
from netclinic.search.lane_choice import choose_plan
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import trial_signature

from .conftest import SMALL, UNSEEN, load, run, url_in

VMAP = ("compute.strategy=vmap", "compute.lanes=auto")


def chosen(folder: Path, *overrides: str, trials=()) -> LanePlan:
    spec = parse_spec(SMALL, file="", folder=folder, overrides=overrides).spec
    return choose_plan(spec, load_data(spec, folder), trials)


@pytest.fixture
def probes(monkeypatch) -> list[tuple]:
    """As on a machine with two GPUs whose probe always says 48; what the probe was asked."""
    asked = []

    def probed(signature, splits, plan, epochs, forms, work, most, bridge):
        asked.append((signature, len(splits[0].labels), plan.devices, epochs, forms, work, most))
        return plan._replace(lanes=48, form=forms[-1])

    monkeypatch.setattr(lane_choice, "on_cpu", lambda: False)
    monkeypatch.setattr(lane_plan, "usual_form", lambda: "im2col")
    monkeypatch.setattr(lane_choice, "probed_plan", probed)
    return asked


def test_a_cpu_is_never_probed(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(lane_choice, "probed_plan", lambda *_, **__: pytest.fail("probed"))
    assert chosen(tmp_path, "compute.lanes=auto") == LanePlan(16, "map", 2, "chwn")
    assert chosen(tmp_path, *VMAP) == LanePlan(16, "vmap", 2, "chwn")


def test_a_new_study_asks_about_its_first_trials_network(tmp_path, probes) -> None:
    shapes = "search.units={int = [3, 300]}"
    assert chosen(tmp_path, *VMAP, shapes) == LanePlan(48, "vmap", 2)
    run(tmp_path, shapes, "study.trials=1", UNSEEN)
    spec = parse_spec(SMALL, file="", folder=tmp_path, overrides=[shapes]).spec
    data = load_data(spec, tmp_path)
    first = trial_signature(spec, data, load(tmp_path).trials[0].parameters)
    assert probes == [(first, len(data.train.labels), 2, 2, ("im2col",), Work(6, 3), 6)]


def test_no_more_lanes_are_tried_than_trials_are_held(tmp_path, probes) -> None:
    chosen(tmp_path, *VMAP, "study.trials=100000")
    chosen(tmp_path, *VMAP, "study.trials=9")
    chosen(tmp_path, *VMAP, "study.trials=99", "pruning.kind=median", "pruning.every=3")
    assert [(epochs, work, most) for *_, epochs, _, work, most in probes] == [
        (2, Work(50000, 3), 4096),
        (2, Work(5, 3), 5),
        (3, Work(50, 2), 4),
    ]


def test_the_spec_decides_where_it_says_a_number(tmp_path, probes) -> None:
    run(tmp_path, "compute.strategy=vmap", "study.trials=1", UNSEEN)
    trials = load(tmp_path).trials
    plan = chosen(tmp_path, "compute.strategy=vmap", "compute.lanes=7", trials=trials)
    assert plan == LanePlan(7, "vmap", 2)
    assert probes == []


def test_a_study_keeps_the_lanes_it_began_with(tmp_path) -> None:
    """On resume the stored spec says "auto"; here as when a probe said 6 and memory then held 3."""
    run(tmp_path, *VMAP, "study.trials=1", UNSEEN)
    run(tmp_path, "compute.strategy=vmap", "compute.lanes=6", "study.trials=2", UNSEEN)
    run(tmp_path, "compute.strategy=vmap", "compute.lanes=3", "study.trials=3", UNSEEN)
    list(resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event(), trials=4))
    assert [t.result.lanes for t in load(tmp_path).trials] == [16, 6, 3, 3]


def test_lanes_of_another_strategy_say_nothing(tmp_path, probes) -> None:
    run(tmp_path, "study.trials=1", "compute.strategy=map", UNSEEN)
    assert chosen(tmp_path, *VMAP, trials=load(tmp_path).trials).lanes == 48
    assert len(probes) == 1


CNN = ("network.kind=cnn", "network.shape=[4]", "network.channels=[3]")


def test_a_cnn_asks_for_the_form_of_its_convolutions(tmp_path, probes) -> None:
    assert chosen(tmp_path, *VMAP, *CNN) == LanePlan(48, "vmap", 2, "native")
    assert chosen(tmp_path, *VMAP, *CNN, "compute.convolution=im2col").form == "im2col"
    assert [forms for *_, forms, _, _ in probes] == [("im2col", "native"), ("im2col",)]


def test_the_form_is_asked_for_even_where_the_lanes_are_known(tmp_path, probes) -> None:
    plan = chosen(tmp_path, *CNN, "compute.strategy=vmap", "compute.lanes=6")
    assert plan == LanePlan(6, "vmap", 2, "native")
    both = ("compute.lanes=6", "compute.convolution=im2col")
    assert chosen(tmp_path, *CNN, "compute.strategy=vmap", *both).form == "im2col"
    assert len(probes) == 1


def test_a_study_keeps_the_form_it_began_with(tmp_path, probes) -> None:
    """Forms round differently: a probe that would now name another one is not asked."""
    run(tmp_path, *VMAP, *CNN, "study.trials=1", "compute.convolution=im2col", UNSEEN)
    trials = load(tmp_path).trials
    assert [t.result.convolution for t in trials] == ["im2col"]
    asked = len(probes)
    assert chosen(tmp_path, *VMAP, *CNN, trials=trials).form == "im2col"
    assert chosen(tmp_path, *CNN, "compute.strategy=map", trials=trials).form == "im2col"
    assert len(probes) == asked


def test_a_network_without_convolutions_has_no_form(tmp_path) -> None:
    run(tmp_path, "study.trials=1")
    assert load(tmp_path).trials[0].result.convolution is None
