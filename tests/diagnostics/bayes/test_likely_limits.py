"""Likely limits of the Bayes error: between the sure ones, and told where they rest on what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.bayes.error_limit import Learning
from netclinic.diagnostics.bayes.known_floor import Noise, with_noise
from netclinic.diagnostics.bayes.likely_limits import (
    likely_details,
    likely_high,
    likely_low,
    likely_of,
    likely_sentence,
)
from netclinic.diagnostics.ladder import Likely
from netclinic.diagnostics.statistics.intervals import clopper_pearson

from tests.diagnostics import planted


@given(st.integers(0, 500), st.floats(0, 0.1), st.floats(0, 0.05), st.floats(0, 1))
def test_the_lower_one_is_the_error_less_chance_and_what_it_still_falls(
    wrong, fall, fall_error, unlearnt
):
    n = 1000
    low = likely_low(wrong, n, None, Learning(fall, fall_error, unlearnt))
    at_rest = clopper_pearson(wrong, n, 0.6).low
    assert 0 <= low <= at_rest + 1e-12
    assert low <= max(0.0, wrong / n - 2 * fall) + 1e-12
    assert likely_low(wrong, n, None, Learning(0.0, 0.0)) == pytest.approx(at_rest)
    by_neighbours = likely_low(wrong, n, None, Learning(0.0, 0.0, unlearnt))
    assert by_neighbours == pytest.approx(
        max(0.0, at_rest - min(unlearnt / 2, wrong / n / 8)), abs=1e-12
    )


def test_the_upper_one_is_the_best_classifiers():
    alone = likely_high([(100, 1000, None)])
    assert alone == pytest.approx(clopper_pearson(100, 1000, 0.6).high)
    assert likely_high([(100, 1000, None), (20, 1000, None)]) == pytest.approx(
        clopper_pearson(20, 1000, 0.8).high
    )


def test_known_label_noise_raises_both():
    bayes = planted.bayes(0.05, 0.0, 0.1)._replace(details=likely_details(Likely(0.03, 0.06)))
    noise = Noise(redrawn=0.16, floor=0.08, low=0.07, n=1000)
    found = with_noise(bayes, noise)
    assert likely_of(found) == Likely(0.07, 0.08)


def test_the_sentence_says_what_they_rest_on():
    told = likely_sentence(Likely(0.174, 0.2041))
    assert "80 % on each side" in told
    assert "between 17.4 and 20.4 %" in told
    assert "found no trace" in told


def test_other_estimates_have_most_of_the_way_down_and_figures_of_the_user_chances_limits():
    low, high = likely_of(planted.bayes(0.08, 0.0, 0.1))
    assert low == pytest.approx(0.02)
    assert 0.08 < high < 0.09
    assert likely_of(planted.bayes(0.08, 0.0, 0.1, given=True)) is None
