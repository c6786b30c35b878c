"""The diagnosis of a study: its best trial's errors, gaps, verdict, findings and remedies."""

import shlex
from collections.abc import Mapping
from typing import Any

from ..storage.records.data import BayesRecord
from ..storage.records.results import Outcome, TrialResult
from ..storage.records.runs import Provenance
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord
from .data.label_findings import label_check, suspects
from .evidence import curve_evidence, floor_evidence, gather_evidence
from .findings import Diagnosis, DiagnosisError, Errors, Finding, FindingKind
from .gaps import groupings, measure_errors, measure_gaps
from .objective import class_counts, judged
from .regions.region_findings import region_findings, regions_of
from .remedies.advice import Case
from .remedies.objections import objections
from .remedies.remedies import recommend
from .report.selection_text import selection_caveats
from .single_tasks import task_studies
from .studies.harder_test import tell_mismatch_apart
from .studies.replication import replication_of
from .studies.selection import Selection, selection_of, with_corrected_gap
from .units import Task, Unit, unit_of
from .verdict import gap_findings, judge, of_all
from .vital_signs.vital_findings import layers_not_checked, saddle_not_checked

_RETRAINING_NOISE = (
    "Retraining noise: the best trial was not trained again with other seeds, so part of its lead "
    "over the next trials may be luck; [study] replicates = 5 would tell."
)
_INDEPENDENCE = (
    "Independence: the intervals assume that rows were drawn independently of one another; rows "
    "of one person, place or day in several splits would break that."
)
_OF_GROUPS = (
    "Independence: rows count as much as their groups tell, and groups are assumed to be "
    "independent of one another."
)
_NEVER_CHECKED = (
    "Data to come: whether it resembles the validation and test rows.",
    "The training error's interval treats the training rows as a fresh sample, although the "
    "network was fitted to them.",
)
_LABELS = "Labels: whether they are right, apart from equal inputs with different labels."
_LABELS_CHECKED = (
    "Labels near the borders between classes: a wrong one cannot be told from overlap there; how "
    "many are wrong was read from rows far from them."
)
_OF_THE_TASK = {
    Task.CLASSIFICATION: (_LABELS,),
    Task.MULTILABEL: (
        _LABELS,
        "Single labels: the errors are means over labels, of which one may suffer and others not.",
    ),
    Task.REGRESSION: (
        "Targets: whether they are right.",
        "Heavy tails: where rare errors are huge, rows that hold none of them make every upper "
        "limit too low.",
        "R²: its intervals take the target's variance as known.",
    ),
    Task.MULTITASK: (
        "Targets: whether they are right, apart from equal inputs with different classes.",
        "Constant answers: the intervals take their errors, which errors are relative to, as "
        "known.",
        "Heavy tails: where rare errors are huge, rows that hold none of them make every upper "
        "limit too low.",
    ),
}
_SMOOTH = {
    Task.CLASSIFICATION: "that with more rows errors fall no further than so far, three times over",
    Task.MULTILABEL: "that with more rows errors fall no further than so far, three times over",
    Task.REGRESSION: "a target that changes smoothly with the inputs",
    Task.MULTITASK: "that with more rows errors fall no further than so far, three times over, and "
    "quantities that change smoothly with the inputs",
}
_SEVERAL_TARGETS = (
    "Single targets: the errors are means over targets in squared units, in which the one with the "
    "largest values counts most."
)


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
    tolerance = float(spec["diagnosis"]["tolerance"]) * unit.whole
    grouped = groupings(study)
    errors = measure_errors(result, provenance.rows, bayes, unit, provenance.class_rows, grouped)
    gaps = measure_gaps(errors, unit, among or 1)
    selection, corrected = None, None
    if not among:
        selection = selection_of(study, unit)
        if selection and selection.trial == best.number:
            corrected = selection.corrected
        errors, gaps = tell_mismatch_apart(study, errors, gaps, corrected, unit)
        selection = with_corrected_gap(selection, best.number, errors)
    key = "task_bayes_error" if among or tasks else "bayes_error"
    of_the_gaps = gap_findings(errors, gaps, tolerance, unit, key)
    evidence = (
        (
            *floor_evidence(errors, bayes, unit),
            *curve_evidence(study, provenance, result, gaps, tolerance, unit, among),
            *region_findings(study, unit),
        )
        if among
        else gather_evidence(study, provenance, result, errors, gaps, tolerance, unit, corrected)
    )
    found = (*of_the_gaps, *evidence)
    known = (None, None) if among else (errors, gaps)
    case = Case(spec, study, provenance, best, found, unit, *known, tolerance)
    against = objections(case)
    return Diagnosis(
        study=study.name,
        trial=best.number,
        verdict=of_all(tasks) if tasks else judge(gaps, tolerance),
        errors=errors,
        gaps=gaps,
        findings=found,
        remedies=recommend(case, {it.kind for it in against}),
        spoken_against=against,
        not_checked=()
        if among
        else _not_checked(study, errors, bayes, unit, found, selection, result),
        replication=None if among else replication_of(study),
        selection=selection,
        regions=regions_of(study),
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


def _not_checked(
    study: StudyRecord,
    errors: Errors,
    bayes: BayesRecord,
    unit: Unit,
    found: tuple[Finding, ...],
    selection: Selection | None,
    best: TrialResult,
) -> tuple[str, ...]:
    pruned = sum(t.result is not None and t.result.outcome is Outcome.PRUNED for t in study.trials)
    sentences = [*selection_caveats(study, selection)]
    if pruned:
        sentences.append(
            f"Pruned trials: {pruned:,} more were stopped early by their validation error; one "
            "that learns slowly might have become the best."
        )
    sentences.extend(_mismatch_not_checked(errors))
    if unit.balanced:
        sentences.append(_balanced_caveat(study))
    named = [name for name, it in bayes.tasks.items() if it.given]
    if named and not bayes.given:
        sentences.append(
            f"The Bayes error of {' and '.join(named)} was given and is taken at its word."
        )
    sentences.append(
        "The Bayes error was given and is taken at its word."
        if bayes.given
        else "The Bayes error is an estimate from these inputs: a lower limit above 0 assumes "
        f"{_SMOOTH[unit.task]}, and no estimate tells what other inputs could add."
    )
    several = unit.task is Task.REGRESSION and unit.columns > 1
    of_the_task = (*_OF_THE_TASK[unit.task], *((_SEVERAL_TARGETS,) if several else ()))
    if label_check(study):
        of_the_task = tuple(_LABELS_CHECKED if it == _LABELS else it for it in of_the_task)
    told = study.winner() or any(f.kind is FindingKind.WINNER_IN_DOUBT for f in found)
    noise = () if told else (_RETRAINING_NOISE,)
    inside = (layers_not_checked(best, study.spec or {}), *saddle_not_checked(best))
    independence = _OF_GROUPS if groupings(study) else _INDEPENDENCE
    rest = (*_NEVER_CHECKED[:1], independence, *_NEVER_CHECKED[1:], *inside, *of_the_task)
    return (*sentences, *_regions(study), *noise, *rest)


def _mismatch_not_checked(errors: Errors) -> tuple[str, ...]:
    """Which rows may be of another kind than the training rows; nothing where a bridge tells."""
    if errors.bridge is not None:
        return ()
    rows = "validation rows come" if errors.corrected else "validation and test rows come"
    return (
        f"Data mismatch: whether {rows} from the same source as the training rows; where they do "
        "not, a bridge split (data.bridge) tells mismatch from variance.",
    )


def _regions(study: StudyRecord) -> tuple[str, ...]:
    """Why it is not known whether bias, variance or noise are higher in some region."""
    found = regions_of(study)
    if found is not None and found.skipped is None:
        return ()
    why = found.skipped if found else "none were sought for this trial's network"
    advice = "" if found else f"; `netclinic resume {shlex.quote(study.name)}` does"
    return (
        "Regions of the data: bias may be high in one and variance in another; not looked at, as "
        f"{why}{advice}.",
    )


def _balanced_caveat(study: StudyRecord) -> str:
    """What a reader of balanced errors must know, with the splits that lack classes."""
    rows = study.provenance and study.provenance.class_rows
    counted = rows._asdict() if rows else {}
    lacking = [
        f"{counts.count(0):,} in the {split} rows"
        for split, counts in counted.items()
        if split != "names" and counts and 0 in counts
    ]
    missing = (
        f" Classes without rows ({', '.join(lacking)}) are left out of that split's mean, so the "
        "gaps compare means over other classes."
        if lacking
        else ""
    )
    return (
        "Shares of the classes: every class counts alike in errors, gaps and verdict, however many "
        f"rows it has; the share of all rows that is wrong may be another one.{missing}"
    )
