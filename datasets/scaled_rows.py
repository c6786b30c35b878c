"""Rows that memory need not hold: scaled when they are looked at, from inputs that stay on disk."""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from .dataset import Preprocessing
from .rows import blocks

_SHARE = 4  # of this machine's memory a quarter may go to the scaled rows of a memory-mapped file
_IN_CACHE = 2**16  # numbers that are scaled at once, in 64 bits: half the time that 2**22 take
_ROOM_UNKNOWN = 2**30  # bytes, where the machine does not tell


class ScaledRows:
    """Some rows of an array, scaled: what is indexed becomes a float32 array.

    The numbers are those of ``scaling.apply_scaling``, bit for bit.
    """

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(self, inputs: np.ndarray, rows: np.ndarray, preprocessing: Preprocessing) -> None:
        """Nothing is read yet.

        Args:
            inputs: (n, features) finite numbers, maybe memory-mapped.
            rows: (m,) numbers of the rows that there are, in their order.
            preprocessing: mean and scale of each column.
        """
        self._inputs = inputs
        self._rows = rows
        self._mean = preprocessing.mean.astype(np.float64)
        self._scale = preprocessing.scale.astype(np.float64)
        self.shape = (len(rows), inputs.shape[1])

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self._rows)

    def __getitem__(self, rows: Any) -> np.ndarray:
        """Read rows: of numbers in an array of any shape, (…, features)."""
        wanted = self._rows[rows]
        read = np.empty((wanted.size, self.shape[1]), np.float32)
        start = 0
        for block in self._scaled(wanted.ravel()):
            read[start : start + len(block)] = block
            start += len(block)
        return read.reshape(*wanted.shape, self.shape[1])

    def blocks(self) -> Iterator[np.ndarray]:
        """Read all rows, a few at a time: float32 (some, features) each."""
        return self._scaled(self._rows)

    def _scaled(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        for block in blocks(self._inputs, rows, _IN_CACHE):
            scaled = block - self._mean
            scaled /= self._scale
            with np.errstate(over="ignore"):  # what overflows is refused where the data are loaded
                yield scaled.astype(np.float32)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Read all rows."""
        if copy is False:
            raise ValueError("rows that stay on disk cannot be had without a copy")
        return self[:] if dtype is None else self[:].astype(dtype, copy=False)


def stays_on_disk(inputs: np.ndarray) -> bool:
    """Whether a source's inputs are scaled when they are looked at, rather than at once.

    So it is with a memory-mapped file that would take more than a quarter of this machine's memory
    as 32-bit floats.
    """
    return 4 * inputs.size > _room() and _is_mapped(inputs)


def _is_mapped(array: Any) -> bool:
    """Tell whether an array, or what it is a view of, is a memory-mapped file."""
    while isinstance(array, np.ndarray):
        if isinstance(array, np.memmap):
            return True
        array = array.base
    return False


def _room() -> int:
    """Give the bytes that scaled rows may take."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _SHARE
    except (AttributeError, OSError, ValueError):
        return _ROOM_UNKNOWN
