"""Programs that are compiled in threads, and the end of the process in between."""

import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from netclinic.search import programs
from netclinic.search.costs import Costs
from netclinic.search.programs import Programs


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
