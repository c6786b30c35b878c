"""Columns that tell the answer on their own, as one made from it does (target leakage)."""

import numpy as np

from .checks import group_equal
from .dataset import DataWarning
from .rows import Rows
from .wording import counted

LEAST_ROWS = 100
LEAST_OF_CLASS = 10  # rows; rarer classes are not looked at
MOST_WRONG = 0.01  # of a class's rows, whose neighbour by the column is of another class
_LOOKED_AT = 1000  # rows that most columns are ruled out by


def telling_columns(
    task: str, rows: Rows, targets: np.ndarray, groups: np.ndarray | None = None
) -> tuple[DataWarning, ...]:
    """Look for single columns whose order puts the classes one behind the other.

    Rows are sorted by the column, those of one value at random. A change of class from one row to
    the next counts against the class that begins there, but for one change of each class; the mean
    over classes of such shares is 1 % at most in a column that tells. A column of noise has 50 % of
    two classes alike in size.

    Where a column tells, equal rows are counted once, and so are those of one group that have one
    value of the column: a patient's weight brings his rows side by side, which have one class
    because he has, and tells it of nobody else.

    Args:
        task: only of a classification anything is looked for.
        rows: of the source; a sole column is what is learnt from, and pixels are none.
        targets: (n,) int32 classes.
        groups: (n,) whose rows these are, where the split keeps them together.
    """
    count, columns = rows.inputs.shape
    if task != "classification" or count < LEAST_ROWS or columns < 2 or rows.shape is not None:
        return ()
    shuffled = np.random.default_rng(0).permutation(count)
    few = np.sort(shuffled[:_LOOKED_AT])
    sample = np.asarray(rows.inputs[few])
    # A sample of few rows of each class has more room for chance, and is only to rule out.
    likely = [it for it in range(columns) if _wrong(sample[:, it], targets[few]) <= 3 * MOST_WRONG]
    found, units = [], None
    for place in likely:
        values = np.asarray(rows.inputs[:, place])[shuffled]
        wrong = _wrong(values, targets[shuffled])
        if wrong > MOST_WRONG:
            continue
        units = _units(rows.inputs, groups) if units is None else units
        first = _first_of_each(units[shuffled], values, targets[shuffled])
        if _wrong(values[first], targets[shuffled][first]) <= MOST_WRONG:
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


def _units(inputs: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return (n,) which rows are not independent: those of a group, or copies of one row."""
    if groups is not None:
        return groups
    equal = group_equal(inputs)
    few = equal.max() + 1 < LEAST_ROWS  # so that rows are alike since columns have few values
    return np.arange(len(inputs)) if few else equal


def _first_of_each(*keys: np.ndarray) -> np.ndarray:
    """Return rows, one for each combination of the keys (n,) that occurs, in their order."""
    numbers = np.stack([np.unique(key, return_inverse=True)[1] for key in keys], axis=1)
    return np.sort(np.unique(numbers, axis=0, return_index=True)[1])


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
