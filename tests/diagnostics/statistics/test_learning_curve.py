"""Learning curves: forecasts hold the truth, and curves that tell nothing are refused."""

import numpy as np
import pytest
from netclinic.diagnostics.statistics.curve_draws import (
    CurveErrors,
    draw_curves,
    point_intervals,
)
from netclinic.diagnostics.statistics.curve_families import FAMILIES, POW2, fit_curves
from netclinic.diagnostics.statistics.learning_curve import foretell
from scipy.stats import binom

from benchmarks import simulated_curves

SIZES = np.array([100.0, 160, 250, 400, 640, 1_000, 1_600])
EVEN = np.ones(7)
MANY = 25


def measured(curve, *, deviation: float = 0.002, rows: int = 400, subsets: int = 6) -> CurveErrors:
    """Quantities whose errors scatter about a curve."""
    random = np.random.default_rng(0)
    errors = np.array([curve(it) for it in SIZES])[:, None, None]
    errors = errors + deviation * random.standard_normal((7, subsets, 1))
    return CurveErrors(SIZES.astype(int), errors + 0.01 * random.standard_normal(rows))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_curve_of_a_family_is_found(name) -> None:
    power, offset = np.array([np.log(0.9)]), np.array([1.5 if FAMILIES[name].offsets else 0.0])
    true = 0.05 + 0.3 * FAMILIES[name].shape(SIZES / 100, power[:, None], offset[:, None])
    found = fit_curves(FAMILIES[name], SIZES, np.concatenate([true, 2 * true]), EVEN, 0.0)
    assert found.at(SIZES) == pytest.approx(np.concatenate([true, 2 * true]), abs=5e-4)
    beyond = FAMILIES[name].shape(np.array([64.0]), power[:, None], offset[:, None])
    assert found.at(np.array([6_400.0]))[0] == pytest.approx(0.05 + 0.3 * beyond[0], abs=0.005)


def test_no_curve_ends_below_the_floor_or_rises() -> None:
    falling = 0.2 * (SIZES / 100) ** -0.5
    for family in FAMILIES.values():
        found = fit_curves(family, SIZES, np.stack([falling, falling[::-1]]), EVEN, 0.04)
        assert found.asymptote[0] >= 0.04
        assert found.fall[1] == pytest.approx(0, abs=1e-9)
    assert fit_curves(POW2, SIZES, falling[None], EVEN, 0.04).asymptote[0] == pytest.approx(0)


def test_draws_scatter_as_the_subsets_and_rows_do() -> None:
    random = np.random.default_rng(2)
    of_row, of_subset = random.standard_normal(500), 0.1 * random.standard_normal(6)
    errors = of_subset[:, None] + of_row + np.zeros((4, 1, 1))
    drawn = draw_curves(CurveErrors(np.array([1, 2, 4, 9]), errors), shares=False, draws=8_000)
    low, high = np.quantile(drawn.noise[:, 0], (0.16, 0.84))
    expected = of_subset.var(ddof=1) / 6 * 1.11**2 + of_row.var() / 500  # t of 5 degrees
    assert (high - low) / 2 == pytest.approx(np.sqrt(expected), rel=0.05)
    assert drawn.noise == pytest.approx(drawn.noise[:, :1] + np.zeros(4))


def test_all_rows_are_as_uncertain_as_their_halves_differ() -> None:
    """Of a mean over rows the halves of N vary by v/N about one another and v/N with the N."""
    random = np.random.default_rng(4)
    errors = np.full((4, 200, 1), 0.3)
    for place, size in enumerate((1, 2, 4)):
        errors[place] += 0.01 * np.sqrt(8 / size - 1) * random.standard_normal((200, 1))
    drawn = draw_curves(CurveErrors(np.array([1, 2, 4, 8]), errors), shares=False, draws=4_000)
    assert drawn.noise[:, -1].std() == pytest.approx(0.01, rel=0.1)


def test_groups_and_classes_count() -> None:
    random = np.random.default_rng(1)
    groups = np.repeat(np.arange(20), 20)
    errors = np.zeros((7, 3, 1)) + random.normal(0.3, 0.1, 20)[groups]
    alone = CurveErrors(SIZES.astype(int), errors)
    grouped = alone._replace(groups=groups)
    few, many = (point_intervals(it, shares=False)[0] for it in (alone, grouped))
    assert many.high - many.low > 4 * (few.high - few.low)
    few, many = (draw_curves(it, shares=False).noise.std() for it in (alone, grouped))
    assert many > 4 * few
    classes = np.array([0] * 390 + [1] * 10)
    balanced = alone._replace(classes=classes)
    expected = (errors[0, 0, :390].mean() + errors[0, 0, 390:].mean()) / 2
    assert point_intervals(balanced, shares=False)[0].value == pytest.approx(expected)
    assert draw_curves(balanced, shares=False).means[0] == pytest.approx(expected)


def test_one_group_among_few_others_leaves_limits_that_are_numbers() -> None:
    errors = np.zeros((7, 3, 1)) + np.random.default_rng(2).gamma(1.0, 1.0, 1_000)
    uneven = CurveErrors(SIZES.astype(int), errors, groups=np.array([0] * 995 + [1, 2, 3, 4, 5]))
    assert all(np.isfinite(it).all() for it in point_intervals(uneven, shares=False))


def test_rows_that_are_all_right_leave_doubt() -> None:
    none = CurveErrors(SIZES.astype(int), np.zeros((7, 3, 300)))
    assert 0.005 < point_intervals(none, shares=True)[0].high < 0.02
    found = foretell(none, 0.0, shares=True)
    assert found.refused is None
    assert 0.002 < found.forecasts[0].error.high < 0.03
    assert found.forecasts[0].fall.high == pytest.approx(0, abs=1e-9)


def test_subsets_whose_trainings_diverged_are_left_out() -> None:
    curve = measured(lambda n: 0.1 + 0.2 * (n / 100) ** -0.7)
    curve.errors[1, 2] = np.nan
    drawn = draw_curves(curve, shares=False)
    assert drawn.means[1] == pytest.approx(np.nanmean(curve.errors[1]))
    assert foretell(curve, 0.0, shares=False).refused is None
    curve.errors[1, 1:] = np.nan
    with pytest.raises(ValueError, match=r"\[6, 1, 6, 6, 6, 6, 6\] subsets"):
        draw_curves(curve, shares=False)


def test_a_clean_curve_is_carried_on() -> None:
    curve = measured(lambda n: 0.1 + 0.2 * (n / 100) ** -0.7)
    found = foretell(curve, 0.05, 0.12, shares=False)
    assert found.refused is None
    assert found.backtest is not None
    assert found.backtest.train_rows == 640
    assert found.asymptote is not None
    assert 0.05 <= found.asymptote.low < 0.1 < found.asymptote.high
    assert [it.train_rows for it in found.forecasts] == [3_200, 6_400, 12_800]
    errors = [it.error.value for it in found.forecasts]
    assert errors == sorted(errors, reverse=True)
    assert all(0 <= it.fall.low <= it.fall.value <= it.fall.high for it in found.forecasts)
    assert found.needed is not None
    assert found.needed.rows is not None
    assert found.needed.rows[0] < 100 * 10 ** (1 / 0.7) < found.needed.rows[2]
    assert foretell(curve, 0.05, 0.12, shares=False) == found


@pytest.mark.parametrize("unit", [2.0**-40, 2.0**40], ids=["small", "large"])
def test_a_curve_is_the_same_in_every_unit(unit) -> None:
    """Squares of a target in metres are 1e-12 of those in micrometres."""
    for curve in (
        measured(lambda n: 0.1 + 0.2 * (n / 100) ** -0.7),
        measured(lambda n: 0.1 + 0.1 * (n / 100) ** 0.2),  # it rises
    ):
        there = curve._replace(errors=unit * curve.errors)
        found = foretell(curve, 0.05, shares=False)
        scaled = foretell(there, unit * 0.05, shares=False)
        assert scaled.refused == found.refused
        for one, other in zip(found.forecasts, scaled.forecasts, strict=True):
            expected = unit * np.array(one.error[:3])
            assert np.array(other.error[:3]) == pytest.approx(expected, rel=1e-6, abs=0)


def test_an_error_below_the_floor_is_not_reached() -> None:
    curve = measured(lambda n: 0.1 + 0.2 * (n / 100) ** -0.7)
    found = foretell(curve, 0.05, 0.04, shares=False)
    assert found.needed == (0.04, 0.0, None)


def test_too_few_sizes_for_a_backtest_are_carried_on_without() -> None:
    curve = measured(lambda n: 0.1 + 0.2 * (n / 100) ** -0.7)
    few = curve._replace(sizes=curve.sizes[2:], errors=curve.errors[2:])
    found = foretell(few, 0.0, shares=False)
    assert (found.backtest, found.refused, len(found.forecasts)) == (None, None, 3)
    with pytest.raises(ValueError, match="got 3 sizes"):
        foretell(curve._replace(sizes=curve.sizes[:3], errors=curve.errors[:3]), 0, shares=False)


@pytest.mark.parametrize(
    ("sizes", "message"), [([1, 1, 2, 3], "must rise"), ([1, 2, 3], "of 4 errors")]
)
def test_sizes_that_cannot_be_are_refused(sizes, message) -> None:
    with pytest.raises(ValueError, match=message):
        draw_curves(CurveErrors(np.array(sizes), np.zeros((4, 2, 5))), shares=True)


def test_one_group_of_test_rows_is_refused() -> None:
    alone = CurveErrors(np.array([1, 2]), np.zeros((2, 2, 5)), groups=np.zeros(5, int))
    with pytest.raises(ValueError, match="one group"):
        draw_curves(alone, shares=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pow3", "nearly flat", "two slopes"])
def test_forecasts_hold_the_truth(name) -> None:
    curve = {**simulated_curves.FAMILIES, **simulated_curves.OTHERS}[name]
    held, given = np.zeros((3, 2), int), 0
    for seed in range(MANY):
        found = foretell(simulated_curves.simulate(curve, seed, 400), 0.0, shares=True, draws=192)
        if found.forecasts:
            held += simulated_curves.holds(curve, found)
            given += 1
    assert given >= binom.ppf(0.001, MANY, 0.95)
    assert np.all(held >= binom.ppf(0.001, given, 0.95))


@pytest.mark.slow
@pytest.mark.parametrize("name", simulated_curves.ILL)
def test_ill_behaved_curves_are_refused(name) -> None:
    refused = 0
    for seed in range(10):
        measured = simulated_curves.simulate(simulated_curves.ILL[name], seed, 1_000)
        refused += foretell(measured, 0.0, shares=True, draws=192).refused is not None
    assert refused >= 8
