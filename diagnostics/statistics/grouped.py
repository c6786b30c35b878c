"""What rows that come in groups tell: rows of one group count for less than as many others.

Rows of one person are alike, so chance deals with groups and not with rows.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from .intervals import Interval, chi2_quantile, clopper_pearson, mean_square

ALIKE_AT_LEAST = 10  # groups of equal size that folds and intervals need


def number_alike(groups: np.ndarray) -> float:
    """How many groups of equal size weigh as much: (Σ size)² / Σ size².

    >>> number_alike(np.array([0, 0, 1, 1])), number_alike(np.array([0, 0, 0, 1]))
    (2.0, 1.6)
    """
    sizes = np.unique(groups, return_counts=True)[1].astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def error_of_mean(values: np.ndarray, groups: np.ndarray | None = None) -> float:
    """The standard error of a mean over rows; inf where all are of one group.

    Args:
        values: (n,), of each row.
        groups: (n,), the number of each row's group; ``None`` where rows are independent.
    """
    if groups is None:
        return float(values.std()) / math.sqrt(len(values))
    numbers = np.unique(groups, return_inverse=True)[1]
    sums = np.bincount(numbers, weights=values - values.mean())
    if len(sums) < 2:
        return math.inf
    # Groups differ in size, so the mean is a ratio of two: its error by linearisation. A group that
    # holds most rows lies near the mean that it makes, so few of equal size are counted.
    alike = number_alike(groups)
    return math.sqrt(alike / (alike - 1) * float((sums**2).sum())) / len(values)


class Grouping(NamedTuple):
    """How rows that come in groups hang together."""

    number: int  # of groups
    effect: float  # design effect: rows that tell as little as one independent row, ≥ 1
    alike: float | None = None  # how many of equal size weigh as much; None: all are of one size

    @property
    def telling(self) -> float:
        """Groups of equal size that tell as much."""
        return self.number if self.alike is None else self.alike

    def worth(self, confidence: float) -> float:
        """The share of an independent row that each counts for in a two-sided interval.

        1/effect · (z/t)², as the effect is known from so few groups (Korn and Graubard 1998, Surv
        Methodol 24:193), of which those count that tell; 0 for a single group.
        """
        if self.number < 2:
            return 0.0
        tail = (1 + confidence) / 2
        return float(ndtri(tail) / stdtrit(self.telling - 1, tail)) ** 2 / self.effect

    def above(self, confidence: float) -> "Grouping":
        """With the one-sided upper limit of the effect in its place.

        As the variance of so many normal sums: times ν / χ² at 1 − confidence, ν one less than the
        groups that tell; of a single group nothing is known, and it stays.
        """
        degrees = self.telling - 1
        if degrees <= 0:
            return self
        return self._replace(effect=self.effect * degrees / chi2_quantile(1 - confidence, degrees))


def grouping(values: np.ndarray, groups: np.ndarray) -> Grouping:
    """How the values of rows hang together in groups.

    The design effect is the variance of the mean by that which independent rows would give (Kish
    1965, *Survey Sampling*, section 8.2). Where all values are equal, or all rows of one group,
    nothing tells it, and groups are counted in place of rows.

    Args:
        values: (n,), such as whether an answer is wrong.
        groups: as for ``error_of_mean``.
    """
    count, alone, alike = len(np.unique(groups)), error_of_mean(values), _alike(groups)
    if alone == 0 or count < 2:
        return Grouping(count, len(values) / count, alike)
    return Grouping(count, max(1.0, (error_of_mean(values, groups) / alone) ** 2), alike)


def _alike(groups: np.ndarray) -> float | None:
    sizes = np.unique(groups, return_counts=True)[1]
    return None if (sizes == sizes[0]).all() else number_alike(groups)


def grouping_like(known: Grouping | None, groups: np.ndarray) -> Grouping:
    """How other rows hang together, whose values by row nobody kept.

    Args:
        known: how alike rows do; ``None``: those of a group are taken for one.
        groups: (n,), of these others.
    """
    count = len(np.unique(groups))
    return Grouping(count, known.effect if known else len(groups) / count, _alike(groups))


def upper_tail(z: float, groups: float | None) -> float:
    """The probability that so many standard errors are exceeded by chance.

    Args:
        z: standard errors.
        groups: that the standard error is known from (Student's t), those that tell; ``None``:
            rows are independent (the normal distribution).
    """
    return float(ndtr(-z) if groups is None else stdtr(groups - 1, -z))


def upper_quantile(tail: float, groups: float | None) -> float:
    """The standard errors that chance exceeds with that probability, as for ``upper_tail``."""
    return -float(ndtri(tail) if groups is None else stdtrit(groups - 1, tail))


def sign_test(differences: np.ndarray, groups: np.ndarray) -> float:
    """The probability that two classifiers' differences add up to so much or more by chance.

    Each group's difference is as likely to speak for one as for the other, so their signs are drawn
    (exactly, all of them): with one row in each group McNemar's exact test.

    Args:
        differences: (n,), wrong answers of the one less those of the other: −1, 0 or 1.
        groups: (n,), the number of each row's group.

    >>> sign_test(np.array([1, 1, 1, 0, 1, -1]), np.array([0, 0, 0, 1, 2, 2]))
    0.5
    """
    numbers = np.unique(groups, return_inverse=True)[1]
    sums = np.rint(np.bincount(numbers, weights=differences)).astype(np.int64)
    sizes, counts = np.unique(np.abs(sums[sums != 0]), return_counts=True)
    total = int(sizes @ counts)
    # The generating function ∏ ((1 + xˢ) / 2)ⁿ of what speaks for the one, at the roots of unity.
    at = np.arange(total + 1) * (-2j * np.pi / (total + 1))
    values = np.ones(total + 1, complex)
    for size, count in zip(sizes, counts, strict=True):
        values *= ((1 + np.exp(at * size)) / 2) ** count
    chances = np.fft.ifft(values).real
    least = (int(sums.sum()) + total) // 2
    return min(1.0, max(0.0, round(float(chances[least:].sum()), 15)))


def worth_of(grouped: Grouping | None, confidence: float) -> float:
    """``Grouping.worth``; 1 where rows are independent."""
    return 1.0 if grouped is None else grouped.worth(confidence)


def rate_limits(
    wrong: int, n: int, grouped: Grouping | None, confidence: float
) -> tuple[float, float]:
    """Clopper and Pearson's limits of an error, of as many independent rows as these tell.

    Args:
        wrong: rows.
        n: rows.
        grouped: how they hang together; ``None`` where they are independent.
        confidence: of the two-sided interval.
    """
    worth = worth_of(grouped, confidence)
    if worth * n < 1:
        return 0.0, 1.0
    it = clopper_pearson(worth * wrong, worth * n, confidence)
    return it.low, it.high


def square_limits(
    error: float,
    deviation: float,
    n: float,
    grouped: Grouping | None,
    confidence: float,
    least: float = 0.0,
) -> Interval:
    """``intervals.mean_square``; of rows in groups that of the groups' means, as many as tell.

    So Student's t of few groups is in it already, and rows that are all alike in their groups have
    the interval that one row of each would have.

    Args:
        error: mean over rows, ≥ 0.
        deviation: of the rows, with divisor n.
        n: rows.
        grouped: how they hang together; ``None`` where they are independent.
        confidence: of the two-sided interval.
        least: as for ``mean_square``.
    """
    if grouped is None:
        return mean_square(error, deviation, n, confidence, least)
    telling = grouped.telling
    of_groups = deviation * math.sqrt(grouped.effect * (telling - 1) / n)
    return mean_square(error, of_groups, telling, confidence, least)
