"""Columns that count the rows, as an index that was saved with a table does."""

import numpy as np

from .dataset import DataWarning
from .rows import Rows

LEAST_ROWS = 20  # fewer may follow one another by chance
_FIRST = 100  # rows that most columns are ruled out by


def row_numbers(rows: Rows) -> tuple[DataWarning, ...]:
    """Look for numeric columns whose values are one more from each row of the source to the next.

    A sole column is what is learnt from, whatever it is.
    """
    count, columns = rows.inputs.shape
    if count < LEAST_ROWS or columns < 2 or rows.shape is not None:
        return ()
    first = np.asarray(rows.inputs[:_FIRST], np.float64)
    likely = np.flatnonzero((np.diff(first, axis=0) == 1).all(axis=0))
    found = [
        place
        for place in likely
        if rows.categories[place] is None
        and (np.diff(np.asarray(rows.inputs[:, place], np.float64)) == 1).all()
    ]
    return tuple(
        DataWarning(
            "row_numbers",
            count,
            f"Column {rows.columns[place]!r} counts the rows of the source, from "
            f"{first[0, place]:.0f} to {first[0, place] + count - 1:.0f}: it looks like their "
            "index, which says nothing about new rows, and is learnt from all the same.",
        )
        for place in found
    )
