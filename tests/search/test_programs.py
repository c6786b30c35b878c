"""Programs that are compiled in threads, and the end of the process in between."""

import threading
from concurrent.futures import Future

from netclinic.search import programs
from netclinic.search.costs import Costs
from netclinic.search.programs import Programs


class Waiting:
    """Lanes whose training program is ready once ``go`` is set."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.judged = False

    def compile(self) -> None:
        assert self.go.wait(10)

    def compile_judges(self, *, vital_signs: bool) -> None:
        self.judged = True


def compiled(monkeypatch, *, ending: bool) -> tuple[Waiting, Future]:
    """One program, made while the process goes on or ends."""
    lanes = Waiting()
    monkeypatch.setattr(programs, "make_lanes", lambda *_: lanes)
    made = Programs(rows=None, seed=0, segment=1, costs=Costs())  # type: ignore[arg-type]
    program = made.program("signature", None, ())  # type: ignore[arg-type]
    if ending:  # as the interpreter does at its end
        made._later.shutdown()
    lanes.go.set()
    program.compiled.result(10)
    return lanes, program.can_judge


def test_what_judges_is_compiled_after_what_trains(monkeypatch) -> None:
    lanes, can_judge = compiled(monkeypatch, ending=False)
    can_judge.result(10)
    assert lanes.judged


def test_a_process_that_ends_while_compiling_says_nothing(monkeypatch, caplog) -> None:
    """``concurrent.futures`` logs what a callback raises, traceback and all."""
    lanes, can_judge = compiled(monkeypatch, ending=True)
    can_judge.result(10)
    assert (lanes.judged, caplog.text) == (False, "")
