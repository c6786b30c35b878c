"""The compiled programs of a study, one for each signature, made in threads."""

import functools
import time
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from ..models.lane_plan import LanePlan
from ..models.live_programs import give_back_programs
from ..models.placement import AnyLanes, AnyRows, make_lanes
from ..models.signature import Signature
from .costs import Costs

KEPT = 8  # idle signatures whose compiled programs stay in memory
COMPILING_AT_ONCE = 2  # programs; XLA uses several threads for each


class Program(NamedTuple):
    """The lanes of one signature, which are compiled in a thread."""

    lanes: AnyLanes
    compiled: Future[None]  # what trains
    can_judge: Future[None]  # compiled, too, what looks at trials that end; training comes first


class Programs:
    """Makes programs and keeps those in use and the newest of the others."""

    def __init__(
        self, rows: AnyRows, seed: int, segment: int, costs: Costs, *, vital_signs: bool = True
    ) -> None:
        """Make none yet.

        Args:
            rows: to train on.
            seed: of the study.
            segment: epochs a segment.
            costs: to add to what compiling takes.
            vital_signs: whether ended trials' layers will be looked at.
        """
        self._vital_signs = vital_signs
        self._rows = rows
        self._seed = seed
        self._segment = segment
        self._costs = costs
        self._kept: dict[Signature, Program] = {}
        self._compiler = ThreadPoolExecutor(COMPILING_AT_ONCE, "netclinic-compiler")
        self._later = ThreadPoolExecutor(1, "netclinic-later")

    def __contains__(self, signature: Signature) -> bool:
        """Whether the program of ``signature`` is kept."""
        return signature in self._kept

    def program(self, signature: Signature, plan: LanePlan, busy: Collection[Signature]) -> Program:
        """The program of ``signature``; a new one begins to compile.

        Args:
            signature: of the trials.
            plan: of a new program.
            busy: signatures whose programs must be kept.
        """
        if signature not in self._kept:
            idle = [kept for kept in self._kept if kept not in busy]
            for surplus in idle[: max(0, len(idle) - KEPT + 1)]:
                del self._kept[surplus]
            give_back_programs()
            lanes = make_lanes(signature, self._rows, plan, self._seed, self._segment)
            compiled = self._compiler.submit(self._compile, lanes)
            can_judge: Future[None] = Future()
            compiled.add_done_callback(functools.partial(self._go_on, lanes, can_judge))
            self._kept[signature] = Program(lanes, compiled, can_judge)
        return self._kept[signature]

    def cancel(self) -> None:
        """Drop the programs whose compiling has not begun."""
        self._kept = {s: p for s, p in self._kept.items() if not p.compiled.cancel()}

    def clear(self) -> None:
        """Drop all; waits for those that are being compiled, as they take memory, too."""
        self.cancel()
        wait([future for program in self._kept.values() for future in program[1:]])
        self._kept = {}

    def _compile(self, lanes: AnyLanes) -> None:
        started = time.perf_counter()
        lanes.compile()
        self._costs.compiled(time.perf_counter() - started)

    def _go_on(self, lanes: AnyLanes, can_judge: Future[None], compiled: Future[None]) -> None:
        if compiled.cancelled() or compiled.exception():
            can_judge.set_result(None)  # nobody will ask
            return
        try:
            self._later.submit(self._compile_judges, lanes, can_judge)
        except RuntimeError:  # the process is ending, and takes no more work
            can_judge.set_result(None)

    def _compile_judges(self, lanes: AnyLanes, can_judge: Future[None]) -> None:
        try:
            with self._costs.measured("compile"):
                lanes.compile_judges()
            if self._vital_signs and not lanes.signature.draws_rows:
                _ = lanes.probe  # waits for devices that train, which is no compiling
                with self._costs.measured("compile"):
                    lanes.compile_look()
        except Exception as error:  # whoever waits is told
            can_judge.set_exception(error)
        else:
            can_judge.set_result(None)
