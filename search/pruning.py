"""Which trials to give up early: Optuna's pruners, asked in the order of trial numbers.

A pruner compares a trial with others, so what it says depends on what it has seen. Here that is
decided by trial numbers and epochs alone: the trials of a study advance in *ticks* of ``every``
epochs, at most ``window`` trials at once; those that end make room for the next numbers. In each
tick all trials report, then each is judged, lowest number first. Neither lanes nor devices nor the
clock enter, so the same trials are pruned at the same epochs on every machine.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import optuna
from optuna.pruners import (
    BasePruner,
    MedianPruner,
    PercentilePruner,
    SuccessiveHalvingPruner,
)
from optuna.trial import TrialState

from .pruning_mirror import Hyperband, Mirror
from .spec_pruning import Pruning


class Report(NamedTuple):
    """A trial at the end of a tick."""

    number: int
    epoch: int  # epochs done
    error: float  # what the search minimises after them; NaN when the trial diverged
    ended: bool  # trained to its last epoch, stopped early or diverged


class Referee:
    """Mirrors a study in memory and asks a pruner of Optuna's about it."""

    def __init__(self, pruning: Pruning, study: str, epochs: int) -> None:
        """Start with no trials.

        Args:
            pruning: the spec's table; its kind is not "none".
            study: name of the study: Hyperband spreads trials over brackets by it.
            epochs: of a whole training.
        """
        self._mirror = optuna.create_study(
            storage=Mirror(),
            study_name=study,
            pruner=make_pruner(pruning, epochs),
            sampler=optuna.samplers.RandomSampler(0),  # never asked
        )
        self._asked = 0
        self._trials: dict[int, optuna.Trial] = {}

    def judge(self, reports: Iterable[Report]) -> frozenset[int]:
        """Take one tick's reports; the numbers of the trials to prune now."""
        ordered = sorted(reports)
        for report in ordered:
            if not math.isnan(report.error):
                self._trial(report.number).report(report.error, report.epoch)
        pruned = {
            report.number
            for report in ordered
            if not report.ended and self._trial(report.number).should_prune()
        }
        for report in ordered:
            if report.ended or report.number in pruned:
                self._end(report, report.number in pruned)
        return frozenset(pruned)

    def _trial(self, number: int) -> optuna.Trial:
        """The mirror's trial, made at its first report; gaps are trials of other workers."""
        while self._asked <= number:
            trial = self._mirror.ask()
            self._trials[trial.number] = trial
            self._asked += 1
        return self._trials[number]

    def _end(self, report: Report, pruned: bool) -> None:
        trial = self._trial(report.number)  # unknown so far, where it diverged at once
        del self._trials[report.number]
        if pruned:
            self._mirror.tell(trial, state=TrialState.PRUNED)
        elif math.isnan(report.error):
            self._mirror.tell(trial, state=TrialState.FAIL)
        else:
            self._mirror.tell(trial, report.error)


def make_pruner(pruning: Pruning, epochs: int) -> BasePruner:
    """The pruner of Optuna's that a spec's table describes.

    Raises:
        ValueError: the kind is "none".
    """
    startup = {
        "n_startup_trials": pruning.startup,
        "n_warmup_steps": pruning.first(epochs),
        "n_min_trials": 2,
    }
    makers: Mapping[str, BasePruner] = {
        "median": MedianPruner(**startup),
        "percentile": PercentilePruner(pruning.percentile, **startup),
        "halving": SuccessiveHalvingPruner(pruning.first(epochs), pruning.reduction, 0),
        "hyperband": Hyperband(min(pruning.first(epochs), epochs), epochs, pruning.reduction),
    }
    if pruning.kind not in makers:
        raise ValueError(f"got {pruning.kind!r}; a pruner is one of {', '.join(makers)}")
    return makers[pruning.kind]
