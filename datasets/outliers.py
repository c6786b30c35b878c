"""Targets so far out that the squared error is mostly theirs."""

import numpy as np

from .dataset import DataWarning
from .wording import counted, quantity

FAR = 10.0  # robust deviations from the median; among as many normal numbers as there are, none
MOST_ROWS = 0.01  # share of rows: more are a tail of the population, not a few rows
LEAST_PART = 0.2  # of the squared deviations from the median that they must make up
# A normal deviation is so many times the median of absolute deviations.
_BY_MEDIAN = 1.4826
_NAMED = 3


def far_targets(
    name: str, values: np.ndarray, used: np.ndarray, numbers: np.ndarray | None = None
) -> tuple[DataWarning, ...]:
    """Look for a few rows that make up much of a quantity's variance.

    Args:
        name: of the target.
        values: (n,) float64, finite, of all rows of the source.
        used: places of the rows in any split.
        numbers: (n,) of the rows in the source; ``None``: their places.

    Returns:
        One warning, or none. Where half of the values are equal there is no scale to judge by.
    """
    rows = np.sort(used)
    called = rows if numbers is None else numbers[rows]
    median = float(np.median(values[rows]))
    away = np.abs(values[rows] - median)
    deviation = _BY_MEDIAN * float(np.median(away))
    if deviation == 0:
        return ()
    scaled = away / deviation
    far = scaled > FAR
    count, whole = int(far.sum()), float(np.square(scaled).sum())
    part = float(np.square(scaled[far]).sum()) / whole
    if not count or count > MOST_ROWS * len(rows) or part < LEAST_PART:
        return ()
    order = np.argsort(-scaled, kind="stable")[: min(count, _NAMED)]
    named = ", ".join(
        f"{quantity(float(values[rows[i]]), 6)} in source row {called[i]:,}" for i in order
    )
    these = "it makes" if count == 1 else "they make"
    return (
        DataWarning(
            "target_outliers",
            count,
            f"{counted(count, 'row')} of {len(rows):,} "
            f"{'lies' if count == 1 else 'lie'} more than {FAR:g} robust deviations of "
            f"{quantity(deviation, 3)} from the median {quantity(median, 6)} of {name} (the "
            f"farthest: {named}), and {these} up {100 * part:.0f} % of its squared deviations: "
            "mean squared errors tell mostly of "
            f"{'that row' if count == 1 else 'those rows'}.",
        ),
    )
