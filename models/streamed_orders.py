"""Which rows streamed lanes train on, epoch by epoch."""

import threading
from typing import Any

import jax
import numpy as np

from .minibatches import GroupedRows


class Orders:
    """The minibatches of each epoch of a segment, drawn when the first of them is read."""

    def __init__(
        self,
        program: Any,
        key: jax.Array,
        epoch: jax.Array,
        live: np.ndarray,
        grouped: GroupedRows | None,
    ) -> None:
        """Draw none yet.

        Args:
            program: ``StreamedPrograms.order``, → int32 (capacity, steps, batch).
            key: of each lane's trial (capacity,).
            epoch: of each lane's trial, int32 (capacity,), at the segment's begin.
            live: bool (capacity,); of the others any rows are read.
            grouped: as of ``Data``.
        """
        self._program, self._key, self._epoch, self._live = program, key, epoch, live
        self._grouped = grouped
        self._lock = threading.Lock()  # several threads read
        self._kept: dict[int, np.ndarray] = {}

    def of(self, number: int) -> np.ndarray:
        """The rows of all minibatches of the segment's epoch ``number``, from 0."""
        with self._lock:
            if number not in self._kept:
                begun = self._key, self._epoch
                order = np.array(self._program(*begun, np.int32(number), self._grouped))
                order[~self._live] = 0
                self._kept = {number: order}
            return self._kept[number]
