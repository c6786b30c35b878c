"""The floor of a regression: the truth within its limits, and what the Gamma test finds."""

import itertools

import numpy as np
import pytest
from netclinic.datasets.dataset import Dataset, Preprocessing, Split, TargetScale
from netclinic.datasets.synthetic import draw_synthetic
from netclinic.diagnostics import DiagnosisError
from netclinic.diagnostics.bayes import floors
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.error_limit import Learning
from netclinic.diagnostics.bayes.gamma_test import gamma_test
from netclinic.diagnostics.bayes.regressor_mixture import NoiseReading
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.diagnostics.units import Task, Unit
from scipy.stats import binom

from tests.diagnostics import planted

REGRESSION = Unit(Task.REGRESSION)


def friedman1(rows, dimensions, seed) -> Dataset:
    drawn = draw_synthetic("friedman1", rows, dimensions, seed)
    scale = TargetScale(float(drawn.labels.mean()), float(drawn.labels.std()))
    inputs = (drawn.inputs - drawn.inputs.mean(axis=0)) / drawn.inputs.std(axis=0)
    labels = ((drawn.labels - scale.mean) / scale.scale).astype(np.float32)
    ends = (0, rows * 3 // 5, rows * 4 // 5, rows)
    parts = [
        Split(inputs[a:b].astype(np.float32), labels[a:b]) for a, b in itertools.pairwise(ends)
    ]
    return Dataset(
        "friedman1",
        *parts,
        class_names=("target",),
        feature_names=drawn.columns,
        preprocessing=Preprocessing(np.zeros(dimensions), np.ones(dimensions)),
        fingerprint="0" * 64,
        task="regression",
        target=scale,
    )


@pytest.mark.parametrize("dimensions", [5, 10])
def test_the_interval_holds_the_variance_of_the_noise(dimensions):
    held, draws = 0, 12
    for seed in range(draws):
        floor = estimate_bayes_error(
            friedman1(500, dimensions, seed), planted.regression((1.2, 1.9, 1.9))
        )
        held += floor.low <= 1 <= floor.high
        assert floor.low <= floor.value <= floor.high
        assert not floor.given
    assert held >= binom.ppf(0.001, draws, 0.95)


def test_what_others_learnt_limits_the_noise_where_the_network_learnt_little():
    """Its test error is 19, of a variance of 24, where a mixture of regressions has about 2."""
    study = planted.regression((17.0, 19.0, 19.0), rows=(300, 100, 100))
    for seed in range(6):
        floor = estimate_bayes_error(friedman1(500, 5, seed), study)
        assert 1 <= floor.high < 5
        assert floor.value <= floor.details["mixture_error"]
        assert "on 500 held-out rows" in floor.method
    assert study.provenance is not None
    errors = measure_errors(study.trials[0].result, study.provenance.rows, floor, REGRESSION)
    assert measure_gaps(errors, REGRESSION).avoidable_bias.low > 0.02 * 24


def test_the_gamma_test_finds_the_noise_where_rows_are_near_one_another():
    rng = np.random.default_rng(0)
    x = rng.random((3000, 2))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + rng.normal(0, 2, 3000)
    it = gamma_test(x, y, 0.975, rng)
    assert it.gamma == pytest.approx(4, abs=0.4)
    assert 2.5 < it.low < 4
    assert it.dimension == pytest.approx(2, abs=0.2)


def test_friedman1_comes_near_its_noise_in_five_dimensions():
    """1.10 was measured elsewhere, where the Delta test gives 2.30."""
    drawn = draw_synthetic("friedman1", 4000, 5, 0)
    it = gamma_test(drawn.inputs, drawn.labels, 0.975, np.random.default_rng(0))
    assert it.gamma == pytest.approx(1.1, abs=0.15)
    assert it.low < 1


def test_a_study_without_a_completed_trial_is_refused():
    with pytest.raises(DiagnosisError, match="no completed trial"):
        estimate_bayes_error(friedman1(200, 5, 0), planted.study([]))


def drawn(rows, seed, target):
    """Two columns of a normal distribution and a target of them, as a study has them."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((rows, 2)).astype(np.float32)
    labels = target(inputs, rng)
    scale = TargetScale(float(labels.mean()), float(labels.std()))
    labels = ((labels - scale.mean) / scale.scale).astype(np.float32)
    ends = (0, rows * 3 // 5, rows * 4 // 5, rows)
    parts = [Split(inputs[a:b], labels[a:b]) for a, b in itertools.pairwise(ends)]
    return Dataset(
        "drawn",
        *parts,
        class_names=("target",),
        feature_names=("x0", "x1"),
        preprocessing=Preprocessing(np.zeros(2), np.ones(2)),
        fingerprint="0" * 64,
        task="regression",
        target=scale,
    )


def slope_with_noise(inputs, rng):
    return inputs[:, 0] + rng.standard_normal(len(inputs))


def board(inputs, _):
    return np.floor(2 * inputs).sum(axis=1) % 2 + 2 * inputs[:, 0]


@pytest.mark.parametrize(
    ("target", "error", "low", "told"),
    [
        (slope_with_noise, 1.1, True, "evidence rather than a guarantee"),
        (slope_with_noise, 0.1, False, "was refuted by a network that does better"),
        (board, 0.3, False, "the mixture's error may fall much further"),
    ],
)
def test_the_lower_limit_is_the_smaller_of_two_and_says_where_it_comes_from(
    target, error, low, told
):
    it = estimate_bayes_error(
        drawn(1000, 0, target), planted.regression((error,) * 3, (error,) * 3)
    )
    assert told in it.method
    limits = it.details["mixture_low"], it.details["gamma_low"]
    assert it.low == (min(limits) if low else 0)


def test_the_gamma_test_may_find_no_noise_where_the_mixture_does():
    """In ten dimensions, of which the mixture finds the one that counts."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((600, 10)).astype(np.float32)
    found = gamma_test(inputs, inputs[:, 0] + rng.normal(0, 0.3, 600), 0.975, rng)
    assert found.low == 0
    noise = NoiseReading(0.1, 0.14, Learning(0.0, 0.0), 0.08)
    assert floors._noise_low(0.0, noise, found.low).startswith("0, as the Gamma test")
    assert "Gamma test's (one-sided 97.5 %)" in floors._noise_low(0.05, noise, 0.05)
    assert "Gamma test's limit of 0.05 was refuted" in floors._noise_low(0.0, noise, 0.05)
