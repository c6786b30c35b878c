"""A study's winner trained on subsets of its training rows: the points of a learning curve."""

import threading
from collections.abc import Generator, Sequence

import numpy as np

from ..datasets.dataset import Dataset
from ..storage.records.learning_curves import FIRST_SUBSET, SubsetTraining
from ..storage.records.results import Outcome, TrialResult
from ..storage.records.study import StudyRecord
from ..storage.records.trials import LaunchedTrial
from .recorder import Look
from .study_start import OpenStudy
from .trial_results import exact
from .validation_rows import error_bytes
from .winner_trainings import Trained, ended_trainings, train_again


def missing_subsets(
    study: StudyRecord, known: Sequence[SubsetTraining], sizes: Sequence[int], repeats: int
) -> tuple[LaunchedTrial, ...]:
    """The trainings that are still to be done, those on many rows first.

    A repeat draws its rows and its initial weights by its seed, so that its rows at one size are
    among those at the next.

    Args:
        study: with a winner.
        known: the winner's trainings that are there.
        sizes: numbers of training rows; the last one is all of them.
        repeats: how many trainings each of them shall have.
    """
    winner = study.best()
    assert winner is not None
    there = {(it.train_rows, it.replicate) for it in known}
    every = sizes[-1]
    return tuple(
        LaunchedTrial(
            winner.trial_id,
            winner.number,
            winner.parameters,
            seed,
            train_rows=None if size == every else size,
        )
        for size in reversed(sizes)
        for seed in range(FIRST_SUBSET, FIRST_SUBSET + repeats)
        if (size, seed) not in there
    )


def train_subsets(
    study: OpenStudy,
    record: StudyRecord,
    missing: Sequence[LaunchedTrial],
    stop: threading.Event,
    *,
    known: int,
) -> Generator[Trained]:
    """Train what is missing, and record each as it ends; see ``train_again``.

    Args:
        study: opened to be trained.
        record: of it.
        missing: as ``missing_subsets`` gives it.
        stop: ends it after the segment in flight.
        known: how many trainings there are already.
    """
    balanced = study.spec.study.minimises_balanced

    def keep(look: Look) -> int:
        trainings = subset_results(look, study.dataset, balanced=balanced)
        study.store.record_subsets(study.study_id, trainings)
        return len(trainings)

    return train_again(study, record, missing, keep, stop, known=known)


def subset_results(look: Look, dataset: Dataset, *, balanced: bool) -> list[SubsetTraining]:
    """What was measured of those that ended with a segment.

    Args:
        look: at the segment.
        dataset: that they were trained on.
        balanced: whether the study minimises the balanced error.
    """
    streamed = look.lanes.plan.stream
    found = []
    for trial, result, of_rows in ended_trainings(look):
        # Streamed rows are judged for all lanes together, and classes counted in all of them.
        known = trial.train_rows is None or not (streamed or balanced)
        found.append(_training(trial, result, of_rows, dataset, known=known, balanced=balanced))
    return found


def _training(
    trial: LaunchedTrial,
    result: TrialResult,
    errors: np.ndarray,
    dataset: Dataset,
    *,
    known: bool,
    balanced: bool,
) -> SubsetTraining:
    """One training; ``known`` is whether its error on the rows trained on was measured."""
    rows = trial.train_rows or len(dataset.train.labels)
    of = SubsetTraining(
        trial.trial_id, rows, trial.replicate, result.outcome, result.epochs, seconds=result.seconds
    )
    if result.outcome is not Outcome.COMPLETED:
        return of
    kind, data = error_bytes(errors, dataset)
    measure = "_balanced_error" if balanced else "_error"
    training, validation, test = (
        getattr(result, f"{split}{measure}") for split in ("training", "validation", "test")
    )
    if trial.train_rows is not None and dataset.task in ("classification", "multilabel"):
        answers = dataset.classes if dataset.task == "multilabel" else 1
        training = training if training is None else exact(training, rows * answers)
    return of._replace(
        training_error=training if known else None,
        validation_error=validation,
        test_error=test,
        kind=kind,
        test_rows=len(errors),
        errors=data,
    )
