"""A region that is a category without one value: which of its values carries it is told."""

import numpy as np
import pytest
from netclinic.diagnostics.regions.region_findings import by_value
from netclinic.diagnostics.regions.region_rows import Columns, RegionRows
from netclinic.diagnostics.regions.regions import find_regions
from netclinic.diagnostics.units import Unit
from netclinic.storage.records.regions import RegionsRecord

from tests.diagnostics.regions.test_region_findings import BIASED, FOUND, diagnosed, of_regions


def sites(seed: int, shares: dict[str, float]) -> RegionsRecord:
    """2,000 rows of sites, 30 % of c's labels wrong, and a network that has learnt the rest."""
    rng = np.random.default_rng(seed)
    place = rng.choice(len(shares), size=2000, p=list(shares.values()))
    numbers = rng.normal(size=(2000, 3))
    flipped = (rng.random(2000) < 0.3) & (place == 2)
    rows = RegionRows(
        np.concatenate([np.eye(len(shares))[place], numbers], axis=1).astype(np.float32),
        ((numbers[:, 0] > 0) ^ flipped).astype(int),
        flipped | (rng.random(2000) < 0.01),
    )
    parts = [rows.only(np.sort(it)) for it in np.split(rng.permutation(2000), [600, 1200, 1600])]
    names = (*(f"site={it}" for it in shares), "x0", "x1", "x2")
    plain = np.zeros(len(names)), np.ones(len(names))
    columns = Columns(names, *plain, classes=("u", "v"))
    return find_regions((parts[0], parts[1]), (parts[2], parts[3]), columns, 0.02, 0)


@pytest.mark.parametrize("seed", range(4))
def test_the_value_that_carries_a_region_is_told_first(seed: int) -> None:
    """In all of twelve draws c alone is noisy, and it is the sites without a that are named."""
    found = sites(seed, {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    ((kind, region),) = ((kind, it) for it in found.regions for kind in it.reported)
    assert (kind, region.name) == ("floor", "site≠a")
    told = by_value(region, found, "held_out", Unit())
    assert told.startswith(" Of site≠a the held-out error is ")
    assert told.index(" for c (") < told.index(" for b (")
    shown = {it.name: it for it in found.regions}
    assert not shown["site=b"].reported
    assert not shown["site=c"].reported


def test_of_many_values_the_worst_that_have_rows_enough_are_told() -> None:
    """Of seven that have, five; never j, of which a few rows are there."""
    found = sites(0, {"a": 0.29, "b": 0.08, "c": 0.24, **dict.fromkeys("defgh", 0.075), "j": 0.015})
    (region,) = (it for it in found.regions if it.reported)
    assert region.name == "site≠a"
    names = [it.name for it in found.regions if it.name.startswith("site=") and " " not in it.name]
    assert len(names) == 5
    assert "site=c" in names
    assert "site=j" not in names


SITES = FOUND._replace(
    regions=(
        BIASED._replace(name="site≠a"),
        *(
            BIASED._replace(name=f"site={value}", reported=(), training_error=error)
            for value, error in (("a", 0.9), ("b", 0.0), ("c", 0.2), ("c and x0 > 2", 0.5))
        ),
    )
)


def test_a_finding_tells_the_error_that_it_is_about() -> None:
    (bias,) = of_regions(diagnosed(SITES))
    assert bias.text.endswith(
        " Of site≠a the training error is 20.0 % for c (20 of 100 rows), 0.0 % for b (0 of 100 "
        "rows)."
    )


@pytest.mark.parametrize("name", ["site≠a and x0 > 2", "site=b", "x≠y > 3", "hue≠red"])
def test_of_other_regions_no_values_are_told(name: str) -> None:
    assert by_value(BIASED._replace(name=name), SITES, "held_out", Unit()) == ""
