"""What the user knows of the Bayes error: people, label noise, soft labels; limits that hold."""

import math

import numpy as np
import pytest
from netclinic.diagnostics.bayes import class_floor
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.known_floor import label_noise, soft_label_floor, with_noise
from netclinic.diagnostics.bayes.likely_limits import likely_of, likely_sentence
from netclinic.diagnostics.bayes.noise_test import NoiseTest
from netclinic.diagnostics.diagnosis import diagnose
from netclinic.diagnostics.findings import FindingKind
from netclinic.diagnostics.statistics.intervals import clopper_pearson
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.bayes.test_bayes import dataset, two_normals

SEEDS = 400


def floor_of(data, soft_labels=None, test=None, **known):
    resolved = planted.spec(diagnosis=known)
    trials = [] if test is None else [planted.trial(test=test)]
    return estimate_bayes_error(data, planted.study(trials, resolved=resolved), soft_labels)


def few_rows():
    """Too few for the mixture, so that what is known stands alone."""
    return dataset(*two_normals(40, 2, 2.0, seed=0)[:2])


# People


def test_the_limit_of_people_lies_above_the_least_error():
    """People who are as good as can be: their limit is the hardest to get right."""
    rng, least, n = np.random.default_rng(1), 0.03, 300
    data, below = few_rows(), 0
    for wrong in rng.binomial(n, least, SEEDS):
        below += floor_of(data, human_error={"error": wrong / n, "n": n}).high < least
    assert below <= binom.ppf(0.99, SEEDS, 0.025)
    assert below > 0  # 97.5 % and no more


def test_people_alone_are_point_and_upper_limit_and_no_lower_one():
    it = floor_of(few_rows(), human_error={"error": 0.04, "n": 250})
    assert (it.value, it.low, it.n, it.given) == (0.04, 0.0, 250, False)
    assert it.high == clopper_pearson(10, 250, 0.95).high
    assert (it.details["human_error"], it.details["human_rows"]) == (0.04, 250)
    assert "the error of people" in it.method
    assert "people (10 of 250 rows)" in it.method


def test_half_a_wrong_row_counts_as_one_for_the_limit():
    it = floor_of(few_rows(), human_error={"error": 0.005, "n": 100})
    assert (it.value, it.high) == (0.005, clopper_pearson(1, 100, 0.95).high)


def test_people_who_do_better_than_all_lower_the_floor():
    data = dataset(*two_normals(500, 2, 2.0, seed=3)[:2])
    alone = floor_of(data)
    informed = floor_of(data, human_error={"error": 0.01, "n": 2000})
    assert informed.value == 0.01
    assert informed.high < 0.02 < alone.high
    assert informed.low == 0  # refuted, if it was above
    worse = floor_of(data, human_error={"error": 0.4, "n": 2000})
    assert worse.value == alone.value
    assert worse.low == alone.low
    assert alone.high < worse.high < alone.high + 0.01  # the price of one more candidate


# Label noise


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_flips_are_redraws_and_what_they_do_to_an_error_can_be_undone(classes):
    flipped, clean = 0.12, 0.07
    redrawn = flipped * classes / (classes - 1)
    of_flips = label_noise(flipped, classes, 0.025)
    of_redraws = label_noise({"redrawn": redrawn, "flipped": None, "n": None}, classes, 0.025)
    assert of_flips == pytest.approx(of_redraws)
    assert of_flips.floor == pytest.approx(flipped)
    noisy = clean + redrawn * (1 - 1 / classes - clean)
    assert of_flips.clean(noisy) == pytest.approx(clean)
    assert of_flips.clean(flipped / 2) == 0


def test_a_counted_rate_holds_with_its_confidence():
    """With clean classes the Bayes error is the share of flips itself, the hardest case."""
    rng, flipped, n, above = np.random.default_rng(2), 0.1, 200, 0
    floor = planted.bayes(0.0, 0.0, 0.5)
    for wrong in rng.binomial(n, flipped, SEEDS):
        noise = label_noise({"flipped": max(wrong, 1) / n, "n": n}, 2, 0.025)
        above += with_noise(floor, noise).low > flipped
    assert 0 < above <= binom.ppf(0.99, SEEDS, 0.025)


def test_the_interval_holds_the_truth_where_classes_overlap_and_labels_are_flipped(monkeypatch):
    """Two normals 3 apart (6.7 %), 8 % of labels flipped: 12.4 %, below which lies no truth."""
    clean, flipped = 0.5 * math.erfc(1.5 / math.sqrt(2)), 0.08
    truth = clean + 2 * flipped * (0.5 - clean)
    seeds, outside = 10, 0
    passed = NoiseTest(100, 0.4, 0.4, 0.1)  # the self-test could only lower the lower limit
    monkeypatch.setattr(class_floor, "inject_noise", lambda *_: passed)
    for seed in range(seeds):
        inputs, labels, _ = two_normals(400, 2, 3.0, seed)
        wrong = np.random.default_rng(seed).random(len(labels)) < flipped
        it = floor_of(dataset(inputs, labels ^ wrong), label_noise=flipped)
        outside += not it.low <= truth <= it.high
        assert it.low >= flipped
        likely = likely_of(it)
        assert likely is not None
        assert it.low <= likely.low <= it.value <= likely.high <= it.high
        assert it.method.endswith(likely_sentence(likely)), "with the noise counted"
        assert it.details["clean_bayes_low"] <= clean <= it.details["clean_bayes_high"] or (
            not it.low <= truth <= it.high
        )
    assert outside <= binom.ppf(0.99, seeds, 0.05)


def test_the_lower_limit_says_where_it_comes_from():
    it = floor_of(few_rows(), label_noise={"flipped": 0.1, "redrawn": None, "n": 200})
    low = clopper_pearson(20, 200, 0.975).low  # half of the side: the mixture has a limit, too
    assert it.low == low
    assert f"alone make it at least {100 * low:.1f} %" in it.method
    assert "in 10.0 % of rows, as counted on 200 labels" in it.method


def test_noise_that_the_test_rows_refute_raises_the_alarm():
    """Labels said to be wrong in 20 % of rows, of which a network gets 98 % right."""
    floor = floor_of(few_rows(), test=0.02, label_noise=0.2)
    assert (floor.low, floor.value, floor.high) == (0.2, 0.2, max(0.2, floor.high))
    found = diagnose(planted.study([planted.trial()], floor=floor)).findings
    assert FindingKind.FLOOR_ABOVE_HELD_OUT in {finding.kind for finding in found}


# Soft labels


def drawn(rows, seed):
    """Class probabilities of rows near and far from the border of three classes."""
    rng = np.random.default_rng(seed)
    scores = rng.standard_normal((rows, 3)) * 3
    shares = np.exp(scores)
    return shares / shares.sum(axis=1, keepdims=True)


def test_soft_labels_tell_the_error_with_an_interval_that_holds():
    truth = float((1 - drawn(1_000_000, 99).max(axis=1)).mean())
    outside = 0
    for seed in range(SEEDS):
        it = soft_label_floor(drawn(200, seed))
        outside += not it.low <= truth <= it.high
        assert it.high - it.low < 0.08
    assert outside <= binom.ppf(0.99, SEEDS, 0.05)


def test_few_annotators_make_the_figure_too_low_as_its_method_says():
    rng, shares = np.random.default_rng(5), drawn(5_000, 7)
    three = np.stack([rng.multinomial(3, row) for row in shares]) / 3
    few, exact = soft_label_floor(three), soft_label_floor(shares)
    assert few.high < exact.low
    assert "too low where few annotators saw a row" in few.method


def test_soft_labels_need_no_rows_of_the_study():
    shares = drawn(300, 1)
    it = floor_of(few_rows(), shares)
    assert (it.n, it.given) == (300, True)
    assert it == soft_label_floor(shares)
    assert it.details["soft_labels_sha256"] != soft_label_floor(shares[:299]).details
