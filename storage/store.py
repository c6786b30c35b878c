"""The trial database as the rest of netclinic sees it; each method is one transaction."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection

from . import (
    data_checks,
    diagnoses,
    finishing,
    labels,
    launching,
    learning_curves,
    querying,
    reading,
    regions,
    replicates,
    signs,
    standings,
    studies,
    study_names,
    treatments,
    workers,
)
from .connection import open_engine, read, write
from .records.data import BayesRecord, DataCheck
from .records.learning_curves import LearningCurveRecord, SubsetTraining
from .records.regions import RegionsRecord
from .records.replicates import DecompositionRecord, ReplicateResult
from .records.results import LabelResult, TrialResult
from .records.runs import Provenance, RunCosts
from .records.signs import CurvatureRecord
from .records.study import NewStudy, StudyCounts, StudyRecord, StudyStanding, StudySummary
from .records.treatments import FreshErrors, TreatmentRecord
from .records.trials import FinishedTrial, LaunchedTrial, Proposal
from .schema import check_schema, upgrade_schema

T = TypeVar("T")


class TrialStore:
    """One open trial database.

    Every method raises ``StorageError`` when the database cannot do what is asked (locked, full,
    read-only, out of reach, …); what was begun is then undone. Methods may be called from several
    threads; a child process must open a store of its own.
    """

    def __init__(self, url: str, *, must_exist: bool = True, busy_timeout: float = 30.0) -> None:
        """Open the database at ``url`` (see ``normalize_url``).

        Args:
            url: a file or an address.
            must_exist: refuse a database without netclinic's tables; ``False`` adds them where
                only Optuna's are (as ``upgrade_schema`` does).
            busy_timeout: seconds to wait for another process' lock on an SQLite file.

        Raises:
            StorageError: not there, not a database, or of an older or newer schema.
        """
        self.seconds = 0.0  # in which a transaction was open or waited for, so far
        self._adding = threading.Lock()
        if not must_exist:
            upgrade_schema(url)
        self._engine = open_engine(url, busy_timeout=busy_timeout)
        try:
            self._read(lambda c: check_schema(c, self._engine))
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> "TrialStore":
        """Return the store; leaving the ``with`` block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def create_study(self, new: NewStudy) -> int:
        """Create a study; returns its id. ``NameTaken`` if there is one of that name."""
        return self._write(lambda c: studies.create_study(c, new))

    def study_id(self, name: str) -> int:
        """The id of a study; ``StorageError`` with the nearest names if there is none."""
        return self._read(lambda c: study_names.study_id_of(c, name))

    def find_study(self, name: str) -> int | None:
        """The id of a study; ``None`` if there is none."""
        return self._read(lambda c: study_names.find_study(c, name))

    def created(self, name: str) -> str | None:
        """When a study was created, in UTC (ISO 8601); ``None`` if netclinic created none."""
        return self._read(lambda c: studies.created(c, name))

    def studies(self) -> tuple[StudySummary, ...]:
        """Every study in the database, by name."""
        return self._read(studies.summaries)

    def standings(self) -> tuple[StudyStanding, ...]:
        """Every study in the database, by name, with who trains it and what is still to come."""
        return self._read(standings.standings)

    def spec_of(self, name: str) -> tuple[str, dict[str, Any]]:
        """A spec's text and resolved form; ``StorageError`` if netclinic did not create it."""
        return self._read(lambda c: studies.spec_of(c, name))

    def add_provenance(self, study_id: int, provenance: Provenance) -> None:
        """Note where the numbers of a further run come from."""
        self._write(lambda c: studies.add_provenance(c, study_id, provenance))

    def register_worker(self, study_id: int) -> int:
        """Enter this process as a worker of the study; returns its ``worker_id``."""
        return self._write(lambda c: workers.register_worker(c, study_id))

    def end_worker(self, worker_id: int) -> None:
        """Note that a worker stopped."""
        self._write(lambda c: workers.end_worker(c, worker_id))

    def note_costs(self, worker_id: int, costs: RunCosts) -> None:
        """Note what a worker has spent so far."""
        self._write(lambda c: workers.note_costs(c, worker_id, costs))

    def next_number(self, study_id: int) -> int:
        """The number of the next trial, to propose for; ``launch`` checks it again."""
        return self._read(lambda c: launching.next_number(c, study_id))

    def launch(
        self, study_id: int, worker_id: int, first_number: int, proposals: Sequence[Proposal]
    ) -> tuple[LaunchedTrial, ...]:
        """Enter the proposals as RUNNING trials, or raise ``NumberTaken``: then propose anew."""
        return self._write(
            lambda c: launching.launch(c, study_id, worker_id, first_number, proposals),
        )

    def reclaim(
        self, study_id: int, worker_id: int, limit: int, grace_seconds: float = 60.0
    ) -> tuple[LaunchedTrial, ...]:
        """Take over trials of ours that nobody trains; see ``launching.reclaim``."""
        return self._write(
            lambda c: launching.reclaim(c, study_id, worker_id, limit, grace_seconds),
        )

    def held(self, study_id: int) -> int:
        """How many trials workers of ours train, or shall take over; see ``launching.held``."""
        return self._read(lambda c: launching.held(c, study_id))

    def heartbeat(self, worker_id: int) -> None:
        """Say that the worker still trains what it holds."""
        self._write(lambda c: workers.beat(c, worker_id))

    def finish(self, results: Sequence[TrialResult]) -> tuple[int, ...]:
        """Record results; returns the ids skipped because they were not RUNNING any more."""
        return self._write(lambda c: finishing.finish(c, results))

    def record_replicates(self, study_id: int, results: Sequence[ReplicateResult]) -> None:
        """Record trials that were trained again; those recorded already stay as they are."""
        self._write(lambda c: replicates.record_replicates(c, study_id, results))

    def replicates(self, study_id: int) -> tuple[ReplicateResult, ...]:
        """The study's replicates, without their answers, by trial, kind and replicate."""
        return self._read(lambda c: replicates.replicates(c, study_id))

    def answers(self, trial_id: int, kind: str) -> tuple[tuple[float, ...], ...]:
        """What each replicate of a trial, of one kind of bootstrap, answers on the test rows."""
        return self._read(lambda c: replicates.answers(c, trial_id, kind))

    def record_fresh(
        self, study_id: int, results: Sequence[ReplicateResult], errors: Sequence[FreshErrors]
    ) -> None:
        """Record fresh trainings of a winner; those recorded already stay as they are."""
        self._write(lambda c: treatments.record_fresh(c, study_id, results, errors))

    def fresh_errors(self, trial_id: int) -> tuple[FreshErrors, ...]:
        """The errors of a trial's fresh trainings on the test rows, by seed."""
        return self._read(lambda c: treatments.fresh_errors(c, trial_id))

    def save_treatment(self, study_id: int, found: TreatmentRecord) -> None:
        """Append how a remedy did that was tried on the study."""
        self._write(lambda c: treatments.save_treatment(c, study_id, found))

    def record_subsets(self, study_id: int, trainings: Sequence[SubsetTraining]) -> None:
        """Record trainings on parts of the rows; those recorded already stay as they are."""
        self._write(lambda c: learning_curves.record_subsets(c, study_id, trainings))

    def subset_trainings(self, trial_id: int) -> tuple[SubsetTraining, ...]:
        """A trial's trainings on parts of the rows, by rows and seed."""
        return self._read(lambda c: learning_curves.subset_trainings(c, trial_id))

    def save_learning_curve(self, study_id: int, found: LearningCurveRecord) -> None:
        """Append how the winner's error falls with the training rows."""
        self._write(lambda c: learning_curves.save_learning_curve(c, study_id, found))

    def save_decomposition(self, study_id: int, found: DecompositionRecord) -> None:
        """Append a decomposition of the winner's error."""
        self._write(lambda c: replicates.save_decomposition(c, study_id, found))

    def save_data_checks(self, study_id: int, found: Sequence[DataCheck]) -> None:
        """Append what was found out about the study's data."""
        self._write(lambda c: data_checks.save_data_checks(c, study_id, found))

    def save_curvature(self, trial_id: int, found: CurvatureRecord) -> None:
        """Keep how the loss curves where a trial ended."""
        self._write(lambda c: signs.save_curvature(c, trial_id, found))

    def save_labels(self, trial_id: int, found: Sequence[LabelResult]) -> None:
        """Keep how a trial does on each of several labels."""
        self._write(lambda c: labels.save_labels(c, trial_id, found))

    def save_regions(self, study_id: int, found: RegionsRecord) -> None:
        """Append a search for regions of the data."""
        self._write(lambda c: regions.save_regions(c, study_id, found))

    def release(self, trial_ids: Iterable[int], worker_id: int | None = None) -> None:
        """Hand RUNNING trials back for the next worker; only those still held by ``worker_id``."""
        ids = tuple(trial_ids)
        self._write(lambda c: finishing.release(c, ids, worker_id))

    def counts(self, study_id: int) -> StudyCounts:
        """How the study's trials stand."""
        return self._read(lambda c: studies.counts(c, study_id))

    def load_study(self, name: str, curves_of: int | None = None) -> StudyRecord:
        """The whole study; ``curves_of`` limits the epochs read to that many best trials."""
        return self._read(lambda c: reading.load_study(c, name, curves_of))

    def finished_trials(self, study_id: int, after_number: int = -1) -> tuple[FinishedTrial, ...]:
        """Trials that ended with numbers above ``after_number``, but for those declared dead."""
        return self._read(lambda c: reading.finished_trials(c, study_id, after_number))

    def save_bayes(self, study_id: int, bayes: BayesRecord) -> None:
        """Append an estimate of the Bayes error."""
        self._write(lambda c: diagnoses.save_bayes(c, study_id, bayes))

    def save_diagnosis(self, study_id: int, document: Mapping[str, Any]) -> None:
        """Append a ``diagnosis.json`` with its findings and remedies."""
        self._write(lambda c: diagnoses.save_diagnosis(c, study_id, document))

    def query(
        self, sql: str, limits: querying.QueryLimits = querying.NO_LIMITS
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of one read-only statement; see ``querying.query``."""
        return querying.query(self._engine, sql, limits)

    def _read(self, work: Callable[[Connection], T]) -> T:
        return self._timed(lambda: read(self._engine, work))

    def _write(self, work: Callable[[Connection], T]) -> T:
        return self._timed(lambda: write(self._engine, work))

    def _timed(self, transaction: Callable[[], T]) -> T:
        started = time.perf_counter()
        try:
            return transaction()
        finally:
            with self._adding:
                self.seconds += time.perf_counter() - started
