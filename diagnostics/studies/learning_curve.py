"""A winner's learning curve: its test error against the training rows, and what more would bring.

The winner was trained on subsets of the training rows and is judged on the test rows, which chose
nothing.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ...storage.records.learning_curves import (
    Backtest,
    CurvePoint,
    Forecast,
    LearningCurveRecord,
    SubsetTraining,
    Target,
)
from ...storage.records.results import Outcome
from ...storage.records.study import StudyRecord
from ..findings import DiagnosisError
from ..statistics import learning_curve as foretold
from ..statistics.curve_draws import CurveErrors, point_intervals
from ..statistics.intervals import Interval
from ..units import task_of
from .selection import errors_of
from .treated import JudgedRows

TRAINED_AT_LEAST = 2  # of the trainings at one number of rows; one alone tells nothing of chance


def learning_curve(
    study: StudyRecord,
    trainings: Sequence[SubsetTraining],
    rows: JudgedRows,
    target: float | None = None,
) -> LearningCurveRecord:
    """The curve of a study's winner.

    Args:
        study: with a winner.
        trainings: of the winner, on at least four numbers of rows. Seeds that were not trained with
            at all of these, as where a command was cut short, are left out.
        rows: the test rows that they are judged by; of two groups at least, where in groups.
        target: an error whose rows are asked for; ``None`` where none is.

    Raises:
        DiagnosisError: too many trainings diverged.
    """
    winner = study.best()
    assert winner is not None
    trainings = _of_whole_seeds(trainings)
    sizes = _sizes(study, trainings)
    measured = _measured(sizes, trainings, rows)
    shares = task_of(study.spec).shares
    floor = study.bayes.low if study.bayes else 0.0
    found = foretold.foretell(measured, floor, target, shares=shares)
    limits = point_intervals(measured, shares=shares)
    asymptote = found.asymptote and _within(found.asymptote, shares=shares)
    done = [it for it in trainings if it.outcome is Outcome.COMPLETED]
    watched = all(it.training_error is not None for it in done)
    return LearningCurveRecord(
        trial=winner.number,
        measure="balanced_error" if study.minimises_balanced else "error",
        test_rows=measured.errors.shape[-1],
        test_groups=None if rows.groups is None else len(np.unique(rows.groups)),
        repeats=measured.errors.shape[1],
        points=tuple(
            _point([it for it in trainings if it.train_rows == size], interval, watched=watched)
            for size, interval in zip(sizes, limits, strict=True)
        ),
        floor=floor,
        families=found.families,
        asymptote=asymptote and asymptote.value,
        asymptote_low=asymptote and asymptote.low,
        asymptote_high=asymptote and asymptote.high,
        backtest=found.backtest and _backtest(found.backtest, shares=shares),
        refused=found.refused,
        forecasts=tuple(
            Forecast(it.train_rows, *_within(it.error, shares=shares), *it.fall)
            for it in found.forecasts
        ),
        target=found.needed and _target(found.needed),
    )


def _of_whole_seeds(trainings: Sequence[SubsetTraining]) -> tuple[SubsetTraining, ...]:
    """Those of seeds with a training at each number of rows, diverged or not."""
    sizes = len({it.train_rows for it in trainings})
    number = Counter(it.replicate for it in trainings)
    return tuple(it for it in trainings if number[it.replicate] == sizes)


def _sizes(study: StudyRecord, trainings: Sequence[SubsetTraining]) -> list[int]:
    """Numbers of rows with enough trainings that did not diverge, all of the rows among them."""
    every = sorted({it.train_rows for it in trainings})
    done = [it.train_rows for it in trainings if it.outcome is Outcome.COMPLETED]
    sizes = [size for size in every if done.count(size) >= TRAINED_AT_LEAST]
    if len(sizes) >= foretold.SIZES_AT_LEAST and sizes[-1] == every[-1]:
        return sizes
    winner = study.best()
    assert winner is not None
    raise DiagnosisError(
        f"trial {winner.number} of study {study.name!r} has no learning curve: "
        f"{len(trainings) - len(done)} of its {len(trainings)} trainings diverged. Try more "
        "--repeats, or lower learning rates in another study (-S "
        "'search.learning_rate.log=[1e-5,1e-2]' -S study.name=NAME)"
    )


def _measured(
    sizes: Sequence[int], trainings: Sequence[SubsetTraining], rows: JudgedRows
) -> CurveErrors:
    """The errors of each training on each test row; NaN where one diverged."""
    seeds = sorted({it.replicate for it in trainings})
    done = [it for it in trainings if it.train_rows in sizes and it.errors is not None]
    errors = np.full((len(sizes), len(seeds), done[0].test_rows or 0), np.nan, np.float32)
    for it in done:
        assert it.kind is not None
        assert it.errors is not None
        of_rows = errors_of(it.kind, it.errors, it.test_rows or 0)
        errors[sizes.index(it.train_rows), seeds.index(it.replicate)] = of_rows
    return CurveErrors(np.array(sizes), errors, rows.classes, rows.groups)


def _point(trainings: Sequence[SubsetTraining], test: Interval, *, watched: bool) -> CurvePoint:
    """A point of the curve; ``watched`` is whether training errors are known at all of them."""
    done = [it for it in trainings if it.outcome is Outcome.COMPLETED]

    def mean(split: str) -> float | None:
        each = [getattr(it, f"{split}_error") for it in done]
        return None if None in each else float(np.mean(each))

    return CurvePoint(
        train_rows=trainings[0].train_rows,
        trainings=len(done),
        diverged=len(trainings) - len(done),
        training_error=mean("training") if watched else None,
        validation_error=mean("validation"),
        test_error=test.value,
        low=test.low,
        high=test.high,
    )


def _backtest(it: foretold.Backtest, *, shares: bool) -> Backtest:
    """Its interval, which has the chance of what was measured, too."""
    return Backtest(it.train_rows, *_within(it.foretold, shares=shares), it.measured)


def _within(it: Interval, *, shares: bool) -> Interval:
    """An interval within what an error can be: fitted curves and their noise know no limits."""
    return Interval(*(max(0.0, min(limit, 1.0 if shares else limit)) for limit in it))


def _target(it: foretold.Needed) -> Target:
    low, rows, high = it.rows or (None, None, None)
    return Target(it.error, it.reached, low, rows, high)
