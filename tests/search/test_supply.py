"""Trials are launched beside training, before they are needed, and none is lost."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from netclinic.search import parse_spec
from netclinic.search.supply import Supply
from netclinic.storage.errors import NumberTaken, StorageError
from netclinic.storage.records.study import StudyCounts
from netclinic.storage.records.trials import LaunchedTrial

from .conftest import SMALL


class Database:
    """Stands for a store with a study that others may launch trials in, too."""

    def __init__(self, cut_short: int = 0) -> None:
        self.cut_short = [LaunchedTrial(n, n, {}) for n in range(cut_short)]
        self.numbers = cut_short
        self.open = threading.Event()
        self.open.set()
        self.broken = False
        self.others = 0  # trials that other workers train
        self.overtaken = 0  # how often another worker is faster
        self.asked: list[int] = []

    def reclaim(self, study_id: int, worker_id: int, limit: int) -> tuple[LaunchedTrial, ...]:
        assert self.open.wait(10)
        taken, self.cut_short = self.cut_short[:limit], self.cut_short[limit:]
        return tuple(taken)

    def next_number(self, study_id: int) -> int:
        assert self.open.wait(10)
        if self.broken:
            raise StorageError("the disk is full")
        return self.numbers

    def counts(self, study_id: int) -> StudyCounts:
        return StudyCounts(self.numbers, self.numbers, 0, 0, 0, 0, 0, 0)

    def held(self, study_id: int) -> int:
        return self.others

    def finished_trials(self, study_id: int) -> tuple:
        return ()

    def launch(self, study_id: int, worker_id: int, first: int, proposals: Any) -> tuple:
        self.asked.append(len(proposals))
        if self.overtaken:
            self.overtaken -= 1
            self.numbers += 1
            raise NumberTaken
        assert first == self.numbers
        self.numbers += len(proposals)
        return tuple(LaunchedTrial(p.number, p.number, {}) for p in proposals)


class Clock:
    """Seconds that pass when the test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def make_supply(tmp_path) -> Iterator[Any]:
    finished: list[bool] = []
    with ThreadPoolExecutor(1) as thread:

        def make(database: Database, *changes: str) -> Supply:
            spec = parse_spec(SMALL, file="", folder=tmp_path, overrides=changes).spec
            study: Any = SimpleNamespace(spec=spec, store=database, study_id=1)
            writer: Any = SimpleNamespace(finish=lambda: finished.append(True))
            clock = Clock()
            supply = Supply(study, 1, thread, writer, clock)
            clock.now += 1e6  # trials take long: none is launched before its time
            supply.clock = clock  # type: ignore[attr-defined]
            supply.finished = finished  # type: ignore[attr-defined]
            return supply

        yield make


def numbers(supply: Supply) -> list[int]:
    return [trial.number for trial in supply.waiting]


def test_trials_are_launched_before_they_are_needed(make_supply) -> None:
    database = Database()
    supply = make_supply(database)
    supply.wait(4, idle=True)
    assert numbers(supply) == [0, 1, 2, 3]
    supply.waiting.clear()
    database.open.clear()
    supply.ask(3, idle=False)  # returns although the database does not answer
    supply.ask(3, idle=False)
    assert numbers(supply) == []
    database.open.set()
    supply.wait(3, idle=False)
    assert numbers(supply) == [4, 5, 6]
    assert database.asked == [4, 3]


def test_more_are_asked_for_when_those_on_their_way_do_not_suffice(make_supply) -> None:
    supply = make_supply(Database())
    supply.ask(1, idle=False)
    supply.wait(5, idle=False)
    assert numbers(supply) == [0, 1, 2, 3, 4]


def test_where_trials_end_quickly_more_are_launched_together(make_supply) -> None:
    supply = make_supply(Database(), "study.trials=1000")
    supply.clock.now = 0.0
    supply.wait(20, idle=True)
    supply.waiting.clear()
    supply.clock.now = 2.0  # 10 a second
    supply.wait(1, idle=False)
    assert numbers(supply) == [20, 21, 22, 23, 24]


def test_those_cut_short_come_first(make_supply) -> None:
    supply = make_supply(Database(cut_short=3))
    supply.wait(2, idle=True)
    assert numbers(supply) == [0, 1]
    supply.wait(4, idle=False)
    assert numbers(supply) == [0, 1, 2]
    supply.wait(4, idle=False)
    assert numbers(supply) == [0, 1, 2, 3]


def test_the_study_gets_no_trial_too_many(make_supply) -> None:
    database = Database()
    supply = make_supply(database)
    supply.wait(100, idle=True)
    assert numbers(supply) == list(range(12))
    supply.wait(100, idle=True)
    assert supply.counts == database.counts(1)
    database.open.clear()
    supply.wait(100, idle=False)  # there were none a moment ago: it does not wait to hear so again
    assert numbers(supply) == list(range(12))
    database.open.set()


def test_what_a_dead_worker_leaves_is_found_at_the_end(make_supply) -> None:
    database = Database()
    supply = make_supply(database)
    supply.wait(12, idle=True)
    supply.waiting.clear()
    database.cut_short = [LaunchedTrial(77, 7, {})]
    supply.wait(1, idle=True)
    assert numbers(supply) == [7]


def test_a_number_taken_by_another_worker_is_left_to_it(make_supply) -> None:
    database = Database()
    database.overtaken = 2
    supply = make_supply(database)
    supply.wait(3, idle=True)
    assert numbers(supply) == [2, 3, 4]


def test_a_sampler_that_looks_back_waits_for_its_round_to_end(make_supply) -> None:
    database = Database()
    supply = make_supply(database, 'search.sampler="tpe"', "study.trials=40")
    supply.wait(100, idle=True)
    assert len(supply.waiting) < 40
    assert supply.finished == [True], "all results are recorded before it looks"
    known = len(supply.waiting)
    supply.waiting.clear()
    supply.wait(100, idle=False)
    assert numbers(supply) == []
    supply.wait(100, idle=True)
    assert numbers(supply)[0] == known


def test_a_round_waits_for_the_trials_of_other_workers(make_supply) -> None:
    database = Database()
    supply = make_supply(database, 'search.sampler="tpe"', "study.trials=40")
    supply.wait(8, idle=True)
    supply.waiting.clear()
    database.others = 3
    supply.wait(1, idle=True)
    assert (numbers(supply), supply.others) == ([], 3)
    assert supply.waits_for().startswith("Waiting for 3 trials that another process trains")
    database.cut_short = [LaunchedTrial(2, 2, {})]  # its worker died
    supply.wait(1, idle=True)
    assert (numbers(supply), supply.others) == ([2], 0)
    supply.waiting.clear()
    database.others = 0
    supply.wait(1, idle=True)
    assert numbers(supply)[0] == 8


def test_a_failure_is_raised_when_the_trials_are_needed(make_supply) -> None:
    database = Database()
    database.broken = True
    supply = make_supply(database)
    supply.ask(2, idle=False)
    with pytest.raises(StorageError, match="the disk is full"):
        supply.wait(2, idle=False)
    supply.ask(2, idle=False)
    assert supply.close() == (), "a failure on the way out is for the next worker to find"


def test_what_nobody_took_is_handed_back(make_supply) -> None:
    supply = make_supply(Database())
    supply.wait(2, idle=True)
    supply.ask(5, idle=False)
    left = supply.close()
    assert [trial.number for trial in left] in ([0, 1], [0, 1, 2, 3, 4])
