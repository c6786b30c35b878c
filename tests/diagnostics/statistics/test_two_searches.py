"""Two searches compared: the parts add up, and searches alike are seldom told apart."""

import math

import numpy as np
import pytest
from netclinic.diagnostics.statistics.chances import mean_error
from netclinic.diagnostics.statistics.two_searches import (
    Search,
    best_pairs,
    compare_pairs,
    compare_searches,
)
from scipy.stats import binom, norm

ALIKE = dict.fromkeys(range(6), (0.1, 0.1))


def errors(*seeds: list[int]) -> np.ndarray:
    return np.array(seeds, np.float64)


def test_the_difference_is_that_of_the_mean_errors() -> None:
    first = Search(errors([1, 1, 0, 0], [1, 0, 0, 0]), ALIKE)
    second = Search(errors([0, 0, 0, 0], [0, 0, 1, 0]), ALIKE)
    found = compare_searches(first, second, shares=True)
    assert found.value == pytest.approx(3 / 8 - 1 / 8)
    assert found.seeds == pytest.approx(math.sqrt((0.03125 + 0.03125) / 2))
    assert found.search == 0  # whichever trial is picked has the same test error
    assert found.error == pytest.approx(math.hypot(found.seeds, found.rows))
    around = found.interval(0.95)
    assert around.low < found.value < around.high
    assert found.interval(0.5).high < around.high


def test_rows_that_all_agree_still_leave_doubt() -> None:
    same = Search(errors([0, 1, 0], [0, 1, 0]), ALIKE)
    shares = compare_searches(same, same, shares=True)
    assert shares.rows == pytest.approx(math.sqrt(2 / 5 / 5))  # two rows more, one for each side
    assert compare_searches(same, same, shares=False).rows == 0


def test_quantities_have_the_standard_error_of_a_mean() -> None:
    random = np.random.default_rng(0)
    first, second = random.normal(size=(2, 3, 50))
    found = compare_searches(Search(first, ALIKE), Search(second, ALIKE), shares=False)
    by_row = first.mean(axis=0) - second.mean(axis=0)
    assert found.rows == pytest.approx(by_row.std(ddof=1) / math.sqrt(50))


def test_classes_count_alike() -> None:
    classes = np.array([0, 0, 0, 1])
    wrong = errors([0, 0, 0, 1], [0, 0, 0, 1])
    assert mean_error(wrong) == 0.25
    assert mean_error(wrong, classes) == 0.5
    right = Search(np.zeros((2, 4)), ALIKE)
    found = compare_searches(Search(wrong, ALIKE), right, classes, shares=True)
    assert found.value == 0.5


def test_rows_of_a_group_count_as_the_group_tells() -> None:
    random = np.random.default_rng(1)
    of_group = random.normal(size=20)
    groups = np.repeat(np.arange(20), 10)
    first = Search(np.stack([of_group[groups]] * 2), ALIKE)
    second = Search(np.zeros((2, 200)), ALIKE)
    alone = compare_searches(first, second, shares=False).rows
    grouped = compare_searches(first, second, None, groups, shares=False).rows
    assert grouped == pytest.approx(of_group.std(ddof=1) / math.sqrt(20), rel=1e-6)
    assert grouped > 2.5 * alone
    one = compare_searches(first, second, None, np.zeros(200, int), shares=False)
    assert math.isinf(one.rows)
    assert one.interval(0.95).high == math.inf


def test_the_search_counts_by_the_trials_that_could_be_picked() -> None:
    """The best is among those drawn in 1 − (1 − 1/n)ⁿ of draws; else another one is picked."""
    trials = {0: (0.1, 0.2), 1: (0.11, 0.4)} | dict.fromkeys(range(2, 40), (0.5, 0.4))
    none = np.zeros((2, 10))
    found = compare_searches(Search(none, trials), Search(none, ALIKE), shares=True)
    p = 1 - (1 - 1 / 40) ** 40
    assert found.search == pytest.approx(0.2 * math.sqrt(p * (1 - p)), rel=0.05)
    both = compare_searches(Search(none, trials), Search(none, trials), shares=True)
    assert both.search == 0  # the same numbers are drawn for both


@pytest.mark.parametrize("bad", [np.zeros((1, 4)), np.zeros((2, 5))])
def test_one_seed_or_other_rows_are_refused(bad) -> None:
    with pytest.raises(ValueError, match=r"\(seeds, rows\) each"):
        compare_searches(Search(np.zeros((2, 4)), ALIKE), Search(bad, ALIKE), shares=True)


def test_pairs_are_the_best_quarter_by_both_ranks() -> None:
    first = {number: (number / 100, 0.5) for number in range(40)}
    second = {number: ((39 - number if number < 2 else number) / 100, 0.4) for number in range(41)}
    assert best_pairs(first, second) == tuple(range(2, 12))
    assert best_pairs({0: (0.1, 0.1)}, {0: (0.1, 0.1)}) == ()
    found = compare_pairs((2, 3, 4, 5), first, second, np.zeros(30), 30, shares=True)
    assert (found.number, found.value) == (4, pytest.approx(0.1))
    assert found.pairs == pytest.approx(0, abs=1e-12)
    assert found.rows == pytest.approx(math.sqrt(2 / 32 / 32))


def test_more_test_rows_than_validation_rows_say_more() -> None:
    by_row = np.random.default_rng(0).normal(size=100)
    trials = {n: (0.1, 0.1 * n) for n in range(4)}
    few, many = (
        compare_pairs((0, 1, 2, 3), trials, ALIKE, by_row, rows, shares=False).rows
        for rows in (100, 400)
    )
    assert few == pytest.approx(2 * many)


# Networks whose error scatters by the seed, on rows some of which are harder than others.
NOISE, OWN = 0.003, 0.35


def outcome(error: float, hard: np.ndarray, random: np.random.Generator) -> np.ndarray:
    level = np.clip(error + NOISE * random.standard_normal(), 0.001, 0.9)
    own = hard + OWN * random.standard_normal(len(hard))
    return (own < norm.ppf(level) * math.sqrt(1 + OWN**2)).astype(np.float64)


def search(
    drawn: np.ndarray, hard: tuple[np.ndarray, np.ndarray], gain: float, random
) -> tuple[Search, np.ndarray]:
    validation, test = hard
    expected = 0.03 + gain + 0.3 * drawn**1.5
    rows = np.stack([outcome(e, validation, random) for e in expected])
    trials = {
        number: (float(rows[number].mean()), float(outcome(e, test, random).mean()))
        for number, e in enumerate(expected)
    }
    best = min(trials, key=lambda number: trials[number])
    return Search(np.stack([outcome(expected[best], test, random) for _ in range(8)]), trials), rows


def compared(seed: int, gain: float, *, shared: bool) -> tuple[bool, bool, bool]:
    """Whether the winners, and the pairs, are told apart, and the sign of what was found."""
    random = np.random.default_rng(seed)
    hard = random.standard_normal(300), random.standard_normal(1000)
    drawn = random.random(24)
    first, rows = search(drawn, hard, gain, random)
    second, others = search(drawn if shared else random.random(24), hard, 0.0, random)
    winners = compare_searches(first, second, shares=True)
    numbers = best_pairs(first.trials, second.trials)
    apart = rows[list(numbers)].mean(axis=0) - others[list(numbers)].mean(axis=0)
    trials = first.trials, second.trials
    pairs = compare_pairs(numbers, *trials, apart, 1000, shares=True)
    around, beside = winners.interval(0.95), pairs.interval(0.95)
    out = [not it.low <= 0 <= it.high for it in (around, beside)]
    return out[0], out[1], winners.value > 0 and pairs.value > 0


@pytest.mark.parametrize("shared", [True, False])
def test_searches_alike_are_seldom_told_apart(shared) -> None:
    """In at most 5 % of 120 pairs of searches that differ by chance alone, by either comparison."""
    found = [compared(seed, 0.0, shared=shared) for seed in range(120)]
    most = binom.ppf(0.99, 120, 0.05)
    assert sum(winners for winners, _, _ in found) <= most
    assert sum(pairs for _, pairs, _ in found) <= most


def test_a_search_that_is_worse_is_found_so() -> None:
    found = [compared(seed, 0.06, shared=True) for seed in range(20)]
    assert sum(winners for winners, _, _ in found) >= 16
    assert sum(pairs for _, pairs, _ in found) >= 18
    assert all(worse for _, _, worse in found)
