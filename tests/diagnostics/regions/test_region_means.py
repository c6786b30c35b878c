"""Regions of a quantity and of several labels: what is measured, how sure it is, what is found."""

from functools import cache

import numpy as np
import pytest
from netclinic.diagnostics.regions.region_gaps import Kind, Spread, rough, significance
from netclinic.diagnostics.regions.region_means import Means, MeanSide
from netclinic.diagnostics.regions.region_rows import RegionRows

from benchmarks.region_mean_sets import (
    LABELS,
    QUANTITIES,
    healthy_labels,
    healthy_quantity,
    planted_labels,
    planted_quantity,
)
from benchmarks.region_sets import PLANTED
from benchmarks.regions import false_alarms, found_in, reports

RNG = np.random.default_rng(0)


def side(
    trained: np.ndarray,
    held: np.ndarray,
    mixture: np.ndarray,
    floor: tuple[float | None, float] = (None, 0.0),
) -> Means:
    """A region from residuals of the network on both kinds of rows, and of a mixture."""

    def rows(residuals: np.ndarray) -> RegionRows:
        count = len(residuals)
        return RegionRows(np.zeros((count, 1)), np.zeros(count), residuals**2, parts=residuals)

    it = MeanSide(
        rows(trained),
        rows(held),
        mixture**2,
        np.full(len(held), np.nan),
        trained * mixture,
        0,
        lambda *_: lambda _: floor,
    )
    return it.measure(np.ones(len(trained), bool), np.ones(len(held), bool))


NOISE = RNG.normal(size=600)
HEALTHY = side(NOISE, RNG.normal(size=300), NOISE + 0.1 * RNG.normal(size=600), (1.0, 0.8))


def test_means_and_deviations_are_those_of_the_rows() -> None:
    it = side(np.array([1.0, -1, 3]), np.array([2.0, 2]), np.array([1.0, 1, np.nan]))
    assert it.training == (3, pytest.approx(11 / 3), pytest.approx(np.std([1, 1, 9])), None)
    assert it.held_out == (2, 4.0, 0.0, None)
    assert it.shared == Spread(2, 0.0, 1.0)
    assert it.network.rows == it.mixture.rows == 2


def test_each_kind_is_told_from_the_others() -> None:
    small = 0.3 * NOISE
    cases = {
        Kind.VARIANCE: side(NOISE, 3 * RNG.normal(size=300), NOISE),
        Kind.BIAS: side(NOISE + 3 * RNG.normal(size=600), 3.2 * RNG.normal(size=300), NOISE),
        Kind.FLOOR: side(3 * NOISE, 3 * RNG.normal(size=300), 3 * NOISE, (9.0, 7.0)),
    }
    rest = side(small, 0.3 * RNG.normal(size=300), small, (0.09, 0.05))
    for kind, it in cases.items():
        for other in (Kind.VARIANCE, Kind.BIAS):
            assert (max(significance(other, it, rest, 1.0)) < 1e-4) == (other is kind)
        if kind is Kind.FLOOR:
            assert max(significance(Kind.FLOOR, it, rest, 1.0)) < 1e-4
        scores = {k: found.score for k, found in rough(it, rest, 1.0).items()}
        assert scores[kind] > 3


def test_gaps_stand_out_alike_in_every_unit() -> None:
    """Residuals in metres are 1e-6 of those in micrometres, and what is tolerated 1e-12."""
    rng = np.random.default_rng(1)
    worse, usual = 3 * rng.normal(size=300), rng.normal(size=300)
    small = 2.0**-20

    def scores(unit: float) -> dict[Kind, float]:
        mixture = unit * (0.9 * NOISE + 0.1)
        it, rest = (side(unit * NOISE, unit * held, mixture) for held in (worse, usual))
        return {kind: found.score for kind, found in rough(it, rest, unit**2).items()}

    assert scores(small) == pytest.approx(scores(1.0))


def test_a_floor_is_no_higher_than_what_both_get_wrong_alike() -> None:
    """A network that knows its rows by heart shows no noise, whatever else tells of it."""
    heart = side(0.01 * NOISE, 3 * RNG.normal(size=300), 3 * NOISE, (9.0, 7.0))
    assert heart.floor(0.95).low < 0.05
    assert HEALTHY.floor(0.95).low == 0.8
    apart = side(NOISE, RNG.normal(size=300), RNG.normal(size=600), (1.0, 0.8))
    assert apart.floor(0.95).low < 0.2


def test_bias_reaches_from_what_is_shown_to_what_the_floor_allows() -> None:
    it = side(NOISE + 2, RNG.normal(size=300) + 2, NOISE, (1.0, 0.5))
    found = it.bias(0.95)
    assert found.low == it.shown_bias(0.95).low
    assert found.low < 4 < found.high
    assert found.low < found.value < found.high


@pytest.mark.parametrize("degrees", [np.inf, 5.0])
@pytest.mark.parametrize("kind", [Kind.VARIANCE, Kind.BIAS])
def test_of_a_gap_that_is_tolerated_few_limits_are_above(kind: Kind, degrees: float) -> None:
    """Of 400 regions whose gap is what is tolerated, at most as many have a p below 5 % as should.

    p is the level at which the lower limit reaches what is tolerated.
    """
    rng = np.random.default_rng(3)

    def noise(count: int) -> np.ndarray:
        if np.isinf(degrees):
            return rng.normal(size=count)
        return rng.standard_t(degrees, size=count) / np.sqrt(degrees / (degrees - 2))

    more, below = np.sqrt(0.2), 0
    for _ in range(400):
        own = noise(120)
        if kind is Kind.VARIANCE:
            it = side(own, np.sqrt(1.2) * noise(60), own).variance(0.95)
        else:
            it = side(own + more * rng.normal(size=120), noise(60), own).shown_bias(0.95)
        below += it.low > 0.2
    assert below <= 30  # binomial(400, 5 %): more with 2 %


@cache
def planted(make) -> list:
    return [(it, found_in(it)) for it in (make(seed, 4000) for seed in range(1))]


@pytest.mark.parametrize("make", [planted_quantity, planted_labels])
def test_the_three_planted_regions_are_found(make) -> None:
    columns = {"high_variance": "x0", "high_bias": "x1", "floor": "x2"}
    for _, found in planted(make):
        told = reports(found)
        assert {kind for kind, _ in told} == set(PLANTED)
        assert all(columns[kind] in region.name for kind, region in told)


@pytest.mark.parametrize("make", [planted_quantity, planted_labels])
def test_intervals_are_in_order(make) -> None:
    for it, found in planted(make):
        assert found.tolerance == pytest.approx(0.02 * it.whole)
        for region in found.regions:
            assert region.bias_low <= region.bias <= region.bias_high
            assert 0 <= region.floor_low <= region.floor <= region.floor_high
            assert region.training_deviation is not None


def test_the_same_rows_give_the_same_regions() -> None:
    assert found_in(planted_quantity(0, 1000)) == found_in(planted_quantity(0, 1000))


@pytest.mark.parametrize(
    ("make", "kind"),
    [*((healthy_quantity, kind) for kind in QUANTITIES), *((healthy_labels, it) for it in LABELS)],
)
def test_healthy_sets_raise_no_alarm(make, kind: str) -> None:
    assert false_alarms(make(kind, 100, 1500))[0] == []
