"""What the evidence speaks against: each rule both ways, and how rarely it errs."""

from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.findings import Finding, FindingKind, RemedyKind, Severity
from netclinic.diagnostics.remedies.case import Case
from netclinic.diagnostics.remedies.objections import largest_fall, objections
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.report.report_markdown import render_markdown
from netclinic.storage.records.results import Curves
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.conftest import make_study
from tests.diagnostics.learning_curves import FLAT, FORECAST
from tests.diagnostics.planted import bayes, trial

FLOOR = bayes(0.01, 0.01, 0.01, given=True)
# Large splits, so that a gap of nothing is known to be low.
ROWS = (60_000, 20_000, 20_000)
HOLDING_BACK = {RemedyKind.L2, RemedyKind.DROPOUT, RemedyKind.AUGMENTATION}


def diagnosed(training=0.01, held_out=0.01, others=(), **options):
    resolved = options.pop("resolved", None)
    rows = options.pop("rows", ROWS)
    made = trial(0, training, held_out, held_out, **options)
    return diagnose(planted.study([made, *others], rows=rows, floor=FLOOR, resolved=resolved))


def against(diagnosis) -> dict:
    return {it.kind: it for it in diagnosis.spoken_against}


def advised(diagnosis) -> set:
    return {remedy.kind for remedy in diagnosis.remedies}


def falling(last=0.2, epochs=40) -> Curves:
    losses = tuple(last * 40 / epoch for epoch in range(1, epochs + 1))
    errors = (0.2,) * epochs
    return Curves(losses, errors, losses, errors, (1.0,) * epochs)


def test_nothing_is_both_advised_and_spoken_against():
    for training in (0.01, 0.2):
        for held_out in (training, training + 0.2):
            for epoch in (9, 20):
                it = diagnosed(training, held_out, best_epoch=epoch)
                assert not advised(it) & set(against(it))


def test_a_bigger_network_where_the_training_error_is_at_the_floor():
    it = against(diagnosed(0.01, 0.2))[RemedyKind.BIGGER_NETWORK]
    assert "above the Bayes error: the network is big enough" in it.reason
    assert it.evidence["high"] <= it.evidence["tolerance"] == 0.02
    assert RemedyKind.BIGGER_NETWORK not in against(diagnosed(0.2, 0.2))
    below = against(diagnosed(0.001, 0.2))[RemedyKind.BIGGER_NETWORK]
    assert below.reason.startswith("The training error does not lie above the Bayes error: ")
    open_ = diagnosed(0.02, 0.2, rows=(200, 200, 200))
    assert RemedyKind.BIGGER_NETWORK not in against(open_), "the rows leave it open"


def test_a_bigger_network_where_another_thing_keeps_it_from_learning():
    def case(*kinds):
        record = planted.study([trial(0, 0.5, 0.5, 0.5)], rows=ROWS, floor=FLOOR)
        found = tuple(Finding(kind, Severity.PROBLEM, {}, "It is so.") for kind in kinds)
        gaps = diagnose(record).gaps
        best, provenance = record.trials[0], record.provenance
        return Case(planted.spec(), record, provenance, best, found, gaps=gaps)

    size = {RemedyKind.BIGGER_NETWORK, RemedyKind.OTHER_ARCHITECTURE}
    ill = objections(case(FindingKind.PLATEAU, FindingKind.STEPS_TOO_SMALL))
    told = {it.kind: it for it in ill}
    assert set(told) >= size
    assert (
        "another thing than its size: it is so. Whether" in told[RemedyKind.BIGGER_NETWORK].reason
    )
    for kinds in (FindingKind.PLATEAU,), (FindingKind.STEPS_TOO_SMALL,):
        assert not size & {it.kind for it in objections(case(*kinds))}


def test_more_data_where_the_variance_is_low():
    it = diagnosed(0.2, 0.2)
    assert "The variance is at most " in against(it)[RemedyKind.MORE_DATA].reason
    assert RemedyKind.MORE_DATA not in against(diagnosed(0.2, 0.4))
    assert RemedyKind.MORE_DATA not in against(diagnosed(0.2, 0.21, rows=(200, 200, 200)))


def test_more_data_where_the_learning_curve_is_flat():
    """The study's variance asks for more data."""
    study = make_study()
    assert RemedyKind.MORE_DATA in advised(diagnose(study))
    it = diagnose(replace(study, learning_curve=FLAT))
    assert RemedyKind.MORE_DATA not in advised(it)
    told = against(it)[RemedyKind.MORE_DATA]
    assert told.reason == (
        "The learning curve forecasts that twice the rows (2,154) lower the test error by 0.3 "
        "points (0.1 to 0.5; 95 %), and 2.0 points are tolerated."
    )
    assert (told.evidence["fall"], told.evidence["high"]) == (0.003, 0.005)
    refused = FLAT._replace(refused="unfit", forecasts=())
    for other in (FORECAST, FLAT._replace(trial=7), refused):
        it = diagnose(replace(study, learning_curve=other))
        assert RemedyKind.MORE_DATA in advised(it)
        assert RemedyKind.MORE_DATA not in against(it)


def test_what_holds_weights_back_where_the_network_underfits():
    found = against(diagnosed(0.2, 0.2))
    assert set(found) >= HOLDING_BACK
    assert "The network underfits already" in found[RemedyKind.L2].reason
    assert not HOLDING_BACK & set(against(diagnosed(0.2, 0.4))), "it has variance, too"
    assert not HOLDING_BACK & set(against(diagnosed(0.01, 0.01))), "it does not underfit"


def test_more_epochs_where_the_loss_is_flat():
    it = diagnosed(0.2, 0.2)
    assert RemedyKind.MORE_EPOCHS not in advised(it)
    reason = against(it)[RemedyKind.MORE_EPOCHS].reason
    assert reason.startswith("The training loss has been flat for the last 6 of 20 epochs: ")
    cosine = diagnosed(0.2, 0.2, resolved=planted.spec(training={"schedule": "cosine"}))
    assert RemedyKind.MORE_EPOCHS not in against(cosine), "every loss comes to rest at its end"
    still = diagnosed(0.2, 0.2, curves=falling(), best_epoch=40)
    assert RemedyKind.MORE_EPOCHS in advised(still)
    assert RemedyKind.MORE_EPOCHS not in against(still)


def turned(training_last: float) -> Curves:
    losses = tuple(np.linspace(1.0, training_last, 40))
    errors = tuple(np.r_[np.linspace(0.4, 0.1, 16), np.linspace(0.1, 0.3, 24)])
    return Curves(losses, losses, errors, errors, (1.0,) * 40)


def test_more_epochs_where_the_validation_error_rose():
    reason = against(diagnosed(0.01, 0.3, curves=turned(0.01), best_epoch=16))[
        RemedyKind.MORE_EPOCHS
    ].reason
    assert reason.startswith("After about epoch 17 the validation error rose ")
    assert reason.endswith(" More of them would go on so.")
    biased = diagnosed(0.2, 0.5, curves=turned(0.2), best_epoch=16)
    assert RemedyKind.MORE_EPOCHS in advised(biased), "the bias asks for them"


def test_early_stopping_where_the_last_epoch_is_the_best():
    it = diagnosed(0.01, 0.2, best_epoch=20)
    assert RemedyKind.EARLY_STOPPING not in advised(it)
    assert "The last epoch, 20, has the lowest" in against(it)[RemedyKind.EARLY_STOPPING].reason
    earlier = diagnosed(0.01, 0.2, best_epoch=9)
    assert RemedyKind.EARLY_STOPPING in advised(earlier)
    assert RemedyKind.EARLY_STOPPING not in against(earlier)
    stopped = planted.spec(training={"patience": 3})
    it = diagnosed(0.01, 0.2, best_epoch=20, resolved=stopped)
    assert RemedyKind.EARLY_STOPPING not in against(it), "it is in use"


def test_more_trials_where_the_twelfth_is_as_good_as_the_best():
    alike = [trial(i, 0.01, 0.01 + i / 2000, 0.02) for i in range(1, 20)]
    reason = against(diagnosed(0.01, 0.01, alike))[RemedyKind.MORE_TRIALS].reason
    assert reason.startswith("The twelfth best of 20 random trials lies 0.5 points above the best:")
    apart = [trial(i, 0.01, 0.01 + i / 200, 0.02) for i in range(1, 20)]
    assert RemedyKind.MORE_TRIALS not in against(diagnosed(0.01, 0.01, apart))
    assert RemedyKind.MORE_TRIALS not in against(diagnosed(0.01, 0.01, alike[:10]))
    tpe = planted.spec(search={"sampler": "tpe"})
    assert RemedyKind.MORE_TRIALS not in against(diagnosed(0.01, 0.01, alike, resolved=tpe))


def test_what_another_finding_asks_for_is_not_spoken_against():
    """The loss is flat, but the curve of a finding says that more epochs help."""
    it = diagnosed(0.2, 0.2, curves=falling(), best_epoch=40)
    assert RemedyKind.MORE_EPOCHS in advised(it)
    assert RemedyKind.EARLY_STOPPING in against(it)


@pytest.mark.parametrize("hangs_together", [0.0, 0.5])
def test_the_largest_fall_is_rarely_exceeded(hangs_together) -> None:
    """Over 1,000 curves the upper limit lies below the true trend in 5 % at most, by a binomial
    bound, also where the epochs' noise hangs together."""
    exceeded = 0
    for seed in range(1000):
        random = np.random.default_rng(seed)
        epochs = int(random.integers(7, 30))
        truth = random.uniform(0, 0.1)
        noise = random.normal(size=epochs)
        for place in range(1, epochs):
            noise[place] += hangs_together * noise[place - 1]
        line = 1 + truth * (0.5 - np.arange(epochs) / (epochs - 1))
        limit = largest_fall(line + 0.01 * noise)
        assert limit is not None
        exceeded += limit < truth
    assert exceeded <= binom.ppf(0.995, 1000, 0.05)


def test_the_largest_fall_of_nothing_is_unknown():
    assert largest_fall([0.0] * 8) is None
    assert largest_fall([0.5] * 8) == 0


def test_reports_list_them_with_why_those_of_one_reason_together():
    study = planted.study([trial(0, 0.2, 0.2, 0.2)], rows=ROWS, floor=FLOOR)
    it = diagnose(study)
    for page in (render_markdown(study, it), render_html(study, it)):
        assert "What the evidence speaks against" in page
        assert page.count("The network underfits already") == 1
        assert "Regularise with L2 (weight decay); Add dropout; Augment the training data." in page
    assert "What the evidence speaks against" not in render_markdown(
        study, replace(it, spoken_against=())
    )
    kinds = {row["kind"] for row in it.as_dict()["spoken_against"]}
    assert kinds == {kind.value for kind in against(it)}
