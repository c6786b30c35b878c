"""A study's winner trained with fresh seeds: what judges it beside another study's winner."""

import threading
from collections.abc import Generator

import numpy as np

from ..datasets.dataset import Dataset
from ..storage.records.replicates import ReplicateResult
from ..storage.records.results import Outcome
from ..storage.records.study import StudyRecord
from ..storage.records.treatments import FIRST_FRESH, FRESH, FreshErrors
from ..storage.records.trials import LaunchedTrial
from .again import replicate_result
from .recorder import Look
from .study_start import OpenStudy
from .validation_rows import error_bytes
from .winner_trainings import Trained, train_again


def missing_seeds(study: StudyRecord, seeds: int) -> tuple[LaunchedTrial, ...]:
    """The trainings of the winner that are still to be done.

    Args:
        study: with a winner.
        seeds: how many fresh ones there shall be.
    """
    winner = study.best()
    assert winner is not None
    there = {(r.trial_id, r.replicate) for r in study.replicates if r.kind == FRESH}
    wanted = range(FIRST_FRESH, FIRST_FRESH + seeds)
    return tuple(
        LaunchedTrial(winner.trial_id, winner.number, winner.parameters, seed)
        for seed in wanted
        if (winner.trial_id, seed) not in there
    )


def train_fresh(
    study: OpenStudy, record: StudyRecord, seeds: int, stop: threading.Event
) -> Generator[Trained]:
    """Train what is missing, and record each as it ends; see ``train_again``.

    Args:
        study: opened to be trained.
        record: of it.
        seeds: as for ``missing_seeds``.
        stop: ends it after the segment in flight.
    """
    missing = missing_seeds(record, seeds)

    def keep(look: Look) -> int:
        results, errors = fresh_results(look, study.dataset)
        study.store.record_fresh(study.study_id, results, errors)
        return len(results)

    return train_again(study, record, missing, keep, stop, known=seeds - len(missing))


def fresh_results(look: Look, dataset: Dataset) -> tuple[list[ReplicateResult], list[FreshErrors]]:
    """What was measured of those that ended with a segment; diverged ones have no errors of rows.

    Args:
        look: at the segment.
        dataset: that they were trained on.
    """
    results, found = [], []
    wanted = np.zeros(look.lanes.plan.capacity, bool)
    wanted[list(look.ended)] = True
    errors = look.lanes.test_errors(look.state, wanted) if look.ended else None
    for lane, result in zip(look.ended, look.results, strict=True):
        trial = look.trials[lane]
        assert trial is not None
        assert errors is not None
        if result.outcome is Outcome.COMPLETED and not np.isfinite(errors[lane]).all():
            result = result._replace(outcome=Outcome.DIVERGED)
        results.append(replicate_result(trial, FRESH, result))
        if result.outcome is Outcome.COMPLETED:
            kind, data = error_bytes(errors[lane], dataset)
            of_trial = trial.trial_id, trial.replicate
            found.append(FreshErrors(*of_trial, kind, len(errors[lane]), data))
    return results, found
