"""Targets of which the largest make up most of the squared error, unlike their logarithms."""

import numpy as np

from .dataset import DataWarning
from .wording import counted, quantity

LEAST_ROWS = 100
TOP = 0.05  # share of rows that are large
# Of all squared deviations from the mean. Of a normal target the top make up 0.22, of an
# exponential one 0.5, of one whose logarithm is normal with deviation 0.7 and 1 0.57 and 0.73.
LEAST_PART = 0.6
LEAST_LESS = 0.25  # that either end of the logarithms must make up less


def skewed_target(name: str, values: np.ndarray, used: np.ndarray) -> tuple[DataWarning, ...]:
    """Look for a quantity above 0 that ranges over orders of magnitude, as prices and incomes do.

    Args:
        name: of the target.
        values: (n,) float64, finite, of all rows of the source.
        used: places of the rows in any split.

    Returns:
        One warning, or none.
    """
    of_rows = np.sort(values[used])
    if len(of_rows) < LEAST_ROWS or of_rows[0] <= 0:
        return ()
    part, top = _part_of_top(of_rows)
    logarithms = np.log(of_rows)
    ends = _part_of_top(logarithms)[0], _part_of_top(-logarithms[::-1])[0]
    if part < LEAST_PART or max(ends) > part - LEAST_LESS:
        return ()
    return (
        DataWarning(
            "skewed_target",
            top,
            f"The {counted(top, 'row')} of {len(of_rows):,} with the largest {name}, "
            f"{quantity(float(of_rows[-top]), 6)} to {quantity(float(of_rows[-1]), 6)} beside a "
            f"median of {quantity(float(np.median(of_rows)), 6)}, make up {100 * part:.0f} % of "
            "its squared deviations from the mean: mean squared errors tell mostly of these. Of "
            f"its logarithm they make up {100 * ends[0]:.0f} %.",
        ),
    )


def _part_of_top(ordered: np.ndarray) -> tuple[float, int]:
    """What the largest make up of all squared deviations from the mean, and how many they are."""
    top = max(1, int(TOP * len(ordered)))
    away = ordered - ordered.mean()
    scale = float(np.abs(away).max()) or 1.0  # squares of what is very large or small are no number
    squares = np.square(away / scale)
    return float(squares[-top:].sum() / (squares.sum() or 1.0)), top
