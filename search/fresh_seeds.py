"""A study's winner trained with fresh seeds: what judges it beside another study's winner."""

import threading
from collections.abc import Generator

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
from .winner_trainings import Trained, ended_trainings, train_again


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
    for trial, result, of_rows in ended_trainings(look):
        results.append(replicate_result(trial, FRESH, result))
        if result.outcome is Outcome.COMPLETED:
            kind, data = error_bytes(of_rows, dataset)
            of_trial = trial.trial_id, trial.replicate
            found.append(FreshErrors(*of_trial, kind, len(of_rows), data))
    return results, found
