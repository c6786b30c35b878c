"""A learning curve is measured to the end, also interrupted, on rows and seeds of its own."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from netclinic.search import (
    CurveError,
    Phase,
    StudyError,
    learning_curve,
    measure_learning_curve,
)
from netclinic.search.curve_sizes import curve_sizes
from netclinic.storage import Outcome, TrialStore
from netclinic.storage.records.learning_curves import FIRST_SUBSET, SubsetTraining

from .conftest import GIVEN, UNSEEN, load, run, url_in

REPEATS = 3
REGRESSION = ("data.source=diabetes", "data.task=regression", "training.batch_size=32")


@pytest.fixture(scope="module")
def study(made_once) -> Path:
    return made_once("uncurved", lambda folder: run(folder, UNSEEN))


@pytest.fixture
def folder(study, tmp_path) -> Path:
    return Path(shutil.copytree(study, tmp_path / "study"))


def measure(folder: Path, stop_at: int | None = None, **options) -> list:
    stop, found, looks = threading.Event(), [], 0
    options = {"repeats": REPEATS, **options}
    out = folder / "out"
    for progress in measure_learning_curve("small", url_in(folder), out, stop, **options):
        found.append(progress)
        looks += progress.phase is Phase.MEASURING
        if looks == stop_at:
            stop.set()
    return found


@pytest.fixture(scope="module")
def measured(made_once, study) -> Path:
    def fill(folder: Path) -> None:
        shutil.copytree(study, folder, dirs_exist_ok=True)
        measure(folder)

    return made_once("curved", fill)


@pytest.fixture
def _fewer_sizes(monkeypatch) -> None:
    """Four in place of seven, as many as a curve needs: a program for each is compiled."""
    sizes_for = learning_curve.sizes_for
    monkeypatch.setattr(learning_curve, "sizes_for", lambda *of: sizes_for(*of)[::2])


def trainings(folder: Path) -> tuple[SubsetTraining, ...]:
    winner = load(folder).best()
    assert winner is not None
    with TrialStore(url_in(folder)) as store:
        return tuple(it._replace(seconds=0.0) for it in store.subset_trainings(winner.trial_id))


def errors_of(it: SubsetTraining) -> np.ndarray:
    assert it.errors is not None
    return np.unpackbits(np.frombuffer(it.errors, "u1"), count=it.test_rows)


def test_each_size_has_its_trainings_in_as_many_steps(measured) -> None:
    provenance = load(measured).provenance
    assert provenance is not None
    sizes = curve_sizes(provenance.rows.train, 16)
    found = trainings(measured)
    assert [(it.train_rows, it.replicate) for it in found] == [
        (size, FIRST_SUBSET + repeat) for size in sizes for repeat in range(REPEATS)
    ]
    steps = {it.epochs * (it.train_rows // 16) for it in found if it.outcome is Outcome.COMPLETED}
    assert max(steps) - min(steps) <= sizes[-1] // 16 / 2
    for it in found:
        assert errors_of(it).mean() == pytest.approx(it.test_error)
        assert it.training_error is not None
        wrong = it.training_error * it.train_rows
        assert wrong == pytest.approx(round(wrong), abs=1e-9)


def test_what_came_out_is_stored_and_told(measured) -> None:
    record = load(measured)
    curve, winner = record.learning_curve, record.best()
    assert curve is not None
    assert winner is not None
    assert curve.trial == winner.number
    assert curve.repeats == REPEATS
    of_size = [np.mean([it.test_error for it in trainings(measured)[i : i + 3]]) for i in (0, 18)]
    assert [curve.points[place].test_error for place in (0, -1)] == pytest.approx(of_size)
    assert all(p.low <= p.test_error <= p.high for p in curve.points)
    assert (measured / "out" / "report.html").exists()


@pytest.mark.parametrize("looks", [1, 4])
def test_stopped_and_begun_again_the_same_comes_out(folder, measured, looks) -> None:
    last = measure(folder, stop_at=looks)[-1]
    assert last.curve is None
    assert load(folder).learning_curve is None
    assert measure(folder)[-1].curve is not None
    assert [it._replace(trial_id=0) for it in trainings(folder)] == [
        it._replace(trial_id=0) for it in trainings(measured)
    ]
    assert load(folder).learning_curve == load(measured).learning_curve


def test_more_repeats_train_only_what_is_missing(folder, measured) -> None:
    shutil.copytree(measured, folder, dirs_exist_ok=True)
    looks = [p for p in measure(folder) if p.phase is Phase.MEASURING]
    assert not looks
    looks = [p for p in measure(folder, repeats=4) if p.phase is Phase.MEASURING]
    assert looks[0].replicates >= 7 * REPEATS
    assert looks[-1].replicates == looks[-1].replicates_wanted == 7 * 4
    curve = load(folder).learning_curve
    assert curve is not None
    assert curve.repeats == 4


def test_repeats_that_were_cut_short_count_once_they_are_whole(folder, measured) -> None:
    shutil.copytree(measured, folder, dirs_exist_ok=True)
    before = load(folder).learning_curve
    measure(folder, stop_at=4, repeats=2 * REPEATS)
    assert 7 * REPEATS < len(trainings(folder)) < 14 * REPEATS
    measure(folder)
    assert load(folder).learning_curve == before


@pytest.mark.usefixtures("_fewer_sizes")
def test_quantities_have_curves_of_squares(tmp_path) -> None:
    run(tmp_path, UNSEEN, *REGRESSION)
    curve = measure(tmp_path)[-1].curve
    assert curve is not None
    last = curve.points[-1]
    numbers = [
        np.frombuffer(it.errors, "<f4").mean()
        for it in trainings(tmp_path)
        if it.train_rows == last.train_rows and it.errors is not None
    ]
    assert last.test_error == pytest.approx(np.mean(numbers), rel=1e-5)
    assert last.test_error > 100
    assert last.training_error is not None


def test_streamed_rows_give_the_same_trainings(measured, tmp_path, monkeypatch) -> None:
    """Of the fewest rows, of all of them and of some, which are too few sizes for a curve."""
    sizes_for, stop = learning_curve.sizes_for, threading.Event()
    monkeypatch.setattr(learning_curve, "sizes_for", lambda *of: sizes_for(*of)[::3])
    run(tmp_path, UNSEEN, "compute.data=stream")
    out = tmp_path / "out"
    for look in measure_learning_curve("small", url_in(tmp_path), out, stop, repeats=REPEATS):
        if look.phase is Phase.MEASURING and look.replicates == look.replicates_wanted:
            stop.set()
    of_stream = [it._replace(trial_id=0) for it in trainings(tmp_path)]
    sizes = {it.train_rows for it in of_stream}
    assert len(of_stream) == 3 * REPEATS
    every = [it._replace(trial_id=0) for it in trainings(measured)]
    resident = [it for it in every if it.train_rows in sizes]
    all_rows = every[-1].train_rows
    for streamed, it in zip(of_stream, resident, strict=True):
        there = it.train_rows == all_rows
        assert streamed == (it if there else it._replace(training_error=None))


@pytest.mark.usefixtures("_fewer_sizes")
def test_a_balanced_study_is_judged_by_the_balanced_error(tmp_path) -> None:
    run(tmp_path, UNSEEN, "study.objective=balanced_error", "training.class_weights=balanced")
    curve = measure(tmp_path, target=0.2)[-1].curve
    assert curve is not None
    assert curve.measure == "balanced_error"
    assert [p.training_error for p in curve.points] == [None] * 4


def test_unfinished_trials_are_refused(tmp_path, stop_at) -> None:
    stop_at(3, tmp_path)
    with pytest.raises(StudyError, match=r"unfinished trials.*netclinic resume small"):
        measure(tmp_path)


def test_a_study_without_a_winner_is_refused(tmp_path) -> None:
    rates = "search.learning_rate={choice=[1e20]}"
    run(tmp_path, UNSEEN, rates, "search.momentum=0")
    with pytest.raises(StudyError, match="no winner that could be trained again"):
        measure(tmp_path)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (5, "got --target 5; allowed is an error from 0 to 1: 5 % is 0.05"),
        (500, "got --target 500; allowed is an error from 0 to 1$"),
        (-0.1, "got --target -0.1; allowed is an error from 0 to 1$"),
        (float("nan"), "got --target nan; allowed"),
        (float("inf"), "got --target inf; allowed"),
    ],
)
def test_a_target_that_no_error_can_be_is_refused_at_once(folder, target, said) -> None:
    with pytest.raises(CurveError, match=said):
        measure(folder, target=target)
    assert not trainings(folder)


def test_quantities_have_targets_in_their_own_unit(tmp_path) -> None:
    run(tmp_path, UNSEEN, *REGRESSION)
    with pytest.raises(CurveError, match="got --target inf; allowed is a number from 0"):
        measure(tmp_path, target=float("inf"))
    assert measure(tmp_path, stop_at=1, target=3000.0)[-1].curve is None


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_trained(folder) -> None:
    shutil.rmtree(folder / "out")
    (folder / "out").write_text("a file where the folder should be")
    with pytest.raises(StudyError, match="cannot be written there"):
        measure(folder)
    assert not trainings(folder)


@pytest.mark.parametrize(
    ("groups", "advice"),
    [
        (5, r"Set more of the 5 groups aside.*-S data.test=0.4 -S study.name=NAME"),
        (3, "It takes more groups"),
    ],
)
def test_test_rows_of_one_group_are_refused_before_anything_is_trained(
    tmp_path, groups, advice
) -> None:
    random = np.random.default_rng(0)
    who = np.arange(200) % groups
    lines = [f"p{w},{a:.3f},{a > 0}" for w, a in zip(who, random.normal(size=200), strict=True)]
    (tmp_path / "people.csv").write_text("\n".join(["who,a,b", *lines]))
    split = ("data.split=grouped", "data.group=who", "data.validation=0.25", "data.test=0.25")
    run(tmp_path, UNSEEN, "data.source=people.csv", "data.target=b", *split, *GIVEN)
    with pytest.raises(CurveError, match=rf"(?s)of a single group.*{advice}"):
        measure(tmp_path)
    assert not trainings(tmp_path)


def test_no_limit_of_an_error_is_below_nothing(tmp_path) -> None:
    easy = ("data.source=iris", "training.batch_size=8", "network.hidden=[8]")
    run(tmp_path, UNSEEN, *easy)
    curve = measure(tmp_path)[-1].curve
    assert curve is not None
    assert curve.backtest is not None
    assert 0 <= curve.backtest.low <= curve.backtest.measured
