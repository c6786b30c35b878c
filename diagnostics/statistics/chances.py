"""Things left to chance, each with a variance of its own: what an error is uncertain by.

Variances are added, with degrees of freedom by Satterthwaite (1946, Biometrics Bull 2:110).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from .grouped import error_of_mean, number_alike
from .intervals import Interval

Numbers = NDArray[np.floating]


class Chance(NamedTuple):
    """One thing that is left to chance."""

    variance: float  # of the error, or difference of errors
    degrees: float  # of freedom, > 0


def student(value: float, error: float, degrees: float, confidence: float) -> Interval:
    """Student's limits of a value with a standard error."""
    half = float(stdtrit(degrees, (1 + confidence) / 2)) * error
    return Interval(value, value - half, value + half)


def between_shares(limits: Interval) -> Interval:
    """Limits of a difference of two shares, which lies between −1 and 1 whatever the chance."""
    return Interval(limits.value, max(limits.low, -1.0), min(limits.high, 1.0))


def mean_error(errors: Numbers, classes: NDArray[np.integer] | None = None) -> float:
    """The error of trainings on rows, (trainings, rows): over rows, or over classes alike."""
    counts = np.zeros(errors.shape[1], np.int64) if classes is None else classes
    return float(errors.mean(axis=0) @ shares_of_rows(counts))


def shares_of_rows(classes: NDArray[np.integer]) -> Numbers:
    """What each row counts of an error in which classes count alike; 1 in all."""
    names, of_row, sizes = np.unique(classes, return_inverse=True, return_counts=True)
    return 1 / (len(names) * sizes[of_row])


def of_rows(
    by_row: Numbers,
    classes: NDArray[np.integer],
    groups: NDArray[np.integer] | None,
    *,
    shares: bool,
) -> Chance:
    """Of the mean over classes of the mean over their rows of differences.

    Of shares that of two rows more in each class, of which one speaks for either side (Bonett and
    Price 2012, J Educ Behav Stat 37:479): where all rows agree, or nearly so, they show no spread.
    """
    if groups is not None:
        return _of_groups(by_row * shares_of_rows(classes) * len(by_row), groups)
    names, more = np.unique(classes), 2 if shares else 0
    variance = 0.0
    for name in names:
        differences = by_row[classes == name]
        n = len(differences) + more
        spread = (float(differences @ differences) + more) / n - (float(differences.sum()) / n) ** 2
        variance += max(0.0, spread) / (n if shares else max(1, n - 1))
    return Chance(variance / len(names) ** 2, max(1, len(by_row) - len(names)))


def _of_groups(by_row: Numbers, groups: NDArray[np.integer]) -> Chance:
    """Of the mean over rows of differences, where rows of a group count as their groups tell."""
    degrees = number_alike(groups) - 1
    if degrees <= 0:
        return Chance(math.inf, 1.0)
    return Chance(error_of_mean(by_row, groups) ** 2, degrees)


def degrees_together(parts: Sequence[Chance]) -> float:
    """Of freedom of a sum of variances."""
    total = sum(it.variance for it in parts)
    if total == 0 or math.isinf(total):
        return min(it.degrees for it in parts)
    return total**2 / sum(it.variance**2 / it.degrees for it in parts)
