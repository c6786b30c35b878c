"""The diagnosis of a study: its best trial's errors, gaps, verdict, findings and remedies."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..storage.records.data import BayesRecord
from ..storage.records.results import TrialResult
from ..storage.records.runs import Provenance
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord
from .data.label_findings import suspects
from .data.label_standings import label_standings
from .evidence import curve_evidence, floor_evidence, gather_evidence
from .findings import Diagnosis, DiagnosisError
from .gap_findings import gap_findings
from .gaps import groupings, measure_errors, measure_gaps
from .leaning import leaning_of_all, likely_verdict
from .not_checked import not_checked
from .objective import class_counts, judged
from .regions.region_findings import region_findings, regions_of, without_variance
from .remedies.case import Case
from .remedies.objections import objections
from .remedies.remedies import recommend
from .remedies.told_once import told_once
from .remedies.tried import tried_remedies, with_results
from .single_tasks import task_studies
from .studies.harder_test import tell_mismatch_apart
from .studies.replication import replication_of
from .studies.selection import selection_of, with_corrected_gap
from .units import Task, Unit, unit_of
from .verdict import judge, of_all


def diagnose(study: StudyRecord) -> Diagnosis:
    """Diagnose the best trial (``StudyRecord.best``); no data and no clock are looked at.

    Raises:
        DiagnosisError: the study was not made by netclinic, no trial completed, the best trial's
            errors are incomplete, or no Bayes error is stored.
    """
    study = judged(study)
    single = task_studies(study)
    return _diagnosis(study, {n: _diagnosis(it, among=len(single)) for n, it in single.items()})


def _diagnosis(
    study: StudyRecord, tasks: Mapping[str, Diagnosis] | None = None, among: int | None = None
) -> Diagnosis:
    """The diagnosis of a study, of several tasks with that of each; or of one ``among`` so many.

    One among several has a floor of its own. Its gaps and those of all others hold together with
    95 % (Bonferroni over tasks and gaps). It has the findings that its own numbers and curves make:
    search and data belong to all tasks together.
    """
    spec, provenance, best, result, bayes = _requirements(study)
    unit = _unit(study.name, spec, provenance, best, result)
    tolerance, grouped = float(spec["diagnosis"]["tolerance"]) * unit.whole, groupings(study)
    errors = measure_errors(result, provenance.rows, bayes, unit, provenance.class_rows, grouped)
    gaps = measure_gaps(errors, unit, among or 1)
    selection, corrected = None, None
    if not among:
        selection = selection_of(study, unit)
        if selection and selection.trial == best.number:
            corrected = selection.corrected
        errors, gaps = tell_mismatch_apart(study, errors, gaps, corrected, unit)
        if errors.corrected and study.regions:
            study = replace(study, regions=without_variance(study.regions))
        selection = with_corrected_gap(selection, best.number, errors)
    key = "task_bayes_error" if among or tasks else "bayes_error"
    chose = "may have chosen the network" if study.only_predictions else "chose the trial"
    found = gap_findings(errors, gaps, tolerance, unit, key, chose)
    found += (
        (
            *floor_evidence(errors, bayes, unit),
            *curve_evidence(study, provenance, result, gaps, tolerance, unit, among),
            *region_findings(study, unit),
        )
        if among
        else gather_evidence(study, provenance, result, errors, gaps, tolerance, unit, corrected)
    )
    known = (None, None) if among else (errors, gaps)
    case = Case(spec, study, provenance, best, found, unit, *known, tolerance)
    against = objections(case)
    advised = with_results(recommend(case, {it.kind for it in against}), case)
    return Diagnosis(
        study=study.name,
        trial=best.number,
        verdict=of_all(tasks) if tasks else judge(gaps, tolerance),
        leaning=leaning_of_all(tasks) if tasks else likely_verdict(gaps, tolerance),
        errors=errors,
        gaps=gaps,
        findings=found,
        remedies=told_once(advised, found),
        spoken_against=against,
        not_checked=() if among else not_checked(study, errors, unit, found, selection),
        replication=None if among else replication_of(study),
        selection=selection,
        labels=label_standings(study),
        regions=regions_of(study),
        tried=() if among else tried_remedies(study.treatments, tolerance, unit.task),
        learning_curve=None if among else study.learning_curve,
        tolerance=tolerance,
        unit=unit,
        tasks=tasks or {},
        label_errors=suspects(study),
    )


def _requirements(
    study: StudyRecord,
) -> tuple[dict[str, Any], Provenance, TrialRecord, TrialResult, BayesRecord]:
    """Everything that a diagnosis cannot do without."""
    name = study.name
    if study.spec is None or study.provenance is None:
        raise DiagnosisError(
            f"study {name!r} was not made by netclinic: it has no spec, so neither its network "
            "nor its data are known. Write a spec and start it with `netclinic run SPEC`."
        )
    best = study.best()
    if best is None or best.result is None:
        states = ", ".join(_states(study)) or "none"
        raise DiagnosisError(
            f"study {name!r} has no completed trial (trials: {states}). {_may_have_died(study)}"
            f"Train some with `netclinic resume {shlex.quote(name)}`; if all diverged, lower the "
            "upper limit of search.learning_rate."
        )
    result = best.result
    needed = [result.training_error, result.validation_error, result.test_error]
    if study.provenance.rows.bridge:
        needed.append(result.bridge_error)
    if None in needed:
        raise DiagnosisError(
            f"trial {best.number} of study {name!r} has no complete set of errors, one "
            "for each split. Run the study again under another name."
        )
    if study.bayes is None:
        raise DiagnosisError(
            f"study {name!r} has no Bayes error yet. It is estimated when the study ends: finish "
            f"it with `netclinic resume {shlex.quote(name)}`."
        )
    return dict(study.spec), study.provenance, best, result, study.bayes


def _unit(
    name: str,
    spec: dict[str, Any],
    provenance: Provenance,
    best: TrialRecord,
    result: TrialResult,
) -> Unit:
    """What the errors are; refuse a study that lacks what their intervals need."""
    try:
        unit = unit_of(spec, provenance)
    except ValueError as e:
        raise DiagnosisError(
            f"study {name!r} is one of regression without the variance of its target, so R² and "
            "the tolerance are unknown. Run the study again under another name."
        ) from e
    if unit.balanced and class_counts(result, provenance.class_rows, "test") is None:
        raise DiagnosisError(
            f"trial {best.number} of study {name!r} lacks the wrong rows of each class, without "
            "which a balanced error has no interval. Run the study again under another name."
        )
    deviations = [result.training_deviation, result.validation_deviation, result.test_deviation]
    if provenance.rows.bridge:
        deviations.append(result.bridge_deviation)
    if unit.task is not Task.CLASSIFICATION and None in deviations:
        raise DiagnosisError(
            f"trial {best.number} of study {name!r} lacks the deviation of its rows' errors, "
            "without which they have no intervals. Run the study again under another name."
        )
    return unit


def _may_have_died(study: StudyRecord) -> str:
    if all(trial.state != "RUNNING" for trial in study.trials):
        return ""
    return (
        "Running are also those whose process was killed, until another takes them over: if none "
        "trains them now, resume does. "
    )


def _states(study: StudyRecord) -> list[str]:
    """How many trials are in each outcome or state, e.g. "3 diverged"."""
    counts: dict[str, int] = {}
    for trial in study.trials:
        state = trial.result.outcome.value if trial.result else trial.state.lower()
        counts[state] = counts.get(state, 0) + 1
    return [f"{count} {state}" for state, count in sorted(counts.items())]
