"""The self-test of the Bayes error's estimate: it fails where it should, and rarely elsewhere."""

import math

import numpy as np
import pytest
from netclinic.diagnostics.bayes import class_floor, noise_test
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.bayes_mixture import Judged, judge_by_mixture
from netclinic.diagnostics.bayes.noise_test import NoiseTest, inject_noise, sentence
from netclinic.diagnostics.evidence import floor_failed_test
from netclinic.diagnostics.findings import FindingKind, Severity
from scipy.stats import binom, chi2

from tests.diagnostics import planted
from tests.diagnostics.bayes.test_bayes import dataset, two_normals


def outcome(inputs, labels):
    judged = judge_by_mixture(inputs, labels, 2, np.random.default_rng(0))
    return inject_noise(inputs, labels, 2, judged, np.random.default_rng(1))


def checkerboard(cells, rows, seed):
    """More cells than the rows tell apart once their labels are noisy."""
    rng = np.random.default_rng(seed)
    inputs = rng.random((rows, 2))
    return (inputs - 0.5) * math.sqrt(12), (inputs * cells).astype(int).sum(axis=1) % 2


def test_an_estimate_that_follows_the_noise_passes():
    seeds = 40
    found = [outcome(*two_normals(200, 2, 3.0, seed)[:2]) for seed in range(seeds)]
    assert sum(not it.passed for it in found) <= binom.ppf(0.99, seeds, 0.01)
    # Rows alone, without the fits' chance, would spread more.
    scores = [(it.found - it.due) / it.standard_error for it in found]
    assert np.square(scores).sum() <= chi2.ppf(0.99, seeds)


def test_an_estimate_that_loses_its_border_in_the_noise_fails():
    found = [outcome(*checkerboard(5, 500, seed)) for seed in range(6)]
    failed = [it for it in found if not it.passed]
    assert len(failed) >= 3
    assert all(it.found > it.due and it.misfit > 0.02 for it in failed)


def judged_as(wrong):
    """A classifier that is wrong on these rows, knows it, and learns nothing from more rows."""
    errors = wrong.astype(float)
    return Judged(wrong, errors, errors, errors, 0 * errors)


def test_the_slopes_are_those_worked_out_by_hand(monkeypatch):
    """Of 300 rows of 3 classes 60 are wrong, whatever the labels: 0 where 1 − 1/3 − 0.2 is due."""
    wrong = np.arange(300) < 60
    monkeypatch.setattr(noise_test, "judge_by_mixture", lambda *_: judged_as(wrong))
    rng = np.random.default_rng(0)
    it = inject_noise(np.zeros((300, 2)), np.zeros(300, int), 3, judged_as(wrong), rng)
    assert (it.rows, it.found) == (300, 0)
    assert it.due == pytest.approx(2 / 3 - 0.2)
    assert it.standard_error == pytest.approx(math.sqrt(0.2 * 0.8 / 300) * math.hypot(1, 180 / 300))
    assert it.misfit == pytest.approx(0.4 * (2 / 3 - 0.2))


def test_the_exact_error_of_noisy_labels_passes(monkeypatch):
    """A classifier that keeps answering the clean label is wrong exactly where noise changed it."""
    labels = np.random.default_rng(1).integers(4, size=2000)
    seen = []

    def exact(_, noisy, *__):
        seen.append(len(noisy))
        return judged_as(noisy != clean)

    clean = labels[np.random.default_rng(0).permutation(2000)[:1000]]
    monkeypatch.setattr(noise_test, "judge_by_mixture", exact)
    judged = judged_as(np.zeros(2000, bool))
    it = inject_noise(np.zeros((2000, 2)), labels, 4, judged, np.random.default_rng(0))
    assert seen == [1000] * 4  # one of them without noise, on the same rows
    assert it.passed
    assert it.found == pytest.approx(0.75, abs=0.1)


def test_many_classes_are_tested_on_fewer_rows(monkeypatch):
    monkeypatch.setattr(noise_test, "judge_by_mixture", lambda *_: judged_as(np.zeros(300, bool)))
    judged, rng = judged_as(np.zeros(900, bool)), np.random.default_rng(0)
    assert inject_noise(np.zeros((900, 2)), np.zeros(900, int), 100, judged, rng).rows == 300


def test_a_failure_takes_the_lower_limit_down_and_nothing_else(monkeypatch):
    data = dataset(*two_normals(1000, 2, math.sqrt(6.92), seed=0)[:2])
    passed = estimate_bayes_error(data, planted.study())
    failing = NoiseTest(1000, 0.4, 0.45, 0.01)
    monkeypatch.setattr(class_floor, "inject_noise", lambda *_: failing)
    it = estimate_bayes_error(data, planted.study())
    assert "it passed" in passed.method
    assert it.low == pytest.approx(passed.low - 0.02)
    assert (it.value, it.high) == (passed.value, passed.high)
    assert "it failed by 2.0 points at the largest share" in it.method
    assert it.details["noise_misfit"] == pytest.approx(0.02)
    finding = floor_failed_test(it)
    assert (finding.kind, finding.severity) == (FindingKind.FLOOR_FAILED_TEST, Severity.WARNING)
    assert "rose by 0.45 times their share, where 0.40 was due" in finding.text
    assert floor_failed_test(passed) is None


def test_the_sentence_is_silent_on_a_limit_that_was_nought():
    failing = NoiseTest(1000, 0.4, 0.5, 0.01)
    assert sentence(failing, 0.0, 0.0).endswith("it failed by 4.0 points at the largest share.")
    assert "from 3.0 % to 0.0 %" in sentence(failing, 0.03, 0.0)
