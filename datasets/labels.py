"""Class labels of any kind, numbered from 0 in the sorted order of their names."""

from typing import NamedTuple

import numpy as np

from .dataset import DataError
from .wording import counted

_SEVERAL_LABELS = (
    "Of one-hot labels take y.argmax(axis=1); to learn a 1 or a 0 for each of several labels write "
    'task = "multilabel".'
)
MOST_FRACTIONS = 20  # distinct fractional targets that still pass for classes


class Classes(NamedTuple):
    """The classes and each row's class."""

    names: tuple[str, ...]  # sorted: as numbers where all of them are numbers
    labels: np.ndarray  # (n,) int32, an index into names


def number_classes(values: np.ndarray, where: str) -> Classes:
    """Number the classes of a column of labels.

    Args:
        values: (n,) or (n, 1) of bool, int, float, str or objects.
        where: how messages call the column, e.g. ``"data.npz: y"``.

    Raises:
        DataError: the column is not one label a row, a label is missing, the labels are a
            quantity (regression), or there is one class only.

    >>> number_classes(np.array([10, 9, 10]), "y")
    Classes(names=('9', '10'), labels=array([1, 0, 1], dtype=int32))
    """
    flat = one_a_row(values, where)
    refuse_missing(flat, where)
    if flat.dtype.kind == "O" and all(isinstance(v, float) for v in flat):
        flat = flat.astype(np.float64)
    if flat.dtype.kind in "OS":
        flat = np.array([label_text(v) for v in flat])
    elif flat.dtype.kind == "f":
        flat = _whole_numbers(flat, where)
    distinct, codes = np.unique(flat, return_inverse=True)
    names = [str(v) for v in distinct]
    order = sorted(range(len(names)), key=_sort_keys(names).__getitem__)
    if len(names) < 2:
        one = f"one class ({names[0]!r})" if names else "no rows"
        raise DataError(f"{where} has only {one}; a classifier needs at least two classes.")
    number = np.empty(len(names), np.int32)
    number[order] = np.arange(len(names), dtype=np.int32)
    return Classes(tuple(names[i] for i in order), number[codes])


def one_a_row(values: np.ndarray, where: str, several: str = _SEVERAL_LABELS) -> np.ndarray:
    """Return (n,) labels; refuse other shapes and types that cannot be labels.

    Args:
        values: as the source has them.
        where: how messages call them.
        several: what to do where there are several a row.
    """
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise DataError(
            f"{where} has shape {values.shape}; it must hold one label a row, shape (n,). {several}"
        )
    if values.dtype.kind not in "biufUSO":
        raise DataError(
            f"{where} has type {values.dtype}; labels must be integers, text or booleans."
        )
    return values


def refuse_missing(flat: np.ndarray, where: str) -> None:
    """Raise when a label is None, NaN or infinite; ``flat`` is (n,) or (n, labels)."""
    if flat.dtype.kind == "f":
        missing = ~np.isfinite(flat)
    elif flat.dtype.kind == "O":
        # NaN is the one value that differs from itself.
        is_missing = [v is None or (isinstance(v, float) and v != v) for v in flat.flat]
        missing = np.array(is_missing, bool).reshape(flat.shape)
    else:
        return
    if missing.any():
        row = int(missing.reshape(len(flat), -1).any(axis=1).argmax())
        raise DataError(
            f"{where} has {counted(int(missing.sum()), 'missing value')}, the first in row "
            f"{row} (rows count from 0). Fill them in or drop the rows."
        )


def label_text(value: object) -> str:
    """Return a label's name; a whole float is named like the integer it equals.

    >>> label_text(np.float32(2)), label_text(b"a"), label_text(0.5)
    ('2', 'a', '0.5')
    """
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _whole_numbers(flat: np.ndarray, where: str) -> np.ndarray:
    """Return float labels as integers where they are whole; refuse a continuous quantity."""
    if (flat == np.round(flat)).all() and (np.abs(flat) < 2**53).all():
        return flat.astype(np.int64)
    distinct = len(np.unique(flat))
    if distinct > MOST_FRACTIONS:
        raise DataError(
            f"{where} has {distinct} distinct fractional values: a quantity, not classes. "
            f'Write task = "regression", cut the quantity into classes, or choose another target.'
        )
    return flat


def _sort_keys(names: list[str]) -> list[tuple[float, str]]:
    """Return one sort key a name: by number where all are finite numbers, by text otherwise."""
    try:
        numbers = [float(n) for n in names]
    except ValueError:
        numbers = [0.0] * len(names)
    if not np.isfinite(numbers).all():
        numbers = [0.0] * len(names)
    return list(zip(numbers, names, strict=True))
