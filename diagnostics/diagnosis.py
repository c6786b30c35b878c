"""The diagnosis of a study: its best trial's errors, gaps, verdict, findings and remedies."""

from typing import Any

from ..storage.records import (
    BayesRecord,
    Outcome,
    Provenance,
    StudyRecord,
    TrialRecord,
    TrialResult,
)
from .evidence import gather_evidence
from .findings import Diagnosis, DiagnosisError
from .gaps import measure_errors, measure_gaps
from .remedies import Case, recommend
from .verdict import gap_findings, judge

_NEVER_CHECKED = (
    "Regions of the data: bias may be high in one region and variance in another.",
    "Retraining noise: the best trial was not trained again with other seeds, so part of its lead "
    "over the next trials may be luck.",
    "Data mismatch: whether the data to come resembles the validation and test rows.",
    "Labels: whether they are right, apart from equal inputs with different labels.",
    "Independence: the intervals assume that rows were drawn independently of one another; rows "
    "of one person, place or day in several splits would break that.",
    "The inside of the network: dead units, saturated activations, vanishing gradients of single "
    "layers.",
    "The training error's interval treats the training rows as a fresh sample, although the "
    "network was fitted to them.",
)


def diagnose(study: StudyRecord) -> Diagnosis:
    """Diagnose the trial with the lowest validation error; no data and no clock are looked at.

    Raises:
        DiagnosisError: the study was not made by netclinic, no trial completed, the best trial's
            errors are incomplete, or no Bayes error is stored.
    """
    spec, provenance, best, result, bayes = _requirements(study)
    tolerance = float(spec["diagnosis"]["tolerance"])
    errors = measure_errors(result, provenance.rows, bayes)
    gaps = measure_gaps(errors)
    found = (
        *gap_findings(errors, gaps, tolerance),
        *gather_evidence(study, provenance, result, errors, gaps, tolerance),
    )
    return Diagnosis(
        study=study.name,
        trial=best.number,
        verdict=judge(gaps, tolerance),
        errors=errors,
        gaps=gaps,
        findings=found,
        remedies=recommend(Case(spec, study, provenance, best, found)),
        not_checked=_not_checked(study, bayes),
        tolerance=tolerance,
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
            f"study {name!r} has no completed trial (trials: {states}). "
            f"Train some with `netclinic resume {name}`; if all diverged, lower the upper limit "
            "of search.learning_rate."
        )
    result = best.result
    if None in (result.training_error, result.validation_error, result.test_error):
        raise DiagnosisError(
            f"trial {best.number} of study {name!r} has no complete set of training, validation "
            "and test error. Run the study again under another name."
        )
    if study.bayes is None:
        raise DiagnosisError(
            f"study {name!r} has no Bayes error yet. It is estimated when the study ends: finish "
            f"it with `netclinic resume {name}`."
        )
    return dict(study.spec), study.provenance, best, result, study.bayes


def _states(study: StudyRecord) -> list[str]:
    """How many trials are in each outcome or state, e.g. "3 diverged"."""
    counts: dict[str, int] = {}
    for trial in study.trials:
        state = trial.result.outcome.value if trial.result else trial.state.lower()
        counts[state] = counts.get(state, 0) + 1
    return [f"{count} {state}" for state, count in sorted(counts.items())]


def _not_checked(study: StudyRecord, bayes: BayesRecord) -> tuple[str, ...]:
    finished = len(study.finished())
    pruned = sum(t.result is not None and t.result.outcome is Outcome.PRUNED for t in study.trials)
    sentences = []
    if finished > 1:
        sentences.append(
            f"Selection: the best of {finished:,} trials was chosen by its validation error, which "
            "is therefore optimistic, and with it the variance; the test error is the judge."
        )
    if pruned:
        sentences.append(
            f"Pruned trials: {pruned:,} more were stopped early by their validation error; one "
            "that learns slowly might have become the best."
        )
    sentences.append(
        "The Bayes error was given and is taken at its word."
        if bayes.given
        else "The Bayes error is an estimate from these inputs: a lower limit above 0 assumes "
        "smooth densities, and no estimate tells what other inputs could add."
    )
    return (*sentences, *_NEVER_CHECKED)
