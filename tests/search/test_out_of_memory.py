"""A device that runs out of memory gets fewer lanes, and the trials come out as ever."""

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import jax
import pytest
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lanes import Lanes
from netclinic.search import (
    Ending,
    Progress,
    StudyError,
    learning_curve,
    measure_learning_curve,
    parse_spec,
    resume_study,
    trainer,
)
from netclinic.search.study_data import load_data
from netclinic.search.trainer import Trainer
from netclinic.storage import Outcome
from netclinic.storage.records.trials import LaunchedTrial

from .conftest import SMALL, UNSEEN, load, numbers_only, run, url_in

PLACES = ["compile", "empty", "fill", "train_segment", "test"]
PRUNED = (
    "study.trials=16",
    "pruning.kind=median",
    "pruning.window=5",
    "pruning.every=1",
    "pruning.startup=4",
)
LATER = "compute.segment=1"  # so that trials are cut in their midst


def exhausted() -> jax.errors.JaxRuntimeError:
    return jax.errors.JaxRuntimeError(
        "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 12884901888 bytes."
    )


@pytest.fixture
def ends(monkeypatch) -> Callable[..., None]:
    """Lets memory end: in a method of ``Lanes``, always or at some of its calls."""

    def prepare(place: str, *, holds: int | None = None, calls: tuple[int, ...] = ()) -> None:
        counter, real = itertools.count(), getattr(Lanes, place)

        def method(lanes: Lanes, *arguments, **named):
            call = next(counter)
            if call in calls or (holds is not None and lanes.plan.lanes > holds):
                raise exhausted()
            return real(lanes, *arguments, **named)

        monkeypatch.setattr(Lanes, place, method)

    return prepare


def notes(looks: list[Progress]) -> list[str]:
    return [look.note for look in looks if look.note]


def warning(before: int, after: int) -> str:
    return (
        f"Not enough memory for {before} trials at once: going on with {after} "
        f"(next time: -S compute.lanes={after})."
    )


@pytest.mark.parametrize("place", PLACES)
def test_lanes_are_halved_until_they_fit(tmp_path, undisturbed, ends, place: str) -> None:
    ends(place, holds=4)
    looks = run(tmp_path, "compute.lanes=16")
    assert "\n".join(notes(looks)) == f"{warning(16, 8)}\n{warning(8, 4)}"
    found = load(tmp_path)
    assert numbers_only(found) == numbers_only(undisturbed)
    assert [t.result.lanes for t in found.trials] == [4] * 12


@pytest.mark.parametrize(
    ("place", "call"),
    [
        ("fill", 1),  # 0 is the compiling
        ("fill", 2),
        ("train_segment", 1),
        ("train_segment", 4),
        ("train_segment", 7),
        ("train_segment", 12),
        ("test", 1),
        ("test", 2),
    ],
)
def test_memory_that_ends_on_the_way_changes_nothing(
    tmp_path, undisturbed, ends, place: str, call: int
) -> None:
    """Some trials have ended, some are half way: only the lanes recorded tell of it."""
    ends(place, calls=(call,))
    looks = run(tmp_path, LATER)
    assert notes(looks) == [warning(4, 2)]
    found = load(tmp_path)
    assert numbers_only(found) == numbers_only(undisturbed)
    lanes = [t.result.lanes for t in sorted(found.trials, key=lambda t: t.completed)]
    assert lanes == sorted(lanes, reverse=True), "first with four, then with two"
    assert lanes[-1] == 2


def test_memory_that_ends_while_curves_arrive(tmp_path, undisturbed, monkeypatch) -> None:
    """On a GPU a segment fails when it is waited for."""
    fetched, counter = trainer.fetched, itertools.count()

    def fails(curves):
        if next(counter) == 2:
            raise exhausted()
        return fetched(curves)

    monkeypatch.setattr(trainer, "fetched", fails)
    assert notes(run(tmp_path, LATER)) == [warning(4, 2)]
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)


@pytest.fixture(scope="module")
def pruned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pruned")
    run(folder, *PRUNED)
    return load(folder)


@pytest.mark.parametrize("calls", [(1,), (4,), (9,), (4, 6), (4, 5, 6)])
def test_the_same_trials_are_pruned(tmp_path, pruned, ends, calls: tuple[int, ...]) -> None:
    """Also where memory ends again while trials are brought back to where they were."""
    ends("train_segment", calls=calls)
    looks = run(tmp_path, *PRUNED, "compute.lanes=16")
    halvings = "\n".join(notes(looks)).split("\n")
    steps = [16, 8, 4, 2]
    assert halvings == [warning(a, b) for a, b in itertools.pairwise(steps[: len(calls) + 1])]
    found = load(tmp_path)
    assert numbers_only(found) == numbers_only(pruned)
    outcomes = {t.result.outcome for t in found.trials}
    assert {Outcome.PRUNED, Outcome.COMPLETED} <= outcomes


def test_all_shapes_go_on_with_fewer_lanes(tmp_path, ends) -> None:
    shapes = ("search.units={int = [3, 4]}", LATER, UNSEEN)
    whole, short = tmp_path / "whole", tmp_path / "short"
    whole.mkdir()
    short.mkdir()
    run(whole, *shapes)
    ends("train_segment", calls=(13,))
    assert notes(run(short, *shapes)) == [warning(4, 2)]
    assert numbers_only(load(short)) == numbers_only(load(whole))


def test_not_even_one_trial_fits(tmp_path, undisturbed, ends, monkeypatch) -> None:
    with monkeypatch.context():
        ends("train_segment", holds=0)
        with pytest.raises(StudyError) as caught:
            run(tmp_path)
        assert str(caught.value).startswith("not enough memory to train a trial at a time")
        for way in ("compute.lanes=1", "training.batch_size", "network.hidden", "study.name"):
            assert f"-S {way}" in str(caught.value)
        assert {t.state for t in load(tmp_path).trials} == {"WAITING"}, "released"
    monkeypatch.undo()
    *_, last = resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event())
    assert last.conclusion.ending is Ending.FINISHED
    assert numbers_only(load(tmp_path)) == numbers_only(undisturbed)


def test_one_device_with_one_lane_is_not_told_to_take_one(tmp_path, ends) -> None:
    ends("fill", holds=0)
    with pytest.raises(StudyError) as caught:
        run(tmp_path, "compute.lanes=1")
    assert "compute.lanes" not in str(caught.value)


def test_other_failures_are_not_taken_for_a_lack_of_memory(tmp_path, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise jax.errors.JaxRuntimeError("INTERNAL: the device has fallen off the bus")

    monkeypatch.setattr(Lanes, "train_segment", fails)
    with pytest.raises(jax.errors.JaxRuntimeError, match="fallen off"):
        run(tmp_path)


def test_a_trial_may_diverge_on_its_way_back(tmp_path: Path, monkeypatch) -> None:
    """Under ``vmap`` another K rounds in another way; here the trial gets a mad learning rate."""
    spec = parse_spec(SMALL, file="", folder=tmp_path).spec
    held = Trainer(spec, load_data(spec, tmp_path), LanePlan(4, "vmap", 1), 3, 2, lockstep=True)
    parameters = {"learning_rate": 0.05, "weight_decay": 0.0, "momentum": 0.5}
    held.add(LaunchedTrial(number, number, parameters) for number in range(3))
    looks = held.step()
    assert [(r.number, r.epoch, r.ended) for look in looks for r in look.reports] == [
        (0, 2, False),
        (1, 2, False),
        (2, 2, False),
    ]
    segment, fill = Lanes.train_segment, Lanes.fill
    failed: list[bool] = []

    def fails_once(lanes: Lanes, state):
        if not failed:
            failed.append(True)
            raise exhausted()
        return segment(lanes, state)

    def mad(lanes: Lanes, state, trials, stopped=()):
        changed = {
            lane: trial._replace(hyperparameters=trial.hyperparameters._replace(learning_rate=1e30))
            if trial.number == 1
            else trial
            for lane, trial in trials.items()
        }
        return fill(lanes, state, changed, stopped)

    monkeypatch.setattr(Lanes, "train_segment", fails_once)
    monkeypatch.setattr(Lanes, "fill", mad)
    looks = held.step()
    results = [result for look in looks for result in look.results]
    assert [(r.trial_id, r.outcome, r.lanes) for r in results] == [(1, Outcome.DIVERGED, 2)]
    reports = sorted(report[:2] + report[3:] for look in looks for report in look.reports)
    assert [(n, epoch, end) for n, epoch, end in reports if n != 1] == [
        (0, 4, False),
        (2, 4, False),
    ]
    assert [end for n, _, end in reports if n == 1] == [True]
    assert held.running == 2


def test_a_winner_that_is_trained_again_gets_fewer_lanes_too_and_it_is_said(
    tmp_path, ends, monkeypatch
) -> None:
    sizes_for = learning_curve.sizes_for  # as few of them as a curve needs
    monkeypatch.setattr(learning_curve, "sizes_for", lambda *of: sizes_for(*of)[::2])
    run(tmp_path, UNSEEN, "compute.lanes=4")
    ends("train_segment", holds=2)
    walk = measure_learning_curve(
        "small", url_in(tmp_path), tmp_path / "out", threading.Event(), repeats=3
    )
    looks = list(walk)
    assert notes(looks) == [warning(4, 2)]
    assert looks[-1].curve is not None
