"""Curves of all trials: planted faults are found and named, wavering alone is not."""

import numpy as np
import pytest
from netclinic.diagnostics.findings import Severity
from netclinic.diagnostics.studies.trial_curve_findings import (
    overfitted_trials,
    trained_too_long,
    training_loss_rising,
    unsteady_end,
)
from netclinic.storage.records.results import Curves
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.healthy import healthy_study

EPOCHS = 40
AT = np.arange(1, EPOCHS + 1)
FALL = np.exp(-AT / 3)


def curves(training_loss=None, training_error=None, validation_error=None):
    def or_fall(values, level):
        return tuple(float(v) for v in (level + FALL if values is None else values))

    return Curves(
        or_fall(training_loss, 0.1),
        or_fall(training_error, 0.01),
        or_fall(None, 0.2),
        or_fall(validation_error, 0.03),
        (1.0,) * EPOCHS,
    )


def study_of(*each, healthy=20, **options):
    """Trials of the given curves, the best first, then healthy ones."""
    every = [*each, *(curves() for _ in range(healthy))]
    trials = [
        planted.trial(n, 0.01, 0.02 + 0.001 * n, curves=c, **options) for n, c in enumerate(every)
    ]
    return planted.study(trials)


OVERFITTED = 0.03 + FALL + 0.004 * np.maximum(0, AT - 15)


def test_an_overfitted_trial_among_others_is_named():
    study = study_of(curves(), curves(validation_error=OVERFITTED), curves())
    it = overfitted_trials(study)
    assert it.severity is Severity.INFO
    assert (it.evidence["overfitted"], it.evidence["worst"], it.evidence["numbers"]) == (1, 1, "1")
    assert "In 1 of 23 trials" in it.text
    assert "The best trial is not one of them" in it.text


def test_overfitting_of_the_best_or_of_many_is_a_warning():
    bad = curves(validation_error=OVERFITTED)
    assert overfitted_trials(study_of(bad)).severity is Severity.WARNING
    many = overfitted_trials(study_of(curves(), *[bad] * 14))
    assert many.severity is Severity.WARNING
    assert many.evidence["numbers"].endswith("12, …")


@pytest.mark.parametrize(
    "other",
    [
        curves(validation_error=0.03 + FALL + 0.0005 * np.maximum(0, AT - 15)),  # a small rise
        curves(training_error=OVERFITTED - 0.02, validation_error=OVERFITTED),  # unlearning
        curves()._replace(validation_error=(None,) * EPOCHS),  # not known
    ],
)
def test_no_overfitting_where_training_got_worse_too_or_the_rise_is_small(other):
    assert overfitted_trials(study_of(curves(), other)) is None


RISING = 0.1 + FALL + 0.03 * np.maximum(0, AT - 20)


def test_a_rising_training_loss_of_the_best_trial_is_a_warning():
    it = training_loss_rising(study_of(curves(training_loss=RISING)))
    assert it.severity is Severity.WARNING
    assert (it.evidence["rising"], it.evidence["of_the_best"], it.evidence["shown"]) == (1, 1, 0)
    assert "of the best trial, 0," in it.text
    assert "and of no other of 21 trials" in it.text


def test_rising_losses_of_others_are_a_note_where_there_are_three():
    rising = curves(training_loss=RISING)
    it = training_loss_rising(study_of(curves(), rising, rising, rising))
    assert it.severity is Severity.INFO
    assert (it.evidence["rising"], it.evidence["of_the_best"]) == (3, 0)
    assert training_loss_rising(study_of(curves(), rising, rising)) is None
    many = training_loss_rising(study_of(curves(), *[rising] * 8))
    assert many.severity is Severity.WARNING, "8 of 29"


def test_a_loss_that_rises_by_little_of_what_it_gained_is_no_finding():
    little = 0.1 + 9 * FALL + 0.001 * np.maximum(0, AT - 20)
    assert training_loss_rising(study_of(curves(training_loss=little))) is None


def swinging(random, size=0.5, error=0.03):
    return curves(
        (0.1 + FALL) * np.exp(size * random.normal(size=EPOCHS)),
        validation_error=0.1 + FALL + error * random.normal(size=EPOCHS),
    )


def test_an_unsteady_end_of_the_best_trial_is_a_warning():
    it = unsteady_end(study_of(swinging(np.random.default_rng(0))), 0.02)
    assert it.severity is Severity.WARNING
    assert (it.evidence["shown"], it.evidence["of_the_best"]) == (0, 1)
    assert it.evidence["epochs_compared"] == 10
    assert it.evidence["training_loss_low"] < it.evidence["training_loss_deviation"]
    assert 0.01 < it.evidence["validation_error_deviation"] < 0.06


def test_three_unsteady_ends_among_the_best_five_are_told():
    random = np.random.default_rng(1)
    three = unsteady_end(study_of(curves(), *(swinging(random) for _ in range(3))), 0.02)
    assert (three.evidence["top_trials_unsteady"], three.evidence["of_the_best"]) == (3, 0)
    assert unsteady_end(study_of(curves(), *(swinging(random) for _ in range(2))), 0.02) is None


def test_swings_that_do_not_matter_or_are_not_of_training_are_no_finding():
    random = np.random.default_rng(2)
    assert unsteady_end(study_of(swinging(random, error=0.001)), 0.02) is None
    assert unsteady_end(study_of(swinging(random, size=0.02)), 0.02) is None
    steep = curves(0.1 * np.exp(-AT / 4), validation_error=0.02 + np.exp(-AT / 4))
    assert unsteady_end(study_of(steep), 0.02) is None


def test_early_best_epochs_of_the_best_trials_are_told():
    it = trained_too_long(study_of(*[curves()] * 5, best_epoch=3))
    assert it.severity is Severity.INFO
    assert (it.evidence["early"], it.evidence["latest_of_them"]) == (5, 3)
    assert "5 of the best 5 trials" in it.text
    assert trained_too_long(study_of(best_epoch=5)) is None
    assert trained_too_long(study_of(healthy=4, best_epoch=3)) is None


def test_a_study_that_stops_early_sees_to_it_itself():
    study = study_of(best_epoch=3)
    study.spec["training"]["patience"] = 5
    assert trained_too_long(study) is None


def test_best_epochs_by_chance_are_rarely_called_early():
    rng, studies = np.random.default_rng(4), 1000
    found = 0
    for _ in range(studies):
        trials = [
            planted.trial(n, curves=curves(), best_epoch=int(rng.integers(1, EPOCHS + 1)))
            for n in range(5)
        ]
        found += trained_too_long(planted.study(trials)) is not None
    assert found <= binom.ppf(0.999, studies, 0.0086)


@pytest.mark.parametrize("rows", [(6000, 200, 200), (6000, 2000, 2000)])
def test_wavering_curves_are_rarely_called_overfitted_or_rising(rows):
    studies = 100
    found = [healthy_study(seed, epochs=60, rows=rows) for seed in range(2000, 2000 + studies)]
    most = binom.ppf(0.999, studies, 0.05)
    assert sum(overfitted_trials(study) is not None for study in found) <= most
    assert sum(training_loss_rising(study) is not None for study in found) <= most
    assert sum(unsteady_end(study, 0.02) is not None for study in found) <= most
