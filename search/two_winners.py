"""Two studies' winners side by side: trained with fresh seeds, and judged on the same test rows."""

import math
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..datasets.dataset import Dataset
from ..diagnostics.studies.treated import Tried, compare_winners
from ..storage.records.study import StudyRecord
from ..storage.records.treatments import FreshErrors
from .judged_rows import judged_rows
from .moved_files import fingerprint_of, those_of
from .progress import Phase, Progress
from .spec import StudySpec
from .spec_file import spec_from_resolved
from .study_data import load_data

if TYPE_CHECKING:
    from ..storage import TrialStore

SEEDS = 8  # fresh trainings of each winner
ROUNDING = 1e-5  # of a label's spread: how far the same one may lie apart, scaled otherwise
_ROWS = "the test rows"
_TASKS = "the tasks that errors are of"
_CONSTANTS = "the constant answers that errors of several tasks are relative to"


def compare_studies(
    names: tuple[str, str],
    tried: Tried,
    url: str,
    folder: Path,
    stop: threading.Event | None = None,
    seeds: int = SEEDS,
    changes: Sequence[str] = (),
) -> Generator[Progress]:
    """Train both winners with fresh seeds, compare them, and diagnose the first study again.

    What is there is not trained again.

    Args:
        names: of two finished studies with the same test rows.
        tried: what the second does otherwise than the first.
        url: of the database.
        folder: of the first study's files; its reports are written anew.
        stop: set it to end after the segment in flight.
        seeds: fresh ones of each winner.
        changes: as for ``plan_comparison``.

    Yields:
        A ``Progress`` after each phase and segment. The last has what came of it in ``treated``;
        cut short, it has none.

    Raises:
        DiagnosisError: a winner diverges.
        StudyError: one of the studies cannot be opened as it was, or the folder cannot be written,
            or holds another study's files.
        DataError: the data cannot be used.
        OSError: after the last look: the reports cannot be written.
        StorageError: the database cannot be used.
    """
    from ..storage import TrialStore
    from .conclusion import report_again
    from .fresh_seeds import train_fresh
    from .study_folder import take
    from .study_start import reopen_study

    stop = stop or threading.Event()
    with TrialStore(url) as store:
        take(folder, names[0], store, url)
        records = [store.load_study(it, curves_of=0) for it in names]
        trials = len(records[1].trials)
        yield Progress(Phase.LOADING, trials)
        # Both at first: that one of them has changed is told before the other's winner is trained.
        studies = [
            reopen_study(it.name, store, trials=None, timeout=None, changes=_own(it, changes))
            for it in records
        ]
        for place, both in enumerate(zip(studies, records, strict=True)):
            for it in train_fresh(*both, seeds, stop):
                yield _judging(trials, seeds, place * seeds + it.ended, it.note)
            if stop.is_set():
                yield Progress(Phase.DONE, trials)
                return
        (before, errors), (after, treated) = (_judged(store, it) for it in names)
        found = compare_winners(before, errors, after, treated, judged_rows(studies[1]), tried)
        store.save_treatment(before.study_id, found)
    yield Progress(Phase.DIAGNOSING, trials)
    diagnosis, unwritten = report_again(names[0], url, folder)
    yield Progress(Phase.DONE, trials, treated=found, diagnosis=diagnosis)
    if unwritten:
        raise unwritten


def _own(study: StudyRecord, changes: Sequence[str]) -> tuple[str, ...]:
    """Those changes that concern a study."""
    spec = spec_from_resolved(study.spec or {})
    return those_of(study.name, spec, fingerprint_of(study), changes)


def _judging(trials: int, seeds: int, ended: int, note: str | None) -> Progress:
    """How far it is, of so many fresh trainings of each winner."""
    judging = Progress(Phase.JUDGING, trials, note=note)
    return judging._replace(replicates_wanted=2 * seeds, replicates=ended)


def _judged(store: "TrialStore", name: str) -> tuple[StudyRecord, tuple[FreshErrors, ...]]:
    """A study, and its winner's errors with fresh seeds."""
    record = store.load_study(name)  # with its rows' errors
    winner = record.best()
    assert winner is not None
    return record, store.fresh_errors(winner.trial_id)


def what_is_other(first: StudySpec, second: StudySpec) -> str | None:
    """What keeps the errors of two studies from being compared row by row; ``None``: nothing.

    That is other test rows, or other answers to them; and of several tasks that only one of them
    counts, or other constant answers, as these have other training rows. Loads the data where the
    specs do not tell.

    Raises:
        DataError: the data of one cannot be loaded.
    """
    if first.study.objective_task != second.study.objective_task:
        return _TASKS
    if first.data == second.data and first.study.seed == second.study.seed:
        return None
    if len({(it.data.task, it.data.target, str(it.data.targets)) for it in (first, second)}) > 1:
        return _ROWS
    one, other = (load_data(it, Path.cwd()) for it in (first, second))
    if not one.source_rows or not other.source_rows:
        return _ROWS
    numbers = one.source_rows[2], other.source_rows[2]
    if not (np.array_equal(*numbers) and _same_answers(one, other)):
        return _ROWS
    return None if _same_constants(one, other) else _CONSTANTS


def _same_constants(one: Dataset, other: Dataset) -> bool:
    """Whether a relative error of 1 is the same error of each of several tasks."""
    pairs = zip(one.tasks, other.tasks, strict=True)
    errors = [(a.constant_error, b.constant_error) for a, b in pairs]
    return all(math.isclose(*pair, rel_tol=ROUNDING) for pair in errors)


def _same_answers(one: Dataset, other: Dataset) -> bool:
    """Whether the test rows' labels are the same: rows of another source may be numbered alike."""
    names = [(it.class_names, [task.class_names for task in it.tasks]) for it in (one, other)]
    answers, spreads = zip(*(_answers(it) for it in (one, other)), strict=True)
    if names[0] != names[1] or answers[0].shape != answers[1].shape:
        return False
    return bool(np.all(np.abs(answers[0] - answers[1]) <= ROUNDING * np.minimum(*spreads)))


def _answers(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The test rows' labels in units of the data, and their spread: (rows, tasks or labels) each.

    That is the target's or, of a label farther off, its distance from the mean: 32 bits round it.
    """
    scales = [it.scale for it in dataset.tasks] or [dataset.target]
    mean = np.array([0.0 if it is None else it.mean for it in scales])
    scale = np.array([1.0 if it is None else it.scale for it in scales])
    labels = dataset.test.labels.astype(np.float64)
    labels = labels.reshape(len(labels), -1)
    return labels * scale + mean, np.maximum(1, np.abs(labels)) * scale
