"""Confidence intervals for errors counted on rows, and for differences of two such errors."""

import math
from typing import NamedTuple

from scipy.stats import beta, norm


class Interval(NamedTuple):
    """A point and the limits around it."""

    value: float
    low: float
    high: float


def _checked(wrong: int, n: int, confidence: float) -> None:
    if n < 1 or not 0 <= wrong <= n:
        raise ValueError(f"got {wrong} wrong of {n} rows; allowed are 0 ≤ wrong ≤ n and n ≥ 1")
    if not 0 < confidence < 1:
        raise ValueError(f"got confidence {confidence}; allowed are values between 0 and 1")


def two_sided_z(confidence: float) -> float:
    """The standard normal's quantile at (1 + ``confidence``) / 2; 1.96 for 0.95."""
    return float(norm.ppf((1 + confidence) / 2))


def wilson(wrong: int, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for an error of ``wrong`` out of ``n`` rows, as fractions.

    Solves |p̂ − p| = z·√(p(1−p)/n) for p. Its mean coverage is close to nominal; for single p it
    may fall a little short. Raises ValueError for impossible counts. Source: Wilson 1927, JASA
    22:209; method 3 of Newcombe 1998, Stat Med 17:857.
    """
    _checked(wrong, n, confidence)
    p, z2 = wrong / n, two_sided_z(confidence) ** 2
    half = math.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n)))
    centre = p + z2 / (2 * n)
    # Exact zeros and ones: rounding would otherwise leave 1e-18 outside the range.
    low = 0.0 if wrong == 0 else (centre - half) / (1 + z2 / n)
    high = 1.0 if wrong == n else (centre + half) / (1 + z2 / n)
    return Interval(p, low, high)


def clopper_pearson(wrong: int, n: int, confidence: float = 0.95) -> Interval:
    """The exact interval for an error of ``wrong`` out of ``n`` rows, as fractions.

    Inverts the binomial test at (1 − confidence)/2 a side, so coverage is never below nominal;
    for a one-sided limit at level c ask for confidence 2c − 1. Raises ValueError for impossible
    counts. Source: Clopper and Pearson 1934, Biometrika 26:404.
    """
    _checked(wrong, n, confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if wrong == 0 else float(beta.ppf(tail, wrong, n - wrong + 1))
    high = 1.0 if wrong == n else float(beta.ppf(1 - tail, wrong + 1, n - wrong))
    return Interval(wrong / n, low, high)


def newcombe_difference(
    wrong1: int, n1: int, wrong2: int, n2: int, confidence: float = 0.95
) -> Interval:
    """Error 1 − error 2 where the two were counted on different rows; limits lie in [−1, 1].

    Squares and adds the distances of the two Wilson limits. Raises ValueError for impossible
    counts. Source: method 10 (hybrid score) of Newcombe 1998, Stat Med 17:873.
    """
    first, second = wilson(wrong1, n1, confidence), wilson(wrong2, n2, confidence)
    return _square_and_add(first, second, correlation=0.0)


def newcombe_paired_difference(
    both: int, only_first: int, only_second: int, neither: int, confidence: float = 0.95
) -> Interval:
    """Error 1 − error 2 of two classifiers on the same rows; limits lie in [−1, 1].

    The four counts of rows say which classifier was wrong. As the unpaired interval, less the
    covariance by the table's φ, with the continuity correction where φ is positive. Raises
    ValueError for impossible counts. Source: method 10 of Newcombe 1998, Stat Med 17:2635.
    """
    if min(both, only_first, only_second, neither) < 0:
        raise ValueError(
            f"got counts {both}, {only_first}, {only_second}, {neither}; allowed are counts ≥ 0"
        )
    n = both + only_first + only_second + neither
    first = wilson(both + only_first, n, confidence)
    second = wilson(both + only_second, n, confidence)
    margins = (
        (both + only_first)
        * (only_second + neither)
        * (both + only_second)
        * (only_first + neither)
    )
    determinant = both * neither - only_first * only_second
    corrected = max(determinant - n / 2, 0.0) if determinant > 0 else float(determinant)
    correlation = corrected / math.sqrt(margins) if margins else 0.0
    paired = _square_and_add(first, second, correlation)
    return Interval((only_first - only_second) / n, paired.low, paired.high)


def _square_and_add(first: Interval, second: Interval, correlation: float) -> Interval:
    def distance(a: float, b: float) -> float:
        return math.sqrt(max(0.0, a * a - 2 * correlation * a * b + b * b))

    value = first.value - second.value
    below = distance(first.value - first.low, second.high - second.value)
    above = distance(first.high - first.value, second.value - second.low)
    return Interval(value, max(-1.0, value - below), min(1.0, value + above))
