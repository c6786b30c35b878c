"""Rows that equal held-out ones, left out of the splits that hold nothing out from them."""

from typing import NamedTuple

import numpy as np

from .dataset import DataError, DataWarning
from .labels import Classes
from .splits import SplitRows, check_every_class
from .wording import counted

_ADVICE = "Remove copies under [data], or drop the class"


class WithoutCopies(NamedTuple):
    """Splits no two of which hold equal rows, and how many rows that cost."""

    splits: SplitRows
    train: int  # training rows left out
    validation: int  # validation rows left out

    @property
    def note(self) -> tuple[DataWarning, ...]:
        """What is told of it; nothing where no row was left out."""
        counts = (
            (self.train, self.splits.train, "training"),
            (self.validation, self.splits.validation, "validation"),
        )
        told = [
            f"{gone:,} of {counted(gone + len(left), f'{split} row')}"
            for gone, left, split in counts
            if gone
        ]
        count = self.train + self.validation
        why = "is left out: it equals a held-out row"
        why = why if count == 1 else "are left out: they equal held-out rows"
        text = f"{' and '.join(told)} {why}."
        return (DataWarning("copies_left_out", count, text),) if count else ()


def leave_out_copies(equal: np.ndarray, splits: SplitRows, classes: Classes) -> WithoutCopies:
    """Leave out training rows that equal held-out ones, and validation rows that equal test rows.

    Test rows and bridge rows stay as they are, so errors on test rows can be compared with those of
    a network that learnt from their copies, too.

    Args:
        equal: (n,) numbers that equal rows share, from 0.
        splits: numbers of rows.
        classes: of all rows.

    Raises:
        DataError: a split, or a class in one, is left without rows.

    >>> classes = Classes(("a",), np.zeros(5, np.int32))
    >>> splits = SplitRows(np.array([0, 1]), np.array([2, 3]), np.array([4]))
    >>> leave_out_copies(np.array([0, 1, 0, 2, 2]), splits, classes).splits[:3]
    (array([1]), array([2]), array([4]))
    """
    in_test = _held(equal, splits.test)
    validation = splits.validation[~in_test[equal[splits.validation]]]
    held_out = in_test | _held(equal, splits.validation) | _held(equal, splits.bridge)
    train = splits.train[~held_out[equal[splits.train]]]
    left = splits._replace(train=train, validation=validation)
    for split, rows in (("training", train), ("validation", validation)):
        if not len(rows):
            raise DataError(
                f"each {split} row equals one that is held out from it, so none is left. Remove "
                "copies under [data], or hold other rows out."
            )
    check_every_class(classes, left, _ADVICE)
    return WithoutCopies(
        left, len(splits.train) - len(train), len(splits.validation) - len(validation)
    )


def _held(equal: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Tell of each number whether one of these rows has it, (numbers,) bool."""
    held = np.zeros(int(equal.max()) + 1, bool)
    held[equal[rows]] = True
    return held
