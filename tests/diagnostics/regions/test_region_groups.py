"""Regions of rows that come in groups, such as several of each person: chance deals with groups."""

from collections.abc import Callable

import numpy as np
import pytest
from netclinic.diagnostics.bayes.bayes_mixture import Judged
from netclinic.diagnostics.regions.region_counts import CountedSide
from netclinic.diagnostics.regions.region_findings import region_error
from netclinic.diagnostics.regions.region_means import MeanSide
from netclinic.diagnostics.regions.region_rows import Columns, RegionRows
from netclinic.diagnostics.regions.regions import find_regions
from netclinic.diagnostics.statistics.grouped import grouping
from netclinic.diagnostics.units import Task, Unit
from scipy.stats import binom, norm

from tests.storage.test_regions import REGION

PEOPLE, EACH = 60, 10
SEEDS = (6, 15, 18)
COLUMNS = Columns(("a", "b", "c"), np.zeros(3), np.ones(3), classes=("u", "v"))


def part(rng: np.random.Generator, grouped: bool) -> RegionRows:
    """Rows of people, some of whom the network gets wrong nearly always, wherever they are."""
    who = np.repeat(np.arange(PEOPLE), EACH)
    own = rng.normal(size=(PEOPLE, 3))[who]
    inputs = (own + 0.3 * rng.normal(size=(len(who), 3))).astype(np.float32)
    rates = rng.beta(0.3, 1.7, PEOPLE)
    errors = rng.random(len(who)) < rates[who]
    labels = (inputs[:, 0] > 0).astype(int)
    return RegionRows(inputs, labels, errors, groups=who if grouped else None)


def reported(seed: int, grouped: bool, worse: float = 0.0) -> list[tuple[str, str]]:
    rng = np.random.default_rng(seed)
    training, held_out = [(part(rng, grouped), part(rng, grouped)) for _ in range(2)]
    for rows in held_out:
        rows.errors[:] |= (rows.inputs[:, 1] > 0.5) & (rng.random(len(rows.errors)) < worse)
    found = find_regions(training, held_out, COLUMNS, 0.02, 0)
    return [(region.name, kind) for region in found.regions for kind in region.reported]


def quantities(rng: np.random.Generator, grouped: bool) -> RegionRows:
    """Some people's quantities are told far less well than others', wherever they are."""
    rows = part(rng, grouped)
    who = np.repeat(np.arange(PEOPLE), EACH)
    labels = rows.inputs[:, 0] + 0.3 * rng.normal(size=len(who))
    spread = 0.5 * np.exp(0.8 * rng.normal(size=PEOPLE))[who]
    residuals = spread * (0.5 * rng.normal(size=PEOPLE)[who] + 0.5 * rng.normal(size=len(who)))
    return rows._replace(labels=labels, errors=residuals**2, parts=residuals)


def several_labels(rng: np.random.Generator, grouped: bool) -> RegionRows:
    """Some people's labels are nearly all wrong, wherever they are."""
    rows = part(rng, grouped)
    rates = np.repeat(rng.beta(0.3, 1.7, PEOPLE), EACH)
    wrong = rng.random((len(rates), 3)) < rates[:, None]
    labels = (rows.inputs > 0).astype(int)
    return rows._replace(labels=labels, errors=wrong.mean(axis=1), parts=wrong)


@pytest.mark.parametrize(
    ("make", "classes", "seed"), [(quantities, (), 7), (several_labels, ("u", "v", "w"), 5)]
)
def test_a_few_people_are_no_region_of_means(
    make: Callable, classes: tuple[str, ...], seed: int
) -> None:
    """Where rows were taken for independent, of 20 such sets 7 and 8 gave an alarm, else 1 and 0.

    Quantities and labels.
    """
    columns = COLUMNS._replace(classes=classes)

    def reported(grouped: bool) -> list[str]:
        rng = np.random.default_rng(seed)
        training, held_out = [(make(rng, grouped), make(rng, grouped)) for _ in range(2)]
        found = find_regions(training, held_out, columns, 0.02, 0)
        return [kind for region in found.regions for kind in region.reported]

    assert reported(grouped=False)
    assert not reported(grouped=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_few_people_are_no_region(seed: int) -> None:
    """Of 20 such sets 3 gave an alarm where rows were taken for independent, and none else."""
    assert reported(seed, grouped=False)
    assert not reported(seed, grouped=True)


def test_what_all_people_of_a_region_suffer_from_is_found() -> None:
    ((name, kind),) = reported(0, grouped=True, worse=0.7)
    assert name.startswith("b > 0.")
    assert kind == "high_variance"


def test_intervals_are_those_of_as_many_independent_rows() -> None:
    """Rows of a person that are all alike count as one; those that are not, as many."""
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(40), 8)
    inputs, labels = np.zeros((320, 1), np.float32), np.zeros(320, int)
    everywhere = np.ones(320, bool)

    def variance(errors: np.ndarray, groups: np.ndarray | None) -> float:
        rows = RegionRows(inputs, labels, errors, groups=groups)
        judged = Judged(*(np.zeros(320) for _ in Judged._fields))
        side = CountedSide(rows, rows, judged, everywhere, judged, everywhere)
        gap = side.measure(everywhere, everywhere).variance(0.95)
        return gap.high - gap.low

    alike = np.repeat(rng.random(40) < 0.3, 8)
    assert 2.5 < variance(alike, who) / variance(alike, None) < 3.2  # about √8
    apart = rng.random(320) < 0.3
    assert 1 <= variance(apart, who) / variance(apart, None) < 1.3


def test_p_values_are_one_sided_of_counts_of_independent_rows_alone() -> None:
    rows, none = RegionRows(*np.zeros((3, 9)), groups=np.arange(9)), np.zeros(9, bool)
    judged = Judged(*(np.zeros(9) for _ in Judged._fields))
    assert not CountedSide(rows, rows, judged, none, judged, none).one_sided
    alone = rows._replace(groups=None)
    assert CountedSide(alone, alone, judged, none, judged, none).one_sided
    silent = np.full(9, np.nan)
    for labels in (0, 3):
        side = MeanSide(alone, alone, silent, silent, silent, labels, lambda *_: lambda _: (0, 0))
        assert not side.one_sided


def test_means_are_those_of_as_many_independent_rows() -> None:
    """As above, of squared errors and of labels."""
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(40), 8)
    everywhere = np.ones(320, bool)

    def width(errors: np.ndarray, groups: np.ndarray | None, labels: int) -> float:
        given = RegionRows(np.zeros((320, 1)), np.zeros(320), errors, parts=errors, groups=groups)
        silent = np.full(320, np.nan)
        side = MeanSide(given, given, silent, silent, silent, labels, lambda *_: lambda _: (0, 0))
        gap = side.measure(everywhere, everywhere).variance(0.95)
        return gap.high - gap.low

    for labels, errors in ((0, rng.normal(size=320) ** 2), (3, rng.integers(4, size=320) / 3)):
        alike = np.repeat(errors[::8], 8)
        assert 2.5 < width(alike, who, labels) / width(alike, None, labels) < 3.7  # about √8
        assert 1 <= width(errors, who, labels) / width(errors, None, labels) < 1.35
        assert width(errors, np.zeros(320, int), labels) > 1.4  # one group tells nothing


def test_a_region_of_one_person_tells_nothing() -> None:
    """Its rows may all be wrong: another person's need not be."""
    rng = np.random.default_rng(0)
    here, one = np.arange(320) < 60, np.where(np.arange(320) < 60, 0, np.arange(320))
    rows = RegionRows(np.zeros((320, 1)), np.zeros(320, int), here, groups=one)
    judged = Judged(rng.random(320) < 0.5, *(rng.random(320) for _ in range(4)))
    everywhere = np.ones(320, bool)
    side = CountedSide(rows, rows, judged, everywhere, judged, everywhere)
    it = side.measure(here, here)
    assert it.variance(0.95)[1:] == (-1.0, 1.0)
    assert it.floor(0.95)[1:] == (0.0, 1.0)


def test_regions_of_one_group_are_left_out_where_nothing_bounds_their_means() -> None:
    """Towns of twelve people; where rows come by towns, nothing is said of a single one."""
    rng = np.random.default_rng(0)
    parts = [(quantities(rng, True), quantities(rng, True)) for _ in range(2)]
    named = [tuple(rows._replace(marked=rows.groups // 12) for rows in pair) for pair in parts]
    columns = COLUMNS._replace(classes=(), groups="town", group_values=tuple("vwxyz"))
    towns = find_regions(*named, columns, 0.02, 0).regions
    assert sum(it.family == "group" for it in towns) == 5
    alone = [tuple(rows._replace(groups=rows.marked) for rows in pair) for pair in named]
    found = find_regions(*alone, columns, 0.02, 0).regions
    assert not any(it.family == "group" for it in found)
    assert all(np.isfinite([it.bias_high, it.variance_low, it.floor_high]).all() for it in found)


def test_what_is_stored_of_a_region_says_how_many_people_it_is_of() -> None:
    rng = np.random.default_rng(2)
    for grouped in (True, False):
        training, held_out = [(part(rng, grouped), part(rng, grouped)) for _ in range(2)]
        found = find_regions(training, held_out, COLUMNS, 0.02, 0)
        (it, *_) = (r for r in found.regions if r.family == "class" and r.name.endswith("u"))
        known = [
            tuple(getattr(it, f"{rows}_{name}") for name in ("groups", "effect", "alike"))
            for rows in ("training", "held_out")
        ]
        if not grouped:
            assert known == [(None,) * 3] * 2
            continue
        for rows, stored in zip((training[1], held_out[1]), known, strict=True):
            inside = rows.labels == 0
            assert rows.groups is not None
            assert grouping(rows.errors[inside], rows.groups[inside]) == stored
            assert stored[2] < stored[0]  # people have unlike numbers of rows of the class


def test_the_interval_of_a_regions_error_holds_of_few_people() -> None:
    """12 people of 10 rows: in 95 % of draws, within a binomial bound; by rows in fewer."""
    draws, held = 400, dict.fromkeys(("rows", "people"), 0)
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        who = np.repeat(np.arange(12), 10)
        wrong = rng.random(120) < rng.beta(1, 4, 12)[who]
        region = REGION._replace(held_out_rows=120, held_out_error=float(wrong.mean()))
        number, effect, alike = grouping(wrong, who)
        assert alike is None
        of_people = region._replace(held_out_groups=number, held_out_effect=effect)
        for counted, it in (("rows", region), ("people", of_people)):
            limits = region_error(it, "held_out", 0.95, Unit())
            held[counted] += limits.low <= 0.2 <= limits.high
    assert held["people"] >= binom.ppf(0.001, draws, 0.95)
    assert held["rows"] < 0.85 * draws


SIZES = {"1 to 40 rows": [1, 1, 2, 4, 8, 13, 23, 40], "two of 40, 20 alone": [40] * 2 + [1] * 20}


@pytest.mark.parametrize("unit", [Unit(), Unit(Task.REGRESSION, 1.0)], ids=["rates", "squares"])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_the_interval_of_a_regions_error_holds_of_people_with_unlike_numbers_of_rows(
    sizes: list[int], unit: Unit
) -> None:
    """In 95 % of draws, within a binomial bound; were all to weigh the same, in fewer than 91 %.

    Half of the variance of a row's noise is its person's. Rates are 0.3, squares 1.
    """
    squares, draws, held = unit.task is Task.REGRESSION, 400, dict.fromkeys(("people", "alike"), 0)
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        who = np.repeat(np.arange(len(sizes)), sizes)
        noise = np.sqrt(0.5) * (rng.normal(size=len(sizes))[who] + rng.normal(size=len(who)))
        errors = noise**2 if squares else (noise < norm.ppf(0.3)).astype(float)
        number, effect, alike = grouping(errors, who)
        as_one_size = REGION._replace(
            held_out_rows=len(who),
            held_out_error=float(errors.mean()),
            held_out_deviation=float(errors.std()) if squares else None,
            held_out_groups=number,
            held_out_effect=effect,
        )
        as_they_are = as_one_size._replace(held_out_alike=alike)
        for counted, it in (("people", as_one_size), ("alike", as_they_are)):
            limits = region_error(it, "held_out", 0.95, unit)
            held[counted] += limits.low <= (1 if squares else 0.3) <= limits.high
    assert held["alike"] >= binom.ppf(0.001, draws, 0.95)
    assert held["people"] < 0.91 * draws
