"""Train launched trials in lanes, one set of lanes for each signature among them."""

import time
from collections.abc import Collection, Iterable
from concurrent.futures import FIRST_COMPLETED, wait

import numpy as np

from ..datasets.dataset import Dataset
from ..models.lane_plan import LanePlan
from ..models.lanes import LaneCurves, fetched
from ..models.memory import out_of_memory
from ..models.placement import hold_rows
from ..models.signature import Signature
from ..storage.records.results import Outcome, TrialResult
from ..storage.records.trials import LaunchedTrial
from .costs import Costs
from .crew import Crew, Seat
from .programs import Programs
from .recorder import Look, Recorder
from .same_study import StudyError
from .spec import StudySpec
from .trial_shape import on_subset, trial_hyperparameters, trial_signature


class Trainer:
    """Trains launched trials of one study on one data set, at most ``window`` at once.

    Trials are added whenever there is room; each ``step`` trains those that are held for one
    segment. No lane waits for its neighbours to end, and none for a program that is not its own:
    programs compile in threads beside the training of others.

    Where a device runs out of memory, it gets half as many lanes, and the trials held begin anew
    in them. A trial depends on its seed and number alone, so nothing is lost but time.
    """

    def __init__(
        self,
        spec: StudySpec,
        dataset: Dataset,
        plan: LanePlan,
        window: int,
        segment: int,
        *,
        lockstep: bool = False,
        costs: Costs | None = None,
    ) -> None:
        """Nothing is compiled before the first trials are added.

        Args:
            spec: of the study.
            dataset: to train on.
            plan: lanes of one program; where ``window`` is larger, it runs several times a step.
            window: trials held at once; fewer where memory holds fewer lanes, save in lockstep.
            segment: epochs a step.
            lockstep: a step trains all trials that are held, and waits for their programs.
            costs: to add to what compiling, training and judging take.
        """
        self._spec = spec
        self._dataset = dataset
        self.plan = plan
        self._window = window
        self._segment = segment
        self._lockstep = lockstep
        self._costs = costs or Costs()
        self._recorder = Recorder(spec, dataset)
        splits = dataset.train, dataset.validation, dataset.test, plan, dataset.bridge
        groups = dataset.groups[0] if dataset.groups else None
        rows = hold_rows(*splits, self._recorder.picked, groups)
        self._programs = Programs(
            rows, spec.study.seed, segment, self._costs, vital_signs=spec.diagnosis.vital_signs
        )
        self._crews: list[Crew] = []
        self._outside: list[Seat] = []  # trials held that have no lane now
        self._warnings: list[str] = []

    @property
    def free(self) -> int:
        """How many trials can be added now."""
        return self._window - self.running

    @property
    def running(self) -> int:
        """How many trials are held."""
        return len(self._held())

    @property
    def ending_soon(self) -> int:
        """How many of the trials held will have ended after the next step, at least."""
        last = self._spec.training.epochs - self._segment
        return sum(seat.epoch >= last for seat in self._held())

    @property
    def fraction(self) -> float:
        """The share of their epochs that the trials held have done, 0–1."""
        seats = self._held()
        return sum(seat.epoch for seat in seats) / (max(1, len(seats)) * self._spec.training.epochs)

    def add(self, launched: Iterable[LaunchedTrial]) -> None:
        """Hold further trials, at most ``free``; the next step trains them too."""
        self._place(
            Seat(
                trial,
                trial_hyperparameters(self._spec, trial.parameters),
                self._signature(trial),
            )
            for trial in launched
        )

    def _signature(self, trial: LaunchedTrial) -> Signature:
        of_all = trial_signature(self._spec, self._dataset, trial.parameters)
        if trial.train_rows is not None:
            return on_subset(of_all, trial.train_rows, len(self._dataset.train.labels))
        return of_all._replace(bootstrap=trial.bootstrap)

    def take_warnings(self) -> list[str]:
        """Sentences for the user, each given once."""
        taken, self._warnings = self._warnings, []
        return taken

    def must_wait(self) -> bool:
        """Whether the next step must wait for the compiling of a program."""
        ready = [crew.compiled.done() for crew in self._crews if crew.taken]
        return bool(ready) and not (all(ready) if self._lockstep else any(ready))

    def step(self) -> list[Look]:
        """Train the trials held for one segment; one look a program. Ended trials leave.

        Trials whose program is still compiling stay where they are, except in lockstep.

        Raises:
            StudyError: a device's memory does not even hold one lane.
        """
        looks: list[Look] = []
        while True:
            try:
                self._bring_back(looks)
                return looks + self._train_segment()
            except RuntimeError as error:
                if not out_of_memory(error):
                    raise
                error.__traceback__ = None  # its frames hold on to memory of the devices
                self._halve_lanes()

    def _train_segment(self) -> list[Look]:
        busy = [crew for crew in self._crews if crew.taken]
        if not self._lockstep:
            wait([crew.compiled for crew in busy], return_when=FIRST_COMPLETED)
            busy = [crew for crew in busy if crew.compiled.done()]
        busy.sort(key=lambda crew: not crew.compiled.done())  # these train while others compile
        under_way: list[LaneCurves] = []
        started = time.perf_counter()
        for crew in busy:  # all are dispatched before the first is waited for
            waited = time.perf_counter()
            crew.compiled.result()
            started += time.perf_counter() - waited
            under_way.append(crew.train_segment())
        arrived = [fetched(curves) for curves in under_way]
        seconds = time.perf_counter() - started
        pairs = zip(busy, arrived, strict=True)
        flops = sum(crew.epoch_flops * crew.epochs_of(curves) for crew, curves in pairs)
        self._costs.trained(seconds, flops, np.count_nonzero(self._load(busy)) / self.plan.devices)
        # All that a device can fail at comes before the first trial is told of it.
        with self._costs.measured("evaluate"):
            judged = [crew.judged(seen) for crew, seen in zip(busy, arrived, strict=True)]
        share = seconds / max(1, sum(len(crew.taken) for crew in busy))
        return [
            self._recorder.look(crew, segment, share)
            for crew, segment in zip(busy, judged, strict=True)
        ]

    def _halve_lanes(self) -> None:
        """Take all trials out of lanes that memory does not hold, and let fewer take their place.

        Raises:
            StudyError: there is but one lane a device.
        """
        before, fewer = self.plan, self.plan.halved()
        if fewer is None:
            raise StudyError(no_memory(before))
        self._outside = sorted(self._held(), key=lambda seat: seat.trial.number)
        self._crews = []
        self._programs.clear()
        for seat in self._outside:
            seat.restart()
        self.plan = fewer
        if not self._lockstep:
            self._window = min(self._window, fewer.lanes)
        self._warnings.append(
            f"Not enough memory for {before.lanes} trials at once: going on with {fewer.lanes} "
            f"(next time: -S compute.lanes={fewer.lanes})."
        )

    def _bring_back(self, looks: list[Look]) -> None:
        """Put trials without a lane into free ones.

        In lockstep they are also trained to where they were: those that were further begin
        earlier, so that all get there with the same segment.

        Args:
            looks: gets what ended on the way (under ``vmap`` another K rounds in another way, and
                can diverge), without the reports that are known already.
        """
        if not self._lockstep:
            room = self._window - self.running + len(self._outside)
            back, self._outside = self._outside[:room], self._outside[room:]
            self._place(back)
            return
        while self._outside:
            furthest = max(seat.known for seat in self._outside)
            back = [seat for seat in self._outside if seat.known == furthest]
            self._outside = [seat for seat in self._outside if seat.known < furthest]
            self._place(back)
            following = max((seat.known for seat in self._outside), default=0)
            for _ in range((furthest - following) // self._segment):
                looks += [
                    look._replace(reports=tuple(r for r in look.reports if r.ended))
                    for look in self._train_segment()
                ]

    def prune(self, numbers: Collection[int]) -> tuple[TrialResult, ...]:
        """Give up the trials with these numbers, as far as they are held; their results."""
        results = []
        for crew in self._crews:
            for lane in crew.taken:
                seat = crew.seats[lane]
                if seat and seat.trial.number in numbers:
                    crew.leave(lane, early=True)
                    results.append(self._recorder.result(crew, seat, Outcome.PRUNED))
        return tuple(results)

    def clear(self) -> None:
        """Give up all trials held, without results, and what need not be compiled for them."""
        for crew in self._crews:
            for lane in crew.taken:
                crew.leave(lane, early=True)
        self._outside = []
        self._programs.cancel()
        self._crews = [crew for crew in self._crews if crew.lanes.signature in self._programs]

    def _held(self) -> list[Seat]:
        seats = [seat for crew in self._crews for seat in crew.seats if seat]
        return seats + self._outside

    def _place(self, seats: Iterable[Seat]) -> None:
        """Put trials into lanes, the lowest number first."""
        by_signature: dict[Signature, list[Seat]] = {}
        for seat in sorted(seats, key=lambda seat: seat.trial.number):
            by_signature.setdefault(seat.signature, []).append(seat)
        load = self._load(self._crews)
        for signature, alike in by_signature.items():
            while alike:
                crew = self._crew(signature)
                now, alike = alike[: crew.room], alike[crew.room :]
                crew.seat(now, load)

    def _load(self, crews: Iterable[Crew]) -> np.ndarray:
        """Trials of ``crews`` that each device holds: int (devices,)."""
        each = self.plan.capacity // self.plan.devices
        load = np.zeros(self.plan.devices, int)
        for crew in crews:
            np.add.at(load, [lane // each for lane in crew.taken], 1)
        return load

    def _crew(self, signature: Signature) -> Crew:
        """Lanes of this signature with room for a trial, made where there are none."""
        for crew in self._crews:
            if crew.lanes.signature == signature and crew.room:
                return crew
        busy = {crew.lanes.signature for crew in self._crews if crew.taken}
        program = self._programs.program(signature, self.plan, busy)
        crew = Crew(program, vital_signs=self._spec.diagnosis.vital_signs)
        self._crews = [crew for crew in self._crews if crew.lanes.signature in self._programs]
        self._crews.append(crew)
        return crew


def no_memory(plan: LanePlan) -> str:
    """What to say when the memory does not even hold one lane a device, and what to do then."""
    each = " on each device" if plan.devices > 1 else ""
    one = ", a single lane in all (-S compute.lanes=1)" if plan.devices > 1 else ""
    return (
        f"not enough memory to train a trial at a time{each}. If another program fills it: end "
        f"that, then run again{one}. Otherwise a smaller batch size (-S training.batch_size=N), "
        "network (-S network.hidden=[N,N]) or data set (-S data.train_rows=N) needs less, in a "
        "study of another name (-S study.name=NAME)"
    )
