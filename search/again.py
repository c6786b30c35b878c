"""The finalists trained again: with other seeds, and the winner on bootstrap samples of its rows.

Where rows come in groups, samples are of whole groups.

A replicate is its (study seed, trial number, replicate number), so lanes, crashes and resumes
change nothing. Each round says what is due from the replicates that are known; a run that goes on
with a study comes to the same rounds.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..storage.records.replicates import ReplicateResult
from ..storage.records.results import Outcome, TrialResult
from ..storage.records.study import StudyRecord
from ..storage.records.trials import LaunchedTrial, TrialRecord
from .recorder import Look
from .signed_rank import clearly_worse
from .spec import StudySpec
from .spec_pruning import fewest_pairs
from .spec_task import MULTITASK
from .trainer import Trainer


class Round(NamedTuple):
    """What is to be done next."""

    jobs: tuple[LaunchedTrial, ...]  # to train, in the order of (replicate, finalist)
    left_out: tuple[ReplicateResult, ...] = ()  # not to be trained: the finalist is clearly worse


def due(study: StudyRecord, spec: StudySpec) -> Round:
    """The missing seeds of the finalists, then the winner's bootstraps; nothing at the end.

    Of several tasks there are no bootstraps.

    The seeds are all in one round, unless the spec stops finalists by the signed-rank test: then
    those that its first judgement needs, then one replicate a round, judged by those before it.
    """
    count = spec.study.replicates
    seeds = [(r, trial) for r in range(1, count) for trial in study.finalists()]
    there = {(r.trial_id, r.kind, r.replicate) for r in study.replicates}
    missing = [(r, t) for r, t in seeds if (t.trial_id, "seed", r) not in there]
    if not missing:
        winner = study.winner() if _is_taken_apart(spec) else None
        drawn = [(winner, r) for r in range(count)] if winner else []
        return Round(
            tuple(
                _launched(trial, r)._replace(bootstrap=True)
                for trial, r in drawn
                if (trial.trial_id, study.bootstrap_kind, r) not in there
            )
        )
    left_out: list[ReplicateResult] = []
    pruning, first = spec.pruning, missing[0][0]
    if pruning.kind == "wilcoxon":
        startup = fewest_pairs(pruning.p_threshold)
        if first > startup:
            worse = {
                *clearly_worse(_errors_before(study, first), pruning.p_threshold),
                *(t.number for t in study.finalists() if _stopped(study, t)),
            }
            left_out = [_left_out(t, r) for r, t in missing if t.number in worse]
            missing = [(r, t) for r, t in missing if t.number not in worse]
        last = max(startup, first)
        missing = [(r, t) for r, t in missing if r <= last]
    return Round(tuple(_launched(trial, r) for r, trial in missing), tuple(left_out))


def _is_taken_apart(spec: StudySpec) -> bool:
    """Whether the winner's error has parts: that of several tasks is neither 0–1 nor squared."""
    return spec.data.task != MULTITASK


def _errors_before(study: StudyRecord, replicate: int) -> dict[int, list[float]]:
    """Finalist → what the search minimises of its seeds before a replicate, by rank.

    Without those that were stopped before, or diverged: these come last anyway.
    """
    errors = {
        trial.number: [r.objective for r in study.seeds_of(trial) if r.replicate < replicate]
        for trial in study.finalists()
    }
    return {
        number: [error for error in of_one if error is not None]
        for number, of_one in errors.items()
        if None not in of_one
    }


def _stopped(study: StudyRecord, trial: TrialRecord) -> bool:
    return any(r.outcome is Outcome.PRUNED for r in study.seeds_of(trial))


def _left_out(trial: TrialRecord, replicate: int) -> ReplicateResult:
    nothing = (None,) * 6
    return ReplicateResult(
        trial.trial_id,
        "seed",
        replicate,
        Outcome.PRUNED,
        0,
        *nothing,
        seconds=0.0,
        lanes=0,
        strategy="none",
    )


class Again:
    """The replicates of a study on their way."""

    def __init__(
        self,
        study: StudyRecord,
        spec: StudySpec,
        trainer: Trainer,
        record: Callable[[list[ReplicateResult]], None],
    ) -> None:
        """Train nothing yet.

        Args:
            study: with the replicates that are known.
            spec: of the study.
            trainer: without trials.
            record: called with each segment's results, also when there are none.
        """
        self._study = study
        self._spec = spec
        self._trainer = trainer
        self._record = record

    @property
    def done(self) -> int:
        """How many replicates are known, those left out included."""
        finalists = {trial.trial_id for trial in self._study.finalists()}
        winner, drawn = self._study.winner(), self._study.bootstrap_kind
        return sum(
            (r.kind == "seed" and r.trial_id in finalists)
            or (r.kind == drawn and winner is not None and r.trial_id == winner.trial_id)
            for r in self._study.replicates
        )

    @property
    def wanted(self) -> int:
        """How many there shall be."""
        count = self._spec.study.replicates
        bootstraps = count if _is_taken_apart(self._spec) else 0
        return len(self._study.finalists()) * (count - 1) + bootstraps

    def segments(self) -> Iterator[None]:
        """Train what is due, segment by segment, until nothing is."""
        while any(now := due(self._study, self._spec)):
            if now.left_out:
                self._know(list(now.left_out))
            waiting = deque(now.jobs)
            while waiting or self._trainer.running:
                count = min(self._trainer.free, len(waiting))
                self._trainer.add(waiting.popleft() for _ in range(count))
                drawn = self._study.bootstrap_kind
                looks = self._trainer.step()
                results = [r for look in looks for r in replicate_results(look, drawn)]
                self._know(results)
                yield

    def _know(self, results: list[ReplicateResult]) -> None:
        self._record(results)
        self._study = replace(self._study, replicates=(*self._study.replicates, *results))


def replicate_results(look: Look, drawn: str) -> list[ReplicateResult]:
    """What was measured of the replicates that ended with a segment.

    Args:
        look: at the segment.
        drawn: the kind of those that were trained on bootstrap samples.
    """
    answers = None
    found = []
    for lane, result in zip(look.ended, look.results, strict=True):
        trial = look.trials[lane]
        assert trial is not None
        made = replicate_result(trial, drawn if trial.bootstrap else "seed", result)
        if trial.bootstrap and result.outcome is Outcome.COMPLETED:
            if answers is None:
                answers = look.lanes.answers(look.state)
            # As with errors, a prediction that is not finite is not a number to count with.
            if np.isfinite(answers[lane]).all():
                made = made._replace(answers=tuple(answers[lane].ravel().tolist()))
        found.append(made)
    return found


def _launched(trial: TrialRecord, replicate: int) -> LaunchedTrial:
    return LaunchedTrial(trial.trial_id, trial.number, trial.parameters, replicate)


def replicate_result(trial: LaunchedTrial, kind: str, result: TrialResult) -> ReplicateResult:
    """What was measured of a trial that was trained again, as it is recorded."""
    return ReplicateResult(
        trial_id=trial.trial_id,
        kind=kind,
        replicate=trial.replicate,
        outcome=result.outcome,
        epochs=result.epochs,
        training_loss=result.training_loss,
        training_error=result.training_error,
        validation_loss=result.validation_loss,
        validation_error=result.validation_error,
        test_loss=result.test_loss,
        test_error=result.test_error,
        seconds=result.seconds,
        lanes=result.lanes,
        strategy=result.strategy,
        convolution=result.convolution,
        training_balanced_error=result.training_balanced_error,
        validation_balanced_error=result.validation_balanced_error,
        test_balanced_error=result.test_balanced_error,
    )
