"""What a network is to answer for each row, by task: a class, a quantity, or several labels."""

import math
from typing import NamedTuple

import numpy as np

from .dataset import DataError, TargetScale
from .labels import Classes, number_classes, one_a_row, refuse_missing
from .rows import LARGEST, Rows
from .wording import counted

_NUMBERS = "biuf"
_LARGEST_SCALE = 1e15  # its square, times or by 1e8, is held by a 32-bit float
_SEVERAL_QUANTITIES = (
    'To learn several quantities at once write task = "multitask", and each as regression in '
    "[data.targets]."
)


class Targets(NamedTuple):
    """The answers of all rows."""

    names: tuple[str, ...]  # of the classes; of the labels; or of the targets
    # (n,) int32 class; (n,) float64 quantity; (n, labels) int32, 1 or 0; (n, tasks) float64
    values: np.ndarray
    strata: Classes  # in whose proportions rows are split
    alike: np.ndarray  # (n,) int32: equal in rows of which a network can get all right
    # of several targets the classes of each, None of a quantity
    columns: tuple[Classes | None, ...] = ()


def read_targets(task: str, rows: Rows, *, logarithm: bool = False) -> Targets:
    """Take the source's labels as ``task`` has them.

    Args:
        task: "classification", "regression" or "multilabel".
        rows: of the source.
        logarithm: take the natural logarithm of a quantity.

    Raises:
        DataError: the labels are not of that kind, or have no logarithm.
    """
    if task == "classification":
        classes = number_classes(rows.labels, rows.labels_from)
        return Targets(classes.names, classes.labels, classes, classes.labels)
    together = Classes(("all rows",), np.zeros(len(rows.labels), np.int32))
    if task == "regression":
        values, names = quantity(rows.labels, rows.labels_from), rows.label_names or ("target",)
        if logarithm:
            values, names = log_of(values, rows.labels_from), (f"log({names[0]})",)
        return Targets(names, values, together, together.labels)
    values = _labels(rows)
    names = rows.label_names or tuple(f"y{i}" for i in range(values.shape[1]))
    _, alike = np.unique(values, axis=0, return_inverse=True)
    return Targets(names, values, together, alike.reshape(-1).astype(np.int32))


def scale_of(values: np.ndarray, where: str) -> TargetScale:
    """The mean and deviation of a quantity over the training rows.

    Args:
        values: (n,) of the training rows.
        where: how messages call the target.

    Raises:
        DataError: it is the same in every row, or 32-bit floats do not hold squares of its errors.
    """
    mean, scale = float(values.mean()), float(values.std())
    if values.min() == values.max():
        raise DataError(
            f"{where} is {values[0]:g} in each of {counted(len(values), 'training row')}: there is "
            f"nothing to learn. Take another target or other rows."
        )
    if not 1 / _LARGEST_SCALE <= scale <= _LARGEST_SCALE:
        spread = scale or float(np.ptp(values))  # squares of the smallest numbers are 0
        unit = 10.0 ** math.floor(math.log10(spread))
        raise DataError(
            f"{where} has a standard deviation of {spread:.3g} over the training rows; allowed is "
            f"one from {1 / _LARGEST_SCALE:g} to {_LARGEST_SCALE:g}, as 32-bit floats hold no "
            f"squares of others' errors. Take another unit: divide it by {unit:g}, say."
        )
    return TargetScale(mean, scale)


def quantity(values: np.ndarray, where: str) -> np.ndarray:
    """Return a quantity as (n,) finite float64.

    Args:
        values: (n,) or (n, 1), as the source has them.
        where: how messages call them.

    Raises:
        DataError: they are no numbers, some are missing, or one is too large.
    """
    flat = _numbers(
        one_a_row(values, where, _SEVERAL_QUANTITIES),
        where,
        "regression learns a number for each row",
    )
    bad = np.abs(flat) > LARGEST
    if bad.any():
        raise DataError(
            f"{where} is {flat[bad][0]:g} in row {int(bad.argmax())} (rows count from 0), which is "
            f"too large for a 32-bit float. Rescale it."
        )
    return flat


def log_of(values: np.ndarray, where: str) -> np.ndarray:
    """The natural logarithm of a quantity, (n,) float64.

    Args:
        values: (n,) finite.
        where: how messages call them.

    Raises:
        DataError: one is not above 0.
    """
    low = values <= 0
    if low.any():
        raise DataError(
            f"{where} is {values[low][0]:g} in row {int(low.argmax())} (rows count from 0), and "
            f'{counted(int(low.sum()), "such value")} in all: target_transform = "log" is for '
            "quantities above 0. Remove it, or add to the target what makes all of it positive."
        )
    return np.log(values)


def _labels(rows: Rows) -> np.ndarray:
    """Return (n, labels) int32 of ones and zeros."""
    where, values = rows.labels_from, rows.labels
    wanted = "multilabel learns a 1 or a 0 for each label"
    if values.ndim != 2:
        raise DataError(
            f"{where} has shape {values.shape}; {wanted}, so it must be rows × labels. Of one "
            f'class a row write task = "classification".'
        )
    numbers = _numbers(values, where, wanted)
    odd = (numbers != 0) & (numbers != 1)
    if odd.any():
        raise DataError(
            f"{where} holds {numbers[odd][0]:g} in row {int(odd.any(axis=1).argmax())} (rows count "
            f"from 0); {wanted}."
        )
    return numbers.astype(np.int32)


def _numbers(values: np.ndarray, where: str, wanted: str) -> np.ndarray:
    """Return finite numbers as float64; booleans are 1 and 0."""
    refuse_missing(values, where)
    if values.dtype.kind == "O" and all(isinstance(v, bool | int | float) for v in values.flat):
        values = values.astype(np.float64)
    if values.dtype.kind not in _NUMBERS:
        kind = {"U": "text", "S": "bytes", "O": "of several types"}.get(values.dtype.kind)
        raise DataError(
            f"{where} is no number, but {kind or values.dtype}, and {wanted}. Write the numbers, "
            'or task = "classification".'
        )
    return values.astype(np.float64)
