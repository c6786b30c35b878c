"""What is measured in a region: errors, floor and gaps, their intervals, and how sure they are."""

import math
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from ..bayes.bayes_mixture import Judged, read_mixture
from ..statistics.intervals import (
    Interval,
    clopper_pearson,
    difference,
    newcombe_difference,
    newcombe_paired_difference,
    wilson,
)
from .region_rows import Array, RegionRows

_LEAST_P = 1e-9
_STEPS = 24  # of the bisection: the exponent of p to a millionth


class Kind(StrEnum):
    """What a region can suffer from."""

    BIAS = "high_bias"
    VARIANCE = "high_variance"
    FLOOR = "floor"


class Side(NamedTuple):
    """Rows on one side, those that choose or those that judge, of training and held out."""

    training: RegionRows
    held_out: RegionRows
    # How a mixture of other classifiers, which learnt from other rows, does on some of them
    trained_judged: Judged  # one value a row of ``training``
    trained_known: Array  # (training rows,) bool: which of them the mixture judged
    held_judged: Judged
    held_known: Array


class Measured(NamedTuple):
    """A region on one side, or the rows outside it."""

    training_rows: int
    training_wrong: int
    held_out_rows: int
    held_out_wrong: int
    pairs: tuple[int, int, int, int]  # training rows: both wrong, network alone, mixture, neither
    judged: Judged  # by the mixture, of the region's rows of both kinds
    labels: Array  # theirs


def measure(side: Side, training: Array, held_out: Array) -> Measured:
    """Count what lies in a region.

    Args:
        side: the rows.
        training: (training rows,) bool: which of them the region holds.
        held_out: the same of the held-out rows.
    """
    network = side.training.wrong
    known = training & side.trained_known
    other = side.trained_judged.wrong
    pairs = tuple(
        int((known & (network == first) & (other == second)).sum())
        for first, second in ((True, True), (True, False), (False, True), (False, False))
    )
    both = ((side.trained_judged, known), (side.held_judged, held_out & side.held_known))
    judged = Judged(
        *(np.concatenate(v) for v in zip(*([it[m] for it in j] for j, m in both), strict=True))
    )
    labels = np.concatenate([side.training.labels[known], side.held_out.labels[both[1][1]]])
    return Measured(
        int(training.sum()),
        int((network & training).sum()),
        int(held_out.sum()),
        int((side.held_out.wrong & held_out).sum()),
        pairs,  # pyright: ignore[reportArgumentType]
        judged,
        labels,
    )


def variance(it: Measured, confidence: float) -> Interval:
    """Held-out error − training error: different rows (Newcombe)."""
    return newcombe_difference(
        it.held_out_wrong, it.held_out_rows, it.training_wrong, it.training_rows, confidence
    )


def shown_bias(it: Measured, confidence: float) -> Interval:
    """Training error − the mixture's error on the same training rows (Newcombe, paired).

    The mixture learnt from other rows, so its error is no less than the floor there, and the bias
    is at least this.
    """
    if not sum(it.pairs):
        return Interval(0.0, -1.0, 1.0)
    return newcombe_paired_difference(*it.pairs, confidence=confidence)


def floor(it: Measured, confidence: float) -> Interval:
    """The Bayes error in the region.

    Upper limit: the smaller of the Clopper–Pearson limits of the network's held-out error and of
    the mixture's, Bonferroni-corrected. Point and lower limit: ``bayes_mixture.read_mixture``; but
    the lower limit is at most that of the share of training rows that the network gets wrong though
    it learnt from them, and the mixture, too. For where a region holds a part that is noisy or hard
    to learn and one that is easy, the mixture alone cannot tell noise from a border it has not
    found.
    """
    tail = (1 - confidence) / 2
    network = it.held_out_wrong / it.held_out_rows
    if not len(it.labels):
        high = clopper_pearson(it.held_out_wrong, it.held_out_rows, confidence).high
        return Interval(network, 0.0, high)
    read = read_mixture(it.judged, it.labels, 1 - tail)
    high = min(
        clopper_pearson(wrong, rows, 1 - tail).high
        for wrong, rows in ((it.held_out_wrong, it.held_out_rows), (read.wrong, read.n))
    )
    low = min(read.low, shown_floor(it, confidence).low, high)
    return Interval(min(max(min(read.value, network), low), high), low, high)


def shown_floor(it: Measured, confidence: float) -> Interval:
    """The share of training rows that both are wrong on, network and mixture (Wilson)."""
    rows = sum(it.pairs)
    return wilson(it.pairs[0], rows, confidence) if rows else Interval(0.0, 0.0, 1.0)


def bias(it: Measured, confidence: float) -> Interval:
    """Training error − floor.

    From what the mixture shows of it to the training error's upper limit less the floor's lower.
    """
    trained = wilson(it.training_wrong, it.training_rows, confidence)
    bottom = floor(it, confidence)
    low = shown_bias(it, confidence).low if sum(it.pairs) else trained.low - bottom.high
    high = max(low, trained.high - bottom.low)
    return Interval(min(max(trained.value - bottom.value, low), high), low, high)


def significance(kind: Kind, it: Measured, rest: Measured, tolerance: float) -> tuple[float, float]:
    """Two p-values: that the gap is no more than tolerated, and that or no more than in the rest.

    The smallest α for which the lower limit of an interval at 1 − α clears what it is compared
    with. The second is the larger of two, as both must be refuted (intersection–union test; Berger
    1982, Technometrics 24:295).
    """
    if kind is Kind.VARIANCE:
        above = _inverted(lambda c: variance(it, c).low, tolerance)
        worse = _inverted(lambda c: difference(variance(it, c), _least(variance(rest, c))).low, 0.0)
    elif kind is Kind.BIAS:
        above = _inverted(lambda c: shown_bias(it, c).low, tolerance)
        worse = _inverted(
            lambda c: difference(shown_bias(it, c), _least(shown_bias(rest, c))).low, 0.0
        )
    else:
        above = _inverted(lambda c: floor(it, c).low, tolerance)
        worse = _inverted(lambda c: difference(shown_floor(it, c), shown_floor(rest, c)).low, 0.0)
    return above, max(above, worse)


def _least(gap: Interval) -> Interval:
    """A gap of the rest: below 0 it is a gap of 0, or the region would be worse for nothing."""
    return Interval(*(max(0.0, limit) for limit in gap))


def _inverted(low: Callable[[float], float], limit: float) -> float:
    """The smallest α with ``low(1 − α) > limit``; 1 where a half is not enough."""
    if low(0.5) <= limit:
        return 1.0
    if low(1 - _LEAST_P) > limit:
        return _LEAST_P
    below, above = math.log(_LEAST_P), math.log(0.5)  # not high at the first, high at the second
    for _ in range(_STEPS):
        middle = (below + above) / 2
        if low(1 - math.exp(middle)) > limit:
            above = middle
        else:
            below = middle
    return math.exp(above)


class Rough(NamedTuple):
    """How a region stands out, at a glance: to choose by."""

    score: float  # standard errors above the tolerance or above the rest's gap: the fewer of both
    # √(share · rest) · difference to the rest: of a homogeneous region both a part and a larger
    # region around it have less (Klösgen's measure with exponent ½; a tree splits by it, too)
    explained: float


def rough(it: Measured, rest: Measured, tolerance: float) -> dict[Kind, Rough]:
    """How a region stands out from the rest, for each thing that it may suffer from."""
    share = it.held_out_rows / (it.held_out_rows + rest.held_out_rows)
    found = {}
    for kind, gap in _ROUGH.items():
        (here, error), (there, other) = gap(it), gap(rest)
        beyond = here - max(0.0, there)
        score = min((here - tolerance) / error, beyond / math.hypot(error, other))
        found[kind] = Rough(score, math.sqrt(share * (1 - share)) * beyond)
    return found


def _share(wrong: float, rows: float) -> tuple[float, float]:
    """A share and its standard error, two right and two wrong rows added (Agresti and Coull)."""
    p = (wrong + 2) / (rows + 4)
    return wrong / rows if rows else 0.0, math.sqrt(p * (1 - p) / (rows + 4))


def _rough_variance(it: Measured) -> tuple[float, float]:
    (held, one), (trained, two) = (
        _share(it.held_out_wrong, it.held_out_rows),
        _share(it.training_wrong, it.training_rows),
    )
    return held - trained, math.hypot(one, two)


def _rough_bias(it: Measured) -> tuple[float, float]:
    rows = sum(it.pairs)
    alone, others = it.pairs[1], it.pairs[2]
    error = math.sqrt(alone + others + 1) / (rows + 2)
    return ((alone - others) / rows if rows else 0.0), error


def _rough_floor(it: Measured) -> tuple[float, float]:
    return _share(it.pairs[0], sum(it.pairs))


_ROUGH: dict[Kind, Callable[[Measured], tuple[float, float]]] = {
    Kind.BIAS: _rough_bias,
    Kind.VARIANCE: _rough_variance,
    Kind.FLOOR: _rough_floor,
}
