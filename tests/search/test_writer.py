"""Results are recorded beside training: in order, with back-pressure, and no failure is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.search.trial_results import Recorded, trial_result
from netclinic.search.writer import ResultWriter
from netclinic.storage.errors import StorageError
from netclinic.storage.records.results import Curves, Outcome


class Database:
    """Stands for a store whose transactions take as long as the test wants."""

    def __init__(self) -> None:
        self.recorded: list[int] = []
        self.open = threading.Event()
        self.begun = threading.Event()
        self.broken = False

    def finish(self, results: Any) -> None:
        self.begun.set()
        assert self.open.wait(10)
        if self.broken:
            raise StorageError("the disk is full")
        self.recorded += [r.trial_id for r in results]


def results(*ids: int) -> list:
    curves = Curves(*((0.5,),) * 5)
    hyper = Hyperparameters(0.1, 0.0, 0.9)
    recorded = Recorded(curves, None)
    return [trial_result(i, hyper, recorded, Outcome.COMPLETED) for i in ids]


@pytest.fixture
def thread():
    with ThreadPoolExecutor(1) as found:
        yield found


def writer(database: Database, thread: ThreadPoolExecutor, queue: int = 8) -> ResultWriter:
    return ResultWriter(database.finish, thread, queue, together=0.0)


def test_training_does_not_wait_for_the_database(thread) -> None:
    database = Database()
    beside = writer(database, thread)
    for i in range(8):  # returns although nothing is recorded yet
        beside.record(results(i))
    assert database.begun.wait(10)
    assert database.recorded == []
    assert beside.unrecorded == set(range(8))
    database.open.set()
    beside.finish()
    assert database.recorded == list(range(8)), "in the order they were handed over"
    assert beside.unrecorded == set()
    beside.close()


def test_a_full_queue_holds_training_up(thread) -> None:
    database = Database()
    beside = writer(database, thread, queue=2)
    beside.record(results(0))
    beside.record(results(1))
    third = threading.Thread(target=beside.record, args=(results(2),))
    third.start()
    third.join(0.2)
    assert third.is_alive(), "two are waiting already"
    database.open.set()
    third.join(10)
    assert not third.is_alive()
    beside.finish()
    assert database.recorded == [0, 1, 2]
    beside.close()


@pytest.mark.parametrize("how", ["record", "finish"])
def test_a_failure_is_raised_and_names_what_is_missing(thread, how: str) -> None:
    database = Database()
    database.broken = True
    database.open.set()
    beside = writer(database, thread)
    beside.record(results(3, 4))
    with pytest.raises(StorageError, match="the disk is full"):
        beside.finish()
    with pytest.raises(StorageError, match="the disk is full"):
        beside.record(results(5)) if how == "record" else beside.finish()
    beside.close()
    assert beside.unrecorded == {3, 4}


def test_nothing_to_record_costs_nothing(thread) -> None:
    database = Database()
    beside = writer(database, thread)
    beside.record([])
    beside.finish()
    beside.close()
    assert not database.begun.is_set()


def test_what_comes_before_is_done_before_and_its_failure_records_nothing(thread) -> None:
    database = Database()
    database.open.set()
    beside = writer(database, thread)
    seen: list[list[int]] = []
    beside.record(results(1), lambda: seen.append([*database.recorded]))
    beside.finish()
    assert (seen, database.recorded) == ([[]], [1])

    def fail() -> None:
        raise OSError("no space left")

    beside.record(results(2), fail)
    with pytest.raises(OSError, match="no space left"):
        beside.finish()
    beside.close()
    assert (beside.unrecorded, database.recorded) == ({2}, [1])


class Clock:
    """Seconds that pass when the test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_results_of_short_segments_share_a_transaction(thread) -> None:
    transactions: list[list[int]] = []
    saved: list[str] = []

    def write(results: Any) -> None:
        transactions.append([r.trial_id for r in results])

    clock = Clock()
    beside = ResultWriter(write, thread, together=0.25, clock=clock)
    beside.record(results(0))  # nothing is known yet: at once
    for i in range(1, 6):
        clock.now += 0.1
        beside.record(results(i), lambda i=i: saved.append(f"best {i}"))
    assert beside.unrecorded >= {5}
    clock.now += 3.0  # a long segment
    beside.record([])
    beside.finish()
    assert transactions == [[0], [1, 2, 3, 4], [5]]
    assert saved == ["best 4", "best 5"], "the best of those recorded together"
    clock.now += 3.0
    beside.record(results(6))  # it may take as long again
    clock.now += 0.1
    beside.record(results(7))
    beside.close()
    assert transactions[3:] == [[6], [7]]
    assert beside.unrecorded == set()
