"""Numbers that stand for a value that is missing, as −999 does."""

import numpy as np

from .dataset import DataWarning
from .rows import Rows
from .wording import counted, quantity

LEAST_ROWS = 50
LEAST_CODED = 5  # rows of one value at the end of a column,
LEAST_SHARE = 0.004  # and this share of them
MOST_SHARE = 0.9
LEAST_OTHERS = 20  # different values besides
LEAST_APART = 2.0  # times the range of the others, that the value lies beyond them
_SCREENED = 2000  # rows that most columns are ruled out by,
_NUMBERS = 4_000_000  # of so many numbers
_LEAST_SCREENED = 500  # and of so many rows at least

Array = np.ndarray


def missing_codes(rows: Rows) -> tuple[DataWarning, ...]:
    """Look for numeric columns in which one value stands far apart from all others, many times.

    It is not 0, which a column has where something is not there, and that is known.

    Args:
        rows: of the source; pixels are no columns.
    """
    count, columns = rows.inputs.shape
    if count < LEAST_ROWS or rows.shape is not None:
        return ()
    numeric = np.array([it is None for it in rows.categories])
    screened = min(_SCREENED, max(_LEAST_SCREENED, _NUMBERS // columns))
    some = np.sort(np.random.default_rng(0).permutation(count)[:screened])
    likely = [_likely(np.asarray(rows.inputs[some], np.float64), high=high) for high in (0, 1)]
    found = (
        _coded(rows.columns[place], np.asarray(rows.inputs[:, place], np.float64), high=high)
        for high in (0, 1)
        for place in np.flatnonzero(likely[high] & numeric)
    )
    return tuple(it for it in found if it)


def _likely(values: Array, *, high: int) -> Array:
    """Which columns of some rows, (m, columns), may have a code at one end: (columns,) bool."""
    values = -values if high else values
    lacks = np.isnan(values)
    code = np.where(lacks, np.inf, values).min(axis=0)
    there = values == code
    low = np.where(there | lacks, np.inf, values).min(axis=0)
    most = np.where(there | lacks, -np.inf, values).max(axis=0)
    several = (there.sum(axis=0) > 1) & (most >= low)
    with np.errstate(invalid="ignore"):  # of columns without other values
        return several & (low - code > LEAST_APART * (most - low))


def _coded(column: str, values: Array, *, high: int) -> DataWarning | None:
    """What is said of one end of a column, (n,); ``None`` where nothing is."""
    values = values[~np.isnan(values)]
    code = values.max() if high else values.min()
    others = values[values != code]
    times = len(values) - len(others)
    if code == 0 or not max(LEAST_CODED, LEAST_SHARE * len(values)) <= times:
        return None
    if times > MOST_SHARE * len(values) or len(np.unique(others)) < LEAST_OTHERS:
        return None
    low, most = others.min(), others.max()
    if max(low - code, code - most) <= LEAST_APART * (most - low):
        return None
    return DataWarning(
        "missing_codes",
        times,
        f"Column {column!r} has {quantity(code, 6)} in {times:,} of "
        f"{counted(len(values), 'row')}, and from {quantity(low)} to {quantity(most)} in all "
        "others: it may be a code, such as for a missing value, which a network takes for a "
        "number.",
    )
