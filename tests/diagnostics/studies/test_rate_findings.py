"""A low learning rate that regularises: found where planted, silent by chance and without proof."""

import numpy as np
import pytest
from netclinic.diagnostics.studies.rate_findings import low_rate_regularises
from scipy.stats import binom

from tests.diagnostics import planted


def study_of(rates, losses, errors, best=(1e-4, 0.5, 0.01), **options):
    """A best trial (learning rate, training loss, validation error), and others."""
    every = [best, *zip(rates, losses, errors, strict=True)]
    trials = [
        planted.trial(
            n,
            validation=float(error),
            parameters={**planted.MIDDLE, "learning_rate": float(rate)},
            curves=planted.flat_curves(0.01, float(error))._replace(training_loss=(float(loss),)),
        )
        for n, (rate, loss, error) in enumerate(every)
    ]
    return planted.study(trials, **options)


def planted_study(rng, count=24, effect=1.0, **options):
    """Above 1e-4, training gets better with the learning rate and validation worse."""
    at = rng.uniform(0, 1, count)
    rates = 10 ** (-4 + 2.5 * at)
    losses = 0.4 * np.exp(-2 * effect * at + 0.3 * rng.normal(size=count))
    errors = 0.03 + 0.03 * effect * at + 0.006 * rng.normal(size=count)
    return study_of(rates, losses, np.maximum(errors, 0.011), **options)


def test_it_is_found_where_planted():
    it = low_rate_regularises(planted_study(np.random.default_rng(0)))
    assert it.evidence["learning_rate"] == 1e-4
    assert it.evidence["trials_above"] == 24
    assert it.evidence["correlation_training_loss"] < -0.5
    assert it.evidence["correlation_validation_error"] > 0.5
    assert max(it.evidence["p_training_loss"], it.evidence["p_validation_error"]) <= 0.025
    assert "may have won because it regularises" in it.text


def test_it_is_mostly_found_where_planted():
    rng, studies = np.random.default_rng(1), 50
    found = sum(low_rate_regularises(planted_study(rng)) is not None for _ in range(studies))
    assert found >= 45


@pytest.mark.parametrize("trend", ["none", "fits better", "gets worse", "unstable"])
def test_one_trend_or_none_is_rarely_taken_for_two(trend):
    rng, studies = np.random.default_rng(2), 400

    def drawn():
        at = rng.uniform(0, 1, 24)
        better, worse = (trend in names for names in (("fits better",), ("gets worse",)))
        slope = 1.5 if trend == "unstable" else -2.0 * better
        losses = 0.2 * np.exp(slope * at + 0.3 * rng.normal(size=24))
        errors = 0.03 + 0.03 * (worse or trend == "unstable") * at + 0.006 * rng.normal(size=24)
        return study_of(10 ** (-4 + 2.5 * at), losses, np.maximum(errors, 0.011))

    found = sum(low_rate_regularises(drawn()) is not None for _ in range(studies))
    assert found <= binom.ppf(0.999, studies, 0.025)


def test_diverged_trials_bound_the_learning_rates_that_are_compared():
    study = planted_study(np.random.default_rng(0))
    assert low_rate_regularises(study) is not None
    early = planted.trial(99, diverged=True, parameters={**planted.MIDDLE, "learning_rate": 1.5e-4})
    assert low_rate_regularises(planted.study([*study.trials, early])) is None


def test_nothing_is_said_of_trials_that_are_no_random_sample():
    study = planted_study(np.random.default_rng(0))
    tpe = planted.spec(search={"sampler": "tpe"})
    assert low_rate_regularises(planted.study(study.trials, resolved=tpe)) is None
    pruned = planted.trial(99, validation=0.3, pruned=True)
    assert low_rate_regularises(planted.study([*study.trials, pruned])) is None
    assert low_rate_regularises(planted.study(study.trials, ranges=planted.RANGES[1:])) is None


def test_nothing_is_said_of_few_trials_or_where_few_fit_better():
    assert low_rate_regularises(planted_study(np.random.default_rng(0), count=9)) is None
    better = planted_study(np.random.default_rng(0), best=(1e-4, 0.01, 0.01))
    assert low_rate_regularises(better) is None
    assert low_rate_regularises(planted.study([])) is None
