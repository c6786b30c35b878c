"""What follows the last trial: the Bayes error, the diagnosis and the reports."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..datasets.dataset import Dataset
from ..diagnostics import (
    diagnose,
    estimate_bayes_error,
    render_html,
    render_json,
    render_markdown,
)
from ..diagnostics.bayes.data_question import ask
from ..diagnostics.bayes.data_reading import DataReading, read_data
from ..diagnostics.bayes.looked_at import SeenByMixture
from ..diagnostics.data.drift import check_drift
from ..diagnostics.data.label_errors import check_labels
from ..diagnostics.data.shift import check_shift
from ..diagnostics.findings import Diagnosis
from ..diagnostics.report.report_html import start_drawing
from ..diagnostics.studies.winner_parts import (
    decompose_answers,
    decompose_labels,
    decompose_quantities,
)
from ..diagnostics.vital_signs.vital_sign import learnt_little
from ..storage import DiskFull, ReadOnly, TrialStore, shown_url
from ..storage.records.data import BayesRecord, DataCheck
from ..storage.records.replicates import DecompositionRecord
from ..storage.records.study import StudyRecord
from .aside import Aside
from .diagnosed import Diagnosed
from .file_errors import write_file
from .known_floor import soft_labels
from .resolved_text import RESOLVED, resolved_text
from .spec_file import resolved_of, spec_from_resolved
from .study_data import load_data

if TYPE_CHECKING:
    from .study_start import OpenStudy

_STORED = "The study is stored, and `netclinic resume` writes its reports once there is room."
_NOT_KEPT = (ReadOnly, DiskFull)


class Reported(NamedTuple):
    """A diagnosis, and why its reports could not be written, if so."""

    diagnosis: Diagnosis
    unwritten: OSError | None  # for the caller to raise, who tells the diagnosis first


REPORTS = {
    "report.html": render_html,
    "report.md": render_markdown,
    "diagnosis.json": lambda _, diagnosis: render_json(diagnosis),
}


def conclude(
    open_study: "OpenStudy", folder: Path, reading: DataReading, aside: Aside
) -> Diagnosed:
    """Estimate the Bayes error, diagnose the best trial and store both; what reports are made of.

    Args:
        open_study: that was trained; its files may lie elsewhere than when it began.
        folder: of the study's files, which has the best network below it.
        reading: what small models make of the data.
        aside: works out what needs no network.

    Raises:
        DiagnosisError: no trial completed.
        StorageError: the database failed.
    """
    # These import jax, which diagnosing again does without.
    from .best_labels import labels_of_best
    from .group_effects import group_effects
    from .moved_files import with_files_of
    from .region_search import look_for_regions

    store, dataset, now = open_study.store, open_study.dataset, resolved_of(open_study.spec)

    def read() -> StudyRecord:
        study = store.load_study(open_study.spec.study.name)
        return replace(study, spec=with_files_of(study.spec or {}, now))

    study = read()
    regions = look_for_regions(folder, study, dataset, reading.seen, aside)
    with _charts_beside():  # not before: while what draws them starts, little else runs
        checks = (*check_data(dataset, reading.seen), *group_effects(folder, study, dataset))
        store.save_data_checks(study.study_id, checks)
        study = replace(study, data_checks=checks)
        store.save_bayes(study.study_id, _bayes_error(dataset, study, reading))
        if found := decompose_winner(store, study, dataset):
            store.save_decomposition(study.study_id, found)
        best = study.best()
        if best and (labels := labels_of_best(folder, study, dataset)):
            store.save_labels(best.trial_id, labels)
        if best and learnt_little(best.result):
            from .best_curvature import curvature_of_best

            if curvature := curvature_of_best(folder, study, dataset):
                store.save_curvature(best.trial_id, curvature)
        if regions:
            store.save_regions(study.study_id, regions())
        study = read()
        diagnosis = diagnose(study)
        store.save_diagnosis(study.study_id, diagnosis.as_dict())
    return Diagnosed(study, diagnosis)


def _bayes_error(dataset: Dataset, study: StudyRecord, reading: DataReading) -> BayesRecord:
    known = (study.spec or {}).get("diagnosis", {})
    return estimate_bayes_error(dataset, study, soft_labels(known, dataset), reading)


def check_data(dataset: Dataset, seen: SeenByMixture | None) -> tuple[DataCheck, ...]:
    """What is found out about the data beside the Bayes error."""
    labels = None if seen is None else check_labels(dataset, seen)
    shifts = *check_drift(dataset), *check_shift(dataset)
    return (*shifts, *(() if labels is None else (labels,)))


def decompose_winner(
    store: TrialStore, study: StudyRecord, dataset: Dataset
) -> DecompositionRecord | None:
    """The winner's error taken apart over its bootstrap replicates; ``None`` if they are missing.

    On the test rows: the validation rows chose the winner, and would flatter it.
    """
    winner = study.winner()
    if winner is None:
        return None
    answers = store.answers(winner.trial_id, study.bootstrap_kind)
    if len(answers) < 2:
        return None
    labels = dataset.test.labels
    groups = dataset.groups[2] if dataset.groups else None
    if dataset.target is not None:
        return decompose_quantities(winner.number, answers, labels, dataset.target.scale, groups)
    if dataset.task == "multilabel":
        return decompose_labels(winner.number, answers, labels, groups)
    return decompose_answers(winner.number, answers, labels, dataset.classes, groups)


def diagnose_again(name: str, url: str, folder: Path | None = None) -> Diagnosed:
    """Diagnose a stored study anew and store the diagnosis, unless the database cannot be written.

    The data is loaded only when no Bayes error is stored yet, as after an interrupted run.

    Args:
        name: of the study.
        url: of the database.
        folder: of the study's files, which may have the best network below it: of data whose rows
            come in groups it tells how these hang together.

    Raises:
        StorageError: no such study, or the database failed.
        DiagnosisError: no trial completed, or netclinic did not create the study.
        DataError: the data cannot be loaded.
        StudyError: they have changed since the study began, or are where they were no more.
    """
    with TrialStore(url) as store:
        study = store.load_study(name)
        if study.bayes is None and study.spec is not None and study.finished():
            from .same_study import refuse_gone, refuse_other_data

            spec = spec_from_resolved(study.spec)
            refuse_gone(name, spec)
            dataset = load_data(spec, Path.cwd())
            refuse_other_data(name, study.provenance, dataset)
            reading = read_data(ask(dataset, study.spec))
            checks = check_data(dataset, reading.seen)
            if dataset.groups and folder is not None:
                from .group_effects import group_effects  # imports jax

                checks = (*checks, *group_effects(folder, study, dataset))
            study = replace(study, data_checks=checks)
            floor = _bayes_error(dataset, study, reading)
            study = replace(study, bayes=floor)
            with contextlib.suppress(*_NOT_KEPT):
                store.save_bayes(study.study_id, floor)
                store.save_data_checks(study.study_id, checks)
                study = store.load_study(name)
        diagnosis = diagnose(study)
        document = diagnosis.as_dict()
        try:
            store.save_diagnosis(study.study_id, document)
        except _NOT_KEPT as error:
            note = f"{shown_url(url)} {error.why}, so the diagnosis was not kept there."
            return Diagnosed(study, diagnosis, note)
        return Diagnosed(replace(study, diagnosis=document), diagnosis)


def report_again(name: str, url: str, folder: Path) -> Reported:
    """Diagnose a stored study anew, store the diagnosis and write its reports.

    Raises:
        StorageError: as of ``diagnose_again``, as the next.
        DiagnosisError: no trial completed.
    """
    return report(diagnose_again(name, url, folder), folder)


def report(found: Diagnosed, folder: Path) -> Reported:
    """Write the reports, as far as that can be done."""
    try:
        write_reports(found, folder)
    except OSError as error:
        return Reported(found.diagnosis, error)
    return Reported(found.diagnosis, None)


@contextlib.contextmanager
def _charts_beside() -> Iterator[None]:
    """Get ready to draw charts meanwhile, which takes a second."""
    starting = threading.Thread(target=start_drawing, name="netclinic-charts")
    starting.start()
    try:
        yield
    finally:
        starting.join()


def write_reports(found: Diagnosed, folder: Path) -> list[Path]:
    """Write report.html, report.md, diagnosis.json and the spec as it was run; their paths.

    Args:
        found: the study, and its diagnosis.
        folder: to write to; made where there is none.

    Raises:
        OSError: one cannot be written, with its name and what to do.
    """
    study, diagnosis = found.study, found.diagnosis
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    # Made before a file is opened: a failure keeps the old report.
    texts = {name: render(study, diagnosis) for name, render in REPORTS.items()}
    if study.spec is not None:
        texts[RESOLVED] = resolved_text(study.spec)
    for name, text in texts.items():
        write_file(folder / name, text, _STORED)
        written.append(folder / name)
    return written
