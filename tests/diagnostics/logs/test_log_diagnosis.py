"""What is said of others' logs: what the numbers bear out, and no more."""

import json

import numpy as np
import pytest
from netclinic.diagnostics import DiagnosisError, Verdict
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Severity
from netclinic.diagnostics.logs.log_diagnosis import diagnose_log, log_sentence
from netclinic.diagnostics.logs.training_log import LogContext, TrainingLog
from scipy.stats import binom

POINTS = 20
KNOWN = LogContext(50_000, 10_000, 0.01, evaluated=True)


def log(training_error=0.012, validation_error=0.015, training_loss=None, validation_loss=None):
    """Errors are flat, losses at rest, unless given."""

    def curve(given, default):
        values = default if given is None else given
        return tuple(np.broadcast_to(values, POINTS).tolist())

    falling = [1.0, 0.3, *[0.2] * (POINTS - 2)]
    return TrainingLog(
        "log.csv",
        "CSV",
        "epoch",
        tuple(float(e) for e in range(1, POINTS + 1)),
        curve(training_loss, falling),
        curve(training_error, None),
        curve(validation_loss, falling),
        curve(validation_error, None),
        {},
        False,
        {},
    )


def kinds(diagnosis) -> set[FindingKind]:
    return {finding.kind for finding in diagnosis.findings}


@pytest.mark.parametrize(
    ("training", "validation", "verdict"),
    [
        (0.012, 0.015, {Verdict.HEALTHY}),
        (0.10, 0.105, {Verdict.HIGH_BIAS}),
        (0.012, 0.10, {Verdict.HIGH_VARIANCE}),
        (0.10, 0.20, {Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE}),
        (0.03, 0.05, {Verdict.UNDETERMINED}),
    ],
)
def test_the_verdict_follows_from_both_gaps(training, validation, verdict):
    found = diagnose_log(log(training, validation), KNOWN)
    assert set(found.verdict) == verdict
    words = {"high_bias": "igh bias", "high_variance": "igh variance", "healthy": "Healthy"}
    for each in verdict:
        assert words.get(each.value, "Undetermined") in log_sentence(found, 0.02)


def test_a_training_error_of_training_mode_shows_high_variance_only():
    """It is too high: a variance that is high all the same is certain, nothing else is."""
    context = KNOWN._replace(evaluated=False)
    assert diagnose_log(log(0.10, 0.20), context).verdict == (Verdict.HIGH_VARIANCE,)
    for healthy_or_biased in (log(), log(0.10, 0.105)):
        found = diagnose_log(healthy_or_biased, context)
        assert found.verdict == (Verdict.UNDETERMINED,)
        assert any("--evaluated" in text for text in found.not_said)


FEW = LogContext(1_000, 100, 0.01, evaluated=True)


@pytest.mark.parametrize(
    ("training", "validation", "context", "likely", "sentence"),
    [
        (
            0.012,
            0.06,
            FEW,
            (Verdict.HIGH_VARIANCE,),
            "Undetermined, likely high variance: the validation error lies 4.8 points above the "
            "training error (1.1 to 12.5); 2.0 points are tolerated.",
        ),
        (0.012, 0.06, FEW._replace(evaluated=False), (Verdict.HIGH_VARIANCE,), "likely high var"),
        (0.034, 0.034, FEW._replace(bayes_error=0.005), (Verdict.HIGH_BIAS,), "likely high bias"),
        (0.034, 0.034, FEW._replace(bayes_error=0.005, evaluated=False), (), "this log alone"),
        (
            0.012,
            0.01,
            FEW,
            (Verdict.HEALTHY,),
            "Undetermined, likely healthy: the training error lies 0.2 points above the Bayes "
            "error (−0.4 to 1.3), and the validation error lies 0.2 points below the training "
            "error (−1.6 to +5.4); 2.0 points are tolerated.",
        ),
        (0.012, 0.01, FEW._replace(evaluated=False), (), "this log alone"),
        (0.012, 0.01, FEW._replace(bayes_error=None), (), "this log alone"),
        (0.034, 0.4, FEW._replace(bayes_error=0.005), (Verdict.HIGH_BIAS,), "Likely high bias, t"),
    ],
)
def test_an_open_gap_leans_to_what_is_likely(training, validation, context, likely, sentence):
    found = diagnose_log(log(training, validation), context)
    assert found.leaning == likely
    assert sentence in log_sentence(found, 0.02)
    high = tuple(verdict for verdict in likely if verdict is not Verdict.HEALTHY)
    opened = {FindingKind.BIAS_UNDETERMINED, FindingKind.VARIANCE_UNDETERMINED} & kinds(found)
    assert len(opened) == len(high)
    severities = [list(Severity).index(finding.severity) for finding in found.findings]
    assert severities == sorted(severities), "what is sure comes first"
    assert bool(found.remedies) >= bool(high)
    assert json.loads(json.dumps(found.as_dict()))["leaning"] == [v.value for v in likely]


def test_without_rows_or_a_bayes_error_it_says_what_to_give():
    found = diagnose_log(log(0.10, 0.40), LogContext(evaluated=True))
    assert found.verdict == (Verdict.UNDETERMINED,)
    assert (found.bias, found.variance) == (None, None)
    assert found.training.n is None
    said = " ".join(found.not_said)
    assert "--training-rows" in said
    assert "--bayes-error" in said
    no_errors = log()._replace(training_error=None, validation_error=None)
    assert "log accuracies or errors" in " ".join(diagnose_log(no_errors, KNOWN).not_said)


def test_healthy_networks_are_seldom_called_sick():
    """Of 400 logs whose true gaps are the tolerance, at most 5 % are called high, and some."""
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(400):
        training = rng.binomial(2_000, 0.03) / 2_000  # Bayes error 0.01: both gaps are 0.02
        validation = rng.binomial(1_000, 0.05) / 1_000
        found = diagnose_log(log(training, validation), LogContext(2_000, 1_000, 0.01, 0.02, True))
        alarms += bool({Verdict.HIGH_BIAS, Verdict.HIGH_VARIANCE} & set(found.verdict))
    assert alarms <= binom.ppf(0.999, 400, 0.05)


def test_what_the_curves_show():
    rising = np.concatenate([np.linspace(1, 0.5, 8), np.linspace(0.5, 0.9, 12)])
    sick = log(0.01, 0.2, training_loss=np.geomspace(1, 0.01, 20), validation_loss=rising)
    found = diagnose_log(sick, KNOWN)
    assert {FindingKind.OVERFITTED_AFTER, FindingKind.STILL_IMPROVING} < kinds(found)
    (text,) = (f.text for f in found.findings if f.kind is FindingKind.OVERFITTED_AFTER)
    assert text.startswith("After about epoch 9 the validation loss rose")
    assert "nats" not in text, "what a loss of others is measured in is unknown"
    assert found.remedies[0] is RemedyKind.MORE_DATA
    assert found.remedies[-1] is RemedyKind.OTHER_ARCHITECTURE


def test_an_earlier_stop_is_advised_only_where_there_is_something_to_go_back_to():
    falling = np.geomspace(0.5, 0.1, POINTS)
    never_rose = diagnose_log(log(0.01, falling), KNOWN)
    assert never_rose.remedies
    assert RemedyKind.EARLY_STOPPING not in never_rose.remedies
    rose = diagnose_log(log(0.01, [*falling[:-1], falling[-2] + 1e-3]), KNOWN)
    assert RemedyKind.EARLY_STOPPING in rose.remedies


@pytest.mark.parametrize(
    ("first", "each", "called"), [(1, 1, "epochs"), (0, 1, "epochs"), (0, 2, "points")]
)
def test_points_are_called_epochs_where_each_epoch_has_one(first, each, called):
    at = tuple(float(first + each * place) for place in range(POINTS))
    falling = log(training_loss=np.geomspace(1, 0.01, POINTS))._replace(at=at)
    texts = [f.text for f in diagnose_log(falling, KNOWN).findings]
    assert any(f"over the last 5 of 20 {called} by" in text for text in texts)


def test_a_loss_that_is_not_finite_to_the_end_diverged():
    broken = (1.0, 0.5, None, None)
    short = log()._replace(at=(0.0, 1.0, 2.0, 3.0), training_loss=broken, validation_loss=None)
    assert FindingKind.DIVERGED_TRIALS not in kinds(diagnose_log(short, LogContext())), "not logged"
    short = short._replace(diverged_at={"training_loss": 3, "validation_loss": None})
    short = short._replace(training_error=None, validation_error=None)
    found = diagnose_log(short, LogContext())
    assert FindingKind.DIVERGED_TRIALS in kinds(found)
    assert found.findings[0].text.startswith("From epoch 2 on the training loss is not finite.")
    assert "diverged" in log_sentence(found, 0.02)


def test_a_loss_that_never_falls_is_a_problem():
    rng = np.random.default_rng(0)
    flat = 2.3 + 0.01 * rng.normal(size=POINTS)
    assert FindingKind.NOTHING_LEARNT in kinds(diagnose_log(log(training_loss=flat), KNOWN))
    assert FindingKind.NOTHING_LEARNT not in kinds(diagnose_log(log(), KNOWN))


def test_the_best_epoch_is_told_if_it_is_not_the_last():
    errors = [0.1] * POINTS
    errors[6] = 0.05
    found = diagnose_log(log(0.01, errors), KNOWN)
    (best,) = (f for f in found.findings if f.kind is FindingKind.BEST_EPOCH)
    assert best.evidence == {"at": 7.0, "lowest": 0.05, "last": 0.1}
    assert FindingKind.BEST_EPOCH not in kinds(diagnose_log(log(), KNOWN))


@pytest.mark.parametrize(
    "context",
    [LogContext(training_rows=0), LogContext(validation_rows=-1), LogContext(bayes_error=1.5)],
)
def test_impossible_numbers_are_refused(context):
    with pytest.raises(DiagnosisError, match="allowed are"):
        diagnose_log(log(), context)


def test_the_json_holds_built_in_types_only():
    found = diagnose_log(log(0.10, 0.20), KNOWN).as_dict()
    assert json.loads(json.dumps(found))["verdict"] == ["high_bias", "high_variance"]


def test_what_the_log_lacks_is_named():
    """Of points too few to judge a curve by nothing was said."""
    few = TrainingLog(
        "a.csv", "CSV", "epoch", (1.0, 2.0), None, None, None, (0.2, 0.1), {}, False, {}
    )
    told = diagnose_log(few, LogContext()).not_said
    assert told[0].startswith(
        "Bias and variance: they are differences of errors, and the log lacks a training error; log"
    )
    assert told[1] == (
        "How the training went: curves are judged from 8 points on, and the log has 2."
    )
    assert not any("points on" in it for it in diagnose_log(log(), KNOWN).not_said)
