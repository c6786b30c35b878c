"""All remedies that a study's report advises, put to the test one after the other."""

import threading
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from ..datasets.dataset import DataError
from ..diagnostics.findings import Diagnosis, DiagnosisError
from ..models.own_code import OwnCodeError
from ..models.transfer_source import TransferError
from .conclusion import report_again
from .progress import Conclusion, Ending, Phase, Progress
from .same_study import StudyError
from .spec_errors import SpecError
from .treatment import Folders, treat_study
from .treatment_plan import Plan, TreatmentError
from .two_winners import SEEDS

# What one remedy's trial may end in: the others are tried all the same.
_OF_ONE = (
    TreatmentError,
    StudyError,
    SpecError,
    DataError,
    DiagnosisError,
    OwnCodeError,
    TransferError,
)


def treat_all(
    name: str,
    plans: Sequence[tuple[Plan, Path]],
    url: str,
    folder: Path,
    stop: threading.Event | None = None,
    *,
    seeds: int = SEEDS,
    imported: float = 0.0,
    aside: bool = False,
) -> Generator[Progress]:
    """Try remedies one after the other; one that cannot be tried is said, and left out.

    Args:
        name: of the study without them.
        plans: what to try, in this order, each with the folder of the study that tries it.
        url: of the database.
        folder: of the study without them.
        stop: set it to end after the segment in flight.
        seeds: fresh ones of each winner.
        imported: as for ``run_study``.
        aside: as for ``run_study``.

    Yields:
        A ``Progress`` after each phase and segment, with a ``note`` where a remedy begins, or
        cannot be tried. The last has the study's ``diagnosis`` with all that was tried, now or
        before, none where nothing could be compared, and what ``failed``. There is no last where
        the stop was set before.

    Raises:
        OSError: after the last look: the reports cannot be written.
        StorageError: the database cannot be used.
        DiagnosisError: there was nothing left to try, and the study cannot be diagnosed.
    """
    stop = stop or threading.Event()
    diagnosis: Diagnosis | None = None
    unwritten: OSError | None = None
    failed: list[str] = []
    for place, (plan, treated) in enumerate(plans, start=1):
        trials = plan.loaded.spec.study.trials
        begun = f"Remedy {place} of {len(plans)}: {plan.tried.remedy}, in study {plan.name}."
        yield Progress(Phase.LOADING, trials, note=begun)
        both = Folders(folder, treated)
        steps = treat_study(
            name, plan, url, both, stop, seeds=seeds, imported=imported, aside=aside
        )
        diagnosis = (yield from _tried(plan, steps, failed)) or diagnosis
        if stop.is_set():
            return
        imported = 0.0  # passed before the first remedy only
    if not plans:
        yield Progress(Phase.DIAGNOSING, 0, note="Nothing that is advised is left to try.")
        diagnosis, unwritten = report_again(name, url, folder)
    yield Progress(Phase.DONE, 0, diagnosis=diagnosis, failed=tuple(failed))
    if unwritten:
        raise unwritten


def _tried(
    plan: Plan, steps: Iterable[Progress], failed: list[str]
) -> Generator[Progress, None, Diagnosis | None]:
    """Show one remedy's trial but for its end; the diagnosis that it ends with, if it has one.

    One that cannot be tried is added to those that ``failed``.
    """
    trials, diagnosis = plan.loaded.spec.study.trials, None
    try:
        for progress in steps:
            if progress.phase is not Phase.DONE:
                yield progress
                continue
            diagnosis = progress.diagnosis
            if left_out := _why_not(progress.conclusion):
                yield Progress(Phase.LOADING, trials, note=left_out)
    except _OF_ONE as error:
        failed.append(f"{plan.tried.remedy}: {error}")
        yield Progress(Phase.LOADING, trials, note=failed[-1])
    return diagnosis


def _why_not(conclusion: Conclusion | None) -> str | None:
    """Why a study with a remedy was not compared, if not for a stop."""
    if conclusion is None or conclusion.ending is Ending.INTERRUPTED:
        return None
    if conclusion.ending is Ending.TIMEOUT:
        return (
            f"The time of study {conclusion.study} was up after {conclusion.ended:,} trials; the "
            "same command goes on with it."
        )
    return conclusion.nothing_to_compare
