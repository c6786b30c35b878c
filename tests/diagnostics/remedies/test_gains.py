"""Predicted gains and costs of remedies: from the evidence, and nothing where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.findings import Cost, FindingKind, Gain, RemedyKind
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.gains import predicted_gain
from netclinic.diagnostics.remedies.remedy_costs import cost_of, seconds_each
from netclinic.diagnostics.report.remedy_text import cost_text, gain_text
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.report.report_markdown import render_markdown
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import TargetVariance
from netclinic.storage.records.results import Curves
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.conftest import make_study
from tests.diagnostics.learning_curves import FORECAST
from tests.diagnostics.page_text import as_read


def diagnosed(training, held_out, **options):
    trial = planted.trial(0, training, held_out, held_out, **options)
    return diagnose(planted.study([trial], floor=planted.bayes(0.01, 0.01, 0.01, given=True)))


def gain_of(diagnosis, kind) -> Gain | None:
    (found,) = [r for r in diagnosis.remedies if r.kind is kind]
    return found.gain


def test_remedies_of_bias_gain_at_most_the_avoidable_bias():
    it = diagnosed(0.2, 0.2)
    gain = gain_of(it, RemedyKind.BIGGER_NETWORK)
    assert gain is not None
    # The gap's upper limit allows for chance in the training error, from which the gain starts.
    assert it.gaps.avoidable_bias.high > 0.2 - 0.01
    assert gain[:4] == ("training", None, 0.0, pytest.approx(0.2 - 0.01))
    assert gain.method.endswith("cut at the error shown less its floor's lower limit")
    assert gain.confidence == it.gaps.avoidable_bias.confidence
    assert gain_of(it, RemedyKind.OTHER_ARCHITECTURE).high == gain.high


def test_remedies_of_variance_gain_at_most_the_variance():
    it = diagnosed(0.05, 0.2, best_epoch=9)
    for kind in (RemedyKind.MORE_DATA, RemedyKind.L2, RemedyKind.DROPOUT, RemedyKind.AUGMENTATION):
        gain = gain_of(it, kind)
        assert gain[:4] == ("test", None, 0.0, it.gaps.test_variance.high)
    assert gain_of(it, RemedyKind.EARLY_STOPPING) is None, "the validation error did not rise"


def test_more_data_gains_what_the_learning_curve_forecasts():
    study = make_study()
    curve = replace(study, learning_curve=FORECAST)
    gain = gain_of(diagnose(curve), RemedyKind.MORE_DATA)
    twice = FORECAST.forecasts[0]
    assert gain is not None
    assert gain[:5] == ("test", twice.lower_by, twice.fall_low, twice.fall_high, 0.95)
    assert gain_text(gain, Unit()) == (
        "test error lower by 1.5 points (0.6 to 2.3; 95 %): what the learning curve forecasts of "
        "twice the rows, 2,154"
    )
    bound = gain_of(diagnose(study), RemedyKind.MORE_DATA)
    assert bound is not None
    assert bound.value is None
    refused = FORECAST._replace(refused="missed", forecasts=())
    for other in (FORECAST._replace(trial=7), refused):
        told = gain_of(diagnose(replace(study, learning_curve=other)), RemedyKind.MORE_DATA)
        assert told == bound


def test_another_architecture_may_gain_both():
    it = diagnosed(0.2, 0.4, best_epoch=9)
    both = it.gaps.avoidable_bias.high + it.gaps.test_variance.high
    assert both > 0.4 - 0.01
    assert gain_of(it, RemedyKind.OTHER_ARCHITECTURE).high == pytest.approx(0.4 - 0.01)


@pytest.mark.parametrize("training", [0.03, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("more", [0.05, 0.1, 0.3])
def test_no_gain_is_larger_than_the_error_above_its_floor(training, more):
    it = diagnosed(training, training + more, best_epoch=9)
    gains = [r.gain for r in it.remedies if r.gain]
    assert gains
    for gain in gains:
        shown = getattr(it.errors, gain.error).value
        assert gain.low <= gain.high <= shown - it.errors.bayes.low + 1e-12


def curves(errors, losses=None) -> Curves:
    errors = tuple(map(float, errors))
    losses = tuple(map(float, losses if losses is not None else errors))
    return Curves(losses, errors, losses, errors, (1.0,) * len(errors))


def test_more_epochs_gain_what_the_curve_foretells():
    errors = np.round((0.1 + 0.5 / np.arange(1, 41)) * 2000) / 2000
    trial = planted.trial(0, 0.2, float(errors[-1]), 0.2, curves=curves(errors), best_epoch=40)
    made = planted.study([trial], floor=planted.bayes(0.01, 0.01, 0.01, given=True))
    gain = gain_of(diagnose(made), RemedyKind.MORE_EPOCHS)
    assert gain is not None
    assert gain.error == "validation"
    assert gain.low <= 0.5 / 37 - 0.5 / 75 <= gain.high
    assert gain.value == pytest.approx(0.5 / 37 - 0.5 / 75, abs=0.003)
    cosine = replace(made, spec=planted.spec(training={"schedule": "cosine"}))
    other = gain_of(diagnose(cosine), RemedyKind.MORE_EPOCHS)
    assert (other.error, other.value) == ("training", None), "its curve ends where the rate does"


def turned_study(seed: int):
    """A network that gets worse: rows that are wrong at its best epoch mostly stay so."""
    random = np.random.default_rng(seed)
    low, high, rows = 0.10, random.uniform(0.11, 0.2), 2000
    hardness = random.random(rows)
    rates = np.r_[np.linspace(0.4, low, 8), np.full(8, low), np.linspace(low, high, 8), [high] * 8]
    errors = [float((hardness + 0.03 * random.normal(size=rows) < rate).mean()) for rate in rates]
    training = np.linspace(0.3, 0.01, len(rates))
    made = Curves(tuple(training), tuple(training), tuple(errors), tuple(errors), (1.0,) * 32)
    trial = planted.trial(0, 0.01, errors[-1], errors[-1], curves=made, best_epoch=12)
    return planted.study([trial]), high - low


def test_early_stopping_gains_what_was_lost_since_the_lowest():
    """Over 120 studies the interval holds the true difference in 95 %, within a binomial bound."""
    held = given = 0
    for seed in range(120):
        study, truth = turned_study(seed)
        it = diagnose(study)
        asked = [r for r in it.remedies if r.kind is RemedyKind.EARLY_STOPPING]
        if not asked or asked[0].gain is None:
            continue
        given += 1
        gain = asked[0].gain
        assert gain.error == "validation"
        held += gain.low <= truth <= gain.high
    assert given >= 60
    assert held >= binom.ppf(0.01, given, 0.95)


def test_more_trials_gain_what_the_last_doubling_did():
    evidence = {"low": 0.0, "expected_gain": 0.001, "high": 0.003}
    study = planted.study([planted.trial()])
    it = diagnose(study)
    finding = it.findings[0] if it.findings else None
    asked = (
        (finding or _made(FindingKind.SEARCH_STILL_IMPROVING))._replace(
            kind=FindingKind.SEARCH_STILL_IMPROVING, evidence=evidence
        ),
    )
    case = Case(planted.spec(), study, study.provenance, study.trials[0], asked)
    known = case._replace(errors=it.errors, gaps=it.gaps)
    assert predicted_gain(RemedyKind.MORE_TRIALS, asked, known)[:4] == (
        "validation",
        0.001,
        0.0,
        0.003,
    )
    assert predicted_gain(RemedyKind.MORE_TRIALS, asked, case) is None, "no errors are known"
    assert predicted_gain(RemedyKind.WARMUP, asked, known) is None


def _made(kind):
    from netclinic.diagnostics.findings import Finding, Severity

    return Finding(kind, Severity.INFO, {}, "found.")


def case_of(trials=8, **tables):
    study = planted.study([planted.trial(i) for i in range(trials)])
    return Case(planted.spec(**tables), study, study.provenance, study.trials[0], ())


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        # A trial took half a second for 20 epochs. 8 have ended, whatever the spec wanted.
        (RemedyKind.WARMUP, "-S search.warmup=0.1", Cost(8, 20, 4.0, False)),
        (RemedyKind.MORE_EPOCHS, "-S training.epochs=40", Cost(8, 40, 8.0, False)),
        (RemedyKind.FEWER_EPOCHS, "-S training.epochs=5", Cost(8, 5, 1.0, False)),
        (RemedyKind.MORE_TRIALS, "-S study.trials=16", Cost(8, 20, 4.0, False)),
        (RemedyKind.REPLICATES, "-S study.replicates=5", Cost(33, 20, 16.5, False)),
        (RemedyKind.BIGGER_NETWORK, None, Cost(8, 20, 4.0, True)),
        (RemedyKind.COMPARE_SOURCES, None, None),
    ],
)
def test_costs_are_trials_and_epochs_at_the_studys_own_speed(kind, change, expected):
    assert cost_of(kind, change, case_of()) == expected


def test_without_measured_seconds_none_are_predicted():
    case = case_of()
    slow = tuple(replace(t, result=t.result._replace(seconds=0.0)) for t in case.study.trials)
    case = case._replace(study=replace(case.study, trials=slow))
    assert seconds_each(case.study) is None
    assert cost_of(RemedyKind.WARMUP, None, case) == Cost(8, 20, None, False)


def test_gains_and_costs_in_words():
    bound = Gain("test", None, 0.0, 0.083, 0.975, "at most the variance")
    assert gain_text(bound, Unit()) == (
        "test error lower by at most 8.3 points (97.5 %): at most the variance"
    )
    foretold = Gain("validation", 0.006, -0.001, 0.012, 0.95, "carried on")
    assert gain_text(foretold, Unit()) == (
        "validation error lower by 0.6 points (−0.1 to 1.2; 95 %): carried on"
    )
    worse = foretold._replace(value=-0.006)
    assert gain_text(worse, Unit()).startswith("validation error lower by −0.6 points (")
    squares = Unit(Task.REGRESSION, 1, TargetVariance(4.0, 5.0, 5.0))
    assert gain_text(bound, squares) == (
        "test error lower by at most 0.0830 (2.1 points of R²; 97.5 %): at most the variance"
    )
    assert gain_text(foretold._replace(value=0.008), squares) == (
        "validation error lower by 0.00800 (−0.00100 to 0.0120; 0.2 points of R²; 95 %): carried on"
    )
    assert gain_text(None, Unit()) == "nothing, for want of evidence"
    assert cost_text(Cost(64, 40, 95.0, False)) == (
        "64 trials × 40 epochs, about 1 min 35 s at this study's speed"
    )
    assert cost_text(Cost(1, 40, 95.0, True)).startswith("1 trial × 40 epochs, more than 1 min")
    assert cost_text(Cost(1, 1, None, False)) == "1 trial × 1 epoch"
    assert cost_text(Cost(64, 40, None, False)) == "64 trials × 40 epochs"
    assert cost_text(None) == "nothing to train"


def test_reports_show_them():
    trial = planted.trial(0, 0.01, 0.1, 0.1, best_epoch=9)
    study = planted.study([trial])
    it = diagnose(study)
    for page in (render_markdown(study, it), render_html(study, it)):
        text = as_read(page).replace("&#39;", "'")
        assert "test error lower by at most 10.0 points (97.5 %): at most the variance" in text
        assert "1 trial × 20 epochs, about 0.5 s at this study's speed" in text
