"""Soft labels: a file of class probabilities, as several annotators of a row give them."""

from pathlib import Path

import numpy as np

from .dataset import DataError
from .wording import counted, reason

_ROUNDING = 0.01  # by how much a row's sum may miss 1


def read_soft_labels(path: Path, classes: int) -> np.ndarray:
    """Class probabilities of some rows, (n, classes) float64, each row's sum exactly 1.

    Args:
        path: a .npy file, or a .csv file with at most one line of names above the numbers.
        classes: how many columns there must be.

    Raises:
        DataError: no such file, another shape, something that is no probability, a sum other
            than 1 beyond rounding, or hard labels only.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path} of soft labels; mend diagnosis.soft_labels.")
    found = _array(path)
    where = f"diagnosis.soft_labels: {path.name}"
    if found.ndim != 2 or found.shape[1] != classes or len(found) < 2:
        raise DataError(
            f"{where} has shape {found.shape}; it needs two rows or more of a probability for each "
            f"of {counted(classes, 'class')}: write an array of shape (rows, {classes})."
        )
    if found.dtype.kind not in "fiu":
        raise DataError(f"{where} holds {found.dtype}; write numbers from 0 to 1.")
    shares = found.astype(np.float64)
    wrong = ~((shares >= 0) & (shares <= 1))  # NaN is wrong, too
    if wrong.any():
        row, column = map(int, np.argwhere(wrong)[0])
        raise DataError(
            f"{where}: column {column} is {shares[row, column]:g} in row {row} (both count from "
            "0); a probability is a number from 0 to 1. Of counts take counts / counts.sum(axis=1)."
        )
    sums = shares.sum(axis=1)
    if (off := np.abs(sums - 1) > _ROUNDING).any():
        row = int(off.argmax())
        raise DataError(
            f"{where}: the probabilities of row {row} (from 0) sum to {sums[row]:g}; a row's must "
            "sum to 1: divide each row by its sum."
        )
    if (shares.max(axis=1) == 1).all():
        raise DataError(
            f"{where}: every row gives all its probability to one class. These are hard labels, "
            "which do not tell how often a row could have had another: average the labels of "
            "several annotators of each row, or remove the key."
        )
    return shares / sums[:, None]


def _array(path: Path) -> np.ndarray:
    how = "numpy.save" if path.suffix.lower() == ".npy" else "numpy.savetxt(…, delimiter=',')"
    try:
        if path.suffix.lower() == ".npy":
            return np.load(path, allow_pickle=False)
        with path.open(encoding="utf-8-sig") as file:
            first = file.readline().split(",")
        return np.loadtxt(
            path, delimiter=",", skiprows=int(_are_names(first)), ndmin=2, encoding="utf-8-sig"
        )
    except (OSError, EOFError, ValueError) as error:
        raise DataError(
            f"diagnosis.soft_labels: {path.name} cannot be read: {reason(error)}. Write it with "
            f"{how}."
        ) from error


def _are_names(fields: list[str]) -> bool:
    try:
        list(map(float, fields))
    except ValueError:
        return True
    return False
