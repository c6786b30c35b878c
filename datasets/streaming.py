"""Rows read a chunk at a time, some chunks ahead of their use, by threads of Grain."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

THREADS = 2  # that read
AHEAD = 2  # chunks that are read, or being read, before they are asked for


class Chunk(NamedTuple):
    """What is read at once."""

    columns: tuple[Any, ...]  # numpy arrays (n, …): inputs, labels, …; None is passed on
    rows: Callable[[], np.ndarray]  # numbers of the rows, int (…); asked for by a reading thread
    place: Callable[..., Any]  # of the rows' columns, (…, …) each, makes what is given


@contextmanager
def read_ahead(chunks: Sequence[Chunk]) -> Iterator[Iterator[Any]]:
    """Give the placed rows of ``chunks``, in their order, while further ones are read.

    Nothing is read before the first is asked for, and no more once the context is left.
    """
    import grain  # takes a second or two, and most studies don't stream

    options = grain.ReadOptions(num_threads=THREADS, prefetch_buffer_size=AHEAD)
    read = iter(grain.MapDataset.source(_Source(chunks)).to_iter_dataset(options))
    try:
        yield read
    finally:
        read.close()


class _Source:
    """Chunks as a data source of Grain."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks

    def __len__(self) -> int:
        return len(self._chunks)

    def __getitem__(self, index: Any) -> Any:
        columns, rows, place = self._chunks[index]
        numbers = rows()
        return place(*(None if column is None else column[numbers] for column in columns))
