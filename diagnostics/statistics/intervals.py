"""Confidence intervals for errors measured on rows, and for differences of two such errors.

Quantiles are those of ``scipy.stats``, bit for bit, without its checks of arrays: hundreds of times
faster for one number.
"""

import math
from typing import NamedTuple

from scipy.special import betaincinv, gammaincinv, ndtri, stdtrit


class Interval(NamedTuple):
    """A point and the limits around it."""

    value: float
    low: float
    high: float


def _checked(wrong: float, n: float, confidence: float) -> None:
    if n < 1 or not 0 <= wrong <= n:
        raise ValueError(f"got {wrong} wrong of {n} rows; allowed are 0 ≤ wrong ≤ n and n ≥ 1")
    if not 0 < confidence < 1:
        raise ValueError(f"got confidence {confidence}; allowed are values between 0 and 1")


def two_sided_z(confidence: float) -> float:
    """The standard normal's quantile at (1 + ``confidence``) / 2; 1.96 for 0.95."""
    return float(ndtri((1 + confidence) / 2))


def chi2_quantile(share: float, degrees: float) -> float:
    """The quantile of χ² with so many degrees of freedom, at a share from 0 to 1."""
    return 2 * float(gammaincinv(degrees / 2, share))


def wilson(wrong: float, n: float, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for an error of ``wrong`` out of ``n`` rows, as fractions.

    Solves |p̂ − p| = z·√(p(1−p)/n) for p. Its mean coverage is close to nominal; for single p it
    may fall a little short. Counts may be broken, as for ``clopper_pearson``. Raises ValueError for
    impossible counts. Source: Wilson 1927, JASA 22:209; method 3 of Newcombe 1998, Stat Med 17:857.
    """
    _checked(wrong, n, confidence)
    return _score(wrong / n, n, confidence)


def clustered_wilson(
    error: float, deviation: float, n: float, labels: int, confidence: float = 0.95
) -> Interval:
    """Wilson's interval for the share of wrong labels over ``n`` rows of several labels each.

    Rows are independent, labels of one row are not. So the interval is that of as many independent
    labels as would spread as much: n·p(1−p)/deviation², between the rows and the row's labels
    (design effect; Kish 1965, *Survey Sampling*, section 8.2). Where no label or every one is
    wrong, nothing tells how they hang together, and rows are counted.

    Args:
        error: share of wrong labels, 0–1.
        deviation: of the rows' shares, with divisor n.
        n: rows.
        labels: of a row.
        confidence: of the interval.

    Raises:
        ValueError: impossible numbers.
    """
    if n < 1 or not 0 <= error <= 1 or deviation < 0:
        raise ValueError(
            f"got error {error} ± {deviation} of {n} rows; allowed are 0 ≤ error ≤ 1, "
            "deviation ≥ 0 and n ≥ 1"
        )
    spread = error * (1 - error)
    effect = min(1.0, max(1 / labels, deviation**2 / spread)) if spread > 0 else 1.0
    return _score(error, n / effect, confidence)


def mean_square(
    error: float, deviation: float, n: float, confidence: float = 0.95, least: float = 0.0
) -> Interval:
    """The interval for a mean of ``n`` squared errors, from their mean and deviation.

    The sum is taken for gamma-distributed with the mean and the variance found, so that
    error·ν/χ²(ν) covers it with ν = 2(n − 1)/c², c = deviation/error; of normal residuals ν is
    n − 1 (Satterthwaite 1946, Biometrics Bull 2:110). That c is found on the same rows is allowed
    for as Student does: of gamma values it is independent of the mean (Lukacs 1955, Ann Math Stat
    26:319), and known with some (n − 1)/(1 + c²) degrees of freedom, so ν is times (z/t)². Unlike
    Student's interval it is as skew as squares are. Where residuals have heavy tails, large errors
    that the rows do not show make the upper limit too low.

    Args:
        error: mean squared error, ≥ 0.
        deviation: of the squared errors, with divisor n; 0 gives an interval without width. Where ν
            is below 1, as of products whose signs differ, nothing bounds the mean.
        n: rows; broken where they count for less than one. Fewer than 2 bound nothing.
        confidence: of the interval.
        least: the ν of the upper limit is at least this; from 1 on the limit is a number.

    Raises:
        ValueError: impossible numbers.
    """
    if n <= 0 or error < 0 or deviation < 0:
        raise ValueError(
            f"got mean square {error} ± {deviation} of {n} rows; allowed are error ≥ 0, "
            "deviation ≥ 0 and n > 0"
        )
    ratio = deviation / error if error else 0.0
    spread = ratio * ratio
    if error == 0 or (spread == 0 and n >= 2):
        return Interval(error, error, error)
    tail, degrees = (1 - confidence) / 2, 0.0
    if n >= 2 and spread < n - 1:  # as it is of any values above 0 unless one is all of them
        student = float(stdtrit((n - 1) / (1 + spread), 1 - tail))
        degrees = 2 * (n - 1) / spread * (two_sided_z(confidence) / student) ** 2
    above = max(degrees, least)
    low = error * degrees / chi2_quantile(1 - tail, degrees) if degrees >= 1 else 0.0
    high = error * above / chi2_quantile(tail, above) if above >= 1 else math.inf
    return Interval(error, low, high)


def _score(p: float, n: float, confidence: float) -> Interval:
    z2 = two_sided_z(confidence) ** 2
    half = math.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n)))
    centre = p + z2 / (2 * n)
    # Exact zeros and ones: rounding would otherwise leave 1e-18 outside the range.
    low = 0.0 if p == 0 else (centre - half) / (1 + z2 / n)
    high = 1.0 if p == 1 else (centre + half) / (1 + z2 / n)
    return Interval(p, low, high)


def clopper_pearson(wrong: float, n: float, confidence: float = 0.95) -> Interval:
    """The exact interval for an error of ``wrong`` out of ``n`` rows, as fractions.

    Inverts the binomial test at (1 − confidence)/2 a side, so coverage is never below nominal;
    for a one-sided limit at level c ask for confidence 2c − 1. Counts may be broken, where rows
    count for less than one (``grouped.Grouping``). Raises ValueError for impossible counts.
    Source: Clopper and Pearson 1934, Biometrika 26:404.
    """
    _checked(wrong, n, confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if wrong == 0 else float(betaincinv(wrong, n - wrong + 1, tail))
    high = 1.0 if wrong == n else float(betaincinv(wrong + 1, n - wrong, 1 - tail))
    return Interval(wrong / n, low, high)


def newcombe_difference(
    wrong1: float, n1: float, wrong2: float, n2: float, confidence: float = 0.95
) -> Interval:
    """Error 1 − error 2 where the two were counted on different rows; limits lie in [−1, 1].

    Squares and adds the distances of the two Wilson limits. Raises ValueError for impossible
    counts. Source: method 10 (hybrid score) of Newcombe 1998, Stat Med 17:873.
    """
    first, second = wilson(wrong1, n1, confidence), wilson(wrong2, n2, confidence)
    return within(difference(first, second))


def newcombe_paired_difference(
    both: float, only_first: float, only_second: float, neither: float, confidence: float = 0.95
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
    paired = within(difference(first, second, correlation))
    return Interval((only_first - only_second) / n, paired.low, paired.high)


def difference(first: Interval, second: Interval, correlation: float = 0.0) -> Interval:
    """First − second, by squaring and adding the distances of their limits.

    Args:
        first: an estimate with its limits at some confidence, which the difference will have; they
            may be infinite.
        second: another, at the same confidence.
        correlation: of the two estimates; 0 where they were measured on different rows.

    Source: Zou and Donner 2008, Stat Med 27:1693 (MOVER), of which Newcombe's is a case.
    """

    def distance(a: float, b: float) -> float:
        if math.isinf(a) or math.isinf(b):
            return math.inf
        return math.sqrt(max(0.0, a * a - 2 * correlation * a * b + b * b))

    value = first.value - second.value
    below = distance(first.value - first.low, second.high - second.value)
    above = distance(first.high - first.value, second.value - second.low)
    return Interval(value, value - below, value + above)


def within(gap: Interval) -> Interval:
    """Limits of a difference of fractions."""
    return Interval(gap.value, max(-1.0, gap.low), min(1.0, gap.high))
