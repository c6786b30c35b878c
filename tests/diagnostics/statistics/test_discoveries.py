"""What is refuted among many hypotheses, and the level of the intervals that goes with it."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.statistics.discoveries import FALSE, discoveries, holm
from scipy.stats import binom, norm

P_AND_WEIGHT = st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 10)), min_size=1, max_size=5)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_adjusts_upwards_and_keeps_the_order(p_values) -> None:
    adjusted = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    ranked = [adjusted[i] for i in order]
    assert ranked == sorted(ranked)
    if p_values:
        assert ranked[0] == pytest.approx(min(1.0, len(p_values) * min(p_values)))


@given(P_AND_WEIGHT)
def test_weighted_it_is_the_closed_test_of_weighted_bonferroni(both) -> None:
    """Each is refuted where every set that holds it is, by p ≤ α · weight / (the set's weights)."""
    p, weights = zip(*both, strict=True)
    places = range(len(p))
    sets = [set(it) for n in places for it in combinations(places, n + 1)]
    closed = [
        max(
            min(p[i] * sum(weights[j] for j in it) / weights[i] for i in it)
            for it in sets
            if k in it
        )
        for k in places
    ]
    np.testing.assert_allclose(holm(p, weights), np.minimum(1, closed), rtol=1e-9)


def test_found_is_what_is_adjusted_to_five_percent_at_most() -> None:
    it = discoveries([0.02, 1e-6, 0.3, 0.04], [4, 1, 1, 1])
    assert it.adjusted == pytest.approx([0.03, 7e-6, 0.3, 0.08])
    assert it.found == [True, True, False, False]
    assert it.level == pytest.approx(0.05 * 2 / (4 * (1 + 1 / 2 + 1 / 3 + 1 / 4)))


def test_dependent_hypotheses_are_rarely_refuted_in_any_of_them() -> None:
    """20 with a common part, ten of them true: in at most 5 % of 2,000 draws one of these is."""
    rng = np.random.default_rng(0)
    truth, weights = np.tile([0.0, 3.0], 10), 1 / np.arange(1, 21) ** 2
    false = 0
    for common in (1.0, -1.0):  # all alike, and half of them against the others
        for _ in range(1000):
            signs = np.where(np.arange(20) < 10, 1.0, common)
            z = truth + 0.7 * signs * rng.normal() + 0.714 * rng.normal(size=20)
            found = np.array(discoveries(norm.sf(z).tolist(), weights.tolist()).found)
            false += bool(found[truth == 0].any())
    assert false <= binom.ppf(0.999, 2000, FALSE)


def test_without_hypotheses_nothing_is_found() -> None:
    assert discoveries([], []) == ([], [], FALSE)
