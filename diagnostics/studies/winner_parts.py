"""The winner's expected error taken apart over its replicates, with 95 % intervals.

They are about other rows, or other groups where rows come in groups, and about other trainings.
Shares have Wilson's interval, mean squares the gamma one, as the ladder of errors has them, of as
many rows as tell as little as these and the trainings do. How trainings scatter is told by leaving
each out (the jackknife; Efron and Stein 1981, Ann Stat 9:586), with Student's t for how few they
are.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import stdtrit

from ...storage.records.replicates import DecompositionRecord
from ..gaps import CONFIDENCE, limits
from ..ladder import Estimate
from ..statistics.decomposition import (
    Numbers,
    SquaredParts,
    ZeroOneParts,
    decompose_squared,
    decompose_zero_one,
)
from ..statistics.grouped import grouping, worth_of
from ..statistics.intervals import Interval, difference, two_sided_z, within
from ..units import Task, Unit

_SQUARES = Unit(Task.REGRESSION)
_LOSS, _BIAS, _VARIANCE = range(3)
_BOTH = (_LOSS, _VARIANCE)
_LESS_THAN_ONE = 0.5  # row: bounds a share nowhere, and a mean square above alone


def decompose_answers(
    trial: int,
    answers: Sequence[Sequence[float]],
    labels: np.ndarray,
    classes: int,
    groups: np.ndarray | None = None,
) -> DecompositionRecord:
    """What a trial's replicates answer, taken apart.

    With few replicates the main prediction is itself uncertain: the variance then comes out too
    low, and the bias too high by as much.

    Args:
        trial: number of the trial.
        answers: classes, int (trainings, rows).
        labels: classes, (rows,).
        classes: how many there are.
        groups: (rows,), the number of each row's group; ``None`` where rows are independent.
    """

    def taken_apart(chosen: np.ndarray) -> ZeroOneParts:
        return decompose_zero_one(chosen, np.eye(classes)[labels])

    return _counted(trial, np.asarray(answers), taken_apart, 1, groups)


def decompose_labels(
    trial: int,
    answers: Sequence[Sequence[float]],
    labels: np.ndarray,
    groups: np.ndarray | None = None,
) -> DecompositionRecord:
    """What a trial's replicates say of several labels a row, taken apart.

    Every label of every row is a 0–1 loss of two classes, so the parts are those of
    ``decompose_zero_one``, and so are their means over labels and rows. The intervals are over
    rows, whose labels hang together.

    Args:
        trial: number of the trial.
        answers: 1 or 0, (trainings, rows · labels), a row's labels side by side.
        labels: 1 or 0, (rows, labels).
        groups: as for ``decompose_answers``.
    """
    rows, columns = labels.shape

    def taken_apart(chosen: np.ndarray) -> ZeroOneParts:
        parts = decompose_zero_one(chosen, np.eye(2)[labels.ravel()])
        return ZeroOneParts(*(part.reshape(rows, columns).mean(axis=1) for part in parts))

    return _counted(trial, np.asarray(answers), taken_apart, columns, groups)


def decompose_quantities(
    trial: int,
    answers: Sequence[Sequence[float]],
    labels: np.ndarray,
    scale: float,
    groups: np.ndarray | None = None,
) -> DecompositionRecord:
    """What a trial's replicates predict, taken apart.

    The squared bias is the loss less the variance, so its limits are those of that difference: it
    is as skew as squares are, but its estimate may be below 0.

    Args:
        trial: number of the trial.
        answers: the target standardised, (trainings, rows); two trainings at least.
        labels: the target standardised, (rows,).
        scale: what a standardised target of 1 is in the target's own units, whose squares come out.
        groups: as for ``decompose_answers``.
    """
    predictions, targets = np.asarray(answers, np.float64), np.asarray(labels, np.float64)

    def taken_apart(some: np.ndarray) -> SquaredParts:
        return decompose_squared(some * scale, targets * scale)

    parts = taken_apart(predictions)
    if len(predictions) > 2:
        scatter = _scatter(predictions, taken_apart)
    else:  # one alone has no variance; that of two is χ² of one degree where rows move together
        each = np.square((predictions - targets) * scale).mean(axis=1)
        scatter = _few(2) * np.diag([each.var(), 0.0, 2 * parts.variance.mean() ** 2])
    loss = _limits(parts.loss, _SQUARES, groups, scatter[_LOSS, _LOSS])
    variance = _limits(parts.variance, _SQUARES, groups, scatter[_VARIANCE, _VARIANCE])
    shared = _shared(parts.loss, parts.variance, groups) + scatter[np.ix_(_BOTH, _BOTH)]
    bias = difference(loss, variance, _correlation(shared))
    return DecompositionRecord(
        trial_number=trial,
        method="squared",
        replicates=len(answers),
        n=len(labels),
        loss=loss.value,
        bias=float(parts.bias.mean()),
        variance=variance.value,
        unbiased_variance=None,
        biased_variance=None,
        limits=_by_name(loss, bias, variance),
    )


def _counted(
    trial: int,
    answers: np.ndarray,
    taken_apart: Callable[[np.ndarray], ZeroOneParts],
    columns: int,
    groups: np.ndarray | None,
) -> DecompositionRecord:
    parts, trainings = taken_apart(answers), len(answers)
    scatter = np.diag(_scatter(answers, taken_apart)).copy()
    if trainings < 3:  # one alone leaves no main prediction but its own
        scatter[_VARIANCE] = math.inf
    unit = Unit(Task.MULTILABEL, columns * trainings)
    loss = _limits(parts.loss, unit, groups, scatter[_LOSS])
    bias = _limits(parts.bias, Unit(Task.MULTILABEL, columns), groups, scatter[_BIAS])
    variance = _net(parts.variance, groups, scatter[_VARIANCE])
    return DecompositionRecord(
        trial_number=trial,
        method="zero_one",
        replicates=trainings,
        n=len(parts.loss),
        loss=loss.value,
        bias=bias.value,
        variance=variance.value,
        unbiased_variance=float(parts.unbiased_variance.mean()),
        biased_variance=float(parts.biased_variance.mean()),
        limits=_by_name(loss, bias, variance),
    )


def _scatter(
    answers: np.ndarray, taken_apart: Callable[[np.ndarray], ZeroOneParts | SquaredParts]
) -> Numbers:
    """How loss, bias and variance scatter over other trainings: covariances, (3, 3).

    So much larger that normal limits of them are Student's.
    """
    trainings = len(answers)
    without = []
    for place in range(trainings):
        parts = taken_apart(np.delete(answers, place, axis=0))
        without.append([it.mean() for it in (parts.loss, parts.bias, parts.variance)])
    apart = np.array(without) - np.mean(without, axis=0)
    return _few(trainings) * (trainings - 1) / trainings * (apart.T @ apart)


def _few(trainings: int) -> float:
    """The square of what Student's limits are wider by than normal ones."""
    tail = (1 + CONFIDENCE) / 2
    return float(stdtrit(trainings - 1, tail) / two_sided_z(CONFIDENCE)) ** 2


def _limits(values: Numbers, unit: Unit, groups: np.ndarray | None, scatter: float) -> Interval:
    """Of the mean of rows' shares, each of ``unit.columns`` answers, or squares; ≥ 0.

    Args:
        values: of the rows.
        unit: of the values.
        groups: of the rows.
        scatter: the variance of the mean over trainings; rows count for as much less.
    """
    grouped = None if groups is None else grouping(values, groups)
    mean, deviation = float(values.mean()), float(values.std())
    rows, telling = float(len(values)), len(values) * worth_of(grouped, CONFIDENCE)
    if scatter > 0 and deviation == 0:  # rows that are all alike tell less than one: trainings do
        grouped, rows = None, _LESS_THAN_ONE
    elif scatter > 0 and telling > 0:
        of_rows = deviation**2 / telling
        share = of_rows / (of_rows + scatter)
        if grouped is None:
            rows *= share
        else:
            grouped = grouped._replace(effect=grouped.effect / share)
    measured = Estimate(mean, mean, mean, len(values), "", deviation, grouped=grouped)
    return limits(measured, rows, CONFIDENCE, unit)


def _net(values: Numbers, groups: np.ndarray | None, scatter: float) -> Interval:
    """Of the mean of net variances, which lie in [−1, 1] and are mostly 0: a normal one."""
    mean, grouped = float(values.mean()), None if groups is None else grouping(values, groups)
    telling = len(values) * worth_of(grouped, CONFIDENCE)
    if telling == 0:
        return Interval(mean, -1.0, 1.0)
    half = two_sided_z(CONFIDENCE) * math.sqrt(float(values.var()) / telling + scatter)
    return within(Interval(mean, mean - half, mean + half))


def _shared(first: Numbers, second: Numbers, groups: np.ndarray | None) -> Numbers:
    """Covariances of two means over rows, (2, 2), by groups' sums where rows come in groups."""
    numbers = np.arange(len(first)) if groups is None else np.unique(groups, return_inverse=True)[1]
    sums = np.stack([np.bincount(numbers, weights=it - it.mean()) for it in (first, second)])
    return sums @ sums.T / len(first) ** 2


def _correlation(covariances: Numbers) -> float:
    spread = math.sqrt(covariances[0, 0] * covariances[1, 1])
    return float(covariances[0, 1]) / spread if spread else 0.0


def _by_name(loss: Interval, bias: Interval, variance: Interval) -> dict[str, float]:
    found = {"loss": loss, "bias": bias, "variance": variance}
    return {
        f"{name}_{end}": getattr(it, end) for name, it in found.items() for end in ("low", "high")
    }
