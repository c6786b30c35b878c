"""A study as a real run leaves it: 64 trials with curves, some of them diverged."""

import functools
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from netclinic.diagnostics.findings import (
    Diagnosis,
    Finding,
    FindingKind,
    Remedy,
    RemedyKind,
    Severity,
    Verdict,
)
from netclinic.diagnostics.ladder import Errors, Estimate, Gap, Gaps
from netclinic.diagnostics.statistics import winners_curse
from netclinic.storage.records.data import BayesRecord, SplitSizes
from netclinic.storage.records.results import Curves, Outcome, TrialResult
from netclinic.storage.records.runs import Provenance
from netclinic.storage.records.study import SearchRange, StudyRecord
from netclinic.storage.records.trials import TrialRecord
from sklearn.base import BaseEstimator

# scikit-learn reads an estimator's signature anew for each tree of a forest, which took a third of
# the time of small forests: each class has one.
_names_of = BaseEstimator._get_param_names.__func__  # type: ignore[attr-defined]
BaseEstimator._get_param_names = classmethod(functools.cache(_names_of))

ROWS = SplitSizes(1077, 360, 360)
SPEC_TEXT = """[study]
name = "digits"

[data]
source = "digits"

[diagnosis]
tolerance = 0.02
"""


def _curves(log_rate: float, epochs: int, random: np.random.Generator) -> Curves:
    pace = 0.12 * math.exp(-0.9 * abs(log_rate + 1.9))
    fall = np.exp(-pace * 5 * np.arange(1, epochs + 1))
    training = 0.9 * fall + 0.002
    validation = 0.85 * fall + 0.065 + 0.004 * random.standard_normal(epochs)
    return Curves(
        tuple(float(x) for x in 2.3 * fall + 0.003),
        tuple(round(float(x) * ROWS.train) / ROWS.train for x in training),
        tuple(float(x) for x in 2.2 * fall + 0.12 + 0.05 * (1 - fall)),
        tuple(round(max(x, 0.014) * ROWS.validation) / ROWS.validation for x in validation),
        tuple(float(x) for x in 1.5 * fall + 0.02),
    )


def make_trial(number: int, epochs: int = 20) -> TrialRecord:
    """The trial that a real run would leave under this number: a function of the number."""
    random = np.random.default_rng(number)
    log_rate, log_decay, log_rest = random.uniform([-5, -7, -3], [-1, -1, -1])
    values = {
        "learning_rate": 10**log_rate,
        "weight_decay": 10**log_decay,
        "momentum": 1 - 10**log_rest,
    }
    started = datetime(2025, 11, 22, 21, 40) + timedelta(seconds=number // 8)
    diverged = log_rate - log_rest > 0.4
    curves = _curves(log_rate, 3 if diverged else epochs, random)
    if diverged:
        curves = Curves(*((*c[:2], None) for c in curves))
    last = Curves(*(c[-1] for c in curves))
    errors = [e for e in curves.validation_error if e is not None]
    result = TrialResult(
        trial_id=number + 1,
        outcome=Outcome.DIVERGED if diverged else Outcome.COMPLETED,
        value=last.validation_error,
        **values,
        epochs=3 if diverged else epochs,
        best_epoch=None if diverged else 1 + errors.index(min(errors)),
        diverged_epoch=3 if diverged else None,
        training_loss=last.training_loss,
        training_error=last.training_error,
        validation_loss=last.validation_loss,
        validation_error=last.validation_error,
        test_loss=last.validation_loss,
        test_error=None if last.validation_error is None else last.validation_error + 2 / 360,
        parameters=26122,
        seconds=0.11,
        lanes=8,
        strategy="map",
        curves=curves,
    )
    return TrialRecord(
        trial_id=number + 1,
        number=number,
        state="FAIL" if diverged else "COMPLETE",
        parameters=values,
        value=result.value,
        started=started,
        completed=started + timedelta(seconds=2),
        result=result,
    )


def make_study(trials: int = 64, name: str = "digits", epochs: int = 20) -> StudyRecord:
    """A study of that many trials."""
    return StudyRecord(
        study_id=1,
        name=name,
        direction="minimize",
        spec_text=SPEC_TEXT,
        spec={
            "diagnosis": {"tolerance": 0.02},
            "data": {"source": "digits"},
            "network": {"kind": "mlp", "hidden": [128, 128]},
            "search": {},
            "training": {"optimizer": "sgd", "epochs": 20},
        },
        provenance=Provenance(
            netclinic_version="0.1.0",
            versions={"jax": "0.10.2", "optuna": "5.0.0"},
            python="3.11.2",
            platform="Linux x86_64",
            device="2 × cpu",
            git_revision="1f2e3d4c+dirty",
            data_fingerprint="ab" * 32,
            rows=ROWS,
            features=64,
            classes=10,
        ),
        ranges=(
            SearchRange("learning_rate", "log", 1e-5, 1e-1),
            SearchRange("weight_decay", "log", 1e-7, 1e-1),
            SearchRange("momentum", "one_minus_log", 0.9, 0.999),
        ),
        trials=tuple(make_trial(number, epochs) for number in range(trials)),
        bayes=BayesRecord(0.011, 0.0, 0.023, 360, "the best network's test error", False),
    )


def prune(study: StudyRecord) -> StudyRecord:
    """The study as if a quarter of its completed trials had been stopped early, never the best."""
    best = study.best()
    early = [t.number for t in study.finished()[::4] if t is not best]
    trials = tuple(_pruned(t) if t.number in early else t for t in study.trials)
    return replace(study, trials=trials)


def _pruned(trial: TrialRecord) -> TrialRecord:
    assert trial.result is not None
    curves = Curves(*(values[:4] for values in trial.result.curves))
    value = curves.validation_error[-1]
    result = trial.result._replace(
        outcome=Outcome.PRUNED,
        value=value,
        epochs=4,
        best_epoch=4,
        training_loss=curves.training_loss[-1],
        training_error=curves.training_error[-1],
        validation_loss=curves.validation_loss[-1],
        validation_error=value,
        test_loss=None,
        test_error=None,
        curves=curves,
    )
    return replace(trial, state="PRUNED", value=value, result=result)


def make_diagnosis(study: StudyRecord) -> Diagnosis:
    """A diagnosis of high variance with every part filled in."""
    best = study.best()
    assert best is not None
    diverged = sum(t.state == "FAIL" for t in study.trials)
    wilson = "Wilson score interval, 95 %"
    return Diagnosis(
        study=study.name,
        trial=best.number,
        verdict=(Verdict.HIGH_VARIANCE,),
        errors=Errors(
            bayes=Estimate(0.011, 0.0, 0.023, 360, "Clopper–Pearson of the best held-out error"),
            training=Estimate(0.0037, 0.0013, 0.0095, ROWS.train, wilson),
            validation=Estimate(0.0611, 0.0407, 0.0908, ROWS.validation, wilson),
            test=Estimate(0.0667, 0.0452, 0.0972, ROWS.test, wilson),
        ),
        gaps=Gaps(
            avoidable_bias=Gap(-0.0073, -0.0217, 0.0095, 0.975, "difference of the limits"),
            variance=Gap(0.0574, 0.0345, 0.0906, 0.975, "Newcombe hybrid score, Bonferroni"),
            selection_optimism=Gap(0.0056, -0.0312, 0.0424, 0.95, "Newcombe hybrid score"),
            test_variance=Gap(0.0630, 0.0388, 0.0971, 0.975, "Newcombe hybrid score, Bonferroni"),
        ),
        findings=(
            Finding(
                FindingKind.HIGH_VARIANCE,
                Severity.PROBLEM,
                {"gap": 0.0574, "low": 0.0345, "tolerance": 0.02},
                "The validation error lies 5.7 points above the training error.",
            ),
            Finding(
                FindingKind.DIVERGED_TRIALS,
                Severity.WARNING,
                {"diverged": diverged, "trials": len(study.trials)},
                f"{diverged} of {len(study.trials)} trials diverged.",
            ),
            Finding(
                FindingKind.STILL_IMPROVING,
                Severity.INFO,
                {"slope": -0.0021, "epochs": 20},
                "The training loss was still falling at the end.",
            ),
        ),
        remedies=(
            Remedy(
                RemedyKind.MORE_DATA,
                FindingKind.HIGH_VARIANCE,
                1,
                "The most effective cure of variance; the network knows its 1,077 rows by heart.",
                None,
            ),
            Remedy(
                RemedyKind.L2,
                FindingKind.HIGH_VARIANCE,
                2,
                "A stronger weight decay keeps the network from fitting quirks.",
                "-S search.weight_decay={log=[1e-4,1]}",
            ),
        ),
        not_checked=(
            "Whether regions of the data suffer from different problems.",
            "How much the errors vary when the best trial is trained again with other seeds.",
        ),
    )


@pytest.fixture(scope="module")
def drawn_once() -> Iterator[None]:
    """Draws the rows of the winner's curse's bootstraps once for all studies of as many rows.

    They are the same, whatever the errors are: the seed is one for all.
    """
    kept: dict[tuple, tuple] = {}
    draw = winners_curse._drawn

    def drawn(random: np.random.Generator, size: int, bootstraps: int) -> np.ndarray:
        key = str(random.bit_generator.state), size, bootstraps
        if key not in kept:
            kept[key] = draw(random, size, bootstraps), random.bit_generator.state
        counts, random.bit_generator.state = kept[key]
        return counts.copy()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winners_curse, "_drawn", drawn)
        yield


@pytest.fixture(scope="session")
def study() -> StudyRecord:
    return make_study()


@pytest.fixture(scope="session")
def pruned_study(study: StudyRecord) -> StudyRecord:
    """The study with a quarter of the completed trials pruned."""
    return prune(study)


@pytest.fixture(scope="session")
def diagnosis(study: StudyRecord) -> Diagnosis:
    return make_diagnosis(study)


@pytest.fixture(scope="session")
def study_of():
    """Make a study of another size, name or length."""
    return make_study


@pytest.fixture(scope="session")
def diagnosis_of():
    """Make the diagnosis of such a study."""
    return make_diagnosis
