"""The Bayes error: given, estimated, and the truth inside the interval in nearly all draws."""

import math
import time

import numpy as np
import pytest
from netclinic.datasets.dataset import Dataset, Preprocessing, Split
from netclinic.diagnostics.bayes import bayes, class_floor, looked_at
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.likely_limits import LIKELY, likely_of
from netclinic.diagnostics.bayes.noise_test import NoiseTest
from netclinic.diagnostics.findings import DiagnosisError
from scipy.stats import binom

from tests.diagnostics import planted
from tests.read_once import read_once


def dataset(inputs, labels, held_out=0.4):
    inputs, labels = inputs.astype(np.float32), labels.astype(np.int32)
    rows, features = inputs.shape
    train, end = int(rows * (1 - held_out)), int(rows * (1 - held_out / 2))
    return Dataset(
        name="drawn",
        train=Split(inputs[:train], labels[:train]),
        validation=Split(inputs[train:end], labels[train:end]),
        test=Split(inputs[end:], labels[end:]),
        class_names=tuple(map(str, range(labels.max() + 1))),
        feature_names=tuple(f"x{i}" for i in range(features)),
        preprocessing=Preprocessing(np.zeros(features), np.ones(features)),
        fingerprint="0" * 64,
    )


def two_normals(rows, dimensions, separation, seed):
    """Inputs, labels and whether the best possible classifier is wrong on each row."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(rows) % 2)
    offset = separation / 2 / math.sqrt(dimensions)
    inputs = rng.standard_normal((rows, dimensions)) + np.where(labels, offset, -offset)[:, None]
    return inputs, labels, (inputs.sum(axis=1) > 0) != labels


def study_with_test_error(test):
    return planted.study([planted.trial(test=test)] if test is not None else [])


@pytest.fixture
def _passed(monkeypatch):
    """No self-test, which takes three times as long and could only lower the lower limit."""
    passed = NoiseTest(100, 0.4, 0.4, 0.1)
    monkeypatch.setattr(class_floor, "inject_noise", lambda *_: passed)


@pytest.fixture
def _read_once(monkeypatch):
    """Of the same rows, which are the same tests' too, the small models are fitted once."""
    monkeypatch.setattr(bayes, "read_data", read_once)


CASES = {
    "two_gaussians 2-D": (2, math.sqrt(6.92)),
    "two_gaussians 10-D": (10, math.sqrt(10)),
    "twonorm 20-D": (20, 4.0),
    "heavy overlap 5-D": (5, 1.0),
}


@pytest.mark.usefixtures("_passed")
@pytest.mark.parametrize("case", CASES)
def test_the_interval_holds_the_truth(case):
    dimensions, separation = CASES[case]
    truth = 0.5 * math.erfc(separation / 2 / math.sqrt(2))
    seeds, outside, too_high, unlikely = 10, 0, 0, np.zeros(2, int)
    for seed in range(seeds):
        inputs, labels, wrong = two_normals(400, dimensions, separation, seed)
        # A network as good as can be: the case in which the upper limit is hardest to get right.
        test = wrong[320:].mean() if seed % 2 else None
        it = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(test))
        outside += not it.low <= truth <= it.high
        too_high += it.low > truth
        likely = likely_of(it)
        assert likely is not None
        unlikely += likely.low > truth, likely.high < truth
        assert 0 <= it.low <= likely.low <= it.value <= likely.high <= it.high <= 1
    assert unlikely.max() <= binom.ppf(0.99, seeds, 1 - LIKELY)
    assert outside <= binom.ppf(0.99, seeds, 0.05)
    assert too_high <= binom.ppf(0.99, seeds, 0.025)


@pytest.mark.usefixtures("_read_once")
def test_the_lower_limit_is_useful_where_the_error_is_flat():
    lows = []
    for seed in range(3):
        inputs, labels, _ = two_normals(1000, *CASES["two_gaussians 2-D"], seed)
        lows.append(estimate_bayes_error(dataset(inputs, labels), study_with_test_error(None)))
    assert all(it.low > 0.03 for it in lows)
    assert all("evidence rather than a guarantee" in it.method for it in lows)


def test_the_lower_limit_is_silent_where_little_was_learnt():
    """With a truth of 0.31 against 0.5 the error stays flat, as it would at a border not found."""
    inputs, labels, _ = two_normals(1000, *CASES["heavy overlap 5-D"], seed=0)
    it = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(None))
    assert it.low == 0
    assert "may fall much further" in it.method


def test_every_ingredient_is_told():
    inputs, labels, wrong = two_normals(1000, 10, math.sqrt(10), seed=0)
    data = dataset(inputs, labels)
    it = estimate_bayes_error(data, study_with_test_error(wrong[800:].mean()))
    assert not it.given
    assert set(it.details) == {
        "mixture_error",
        "mixture_rows",
        "mixture_expected_error",
        "mixture_fall",
        "mixture_fall_standard_error",
        "mixture_point",
        "mixture_unlearnt",
        "mixture_low",
        "likely_low",
        "likely_high",
        "commonest_class_error",
        "network_test_error",
        "network_test_rows",
        "noise_misfit",
        "noise_slope_due",
        "noise_slope_found",
        "noise_slope_standard_error",
        "noise_test_rows",
        "rows_used",
    }
    assert it.details["rows_used"] == it.details["mixture_rows"] == 1000
    assert it.details["network_test_rows"] == 200
    assert "the network of trial 0" in it.method
    assert "98.75 % Clopper–Pearson" in it.method
    assert it == estimate_bayes_error(data, study_with_test_error(wrong[800:].mean()))


def test_without_a_trained_network_the_mixture_speaks_alone():
    inputs, labels, _ = two_normals(400, 2, 2.0, seed=1)
    it = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(None))
    assert it.details["network_test_error"] is None
    assert it.value == it.details["mixture_point"]
    assert "network of trial" not in it.method
    assert "97.5 % Clopper–Pearson" in it.method


@pytest.mark.usefixtures("_read_once")
def test_a_network_that_sees_more_gives_the_upper_limit_and_the_point():
    """A parity of ten signs: the mixture learns nothing of it, a network may."""
    rng = np.random.default_rng(5)
    inputs = rng.standard_normal((1000, 10))
    labels = (inputs > 0).sum(axis=1) % 2
    alone = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(None))
    informed = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(0.0))
    assert alone.high > 0.4
    assert alone.low == 0
    assert (informed.value, informed.low) == (0.0, 0.0)
    assert informed.high < 0.03
    assert "the smaller of the held-out error of the network of trial 0" in informed.method


@pytest.mark.usefixtures("_read_once")
def test_a_refuted_lower_limit_is_told_and_zero_is_published():
    inputs, labels, _ = two_normals(1000, *CASES["two_gaussians 2-D"], seed=0)
    it = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(0.0))
    assert it.details["mixture_low"] > 0.03
    assert it.low == 0
    assert "was refuted" in it.method


def test_few_rows_publish_no_lower_limit():
    inputs, labels, _ = two_normals(40, 2, 0.5, seed=0)
    it = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(0.25))
    assert (it.low, it.value) == (0, 0.25)
    assert "fewer than 50 rows" in it.method


def test_few_rows_without_a_network_leave_the_error_of_guessing():
    inputs, labels, _ = two_normals(40, 2, 0.5, seed=0)
    it = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(None))
    assert (it.low, it.value, it.high) == (0, 0.5, 0.5)


def test_many_rows_are_thinned_and_that_is_told(monkeypatch):
    monkeypatch.setattr(looked_at, "_ROWS_AT_MOST", 300)
    inputs, labels, _ = two_normals(420, 2, 2.0, seed=2)
    it = estimate_bayes_error(dataset(inputs, labels), study_with_test_error(0.16))
    assert it.details["rows_used"] == it.details["mixture_rows"] == 300
    assert it.details["network_test_rows"] == 84


def test_two_thousand_rows_of_64_features_take_a_few_seconds():
    inputs, labels, _ = two_normals(2000, 64, 3.0, seed=3)
    data = dataset(inputs, labels)
    start = time.process_time()
    estimate_bayes_error(data, study_with_test_error(0.1))
    # 2.6 s on a quiet core; processor time, so that a busy machine does not fail it.
    assert time.process_time() - start < 6


def study_with_figure(figure):
    return planted.study(resolved=planted.spec(diagnosis={"bayes_error": figure}))


def test_a_given_number_is_exact():
    inputs, labels, _ = two_normals(40, 2, 2.0, seed=0)
    it = estimate_bayes_error(dataset(inputs, labels), study_with_figure(0.03))
    assert (it.value, it.low, it.high, it.n, it.given) == (0.03, 0.03, 0.03, None, True)


def test_a_given_interval_is_passed_on():
    inputs, labels, _ = two_normals(40, 2, 2.0, seed=0)
    figure = {"value": 0.03, "low": 0.01, "high": 0.05}
    it = estimate_bayes_error(dataset(inputs, labels), study_with_figure(figure))
    assert (it.value, it.low, it.high, it.n, it.given) == (0.03, 0.01, 0.05, None, True)
    assert "interval" in it.method


def test_a_study_made_elsewhere_is_refused():
    inputs, labels, _ = two_normals(40, 2, 2.0, seed=0)
    foreign = planted.study()
    foreign = type(foreign)(**{**foreign.__dict__, "spec": None})
    with pytest.raises(DiagnosisError, match="'planted' has no spec"):
        estimate_bayes_error(dataset(inputs, labels), foreign)
