"""Intervals: published examples, exact properties, and coverage with a binomial bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.intervals import (
    clopper_pearson,
    newcombe_difference,
    newcombe_paired_difference,
    wilson,
)
from scipy.stats import binom, binomtest


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
