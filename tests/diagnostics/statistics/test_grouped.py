"""The sign test of groups and the quantiles of few groups, by hand and by other tests."""

from itertools import product

import numpy as np
import pytest
from netclinic.diagnostics.statistics.grouped import (
    Grouping,
    grouping,
    number_alike,
    rate_limits,
    sign_test,
    square_limits,
    upper_quantile,
    upper_tail,
)
from netclinic.diagnostics.statistics.intervals import mean_square
from scipy.stats import binom, norm, t


@pytest.mark.parametrize(("worse", "better"), [(6, 0), (10, 3), (9, 9), (1, 0), (0, 4), (0, 0)])
def test_groups_of_one_row_are_compared_by_mcnemars_exact_test(worse: int, better: int) -> None:
    differences = np.repeat([1, -1, 0], [worse, better, 20])
    expected = binom.sf(worse - 1, worse + better, 0.5) if worse + better else 1.0
    assert sign_test(differences, np.arange(len(differences))) == pytest.approx(expected)


def test_all_signs_of_groups_are_drawn() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        groups = random.integers(0, 8, 40)
        differences = random.integers(-1, 2, 40)
        sums = np.array([differences[groups == g].sum() for g in range(8)])
        drawn = [np.dot(signs, np.abs(sums)) for signs in product((1, -1), repeat=8)]
        expected = np.mean(np.array(drawn) >= sums.sum())
        assert sign_test(differences, groups) == pytest.approx(expected)


def test_of_many_rows_the_chance_is_that_of_a_normal_sum() -> None:
    random = np.random.default_rng(1)
    differences, groups = random.integers(-1, 2, 10_000), random.integers(0, 500, 10_000)
    sums = np.bincount(groups, weights=differences)
    z = (sums.sum() - 1) / np.sqrt((sums**2).sum())
    assert sign_test(differences, groups) == pytest.approx(norm.sf(z), abs=0.005)
    assert sign_test(np.ones(10_000), np.arange(10_000)) == 0.0


def test_few_groups_tell_their_standard_error_less_well_than_many_rows() -> None:
    assert upper_quantile(0.025, None) == pytest.approx(1.96, abs=0.001)
    assert upper_quantile(0.025, 8) == pytest.approx(t.isf(0.025, 7))
    for groups in (None, 8):
        assert upper_tail(upper_quantile(0.01, groups), groups) == pytest.approx(0.01)


SIZES = {
    "one of three": [250, 30, 20],
    "one of ten": [200] + [10] * 9,
    "one of thirty": [150] + [5] * 29,
    "three of 23": [50] * 3 + [5] * 20,
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_an_error_is_held_where_few_groups_have_most_rows(sizes: list[int]) -> None:
    """In 93 % of 400 draws, within a binomial bound; were the groups counted, in fewer than 90 %.

    A group's effect is 0.4 of the variance of what decides whether a row is wrong; 93 % are what
    groups of equal size reach.
    """
    random, truth, who = np.random.default_rng(3), 0.3, np.repeat(np.arange(len(sizes)), sizes)
    held = dict.fromkeys(("telling", "counted"), 0)
    for _ in range(400):
        effects = np.sqrt(0.4) * random.normal(size=len(sizes))
        wrong = effects[who] + np.sqrt(0.6) * random.normal(size=len(who)) < norm.ppf(truth)
        it, few = grouping(wrong.astype(float), who), number_alike(who)
        as_if = (len(sizes) / (len(sizes) - 1)) / (few / (few - 1))  # all groups alike
        plain = Grouping(len(sizes), max(1.0, it.effect * as_if))
        for counted, how in (("telling", it), ("counted", plain)):
            low, high = rate_limits(int(wrong.sum()), len(who), how, 0.95)
            held[counted] += low <= truth <= high
    assert held["telling"] >= binom.ppf(0.001, 400, 0.93)
    assert held["counted"] < 0.9 * 400


def test_groups_of_one_size_all_tell() -> None:
    assert grouping(np.array([1.0, 0, 1, 1]), np.array([0, 0, 1, 1])).telling == 2
    assert grouping(np.array([1.0, 0, 1, 1]), np.array([0, 0, 0, 1])).telling == 1.6


@pytest.mark.parametrize("persons", [5, 30])
def test_the_upper_limit_of_a_design_effect_lies_above_it(persons: int) -> None:
    """Of sums of persons that are normal, in 95 % of 400 draws; the effect itself in about half."""
    random, each, truth = np.random.default_rng(2), 10, 1 + 9 * 0.4
    above = dict.fromkeys(("effect", "limit"), 0)
    for _ in range(400):
        who = np.repeat(np.arange(persons), each)
        effects = np.sqrt(0.4) * random.normal(size=persons)
        it = grouping(effects[who] + np.sqrt(0.6) * random.normal(size=len(who)), who)
        above["effect"] += it.effect >= truth
        above["limit"] += it.above(0.95).effect >= truth
    assert above["limit"] >= binom.ppf(0.001, 400, 0.95)
    assert above["effect"] < 0.6 * 400
    assert Grouping(1, 4.0).above(0.95) == Grouping(1, 4.0)


def test_squares_of_rows_all_alike_in_their_groups_are_told_as_one_row_of_each() -> None:
    squares = np.random.default_rng(0).standard_normal(10) ** 2
    groups = np.repeat(np.arange(10), 7)
    of_rows = mean_square(float(squares.mean()), float(squares.std()), 10)
    rows = np.repeat(squares, 7)
    grouped = grouping(rows, groups)
    it = square_limits(float(rows.mean()), float(rows.std()), 70, grouped, 0.95)
    assert tuple(it) == pytest.approx(tuple(of_rows))


@pytest.mark.parametrize("alike", [0.2, 1.0])
@pytest.mark.parametrize(("number", "each"), [(5, 5), (10, 20), (30, 5)])
def test_a_mean_of_squares_of_rows_in_groups_is_covered(
    number: int, each: int, alike: float
) -> None:
    """Normal residuals, of which a share of the variance is the group's."""
    rng, draws, outside = np.random.default_rng(1), 600, 0
    groups = np.repeat(np.arange(number), each)
    for _ in range(draws):
        common = np.sqrt(alike) * rng.standard_normal(number)[groups]
        squares = (common + np.sqrt(1 - alike) * rng.standard_normal(number * each)) ** 2
        spread = float(squares.mean()), float(squares.std()), len(squares)
        it = square_limits(*spread, grouping(squares, groups), 0.95)
        outside += not it.low <= 1 <= it.high
    assert outside <= binom.ppf(0.999, draws, 0.055)
