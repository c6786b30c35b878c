"""The least balanced error: below it the lower limit stays, whatever the classes' shares."""

import math
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics.bayes import balanced_floor as subject
from netclinic.diagnostics.bayes import data_reading
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.likely_limits import likely_of
from netclinic.diagnostics.bayes.noise_test import NoiseTest
from netclinic.storage.records.data import ClassRows
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.bayes.test_bayes import dataset

APART = 3.0
OF_TWO = 0.5 * math.erfc(APART / 2 / math.sqrt(2))  # 6.7 %, of rows of which both have as many


def drawn(counts, seed):
    """Two normal classes in the plane, ``APART``, and maybe a third that nobody mistakes."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    centres = np.array([[0.0, 0.0], [APART, 0.0], [0.0, 40.0]])
    return rng.standard_normal((len(labels), 2)) + centres[labels], labels


def study_of(data, test_error):
    """A study under the balanced error, whose network is as often wrong in each class."""
    sizes = [np.bincount(s.labels, minlength=data.classes) for s in (data.train, data.test)]
    rows = ClassRows(data.class_names, *(tuple(map(int, sizes[i])) for i in (0, 1, 1)))
    trial = planted.trial(test=test_error)
    wrong = {"test": tuple(round(test_error * int(n)) for n in sizes[1])}
    trial = replace(trial, result=trial.result._replace(wrong=wrong))
    resolved = planted.spec(study={"objective": "balanced_error"})
    study = planted.study([trial], resolved=resolved)
    return replace(study, provenance=study.provenance._replace(class_rows=rows))


def floor_of(counts, seed, test_error=0.1):
    data = dataset(*drawn(counts, seed))
    return estimate_bayes_error(data, study_of(data, test_error))


@pytest.fixture(autouse=True)
def _of_classes_alone(request, monkeypatch):
    """What counts rows is not looked at, save where it is asked for; that takes the longest."""
    if request.function is not test_the_error_of_rows_would_be_far_lower:
        monkeypatch.setattr(data_reading, "see_by_mixture", lambda *_: None)


@pytest.fixture
def _passed(monkeypatch):
    """No self-test, which takes three times as long and could only lower the lower limit."""
    monkeypatch.setattr(subject, "inject_noise", lambda *_: NoiseTest(100, 0.4, 0.4, 0.1))


@pytest.mark.usefixtures("_passed")
@pytest.mark.parametrize(
    ("counts", "truth"), [((500, 250), OF_TWO), ((250, 250, 30), OF_TWO * 2 / 3)]
)
def test_the_lower_limit_is_above_zero_and_below_the_truth(counts, truth):
    lows = [floor_of(counts, seed).low for seed in range(16)]
    assert np.median(lows) > truth / 5
    assert sum(low > truth for low in lows) <= binom.ppf(0.99, len(lows), 0.025)


def test_the_method_tells_what_was_asked():
    it = floor_of((700, 300), 0)
    assert it.low > 0
    assert "a mixture of classifiers on 300 rows of each of 2 classes (one-sided" in it.method
    assert "Tested by labels drawn anew" in it.method
    assert it.details["mixture_rows_of_a_class"] == 300
    assert it == floor_of((700, 300), 0)


@pytest.mark.usefixtures("_passed")
def test_a_class_of_few_rows_is_left_out_and_that_is_told():
    it = floor_of((700, 700, 30), 0)
    assert it.low == pytest.approx(it.details["mixture_low"])
    assert "700 rows of each of 2 classes, of 3, times 2/3" in it.method


def test_the_error_of_rows_would_be_far_lower():
    """Where one class is 1 row in 10, so the Bayes error that counts rows says nothing of this."""
    data = dataset(*drawn((1800, 200), 1))
    study = study_of(data, 0.1)
    rows = replace(study, spec=planted.spec())
    it = estimate_bayes_error(data, study)
    assert estimate_bayes_error(data, rows).high < OF_TWO
    assert it.low <= OF_TWO <= it.high


@pytest.mark.usefixtures("_passed")
def test_a_refuted_limit_becomes_zero():
    it = floor_of((700, 300), 0, test_error=0.0)
    assert it.low == 0
    assert "a network does better than it" in it.method


def test_too_few_rows_of_a_class_say_nothing():
    it = floor_of((400, 15), 0, test_error=0.4)
    assert it.low == 0
    assert "fewer than two classes have 20 rows" in it.method
    # A network that misses a class says nothing of how far others get.
    assert likely_of(it).low == 0


@pytest.mark.usefixtures("_passed")
@pytest.mark.parametrize("counts", [(1000, 25), (800, 80), (500, 200)])
def test_likely_limits_hold_beside_a_network_that_misses_the_rare_class(counts):
    """Each with 80 %, within a binomial bound; from the network's error none of the lower did."""
    seeds, above, below = 12, 0, 0
    for seed in range(seeds):
        it = floor_of(counts, seed, test_error=0.4)
        likely = likely_of(it)
        above += likely.high >= OF_TWO
        below += likely.low <= OF_TWO
        assert it.low <= OF_TWO <= it.high
        assert it.low <= likely.low <= it.value <= likely.high <= it.high
    assert min(above, below) >= binom.ppf(0.01, seeds, 0.8)


@pytest.mark.usefixtures("_passed")
def test_the_mixture_tells_the_point_and_the_upper_limit_where_it_does_better():
    it = floor_of((900, 100), 0, test_error=0.4)
    assert it.value < 0.15
    assert it.high < 0.2
    assert it.n == 200
    assert "upper limit is the smaller of the one-sided 98.75 % limits" in it.method
    assert "held-out rows; Clopper–Pearson)" in it.method
    # Of three classes it saw two: their errors say nothing of the third from above.
    of_two = floor_of((900, 100, 30), 0, test_error=0.4)
    assert of_two.high > 0.3
    assert "upper limit its one-sided 97.5 % limit" in of_two.method


def test_a_failed_self_test_takes_the_limit_down(monkeypatch):
    monkeypatch.setattr(subject, "inject_noise", lambda *_: NoiseTest(100, 0.4, 0.45, 0.001))
    assert floor_of((700, 300), 0).details["mixture_low"] == pytest.approx(
        max(0.0, _passed_low() - 0.02), abs=1e-9
    )


def _passed_low():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "inject_noise", lambda *_: NoiseTest(100, 0.4, 0.4, 0.1))
        return floor_of((700, 300), 0).low
