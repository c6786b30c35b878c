"""Pruning goes by trial numbers: the same trials at the same epochs on every machine."""

import math
import threading
from pathlib import Path

import numpy as np
import optuna
import pytest
from netclinic.search import Ending, parse_spec, resume_study, run_study
from netclinic.search import pruning as pruning_room
from netclinic.search.pruning import Referee, Report, make_pruner
from netclinic.search.spec_pruning import Pruning
from netclinic.storage import Outcome

from .conftest import SMALL, UNSEEN, load, numbers_only, run, url_in

TRIALS = 24
KINDS = {
    "median": ("pruning.kind=median", "pruning.startup=4"),
    "halving": ("pruning.kind=halving", "pruning.min_epochs=1"),
    "hyperband": ("pruning.kind=hyperband", "pruning.min_epochs=1"),
}


def options(kind: str) -> tuple[str, ...]:
    return (UNSEEN, f"study.trials={TRIALS}", "pruning.window=5", "pruning.every=1", *KINDS[kind])


@pytest.fixture(scope="module")
def pruned(tmp_path_factory):
    """By kind, the study run once from start to end, made when first asked for."""
    made = {}

    def of(kind: str):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            run(folder, *options(kind))
            made[kind] = load(folder)
        return made[kind]

    return of


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The same trials without a pruner."""
    folder = tmp_path_factory.mktemp("whole")
    run(folder, UNSEEN, f"study.trials={TRIALS}")
    return load(folder)


def simulated(pruning: Pruning, errors: list, epochs: int) -> dict[int, int]:
    """Number of each pruned trial → its last epoch, from whole curves: what the page promises."""
    referee = Referee(pruning, "small", epochs)
    under_way: dict[int, int] = {}
    coming, pruned = iter(range(len(errors))), {}
    while True:
        while len(under_way) < pruning.window and (n := next(coming, None)) is not None:
            under_way[n] = 0
        if not under_way:
            return pruned
        reports = []
        for n in under_way:
            under_way[n] += pruning.tick(epochs)
            error = errors[n][under_way[n] - 1]
            reports.append(Report(n, under_way[n], error, under_way[n] >= len(errors[n])))
        for n in referee.judge(reports):
            pruned[n] = under_way.pop(n)
        for report in reports:
            if report.ended:
                under_way.pop(report.number)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_prunes_what_the_whole_curves_say(pruned, whole, kind: str) -> None:
    errors = [
        [math.nan if e is None else e for e in t.result.curves.validation_error]
        for t in whole.trials
    ]
    spec = parse_spec(SMALL, file="", folder=Path(), overrides=options(kind)).spec
    expected = simulated(spec.pruning, errors, spec.training.epochs)
    found = {t.number: t.result.epochs for t in pruned(kind).trials if t.result.outcome == "pruned"}
    assert found == expected
    assert 0 < len(found) < TRIALS


@pytest.mark.parametrize("kind", KINDS)
def test_a_pruned_trial_keeps_what_it_did(pruned, whole, kind: str) -> None:
    for trial, full in zip(pruned(kind).trials, whole.trials, strict=True):
        result = trial.result
        for ours, theirs in zip(result.curves, full.result.curves, strict=True):
            assert ours == theirs[: result.epochs]
        if result.outcome is Outcome.PRUNED:
            assert trial.state == "PRUNED"
            assert trial.value == result.curves.validation_error[-1]
            assert result.test_error is None
        else:
            assert trial.value == full.value
            assert result.test_error == full.result.test_error


@pytest.mark.parametrize("kind", ["median", "halving"])
@pytest.mark.parametrize(
    "compute",
    [("compute.lanes=1",), ("compute.lanes=3", "compute.devices=1"), ("compute.lanes=64",)],
)
def test_the_same_trials_are_pruned_for_every_k(tmp_path, pruned, kind, compute) -> None:
    run(tmp_path, *options(kind), *compute, "compute.segment=4")
    assert numbers_only(load(tmp_path)) == numbers_only(pruned(kind))


@pytest.mark.parametrize("kind", ["median", "halving"])
@pytest.mark.parametrize("when", [3, 7, 11])
def test_the_same_trials_are_pruned_after_a_stop_and_resume(tmp_path, pruned, kind, when) -> None:
    stop, seen = threading.Event(), []
    loaded = parse_spec(SMALL, file="s.toml", folder=tmp_path, overrides=options(kind))
    walk = run_study(loaded, url_in(tmp_path), tmp_path / "out", stop)
    for progress in walk:
        seen.append(progress)
        if len(seen) == when:
            stop.set()
    assert seen[-1].conclusion.ending is Ending.INTERRUPTED
    assert len([t for t in load(tmp_path).trials if not t.result]) > 0
    *_, last = resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event())
    assert last.conclusion.ending is Ending.FINISHED
    assert last.pruned == sum(t.state == "PRUNED" for t in pruned(kind).trials)
    assert numbers_only(load(tmp_path)) == numbers_only(pruned(kind))


def test_a_diverged_trial_is_no_rival() -> None:
    referee = Referee(Pruning(kind="median", startup=1, min_epochs=1), "s", 4)
    assert not referee.judge([Report(0, 1, math.nan, True), Report(1, 1, 0.9, False)])
    assert not referee.judge([Report(1, 2, 0.9, True)])


def test_all_report_before_the_first_is_judged() -> None:
    """Successive halving keeps the better of two however they are numbered."""
    for errors in ([0.1, 0.5], [0.5, 0.1]):
        referee = Referee(Pruning(kind="halving", reduction=2, min_epochs=1), "s", 8)
        reports = [Report(n, 1, error, False) for n, error in enumerate(errors)]
        assert referee.judge(reports) <= {int(np.argmax(errors))}


@pytest.mark.parametrize(
    ("kind", "pruner"),
    [
        ("median", optuna.pruners.MedianPruner),
        ("percentile", optuna.pruners.PercentilePruner),
        ("halving", optuna.pruners.SuccessiveHalvingPruner),
        ("hyperband", optuna.pruners.HyperbandPruner),
    ],
)
def test_the_pruners_are_optunas(kind: str, pruner: type) -> None:
    assert isinstance(make_pruner(Pruning(kind=kind), 20), pruner)


@pytest.mark.parametrize("kind", ["median", "percentile", "halving", "hyperband"])
def test_what_is_kept_for_the_pruners_changes_no_judgement(kind: str, monkeypatch) -> None:
    random = np.random.default_rng(0)
    errors = [list(random.random() + random.random(12) / 4) for _ in range(150)]
    errors[20][3:] = [math.nan]  # it diverged
    pruning = Pruning(kind=kind, every=1, window=7, startup=4)
    kept = simulated(pruning, errors, 12)
    monkeypatch.setattr(pruning_room, "Mirror", optuna.storages.InMemoryStorage)
    monkeypatch.setattr(pruning_room, "Hyperband", optuna.pruners.HyperbandPruner)
    assert simulated(pruning, errors, 12) == kept
    assert 20 < len(kept) < 140


def test_no_pruner_is_made_of_none() -> None:
    with pytest.raises(ValueError, match="got 'none'; a pruner is one of median, percentile"):
        make_pruner(Pruning(kind="none"), 20)


def test_a_trial_that_diverges_before_its_first_report_ends() -> None:
    spec = parse_spec(SMALL, file="", folder=Path(), overrides=options("median")).spec
    referee = Referee(spec.pruning, "small", 6)
    assert referee.judge([Report(3, 1, math.nan, True)]) == frozenset()
    assert referee.judge([Report(2, 1, 0.5, False)]) == frozenset()
