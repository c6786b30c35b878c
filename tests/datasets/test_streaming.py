import threading
import time

import numpy as np
from netclinic.datasets.streaming import AHEAD, Chunk, read_ahead

INPUTS = np.arange(20).reshape(10, 2)
LABELS = np.arange(10) * 10


def chunks(count: int, asked: list[int]) -> list[Chunk]:
    def rows(number: int) -> np.ndarray:
        asked.append(number)
        return np.array([[number, 9]])

    columns = (INPUTS, LABELS, None)
    return [Chunk(columns, lambda n=n: rows(n), lambda *found: found) for n in range(count)]


def test_chunks_come_in_their_order() -> None:
    with read_ahead(chunks(8, [])) as read:
        found = list(read)
    assert [labels.tolist() for _, labels, _ in found] == [[[10 * n, 90]] for n in range(8)]
    np.testing.assert_array_equal(found[3][0], [[[6, 7], [18, 19]]])
    assert found[0][2] is None


def test_no_more_than_a_few_chunks_are_read_before_they_are_asked_for() -> None:
    asked: list[int] = []
    with read_ahead(chunks(8, asked)) as read:
        assert asked == []
        next(read)
        deadline = time.monotonic() + 10
        while len(asked) < 1 + AHEAD and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.1)
        assert sorted(asked) == list(range(1 + AHEAD))
    assert len(asked) <= 1 + AHEAD


def test_rows_are_read_by_other_threads() -> None:
    seen: list[str] = []

    def rows() -> np.ndarray:
        seen.append(threading.current_thread().name)
        return np.array([0])

    with read_ahead([Chunk((LABELS,), rows, lambda labels: labels)]) as read:
        assert next(read).tolist() == [0]
    assert seen != [threading.current_thread().name]


def test_nothing_to_read() -> None:
    with read_ahead([]) as read:
        assert list(read) == []
