"""Programs that are compiled in threads, and the end of the process in between."""

import gc
import threading
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from netclinic.models import lanes
from netclinic.models.lane_programs import LanePrograms
from netclinic.models.live_programs import give_back_programs, live_programs
from netclinic.search import programs
from netclinic.search.costs import Costs
from netclinic.search.programs import Programs

from tests.search.conftest import UNSEEN, run


class Waiting:
    """Lanes whose training program is ready once ``go`` is set, with a clock of their own."""

    def __init__(self, *, draws_rows: bool = False) -> None:
        self.go = threading.Event()
        self.seconds = 0.0
        self.made: list[str] = []
        self.signature = SimpleNamespace(draws_rows=draws_rows)

    def compile(self) -> None:
        assert self.go.wait(10)

    def compile_judges(self) -> None:
        self.seconds += 1
        self.made.append("judges")

    @property
    def probe(self) -> None:
        self.seconds += 3600  # it waits for devices that train

    def compile_look(self) -> None:
        self.seconds += 2
        self.made.append("look")


def compiled(lanes: Waiting, monkeypatch, *, ending: bool = False) -> tuple[Costs, Future]:
    """One program, made while the process goes on or ends."""
    monkeypatch.setattr(programs, "make_lanes", lambda *_: lanes)
    costs = Costs(clock=lambda: lanes.seconds)
    made = Programs(rows=None, seed=0, segment=1, costs=costs)  # type: ignore[arg-type]
    program = made.program("signature", None, ())  # type: ignore[arg-type]
    if ending:  # as the interpreter does at its end
        made._later.shutdown()
    lanes.go.set()
    program.compiled.result(10)
    return costs, program.can_judge


@pytest.mark.parametrize(
    ("draws_rows", "made", "seconds"), [(False, ["judges", "look"], 3), (True, ["judges"], 1)]
)
def test_what_judges_is_compiled_after_what_trains(
    draws_rows: bool, made: list[str], seconds: float, monkeypatch
) -> None:
    lanes = Waiting(draws_rows=draws_rows)
    costs, can_judge = compiled(lanes, monkeypatch)
    can_judge.result(10)
    assert lanes.made == made
    # Beside what the thread took by the clock on the wall.
    assert costs.record(0.0).compile_seconds == pytest.approx(seconds, abs=0.5), "no waiting"


def test_a_process_that_ends_while_compiling_says_nothing(monkeypatch, caplog) -> None:
    """``concurrent.futures`` logs what a callback raises, traceback and all."""
    lanes = Waiting()
    _, can_judge = compiled(lanes, monkeypatch, ending=True)
    can_judge.result(10)
    assert (lanes.made, caplog.text) == ([], "")


def test_a_study_of_many_signatures_keeps_few_programs(tmp_path: Path, monkeypatch) -> None:
    """Those of signatures that are over stayed for good: 40 took 2.5 GB and half of all mappings.

    The collector is off: with a command's threshold it never came to garbage of old age.
    """
    most: list[int] = []
    give_back_programs(0)
    before = live_programs()

    def noted() -> None:
        give_back_programs(8)
        most.append(live_programs() - before)

    monkeypatch.setattr(lanes, "LanePrograms", LanePrograms)  # not those that tests share
    monkeypatch.setattr(programs, "KEPT", 1)
    monkeypatch.setattr(programs, "give_back_programs", noted)
    gc.disable()
    try:
        many = ("search.units={int=[4,90]}", "study.trials=14", "training.epochs=2")
        run(tmp_path, *many, "compute.lanes=2", UNSEEN)
    finally:
        gc.enable()
    assert max(most) <= 28, "46 where none are given back"
