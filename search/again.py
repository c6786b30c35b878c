"""The finalists trained again: with other seeds, and the winner on bootstrap samples of its rows.

A replicate is its (study seed, trial number, replicate number), so lanes, crashes and resumes
change nothing. Each round says what is due from the replicates that are known; a run that goes on
with a study comes to the same rounds.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from ..storage.records import (
    LaunchedTrial,
    Outcome,
    ReplicateResult,
    StudyRecord,
    TrialRecord,
    TrialResult,
)
from .spec import StudySpec
from .trainer import Look, Trainer


def due(study: StudyRecord, spec: StudySpec) -> tuple[LaunchedTrial, ...]:
    """What is to be trained next: the missing seeds of the finalists, then the winner's bootstraps.

    The first in the order of (replicate, finalist). Empty when nothing is left.
    """
    count = spec.study.replicates
    seeds = [(r, trial) for r in range(1, count) for trial in study.finalists()]
    there = {(r.trial_id, r.kind, r.replicate) for r in study.replicates}
    missing = [(r, t) for r, t in seeds if (t.trial_id, "seed", r) not in there]
    if missing:
        return tuple(_launched(trial, r) for r, trial in missing)
    winner = study.winner()
    if winner is None:
        return ()
    return tuple(
        _launched(winner, r)._replace(bootstrap=True)
        for r in range(count)
        if (winner.trial_id, "bootstrap", r) not in there
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
        winner = self._study.winner()
        return sum(
            r.trial_id in finalists
            and (r.kind == "seed" or (winner is not None and r.trial_id == winner.trial_id))
            for r in self._study.replicates
        )

    @property
    def wanted(self) -> int:
        """How many there shall be."""
        count = self._spec.study.replicates
        return len(self._study.finalists()) * (count - 1) + count

    def segments(self) -> Iterator[None]:
        """Train what is due, segment by segment, until nothing is."""
        while jobs := due(self._study, self._spec):
            waiting = deque(jobs)
            while waiting or self._trainer.running:
                count = min(self._trainer.free, len(waiting))
                self._trainer.add(waiting.popleft() for _ in range(count))
                results = [r for look in self._trainer.step() for r in replicate_results(look)]
                self._know(results)
                yield

    def _know(self, results: list[ReplicateResult]) -> None:
        self._record(results)
        self._study = replace(self._study, replicates=(*self._study.replicates, *results))


def replicate_results(look: Look) -> list[ReplicateResult]:
    """What was measured of the replicates that ended with a segment."""
    answers = None
    found = []
    for lane, result in zip(look.ended, look.results, strict=True):
        trial = look.trials[lane]
        assert trial is not None
        made = _result(trial, result)
        if trial.bootstrap and result.outcome is Outcome.COMPLETED:
            if answers is None:
                answers = look.lanes.answers(look.state)
            made = made._replace(answers=tuple(answers[lane].tolist()))
        found.append(made)
    return found


def _launched(trial: TrialRecord, replicate: int) -> LaunchedTrial:
    return LaunchedTrial(trial.trial_id, trial.number, trial.parameters, replicate)


def _result(trial: LaunchedTrial, result: TrialResult) -> ReplicateResult:
    return ReplicateResult(
        trial_id=trial.trial_id,
        kind="bootstrap" if trial.bootstrap else "seed",
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
    )
