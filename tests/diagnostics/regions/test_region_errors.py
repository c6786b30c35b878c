"""Where the held-out error is higher: how often wrongly, how often rightly, and what is said."""

import numpy as np
import pytest
from netclinic.diagnostics.bayes.bayes_mixture import Judged
from netclinic.diagnostics.regions.region_candidate import Candidate
from netclinic.diagnostics.regions.region_choice import Placed
from netclinic.diagnostics.regions.region_counts import CountedSide
from netclinic.diagnostics.regions.region_errors import higher_errors
from netclinic.diagnostics.regions.region_means import MeanSide
from netclinic.diagnostics.regions.region_rows import RegionRows
from scipy.stats import binom

ROWS, REGIONS = 360, 24
TOLERANCE = 0.02


def rows(errors: np.ndarray, groups: np.ndarray | None = None) -> RegionRows:
    count = len(errors)
    parts = None if errors.dtype == bool else np.sqrt(errors)
    return RegionRows(
        np.zeros((count, 1)), np.zeros(count, int), errors, parts=parts, groups=groups
    )


def counted(errors: np.ndarray, groups: np.ndarray | None = None) -> CountedSide:
    """Rows that are right or wrong, of which no other model knows anything."""
    both = rows(errors, groups)
    none = Judged(np.zeros(len(errors), bool), *(np.zeros(len(errors)) for _ in range(4)))
    known = np.zeros(len(errors), bool)
    return CountedSide(both, both, none, known, none, known)


def averaged(errors: np.ndarray, groups: np.ndarray | None = None) -> MeanSide:
    """The same of squared errors."""
    both, none = rows(errors, groups), np.full(len(errors), np.nan)
    return MeanSide(both, both, none, none, none, 0, lambda *_: lambda _: (None, 0.0))


def parted(masks: tuple[np.ndarray, np.ndarray]) -> list[Placed]:
    """Regions by their rows, (regions, rows) bool of the rows that choose and that judge."""
    no_matter = Candidate("slice", "a", 1, lambda it: np.zeros(len(it.errors), bool))
    return [Placed(no_matter, (one, one), (two, two)) for one, two in zip(*masks, strict=True)]


def drawn(rng: np.random.Generator, rows: int) -> list[Placed]:
    """Halves, quarters and so on of 8 columns, which overlap."""
    columns = rng.normal(size=(2, rows, 8))
    cuts = np.concatenate([columns > 0, columns > 0.7, columns < -0.7], axis=2)
    return parted((cuts[0].T, cuts[1].T))


def false_alarms(make, draw, draws: int, tolerance: float, count: int = ROWS) -> int:
    found = 0
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        placed = drawn(rng, count)
        (one, of_one), (two, of_two) = draw(rng, count), draw(rng, count)
        higher = higher_errors(placed, make(one, of_one), make(two, of_two), tolerance, ())
        found += any(it.elsewhere is not None for it in higher.values())
    return found


@pytest.mark.parametrize(
    ("make", "draw"),
    [
        (counted, lambda rng, n: (rng.random(n) < 0.1, None)),
        (averaged, lambda rng, n: (rng.normal(size=n) ** 2, None)),
    ],
)
def test_where_regions_are_alike_hardly_any_is_named(make, draw) -> None:
    """5 % are due; more than 17 of 200 are seen once in a hundred of such tests."""
    assert binom.sf(17, 200, 0.05) < 0.02
    assert false_alarms(make, draw, 200, 0.0) <= 17


def test_a_difference_that_is_tolerated_is_hardly_ever_named() -> None:
    """The first region errs by all that is tolerated more, and no other is any worse."""
    found = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        masks = rng.random((2, 1, ROWS)) < 0.5
        one, two = (counted(rng.random(ROWS) < 0.1 + 0.1 * it[0]) for it in masks)
        found += any(
            it.elsewhere is not None
            for it in higher_errors(parted(tuple(masks)), one, two, 0.1, ()).values()
        )
    assert found <= 17


def test_groups_of_rows_count_as_they_tell() -> None:
    """Persons of 9 rows each, who err alike."""

    def people(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        person = np.arange(count) // 9
        return rng.random(count) < rng.beta(1, 9, person.max() + 1)[person], person

    assert false_alarms(counted, people, 100, 0.0) <= 10


@pytest.mark.parametrize(
    ("make", "draw"),
    [
        (counted, lambda rng, worse: rng.random(len(worse)) < np.where(worse, 0.35, 0.1)),
        (averaged, lambda rng, worse: (rng.normal(size=len(worse)) * np.where(worse, 2, 1)) ** 2),
    ],
)
def test_a_region_that_is_worse_is_found_and_said_once(make, draw) -> None:
    """A quarter of the rows; the half around it, and its own half, say no more."""
    first = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        places = rng.random((2, ROWS))
        masks = tuple(np.stack([it < 0.25, it < 0.5, it < 0.12, it > 0.6]) for it in places)
        one, two = (make(draw(rng, it[0])) for it in masks)
        found = higher_errors(parted(masks), one, two, TOLERANCE, ())
        said = [place for place, it in found.items() if it.elsewhere is not None]
        first += said == [0]
        for place in said:
            rest = two.held_out.errors[~masks[1][place]].mean()
            assert found[place].elsewhere == pytest.approx(rest)
            assert found[place].p is not None
            assert found[place].p <= 0.05
    assert first >= 16


def test_what_is_reported_already_is_not_said_again() -> None:
    rng = np.random.default_rng(0)
    masks = tuple(np.stack([it < 0.25, it < 0.3]) for it in rng.random((2, ROWS)))
    one, two = (counted(rng.random(ROWS) < np.where(it[0], 0.5, 0.05)) for it in masks)
    placed = parted(masks)
    (place,) = (k for k, it in higher_errors(placed, one, two, 0.02, ()).items() if it.elsewhere)
    again = higher_errors(placed, one, two, 0.02, [1 - place])
    assert again[place].elsewhere is None
    assert again[place].p is not None
    assert again[place].p <= 0.05
