"""A remedy put to the test: a study with it, and both winners trained with fresh seeds.

The study with the remedy draws the same numbers for what both search, has the same test rows, and
is run as any other. The winners are then compared on those rows: ``two_winners``.
"""

import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..diagnostics.remedies.treated_study import as_options, changes_of
from ..storage.records.study import StudyRecord
from .comparison import differences, told
from .moved_files import fingerprint_of, moves_among
from .progress import Ending, Phase, Progress
from .same_study import refuse_gone, spec_now
from .spec_file import resolved_of, spec_from_resolved
from .spec_overrides import REMOVAL, with_overrides
from .treatment_plan import (
    FIRST,
    AdvisedPlans,
    Plan,
    TreatmentError,
    Wanted,
    advised_plans,
    plan_treatment,
)
from .two_winners import SEEDS, compare_studies, what_is_other

if TYPE_CHECKING:
    from ..storage import TrialStore


class Folders(NamedTuple):
    """Where the files of both studies are."""

    study: Path
    treated: Path


def plan_of(name: str, url: str, wanted: Wanted = FIRST) -> Plan:
    """What trying a remedy on a stored study takes, by default the first; nothing is trained.

    Raises:
        StorageError: no such study.
        StudyError: the study's winner is not known.
        TreatmentError: see ``plan_treatment``.
        SpecError: the spec does not allow the changes.
        DataError: the changes name a file of the data, which cannot be loaded.
    """
    study = _finished(name, url)
    moved = _moved(study, wanted.changes)
    changes = tuple(it for it in wanted.changes if it not in moved)
    return plan_treatment(study, wanted._replace(changes=changes), moved)


def plans_of(name: str, url: str, changes: Sequence[str]) -> AdvisedPlans:
    """What trying each remedy takes that a stored study's report advises; nothing is trained.

    Raises:
        StorageError: as for ``plan_of``, as the next.
        StudyError: the study's winner is not known.
        TreatmentError: see ``advised_plans``.
        SpecError: the spec does not allow the changes.
        DataError: as for ``plan_of``.
    """
    study = _finished(name, url)
    moved = _moved(study, changes)
    return advised_plans(study, [it for it in changes if it not in moved], moved)


def _finished(name: str, url: str) -> StudyRecord:
    from ..storage import TrialStore
    from .study_start import finished_study

    with TrialStore(url) as store:
        return finished_study(name, store)


def _moved(study: StudyRecord, changes: Sequence[str]) -> tuple[str, ...]:
    """The changes that only say where the files of a study lie now.

    Raises:
        StudyError: a file is not there, and no change says where it lies now.
    """
    stored = spec_from_resolved(study.spec or {})
    refuse_gone(study.name, stored, with_overrides({}, changes)[0])
    moved = moves_among(study.name, stored, fingerprint_of(study), changes)
    refuse_gone(study.name, stored, with_overrides({}, moved)[0])
    return moved


def treat_study(
    name: str,
    plan: Plan,
    url: str,
    folders: Folders,
    stop: threading.Event | None = None,
    *,
    seeds: int = SEEDS,
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
        TreatmentError: the test rows would be other ones, or the study with the remedy tried
            something else, or has more trials than are asked for.
        DiagnosisError: a winner diverges.
        StudyError: one of the studies cannot be run as asked.
        DataError: the data cannot be used.
        OSError: after the last look: the reports cannot be written.
        StorageError: the database cannot be used.
    """
    from ..storage import TrialStore
    from .study_run import run_study

    stop = stop or threading.Event()
    yield Progress(Phase.LOADING, plan.loaded.spec.study.trials)
    with TrialStore(url) as store:
        before = store.load_study(name, curves_of=0)
        _refuse_other_idea(plan, store)
        _refuse_fewer_trials(plan, store)
    refuse_other_rows(before, plan)
    running = run_study(plan.loaded, url, folders.treated, stop, imported=imported, aside=aside)
    for progress in running:
        if progress.conclusion is None:
            yield progress
        elif progress.conclusion.ending is not Ending.FINISHED or not progress.completed:
            yield progress
            return
    both = name, plan.name
    yield from compare_studies(both, plan.tried, url, folders.study, stop, seeds, plan.moved)


def _refuse_other_idea(plan: Plan, store: "TrialStore") -> None:
    """Refuse the name of a study that tried something else, as another idea of one's own did.

    Raises:
        TreatmentError: says what, and how to name the study.
    """
    if store.find_study(plan.name) is None:
        return
    there = resolved_of(spec_from_resolved(store.spec_of(plan.name)[1]))
    moved = with_overrides({}, plan.moved)[0]
    differing = [
        it
        for it in differences(there, plan.loaded.resolved)
        if it.key not in moved.get(it.table, {})  # whether it is the same file is looked at later
    ]
    if differing:
        raise TreatmentError(
            f"study {plan.name!r} is there, and tried something else: "
            f"{told(differing, 'there', 'now')}. Try this in a study of its own: -S study.name=NAME"
        )


def _refuse_fewer_trials(plan: Plan, store: "TrialStore") -> None:
    """Refuse to tell the best of a study's trials as the best of fewer.

    Raises:
        TreatmentError: it has more than are asked for.
    """
    wanted, study_id = plan.loaded.spec.study.trials, store.find_study(plan.name)
    if study_id is None:
        return
    counts = store.counts(study_id)
    ended = counts.total - counts.running
    if ended > wanted:
        raise TreatmentError(
            f"study {plan.name!r} has {ended:,} trials already, and {wanted:,} are asked for. Ask "
            f"for as many (-S study.trials={ended}), or try it in a study of its own "
            "(-S study.name=NAME)"
        )


def refuse_other_rows(study: StudyRecord, plan: Plan) -> None:
    """Refuse a change of what errors are measured on, or against: they could not be compared.

    Raises:
        TreatmentError: it does.
        DataError: the data cannot be loaded with the change, or without it.
    """
    assert study.spec is not None
    before = spec_now(study.name, spec_from_resolved(study.spec), plan.moved)
    other = what_is_other(before, plan.loaded.spec)
    if other is None:
        return
    changes = changes_of(plan.tried.spec_change)
    deciding = ("data.", "study.seed=", "study.objective_task=")
    of_rows = [it for it in changes if it.removeprefix(REMOVAL).startswith(deciding)] or changes
    makes = "makes" if len(of_rows) == 1 else "make"
    raise TreatmentError(
        f"{' and '.join(of_rows)} {makes} {other} other ones, so the errors with and without it "
        "could not be compared row by row. Run it as a study of its own: netclinic run SPEC "
        f"{as_options([f'study.name={plan.name}', *changes])}"
    )
