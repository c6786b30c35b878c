"""A learning curve: the winner's error against the number of training rows, and what more bring.

The winner's hyperparameters are trained on subsets of the training rows, always in as many steps,
so that what differs is the rows. ``diagnostics.studies.learning_curve`` makes the curve of them.
"""

import math
import sys
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..datasets.dataset import Dataset
from ..diagnostics.studies.learning_curve import learning_curve
from ..diagnostics.studies.treated import JudgedRows
from ..diagnostics.units import task_of
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord
from .batch_size import batch_size
from .curve_sizes import CurveError, curve_sizes
from .judged_rows import judged_rows
from .progress import Phase, Progress

if TYPE_CHECKING:
    from ..storage import TrialStore
    from .study_start import OpenStudy

REPEATS = 10  # trainings at each size
GROUPS_AT_LEAST = 4  # of all rows: two for the test, one for each other split


def measure_learning_curve(
    name: str,
    url: str,
    folder: Path,
    stop: threading.Event | None = None,
    *,
    repeats: int = REPEATS,
    target: float | None = None,
    changes: Sequence[str] = (),
) -> Generator[Progress]:
    """Train a study's winner on subsets of its training rows, and forecast what more would bring.

    What is there already is not trained again.

    Args:
        name: of the study.
        url: of the database.
        folder: of the study's files; its reports are written anew.
        stop: set it to end after the segment in flight.
        repeats: trainings at each number of rows, each on rows of its own; with fewer than 3
            nothing tells how much is left to chance.
        target: an error; how many rows would it take? In the study's unit.
        changes: as for ``resume_study``.

    Yields:
        A ``Progress`` after each phase and segment. The last has the ``curve``; cut short, none.

    Raises:
        CurveError: the study has too few rows, or its test rows are of a single group; or the
            target is no error.
        DiagnosisError: the winner diverges on other rows.
        StudyError: the study's winner is not known, it cannot be opened as it was, or the folder
            cannot be written, or holds another study's files.
        SpecError: the spec does not allow the changes.
        DataError: the data cannot be used.
        OSError: after the last look: the reports cannot be written.
        StorageError: the database cannot be used.
    """
    from ..storage import TrialStore
    from .conclusion import report_again
    from .study_folder import take
    from .study_start import finished_study

    stop = stop or threading.Event()
    with TrialStore(url) as store:
        record = finished_study(name, store)
        check_target(target, record)
        take(folder, name, store, url)
        yield (told := Progress(Phase.LOADING, len(record.trials)))
        winner = record.best()
        assert winner is not None
        study, judged, sizes = _opened(name, store, winner, changes)
        yield from _train_missing(study, record, winner, sizes, repeats, stop)
        if stop.is_set():
            yield told._replace(phase=Phase.DONE)
            return
        curve = learning_curve(record, store.subset_trainings(winner.trial_id), judged, target)
        store.save_learning_curve(record.study_id, curve)
    yield told._replace(phase=Phase.DIAGNOSING)
    diagnosis, unwritten = report_again(name, url, folder)
    yield told._replace(phase=Phase.DONE, curve=curve, diagnosis=diagnosis)
    if unwritten:
        raise unwritten


def _opened(
    name: str, store: "TrialStore", winner: TrialRecord, changes: Sequence[str]
) -> tuple["OpenStudy", JudgedRows, tuple[int, ...]]:
    """The study to train its winner anew, what judges that, and on how many rows it is trained."""
    from .study_start import reopen_study

    study = reopen_study(name, store, trials=None, timeout=None, changes=changes)
    judged = judged_rows(study)
    check_groups(name, study.dataset, judged)
    return study, judged, sizes_for(study, winner)


def _train_missing(
    study: "OpenStudy",
    record: StudyRecord,
    winner: TrialRecord,
    sizes: Sequence[int],
    repeats: int,
    stop: threading.Event,
) -> Generator[Progress]:
    """Train the winner at each size as often as it was not yet."""
    from .subset_trainings import missing_subsets, train_subsets

    there = study.store.subset_trainings(winner.trial_id)
    missing, wanted = missing_subsets(record, there, sizes, repeats), len(sizes) * repeats
    for it in train_subsets(study, record, missing, stop, known=wanted - len(missing)):
        yield Progress(
            Phase.MEASURING,
            len(record.trials),
            replicates_wanted=wanted,
            replicates=it.ended,
            note=it.note,
        )


def sizes_for(study: "OpenStudy", winner: TrialRecord) -> tuple[int, ...]:
    """The numbers of training rows of a winner's curve.

    Raises:
        CurveError: there are too few.
    """
    rows = len(study.dataset.train.labels)
    searched = winner.parameters.get("batch_size")
    batch = batch_size(study.spec, rows) if searched is None else int(searched)
    return curve_sizes(rows, batch, searched=searched is not None)


def check_target(target: float | None, study: StudyRecord) -> None:
    """Refuse what no error can be; ``None`` is no target.

    Raises:
        CurveError: it is below 0, not finite, or above 1 where errors are shares.
    """
    if target is None:
        return
    shares = task_of(study.spec).shares
    if not 0 <= target <= (1 if shares else sys.float_info.max):
        percent = f": {target:g} % is {target / 100:g}" if 1 < target <= 100 else ""
        allowed = f"an error from 0 to 1{percent}" if shares else "a number from 0"
        raise CurveError(f"got --target {target:g}; allowed is {allowed}")


def check_groups(name: str, dataset: Dataset, judged: JudgedRows) -> None:
    """Refuse test rows that do not tell how the error differs from group to group.

    Raises:
        CurveError: they are of a single group.
    """
    if judged.groups is None or len(np.unique(judged.groups)) > 1:
        return
    groups = len(np.unique(np.concatenate(dataset.groups)))
    share = max(0.3, math.ceil(200 / groups) / 100)
    advice = (
        f"Set more of the {groups} groups aside, in a study of another name: "
        f"netclinic run SPEC -S data.test={share:g} -S study.name=NAME"
        if groups >= GROUPS_AT_LEAST and not dataset.dealt.startswith("ready_made")
        else "It takes more groups"
    )
    raise CurveError(
        f"the test rows of study {name!r} are of a single group, which does not tell how the error "
        f"differs from group to group. {advice}"
    )
