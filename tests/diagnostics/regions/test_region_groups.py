"""Regions of rows that come in groups, such as several of each person: chance deals with groups."""

import numpy as np
import pytest
from netclinic.diagnostics.bayes.bayes_mixture import Judged
from netclinic.diagnostics.regions.region_counts import CountedSide
from netclinic.diagnostics.regions.region_rows import Columns, RegionRows
from netclinic.diagnostics.regions.regions import find_regions

PEOPLE, EACH = 60, 10
SEEDS = (2, 6, 18)
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
