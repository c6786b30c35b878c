"""The balanced error's interval: Wilson's of one class, and its coverage of several."""

import numpy as np
import pytest
from netclinic.diagnostics.statistics.grouped import Grouping, grouping
from netclinic.diagnostics.statistics.intervals import clopper_pearson, difference, wilson
from netclinic.diagnostics.statistics.rates import ClassCounts, intervals_of_each, mean_of_rates
from scipy.stats import binom, norm

DRAWS = 300
# Misses of so many draws that an interval has with probability 1e-4 whose true level is 93 % (both
# sides) or 96 % (one side): close to nominal, as the score method is, and not far below.
MOST, MOST_A_SIDE = (int(binom.ppf(1 - 1e-4, DRAWS, level)) for level in (0.07, 0.04))
CASES = {
    "a rare class": ([0.14, 0.14], [758, 42]),
    "a bad rare class": ([0.02, 0.4], [758, 12]),
    "four classes": ([0.01, 0.02, 0.05, 0.3], [500, 100, 30, 8]),
    "many small classes": ([0.1] * 60, [10] * 60),
}


def drawn(rates, rows, seed: int) -> list[ClassCounts]:
    wrong = np.random.default_rng(seed).binomial(rows, rates, size=(DRAWS, len(rows)))
    return [ClassCounts(tuple(each.tolist()), tuple(rows)) for each in wrong]


@pytest.mark.parametrize(("wrong", "rows"), [(5, 100), (0, 30), (30, 30), (1, 2)])
def test_of_one_class_it_is_wilsons_interval(wrong: int, rows: int) -> None:
    found = mean_of_rates(ClassCounts((wrong,), (rows,)), 0.9)
    np.testing.assert_allclose(found, wilson(wrong, rows, 0.9), atol=1e-7)


def test_without_a_wrong_row_equal_classes_are_one_large_class() -> None:
    found = mean_of_rates(ClassCounts((0, 0, 0), (50, 50, 50)))
    np.testing.assert_allclose(found, wilson(0, 150), atol=1e-6)


def test_a_small_class_without_a_wrong_row_may_hide_as_much_as_it_could_alone() -> None:
    found = mean_of_rates(ClassCounts((0, 0), (10_000, 10)))
    assert found.high == pytest.approx(wilson(0, 10).high / 2, rel=1e-3)
    turned = mean_of_rates(ClassCounts((10_000, 10), (10_000, 10)))
    assert turned.low == pytest.approx(1 - found.high)
    mixed = mean_of_rates(ClassCounts((0, 10), (10_000, 10)))
    assert mixed.low < mixed.value == 0.5 < mixed.high


def test_classes_without_rows_are_left_out() -> None:
    with_it, without = ClassCounts((9, 0, 1), (90, 0, 4)), ClassCounts((9, 1), (90, 4))
    assert mean_of_rates(with_it) == mean_of_rates(without)
    assert intervals_of_each(with_it)[1] is None
    assert intervals_of_each(with_it)[2] == clopper_pearson(1, 4, 0.975), (
        "corrected for two classes"
    )


def test_more_rows_of_the_same_shares_narrow_it() -> None:
    counts = ClassCounts((9, 1), (90, 4))
    few, many = mean_of_rates(counts), mean_of_rates(counts.times(100))
    assert many.value == pytest.approx(few.value)
    assert (many.high - many.low) * 7 < few.high - few.low


@pytest.mark.parametrize("counts", [((1,), (0,)), ((-1,), (3,)), ((0,), (0,)), ((1, 1), (3,))])
def test_impossible_counts_are_refused(counts) -> None:
    with pytest.raises(ValueError, match="allowed are 0 ≤ wrong ≤ rows"):
        mean_of_rates(ClassCounts(*counts))


@pytest.mark.parametrize("case", CASES)
def test_it_covers_the_truth_about_as_often_as_it_says(case: str) -> None:
    rates, rows = CASES[case]
    truth = np.mean(rates)
    found = [mean_of_rates(counts) for counts in drawn(rates, rows, 0)]
    above = sum(truth < it.low for it in found)
    below = sum(truth > it.high for it in found)
    assert above + below <= MOST
    assert max(above, below) <= MOST_A_SIDE


def test_distances_of_wilsons_limits_would_not_do_for_many_small_classes() -> None:
    """Zou and Donner's way from Wilson's limits misses the truth far more often on one side."""
    rates, rows = CASES["many small classes"]
    misses = 0
    for counts in drawn(rates, rows, 0):
        each = [wilson(wrong, n) for wrong, n in zip(*counts, strict=True)]
        below = np.sqrt(sum((it.value - it.low) ** 2 for it in each)) / len(each)
        misses += np.mean(rates) < np.mean([it.value for it in each]) - below
    assert misses > MOST_A_SIDE


def test_the_difference_of_two_splits_is_covered() -> None:
    rates, training, test = [0.05, 0.2], [900, 100], [300, 30]
    splits = zip(drawn(rates, test, 1), drawn(rates, training, 2), strict=True)
    found = [difference(mean_of_rates(a), mean_of_rates(b)) for a, b in splits]
    assert sum(not it.low <= 0 <= it.high for it in found) <= MOST


@pytest.mark.parametrize(("persons", "each"), [(30, 10), (8, 40)])
def test_errors_of_classes_hold_together_where_rows_are_of_few_persons(persons, each) -> None:
    """In 95 % of draws, within a binomial bound; by rows in fewer.

    A person's effect is 0.4 of the variance of what decides whether a row is wrong, of two classes.
    """
    held = {"rows": 0, "groups": 0}
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        who = np.repeat(np.arange(persons), each)
        rare = rng.random(len(who)) < 0.25
        person, own = rng.normal(size=persons)[who], rng.normal(size=len(who))
        wrong = np.sqrt(0.4) * person + np.sqrt(0.6) * own < norm.ppf(np.where(rare, 0.32, 0.16))
        parts = wrong[~rare], wrong[rare]
        counts = ClassCounts(tuple(int(it.sum()) for it in parts), tuple(map(len, parts)))
        for counted, grouped in (("rows", None), ("groups", grouping(wrong, who))):
            found = intervals_of_each(counts, grouped)
            held[counted] += all(
                it is not None and it.low <= rate <= it.high
                for it, rate in zip(found, (0.16, 0.32), strict=True)
            )
    assert held["groups"] >= binom.ppf(0.001, DRAWS, 0.95)
    assert held["rows"] < binom.ppf(0.001, DRAWS, 0.95)


@pytest.mark.parametrize(
    ("classes", "rows", "rate"),
    [(10, 36, 0.009), (10, 36, 0.97), (3, 20, 0.02), (100, 20, 0.01), (5, 500, 0.1)],
)
def test_errors_of_classes_hold_together_where_hardly_any_row_is_wrong_too(classes, rows, rate):
    """In 95 % of draws, within a binomial bound; Wilson's limits in 19 to 95 %."""
    wrong = np.random.default_rng(classes).binomial(rows, rate, (DRAWS, classes))
    limits = {
        int(count): intervals_of_each(ClassCounts((float(count),) * classes, (rows,) * classes))[0]
        for count in np.unique(wrong)
    }
    holds = {count: it is not None and it.low <= rate <= it.high for count, it in limits.items()}
    held = sum(all(holds[int(count)] for count in each) for each in wrong)
    assert held >= binom.ppf(0.001, DRAWS, 0.95)


def test_a_class_whose_rows_are_as_good_as_none_has_any_error() -> None:
    (it,) = intervals_of_each(ClassCounts((1,), (4,)), Grouping(1, 4.0))
    assert it == (0.25, 0.0, 1.0)
