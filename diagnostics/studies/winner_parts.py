"""The winner's expected error taken apart over its replicates, with 95 % intervals.

They are about other rows, or other groups where rows come in groups, for the trainings at hand.
Shares have Wilson's interval, mean squares the gamma one, as the ladder of errors has them.
"""

import math
from collections.abc import Sequence

import numpy as np

from ...storage.records.replicates import DecompositionRecord
from ..findings import Estimate
from ..gaps import CONFIDENCE, limits
from ..statistics.decomposition import (
    Numbers,
    ZeroOneParts,
    decompose_squared,
    decompose_zero_one,
)
from ..statistics.grouped import grouping, worth_of
from ..statistics.intervals import Interval, difference, two_sided_z, within
from ..units import Task, Unit

_SQUARES = Unit(Task.REGRESSION)


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
    parts = decompose_zero_one(np.asarray(answers), np.eye(classes)[labels])
    return _counted(trial, len(answers), parts, 1, groups)


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
    parts = decompose_zero_one(np.asarray(answers), np.eye(2)[labels.ravel()])
    each = ZeroOneParts(*(part.reshape(rows, columns).mean(axis=1) for part in parts))
    return _counted(trial, len(answers), each, columns, groups)


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
    parts = decompose_squared(predictions * scale, targets * scale)
    loss, variance = (_limits(it, _SQUARES, groups) for it in (parts.loss, parts.variance))
    bias = difference(loss, variance, _correlation(parts.loss, parts.variance, groups))
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
    trial: int, trainings: int, parts: ZeroOneParts, columns: int, groups: np.ndarray | None
) -> DecompositionRecord:
    loss = _limits(parts.loss, Unit(Task.MULTILABEL, columns * trainings), groups)
    bias = _limits(parts.bias, Unit(Task.MULTILABEL, columns), groups)
    variance = _net(parts.variance, groups)
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


def _limits(values: Numbers, unit: Unit, groups: np.ndarray | None) -> Interval:
    """Of the mean of rows' shares, each of ``unit.columns`` answers, or squares; ≥ 0."""
    grouped = None if groups is None else grouping(values, groups)
    mean, deviation = float(values.mean()), float(values.std())
    measured = Estimate(mean, mean, mean, len(values), "", deviation, grouped=grouped)
    return limits(measured, len(values), CONFIDENCE, unit)


def _net(values: Numbers, groups: np.ndarray | None) -> Interval:
    """Of the mean of net variances, which lie in [−1, 1] and are mostly 0: a normal one."""
    mean, grouped = float(values.mean()), None if groups is None else grouping(values, groups)
    telling = len(values) * worth_of(grouped, CONFIDENCE)
    if telling == 0:
        return Interval(mean, -1.0, 1.0)
    half = two_sided_z(CONFIDENCE) * float(values.std()) / math.sqrt(telling)
    return within(Interval(mean, mean - half, mean + half))


def _correlation(first: Numbers, second: Numbers, groups: np.ndarray | None) -> float:
    """Of two means over rows, by their groups' sums where rows come in groups."""
    numbers = np.arange(len(first)) if groups is None else np.unique(groups, return_inverse=True)[1]
    one, other = (np.bincount(numbers, weights=it - it.mean()) for it in (first, second))
    spread = math.sqrt(float(one @ one) * float(other @ other))
    return float(one @ other) / spread if spread else 0.0


def _by_name(loss: Interval, bias: Interval, variance: Interval) -> dict[str, float]:
    found = {"loss": loss, "bias": bias, "variance": variance}
    return {
        f"{name}_{end}": getattr(it, end) for name, it in found.items() for end in ("low", "high")
    }
