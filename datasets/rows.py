"""Rows as a source gives them: before labels are numbered, rows split and columns encoded."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .dataset import DataError
from .wording import counted

if TYPE_CHECKING:
    from .scaled_rows import ScaledRows

# What can be done about values that are missing in a source that lets them be filled in
CURE = (
    'Write, under [data], missing = "fill" (the median of the training rows, and marked as such), '
    "or drop the rows."
)
# … of rows that a network of another framework answered: no spec tells of them
CURE_OF_ANSWERED = (
    "Write -S data.missing=fill, in Python overrides=['data.missing=fill'] (the median of the "
    "training rows, and marked as such), or drop the rows."
)
# … of a target
NO_TARGET = 'Drop the rows: missing = "fill", under [data], does.'
# … and in a source that does not
FILL_IN = "Fill them in or drop the rows."
LARGEST = float(np.finfo(np.float32).max)
_BLOCK_ROWS = 4096
_BLOCK_NUMBERS = 2**22


class ReadyMade(NamedTuple):
    """Splits that the source brings along, as consecutive blocks of rows."""

    train: int  # rows of the first block
    validation: int  # rows of the second; 0: the validation split is cut from the training rows
    test: int  # rows of the last

    @property
    def dealt(self) -> str:
        """How rows came to splits, as ``Dataset.dealt`` says it."""
        return "ready_made" if self.validation else "ready_made_test"


class Rows(NamedTuple):
    """All rows of a source; every room-internal step takes them from here."""

    # (n, columns) bool, integers or floats, finite (before fill_missing also NaN, where asked for);
    # codes in a categorical column, of no category the number of categories. Maybe memory-mapped:
    # take rows of it in blocks.
    inputs: np.ndarray
    columns: tuple[str, ...]  # names
    categories: tuple[tuple[str, ...] | None, ...]  # a column's categories by code; None: numeric
    labels: np.ndarray  # (n,) or (n, labels) as the source has them: int, bool, float, str, objects
    labels_from: str  # how messages call the labels: "data.csv: target 'species'"
    ready_made: ReadyMade | None = None
    shape: tuple[int, ...] | None = None  # of a row, where it is an image: (height, width[, 3])
    along: np.ndarray | None = None  # (n,) the group or time of each row, where asked for
    label_names: tuple[str, ...] = ()  # of the columns of labels, where they have names
    marks: np.ndarray | None = None  # (n,) values of a column that is no feature, where asked for
    # (n,) their numbers in the source, from 0, where some of its rows are left out, and how many
    numbers: np.ndarray | None = None
    left_out: int = 0
    # of columns that are to be ignored: their names, and (n,) numbers of their values, in order
    aside: tuple[tuple[str, np.ndarray], ...] = ()


def as_floats(inputs: np.ndarray) -> np.ndarray:
    """Return numbers as float32 where that is exact by type, as float64 otherwise."""
    exact = inputs.dtype == np.float32 or np.can_cast(inputs.dtype, np.float32, "safe")
    return inputs.astype(np.float32 if exact else np.float64, copy=False)


def blocks(
    inputs: "np.ndarray | ScaledRows",
    rows: np.ndarray | None = None,
    numbers: int = _BLOCK_NUMBERS,
) -> Iterator[np.ndarray]:
    """Give (n, columns) inputs, or those of them that ``rows`` numbers, a few at a time.

    A block has at most ``numbers`` numbers, unless a single row has more.

    >>> [block.tolist() for block in blocks(np.array([[1], [2], [3]]), np.array([2, 0]))]
    [[[3], [1]]]
    """
    size = max(1, min(_BLOCK_ROWS, numbers // max(1, inputs.shape[1])))
    for start in range(0, len(inputs) if rows is None else len(rows), size):
        part = slice(start, start + size)
        yield inputs[part if rows is None else rows[part]]


def _fit(inputs: np.ndarray) -> np.ndarray:
    """Tell of each number whether a 32-bit float holds it; NaN and infinity are held by none."""
    return np.isfinite(inputs) if inputs.dtype == np.float16 else np.abs(inputs) <= LARGEST


def check_finite(
    inputs: np.ndarray,
    columns: tuple[str, ...],
    where: str,
    *,
    missing: bool = False,
    cure: str = FILL_IN,
) -> None:
    """Refuse NaN, infinity and what overflows a 32-bit float.

    Args:
        inputs: (n, columns) bool, integers (which are finite) or floats; taken in blocks.
        columns: names of the columns.
        where: how the message calls the inputs, e.g. ``"data.npz: x"``.
        missing: let NaN pass, which is to be filled in.
        cure: what can be done about NaN.

    Raises:
        DataError: naming the first such column, its first such row and the count.
    """
    if inputs.dtype.kind in "biu":
        return
    first = np.full(len(columns), -1)  # row of a column's first such value
    count = seen = 0
    for block in blocks(inputs):
        bad = ~(_fit(block) | np.isnan(block)) if missing else ~_fit(block)
        if bad.any():
            new = bad.any(axis=0) & (first < 0)
            first[new] = seen + bad[:, new].argmax(axis=0)
            count += int(bad.sum())
        seen += len(block)
    if not count:
        return
    column = int((first >= 0).argmax())
    row = int(first[column])
    value = inputs[row, column]
    what = "too large for a 32-bit float" if np.isfinite(value) else "not a finite number"
    raise DataError(
        f"{where}: column {columns[column]!r} is {value:g} in row {row} (rows count from 0), which "
        f"is {what}; {counted(count, 'such value')} in all. {cure if np.isnan(value) else FILL_IN}"
    )
