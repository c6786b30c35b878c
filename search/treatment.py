"""A remedy put to the test: a study with it, and both winners trained with fresh seeds.

The study with the remedy draws the same numbers for what both search, has the same test rows, and
is run as any other. The winners are then compared on those rows: ``diagnostics.studies.treated``.
"""

import shlex
import threading
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..diagnostics.studies.treated import JudgedRows, compare_winners
from ..storage.records.study import StudyRecord
from ..storage.records.treatments import FreshErrors
from .judged_rows import judged_rows
from .progress import Ending, Phase, Progress
from .spec_file import spec_from_resolved
from .study_data import load_data
from .treatment_plan import Plan, TreatmentError, Wanted, plan_treatment

if TYPE_CHECKING:
    from ..storage import TrialStore


class Folders(NamedTuple):
    """Where the files of both studies are."""

    study: Path
    treated: Path


def plan_of(name: str, url: str, wanted: Wanted) -> Plan:
    """What trying a remedy on a stored study takes; nothing is trained.

    Raises:
        StorageError: no such study.
        TreatmentError: see ``plan_treatment``; or the study is not finished.
        SpecError: the spec does not allow the changes.
    """
    from ..storage import TrialStore

    with TrialStore(url) as store:
        study = store.load_study(name, curves_of=0)
        counts = store.counts(study.study_id)
    if left := counts.running + counts.waiting:
        raise TreatmentError(
            f"study {name!r} has {left} unfinished trials, so its winner is not known yet: finish "
            f"it with `netclinic resume {shlex.quote(name)}`"
        )
    return plan_treatment(study, wanted)


def treat_study(
    name: str,
    plan: Plan,
    url: str,
    folders: Folders,
    stop: threading.Event,
    *,
    seeds: int,
    imported: float = 0.0,
    aside: bool = False,
) -> Generator[Progress]:
    """Try a remedy: run the study with it, train both winners with fresh seeds, compare them.

    What is there already is not done again: a study that was cut short goes on, fresh seeds of the
    winner without the remedy serve every remedy.

    Args:
        name: of the study without it.
        plan: what to try.
        url: of the database.
        folders: of both studies.
        stop: set it to end after the segment in flight.
        seeds: fresh ones of each winner.
        imported: as for ``run_study``.
        aside: as for ``run_study``.

    Yields:
        A ``Progress`` after each phase and segment. The last has what came of it in ``treated``;
        cut short, it has none, but the ``conclusion`` of the study with the remedy if that was not
        finished.

    Raises:
        TreatmentError: the test rows would be other ones.
        DiagnosisError: a winner diverges.
        StudyError: one of the studies cannot be run as asked.
        DataError: the data cannot be used.
        StorageError: the database cannot be used.
    """
    from ..storage import TrialStore
    from .study_run import run_study

    yield Progress(Phase.LOADING, plan.loaded.spec.study.trials)
    with TrialStore(url) as store:
        before = store.load_study(name, curves_of=0)
    refuse_other_rows(before, plan)
    running = run_study(plan.loaded, url, folders.treated, stop, imported=imported, aside=aside)
    for progress in running:
        if progress.conclusion is None:
            yield progress
        elif progress.conclusion.ending is not Ending.FINISHED or not progress.completed:
            yield progress
            return
    yield from _judge(name, plan, url, folders, stop, seeds)


def _judge(
    name: str, plan: Plan, url: str, folders: Folders, stop: threading.Event, seeds: int
) -> Generator[Progress]:
    """Train both winners with fresh seeds, compare them, and diagnose the study again."""
    from ..storage import TrialStore
    from .conclusion import diagnose_again, write_reports
    from .fresh_seeds import train_fresh
    from .study_start import reopen_study

    with TrialStore(url) as store:
        rows = JudgedRows(None, None)
        for place, of_one in enumerate((name, plan.name)):
            study = reopen_study(of_one, store, trials=None, timeout=None)
            record = store.load_study(of_one, curves_of=0)
            for done in train_fresh(study, record, seeds, stop):
                yield Progress(
                    Phase.JUDGING,
                    study.spec.study.trials,
                    replicates_wanted=2 * seeds,
                    replicates=place * seeds + done,
                )
            if stop.is_set():
                yield Progress(Phase.DONE, study.spec.study.trials)
                return
            rows = judged_rows(study)
        (before, errors), (after, treated) = (_judged(store, it) for it in (name, plan.name))
        found = compare_winners(before, errors, after, treated, rows, plan.tried)
        store.save_treatment(before.study_id, found)
    yield Progress(Phase.DIAGNOSING, plan.loaded.spec.study.trials)
    diagnosis = diagnose_again(name, url)
    with TrialStore(url) as store:
        write_reports(store.load_study(name), diagnosis, folders.study)
    trials = plan.loaded.spec.study.trials
    yield Progress(Phase.DONE, trials, treated=found, diagnosis=diagnosis)


def _judged(store: "TrialStore", name: str) -> tuple[StudyRecord, tuple[FreshErrors, ...]]:
    """A study, and its winner's errors with fresh seeds."""
    record = store.load_study(name)  # with its rows' errors
    winner = record.best()
    assert winner is not None
    return record, store.fresh_errors(winner.trial_id)


def refuse_other_rows(study: StudyRecord, plan: Plan) -> None:
    """Refuse a change that changes the test rows: errors on other rows could not be compared.

    Raises:
        TreatmentError: it does.
        DataError: the data cannot be loaded with the change, or without it.
    """
    assert study.spec is not None
    before = spec_from_resolved(study.spec)
    if plan.loaded.spec.data == before.data and plan.loaded.spec.study.seed == before.study.seed:
        return
    old, new = (load_data(it, Path.cwd()) for it in (before, plan.loaded.spec))
    asked = [(it.target, it.targets, it.task) for it in (before.data, plan.loaded.spec.data)]
    known = bool(old.source_rows and new.source_rows) and asked[0] == asked[1]
    if known and np.array_equal(old.source_rows[2], new.source_rows[2]):
        return
    raise TreatmentError(
        f"{plan.tried.spec_change} makes the test rows other ones, so the errors with and without "
        "it could not be compared row by row. Run it as a study of its own: netclinic run SPEC "
        f"-S study.name={shlex.quote(plan.name)} -S {plan.tried.spec_change}"
    )
