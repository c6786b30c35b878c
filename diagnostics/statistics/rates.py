"""The mean over classes of the share of their rows that is wrong, and its confidence interval."""

import math
from typing import NamedTuple

import numpy as np

from .grouped import Grouping, rate_limits
from .intervals import Interval, two_sided_z


class ClassCounts(NamedTuple):
    """Rows of a split by their class; classes without rows are left out of the mean."""

    wrong: tuple[float, ...]  # whole numbers, as they are counted
    rows: tuple[float, ...]

    def times(self, factor: float) -> "ClassCounts":
        """So many times the rows, with the same shares."""
        return ClassCounts(
            tuple(factor * count for count in self.wrong),
            tuple(factor * count for count in self.rows),
        )


def mean_of_rates(counts: ClassCounts, confidence: float = 0.95) -> Interval:
    """The balanced error with its score interval, as fractions.

    The counts of the C classes are independent binomials, so their mean rate θ = Σ pᵢ / C is a
    linear combination of proportions. The limits solve |θ̂ − θ| = z·√(Σ pᵢ(1−pᵢ)/nᵢ)/C, where p are
    the most likely rates whose mean is θ: of one class this is Wilson's interval. Simulations find
    its mean coverage close to nominal (Martín Andrés, Herranz Tejedor and Álvarez Hernández 2012,
    J Stat Comput Simul 82:123), also where many classes have few rows
    (``tests/diagnostics/statistics/test_rates.py``).

    Raises:
        ValueError: impossible counts, or no rows at all.
    """
    wrong, rows = _checked(counts)
    z = two_sided_z(confidence)
    value = float((wrong / rows).mean())
    low = value - _reach(wrong, rows, z)
    high = value + _reach(rows - wrong, rows, z)
    # Exact zeros and ones: rounding would otherwise leave 1e-18 outside the range.
    return Interval(
        value, 0.0 if not wrong.any() else low, 1.0 if not (rows - wrong).any() else high
    )


def _checked(counts: ClassCounts) -> tuple[np.ndarray, np.ndarray]:
    wrong, rows = np.asarray(counts.wrong, float), np.asarray(counts.rows, float)
    if len(wrong) != len(rows) or (wrong < 0).any() or (wrong > rows).any() or not rows.any():
        raise ValueError(
            f"got {counts.wrong} wrong of {counts.rows} rows; allowed are 0 ≤ wrong ≤ rows for as "
            "many classes, of which one has rows"
        )
    there = rows > 0
    return wrong[there], rows[there]


def _reach(wrong: np.ndarray, rows: np.ndarray, z: float) -> float:
    """How far the lower limit lies below the mean rate.

    Maximal likelihood for a given mean makes xᵢ − nᵢpᵢ = λ·pᵢ(1−pᵢ) with one λ ≥ 0 for all classes
    (a Lagrange multiplier): a quadratic equation in pᵢ, and the larger λ, the lower the mean.
    """
    from scipy.optimize import root_scalar  # here, since it takes a fifth of a second

    if not wrong.any():
        return 0.0
    start = wrong / rows

    def excess(log_multiplier: float) -> float:
        rates = _rates(wrong, rows, math.exp(log_multiplier))
        deviation = math.sqrt(float((rates * (1 - rates) / rows).sum()))
        return float((start - rates).sum()) - z * deviation

    # Where each class is all right or all wrong, the rates stay until λ exceeds some class's rows.
    sure = bool(((wrong == 0) | (wrong == rows)).all())
    least = rows[wrong > 0].min() * (1 + 1e-9) if sure else 1e-9 * rows.min()
    bracket = math.log(least), math.log(1e9 * rows.max() * (1 + z * z))
    root = root_scalar(excess, bracket=bracket, method="brentq", xtol=1e-10).root
    return float((start - _rates(wrong, rows, math.exp(root))).mean())


def _rates(wrong: np.ndarray, rows: np.ndarray, multiplier: float) -> np.ndarray:
    """The rates p of x − n·p = λ·p(1−p) in [0, x/n]."""
    total = rows + multiplier
    root = np.sqrt(np.maximum(total * total - 4 * multiplier * wrong, 0.0))
    return 2 * wrong / (total + root)


def intervals_of_each(
    counts: ClassCounts, grouped: Grouping | None = None, confidence: float = 0.95
) -> list[Interval | None]:
    """Each class's error with intervals that hold together; ``None`` for a class without rows.

    Clopper and Pearson's, each at 1 − (1 − confidence) / classes with rows (Bonferroni). Wilson's
    miss rare errors so often at such a level that of ten classes of 36 rows, 0.9 % of them wrong,
    all held in 65 % of draws (``tests/diagnostics/statistics/test_rates.py``).

    Args:
        counts: of the split.
        grouped: how its rows hang together, for which each class's are taken to do so, too;
            ``None`` where they are independent.
        confidence: of all together.
    """
    _, rows = _checked(counts)
    each = 1 - (1 - confidence) / len(rows)

    def interval(wrong: int, n: int) -> Interval:
        return Interval(wrong / n, *rate_limits(wrong, n, grouped, each))

    return [
        interval(round(wrong), round(n)) if n else None
        for wrong, n in zip(counts.wrong, counts.rows, strict=True)
    ]
