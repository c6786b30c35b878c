"""Intervals: published examples, exact properties, and coverage with a binomial bound."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.statistics.intervals import (
    clopper_pearson,
    clustered_wilson,
    difference,
    mean_square,
    newcombe_difference,
    newcombe_paired_difference,
    wilson,
)
from scipy.stats import binom, binomtest, chi2, norm
from scipy.stats import t as student


# Newcombe 1998, Stat Med 17:857, table I, methods 3 and 5.
@pytest.mark.parametrize(
    ("wrong", "n", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_single_error_published_examples(wrong, n, score, exact):
    assert wilson(wrong, n)[1:] == pytest.approx(score, abs=5.1e-5)
    assert clopper_pearson(wrong, n)[1:] == pytest.approx(exact, abs=5.1e-5)


# Newcombe 1998, Stat Med 17:873, table II, method 10.
@pytest.mark.parametrize(
    ("counts", "limits"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_unpaired_difference_published_examples(counts, limits):
    assert newcombe_difference(*counts)[1:] == pytest.approx(limits, abs=5.1e-5)


# Newcombe 1998, Stat Med 17:2635, method 10; the last two from Fagerland, Lydersen and Laake
# 2017, Statistical Analysis of Contingency Tables, chapter 8.
@pytest.mark.parametrize(
    ("counts", "limits"),
    [
        ((36, 12, 2, 0), (0.0569, 0.3404)),
        ((18, 12, 2, 18), (0.0562, 0.3290)),
        ((53, 0, 0, 1), (-0.0729, 0.0729)),
        ((0, 30, 0, 0), (0.8395, 1.0)),
        ((59, 6, 16, 80), (-0.1186, -0.0046)),
        ((1, 1, 7, 12), (-0.507, -0.026)),
    ],
)
def test_paired_difference_published_examples(counts, limits):
    digits = 5.1e-4 if counts[0] == 1 else 5.1e-5
    assert newcombe_paired_difference(*counts)[1:] == pytest.approx(limits, abs=digits)


@st.composite
def counts(draw):
    n = draw(st.integers(1, 3000))
    return draw(st.integers(0, n)), n


confidences = st.floats(0.5, 0.999)


@given(counts(), confidences)
def test_agrees_with_scipy(pair, confidence):
    result = binomtest(*pair)
    for mine, name in ((wilson, "wilson"), (clopper_pearson, "exact")):
        theirs = result.proportion_ci(confidence, method=name)
        assert mine(*pair, confidence)[1:] == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(counts(), confidences)
def test_single_error_is_ordered_mirrored_and_grows_with_confidence(pair, confidence):
    wrong, n = pair
    for interval in (wilson, clopper_pearson):
        it = interval(wrong, n, confidence)
        assert 0 <= it.low <= it.value <= it.high <= 1
        mirrored = interval(n - wrong, n, confidence)
        assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((it.low, it.high), abs=1e-9)
        wider = interval(wrong, n, (1 + confidence) / 2)
        assert wider.low <= it.low
        assert it.high <= wider.high


@given(counts(), counts(), confidences)
def test_unpaired_difference_is_ordered_and_antisymmetric(first, second, confidence):
    it = newcombe_difference(*first, *second, confidence)
    assert -1 <= it.low <= it.value <= it.high <= 1
    back = newcombe_difference(*second, *first, confidence)
    assert (-back.value, -back.high, -back.low) == pytest.approx(it)


@given(st.tuples(*[st.integers(0, 400)] * 4).filter(any), confidences)
def test_paired_difference_is_ordered_and_antisymmetric(table, confidence):
    both, first, second, neither = table
    it = newcombe_paired_difference(both, first, second, neither, confidence)
    assert -1 <= it.low <= it.value <= it.high <= 1
    back = newcombe_paired_difference(both, second, first, neither, confidence)
    assert (-back.value, -back.high, -back.low) == pytest.approx(it, abs=1e-12)


def test_agreement_between_classifiers_makes_the_paired_interval_narrower():
    paired = newcombe_paired_difference(80, 20, 10, 890)
    unpaired = newcombe_difference(100, 1000, 90, 1000)
    assert paired.high - paired.low < 0.6 * (unpaired.high - unpaired.low)


@pytest.mark.parametrize("p", [0.002, 0.03, 0.2, 0.5])
@pytest.mark.parametrize("n", [60, 360])
def test_clopper_pearson_never_covers_less_than_it_says(p, n):
    covered = sum(
        binom.pmf(k, n, p)
        for k in range(n + 1)
        if clopper_pearson(k, n).low <= p <= clopper_pearson(k, n).high
    )
    assert covered >= 0.95


def _misses_allowed(draws: int, rate: float) -> int:
    return int(binom.ppf(0.9999, draws, rate))


@pytest.mark.parametrize(
    ("p1", "n1", "p2", "n2"),
    [(0.02, 1000, 0.02, 360), (0.05, 300, 0.15, 100), (0.3, 200, 0.3, 200), (0.01, 60, 0.1, 360)],
)
def test_unpaired_difference_covers_the_truth(p1, n1, p2, n2):
    rng = np.random.default_rng(0)
    draws = 600
    wrong = zip(rng.binomial(n1, p1, draws), rng.binomial(n2, p2, draws), strict=True)
    intervals = [newcombe_difference(int(a), n1, int(b), n2) for a, b in wrong]
    misses = sum(not it.low <= p1 - p2 <= it.high for it in intervals)
    # The method is approximate; Newcombe reports single coverages down to about 0.93.
    assert misses <= _misses_allowed(draws, 0.06)


@pytest.mark.parametrize(
    "cells", [(0.05, 0.02, 0.02, 0.91), (0.1, 0.08, 0.02, 0.8), (0.01, 0.05, 0.1, 0.84)]
)
def test_paired_difference_covers_the_truth(cells):
    rng = np.random.default_rng(1)
    draws, truth = 600, cells[1] - cells[2]
    intervals = [
        newcombe_paired_difference(*map(int, table))
        for table in rng.multinomial(300, cells, size=draws)
    ]
    misses = sum(not it.low <= truth <= it.high for it in intervals)
    assert misses <= _misses_allowed(draws, 0.06)


@pytest.mark.parametrize(("wrong", "n"), [(-1, 10), (11, 10), (0, 0)])
def test_impossible_counts_are_refused(wrong, n):
    for interval in (wilson, clopper_pearson):
        with pytest.raises(ValueError, match=f"got {wrong} wrong of {n} rows"):
            interval(wrong, n)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 10, confidence)


def test_negative_table_cells_are_refused():
    with pytest.raises(ValueError, match="counts ≥ 0"):
        newcombe_paired_difference(1, -1, 2, 3)


def test_a_mean_square_of_normal_residuals_has_the_interval_of_their_variance():
    """ν·s²/χ²(ν), where ν is n − 1 but for that the deviation is found on a third of the rows."""
    it = mean_square(4.0, 4.0 * math.sqrt(2), 501)
    degrees = 500 * (norm.ppf(0.975) / student.ppf(0.975, 500 / 3)) ** 2
    assert it.low == pytest.approx(degrees * 4 / chi2.ppf(0.975, degrees))
    assert it.high == pytest.approx(degrees * 4 / chi2.ppf(0.025, degrees))
    assert it.high - it.low < 1.02 * 4 * 500 * (1 / chi2.ppf(0.025, 500) - 1 / chi2.ppf(0.975, 500))


def test_nothing_bounds_a_mean_square_of_a_single_row_or_of_products_of_either_sign():
    assert mean_square(0.5, 0.0, 10) == (0.5, 0.5, 0.5)
    assert mean_square(0.01, 1.0, 100) == (0.01, 0.0, math.inf)  # products of either sign
    assert mean_square(0.5, 0.0, 1.9) == (0.5, 0.0, math.inf)
    assert mean_square(0.5, 0.0, 1.9, least=2.0).high == pytest.approx(1 / chi2.ppf(0.025, 2))
    with pytest.raises(ValueError, match="mean square -1"):
        mean_square(-1.0, 0.0, 10)


@pytest.mark.parametrize("rows", [10, 20, 50, 400])
@pytest.mark.parametrize("confidence", [0.6, 0.95, 0.975])
def test_a_mean_square_of_normal_residuals_is_covered_on_either_side(rows, confidence):
    rng, draws = np.random.default_rng(1), 2000
    squares = rng.standard_normal((draws, rows)) ** 2
    its = [mean_square(float(s.mean()), float(s.std()), rows, confidence) for s in squares]
    allowed = binom.ppf(0.999, draws, (1 - confidence) / 2)
    assert sum(it.high < 1 for it in its) <= allowed
    assert sum(it.low > 1 for it in its) <= allowed


@pytest.mark.parametrize(
    ("draw", "least"),
    [
        (lambda rng, size: rng.laplace(size=size), 0.93),
        (lambda rng, size: rng.standard_t(5, size), 0.92),
        (lambda rng, size: rng.standard_t(3, size), 0.84),
    ],
    ids=["Laplace", "t5", "t3"],
)
def test_a_mean_square_of_heavy_tails_is_covered_less(draw, least):
    """Which the diagnosis says it did not check; of 20 rows; Student's interval covers 60 to 82."""
    rng, draws = np.random.default_rng(2), 2000
    truth = float((draw(rng, 4_000_000) ** 2).mean())
    squares = draw(rng, (draws, 20)) ** 2 / truth
    its = [mean_square(float(s.mean()), float(s.std()), 20) for s in squares]
    assert sum(it.low <= 1 <= it.high for it in its) >= binom.ppf(0.001, draws, least)
    assert sum(it.low > 1 for it in its) <= binom.ppf(0.999, draws, 0.025)


@given(st.floats(1e-6, 1e6), st.floats(0.01, 10), st.integers(2, 10_000))
def test_a_mean_square_lies_in_its_interval_whatever_its_unit(error, ratio, rows):
    it, scaled = (mean_square(c * error, c * ratio * error, rows) for c in (1.0, 7.0))
    assert 0 <= it.low <= it.value <= it.high
    assert scaled[1:] == pytest.approx([7 * limit for limit in it[1:]])


def test_wrong_labels_count_as_rows_where_they_come_together_and_alone_where_not():
    together = math.sqrt(0.1 * 0.9)  # rows are wrong as a whole
    assert clustered_wilson(0.1, together, 200, 5)[1:] == pytest.approx(wilson(20, 200)[1:])
    apart = together / math.sqrt(5)
    assert clustered_wilson(0.1, apart, 200, 5)[1:] == pytest.approx(wilson(100, 1000)[1:])
    assert clustered_wilson(0.1, 0.0, 200, 5)[1:] == pytest.approx(wilson(100, 1000)[1:])
    assert clustered_wilson(0.0, 0.0, 200, 5) == wilson(0, 200)
    assert clustered_wilson(1.0, 0.0, 200, 5) == wilson(200, 200)
    with pytest.raises(ValueError, match=r"error 1\.5"):
        clustered_wilson(1.5, 0.0, 200, 5)


@pytest.mark.parametrize("share_in_common", [0.0, 0.6, 1.0])
def test_the_share_of_wrong_labels_is_covered_however_they_hang_together(share_in_common):
    rng, draws, rows, labels, error = np.random.default_rng(2), 1000, 200, 6, 0.1
    outside = 0
    for _ in range(draws):
        alone = rng.random((rows, labels)) < error
        common = np.broadcast_to(rng.random((rows, 1)) < error, alone.shape)
        wrong = np.where(rng.random((rows, 1)) < share_in_common, common, alone).mean(axis=1)
        it = clustered_wilson(float(wrong.mean()), float(wrong.std()), rows, labels)
        outside += not it.low <= error <= it.high
    assert outside <= binom.ppf(0.999, draws, 0.06)


def test_a_difference_of_mean_squares_is_covered():
    rng, draws, outside = np.random.default_rng(3), 1000, 0
    for _ in range(draws):
        first, second = rng.standard_normal(100) ** 2 * 2.0, rng.standard_normal(400) ** 2
        its = [mean_square(float(s.mean()), float(s.std()), len(s)) for s in (first, second)]
        gap = difference(*its)
        outside += not gap.low <= 1.0 <= gap.high
    assert outside <= binom.ppf(0.999, draws, 0.06)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, size: rng.standard_normal(size),
        lambda rng, size: rng.standard_t(3, size),
        lambda rng, size: rng.standard_normal(size) * np.where(rng.random(size) < 0.01, 10, 1),
    ],
    ids=["normal", "t3", "outliers"],
)
@pytest.mark.parametrize("rows", [20, 200])
def test_no_gap_of_mean_squares_is_seen_where_there_is_none(draw, rows):
    """Test rows against five times as many training rows, with the 97.5 % of verdicts."""
    rng, draws = np.random.default_rng(4), 1000
    seen = 0
    for _ in range(draws):
        both = draw(rng, rows) ** 2, draw(rng, 5 * rows) ** 2
        its = [mean_square(float(s.mean()), float(s.std()), len(s), 0.975) for s in both]
        seen += difference(*its).low > 0
    assert seen <= binom.ppf(0.999, draws, 0.0125)
