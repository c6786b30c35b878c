"""Columns that tell the answer on their own, as one made from it does (target leakage)."""

import numpy as np

from .dataset import DataWarning
from .rows import Rows
from .wording import counted

LEAST_ROWS = 100
LEAST_OF_CLASS = 10  # rows; rarer classes are not looked at
MOST_WRONG = 0.01  # of a class's rows, whose neighbour by the column is of another class
_LOOKED_AT = 1000  # rows that most columns are ruled out by


def telling_columns(task: str, rows: Rows, targets: np.ndarray) -> tuple[DataWarning, ...]:
    """Look for single columns whose order puts the classes one behind the other.

    Rows are sorted by the column, those of one value at random. A change of class from one row to
    the next counts against the class that begins there, but for one change of each class; the mean
    over classes of such shares is 1 % at most in a column that tells. A column of noise has 50 % of
    two classes alike in size.

    Args:
        task: only of a classification anything is looked for.
        rows: of the source; a sole column is what is learnt from, and pixels are none.
        targets: (n,) int32 classes.
    """
    count, columns = rows.inputs.shape
    if task != "classification" or count < LEAST_ROWS or columns < 2 or rows.shape is not None:
        return ()
    shuffled = np.random.default_rng(0).permutation(count)
    few = np.sort(shuffled[:_LOOKED_AT])
    sample = np.asarray(rows.inputs[few])
    # A sample of few rows of each class has more room for chance, and is only to rule out.
    likely = [it for it in range(columns) if _wrong(sample[:, it], targets[few]) <= 3 * MOST_WRONG]
    found = []
    for place in likely:
        wrong = _wrong(np.asarray(rows.inputs[:, place])[shuffled], targets[shuffled])
        if wrong <= MOST_WRONG:
            found.append(
                DataWarning(
                    "telling_column",
                    count,
                    f"Column {rows.columns[place]!r} tells the class on its own: of "
                    f"{counted(count, 'row')} sorted by it, {100 * wrong:.1f} % have "
                    "another class than the row before (mean over classes, the first of each "
                    "aside). If it is made from the target, or is not known when the "
                    "network is to be used, all errors here are too good.",
                )
            )
    return tuple(found)


def _wrong(values: np.ndarray, classes: np.ndarray) -> float:
    """The share of rows of another class than the one before by the values; 1 of less than two."""
    ordered = classes[np.argsort(values, kind="stable")]
    sizes = np.bincount(ordered)
    begun = np.bincount(ordered[1:][ordered[1:] != ordered[:-1]], minlength=len(sizes))
    begun[ordered[0]] += 1
    looked_at = sizes >= LEAST_OF_CLASS
    if looked_at.sum() < 2:
        return 1.0
    return float(np.mean(np.maximum(begun - 1, 0)[looked_at] / sizes[looked_at]))
