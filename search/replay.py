"""Trials that ended in an earlier run, passed before the pruner as they once went.

A pruner judges a trial by those that had advanced as far at that time. So when a pruned study goes
on, its ended trials take their places among the trials in training and advance beside them, from
the curves in the database.
"""

import math
from collections import deque
from collections.abc import Collection, Iterable

from ..storage.records.results import Outcome
from ..storage.records.trials import TrialRecord
from .pruning import Report


class Replay:
    """The ended trials of a study, each of which is started once and then advances by itself."""

    def __init__(self, ended: Iterable[TrialRecord], every: int) -> None:
        """Take the trials that have a result; ``every`` epochs are one tick."""
        self._trials = {t.number: t for t in ended if t.result}
        self._every = every
        self._waiting = deque(sorted(self._trials))
        self._epochs: dict[int, int] = {}  # of the trials under way

    @property
    def running(self) -> int:
        """How many trials are under way."""
        return len(self._epochs)

    @property
    def next_number(self) -> float:
        """The lowest number not yet started; infinite when there is none."""
        return self._waiting[0] if self._waiting else math.inf

    def start(self) -> None:
        """Begin with trial ``next_number``."""
        self._epochs[self._waiting.popleft()] = 0

    def advance(self) -> list[Report]:
        """One tick for the trials under way; those trained to the end or diverged leave."""
        reports = []
        for number, before in list(self._epochs.items()):
            result = self._trials[number].result
            assert result is not None
            epoch = min(before + self._every, result.epochs)
            error = result.objective_curve[epoch - 1]
            ended = epoch == result.epochs and result.outcome is not Outcome.PRUNED
            self._epochs[number] = epoch
            if epoch == result.epochs:
                del self._epochs[number]
            reports.append(Report(number, epoch, math.nan if error is None else error, ended))
        return reports

    def prune(self, numbers: Collection[int]) -> None:
        """Give up the trials with these numbers, as far as they are under way."""
        for number in numbers:
            self._epochs.pop(number, None)
