"""The lanes of one signature and the trials that sit in them."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..models.curves import Curves, joined
from ..models.filling import Trial
from ..models.hyperparameters import Hyperparameters
from ..models.judging import Score
from ..models.lanes import LaneCurves
from ..models.signature import Signature
from ..models.training import is_over
from ..models.vital_signs import VitalSigns
from ..storage.records.trials import LaunchedTrial
from .programs import Program


@dataclass
class Seat:
    """A trial in a lane, and what is known of it so far."""

    trial: LaunchedTrial
    hyperparameters: Hyperparameters
    signature: Signature
    epoch: int = 0  # epochs done
    known: int = 0  # epochs reported already, by lanes that memory did not hold
    curves: list[Curves] = field(default_factory=list)  # (epochs, …) each, one item a segment
    seconds: float = 0.0  # its share of the wall-clock time of its segments

    @property
    def again(self) -> bool:
        """Whether it is a trial trained again: such are compared by their means alone."""
        return self.trial.replicate > 0 or self.trial.bootstrap

    def whole_curves(self) -> Curves:
        """The curves of all segments, with a leading axis of epochs each."""
        return joined(self.curves)

    def restart(self) -> None:
        """Forget all that was trained, save how far it was."""
        self.known = max(self.known, self.epoch)
        self.epoch, self.curves = 0, []


class Segment(NamedTuple):
    """What the devices say of one segment of a crew."""

    seen: LaneCurves
    ended: np.ndarray  # bool (capacity,): lanes whose trials end with it
    score: Score | None  # on the test rows; NaN where diverged, None when no trial ends
    bridge: Score | None  # on the bridge rows; None where there are none, too
    watched: tuple[Score, Score] | None = None  # training, validation; see Lanes.test_watched
    # of the picked validation rows, float32 (capacity, picked); 0 in other lanes, None without any
    row_errors: np.ndarray | None = None
    signs: VitalSigns | None = None  # of the trials that end with it, replicates left out


class Crew:
    """K lanes of one signature and the trials in them."""

    def __init__(self, program: Program, *, vital_signs: bool) -> None:
        """All lanes are free; nothing is placed on the devices yet.

        Args:
            program: of the trials.
            vital_signs: whether the layers of trials that end are looked at.
        """
        self._looks = vital_signs
        self.lanes = program.lanes
        self.compiled = program.compiled
        self._can_judge = program.can_judge
        self.seats: list[Seat | None] = [None] * self.lanes.plan.capacity
        self.state: Any = None  # on the devices, from the first segment on
        self._begin: dict[int, Trial] = {}  # what the device has not been told yet
        self._stop: set[int] = set()

    @property
    def taken(self) -> list[int]:
        """The lanes that hold a trial."""
        return [lane for lane, seat in enumerate(self.seats) if seat]

    @property
    def room(self) -> int:
        """How many more trials there is room for."""
        return self.lanes.plan.lanes - len(self.taken)

    def seat(self, seats: Sequence[Seat], load: np.ndarray) -> None:
        """Put trials into free lanes, each on the device with the least ``load`` (updated)."""
        each = self.lanes.plan.capacity // self.lanes.plan.devices
        for seat in seats:
            free = [lane for lane, taken in enumerate(self.seats) if not taken]
            lane = min(free, key=lambda lane: (load[lane // each], lane))
            self.seats[lane] = seat
            load[lane // each] += 1
            trial = seat.trial
            self._begin[lane] = Trial(trial.number, seat.hyperparameters, trial.replicate)

    def leave(self, lane: int, *, early: bool) -> Seat:
        """Free a lane; one left ``early`` must be stopped on the device."""
        seat, self.seats[lane] = self.seats[lane], None
        assert seat is not None
        if early and not self._begin.pop(lane, None):
            self._stop.add(lane)
        return seat

    def train_segment(self) -> LaneCurves:
        """Tell the device which lanes begin and which stop, and begin a segment."""
        if self.state is None:
            self.state = self.lanes.empty()
        if self._begin or self._stop:
            self.state = self.lanes.fill(self.state, self._begin, self._stop)
            self._begin, self._stop = {}, set()
        self.state, curves = self.lanes.train_segment(self.state)
        return curves

    @functools.cached_property
    def epoch_flops(self) -> int:
        """Floating-point operations of one trial's epoch; known from the first segment on."""
        return self.lanes.epoch_flops(self.state)

    def epochs_of(self, seen: LaneCurves) -> int:
        """Epochs that the trials were trained in the last segment, together."""
        seats = enumerate(self.seats)
        return sum(int(seen.epoch[lane]) - seat.epoch for lane, seat in seats if seat)

    def judged(self, seen: LaneCurves) -> Segment:
        """A segment with the test and bridge scores of the trials that end with it."""
        diverged = np.asarray(seen.diverged) != 0
        over = is_over(self.lanes.signature, seen.epoch, seen.diverged, seen.best_epoch)
        ended = over & np.array([seat is not None for seat in self.seats])
        if not ended.any():
            return Segment(seen, ended, None, None)
        self._can_judge.result()
        wanted = ended & ~diverged
        score = self.lanes.test(self.state, wanted)
        bridge = self.lanes.test_bridge(self.state, wanted)
        watched = self.lanes.test_watched(self.state, wanted)
        first = wanted & np.array([bool(seat) and not seat.again for seat in self.seats])
        errors = self.lanes.row_errors(self.state, first) if first.any() else None
        return Segment(seen, ended, score, bridge, watched, errors, self._signs(ended))

    def _signs(self, ended: np.ndarray) -> VitalSigns | None:
        """What the layers of the trials in ``ended`` lanes look like."""
        trials = {
            lane: Trial(seat.trial.number, seat.hyperparameters)
            for lane, seat in enumerate(self.seats)
            if seat and ended[lane] and not seat.again
        }
        if not trials or not self._looks:
            return None
        return self.lanes.vital_signs(self.state, trials)
