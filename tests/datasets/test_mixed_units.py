"""Numbers of which a part is in another unit."""

import numpy as np
import pytest
from netclinic.datasets.load import load_dataset
from netclinic.datasets.mixed_units import in_units, mixed_units
from netclinic.datasets.request import DataRequest
from netclinic.datasets.rows import Rows

ROWS = 600
SEEDS = range(60)


def drawn(seed: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Healthy numbers, and the same with a tenth in another unit."""
    rng = np.random.default_rng(seed)
    other = rng.random(ROWS) < 0.1
    way = rng.lognormal(3, 0.4, ROWS)
    height, warmth = rng.normal(172, 9, ROWS), rng.normal(12, 8, ROWS)
    price = np.where(rng.random(ROWS) < 0.4, 0, rng.lognormal(3, 0.4, ROWS))
    healthy, unlike = {
        "metres among kilometres": (way, way * 1000),
        "kilograms among grams": (way, way / 1000),
        "cents among euros": (way, way * 100),
        "cents among many zeros": (price, price * 100),
        "inches among centimetres": (height, height / 2.54),
        "fevers": (37 + (warmth - 12) / 12, 98.6 + 1.8 * (warmth - 12) / 12),
        "kelvins": (warmth, warmth + 273.15),
    }[kind]
    return healthy, np.where(other, unlike, healthy)


@pytest.mark.parametrize(
    "kind",
    [
        "metres among kilometres",
        "kilograms among grams",
        "cents among euros",
        "cents among many zeros",
        "inches among centimetres",
        "fevers",
        "kelvins",
    ],
)
def test_a_tenth_of_the_rows_in_another_unit_is_named_and_none_without(kind: str) -> None:
    """Means and shapes are held to limits that true units pass in 94 % of draws or more."""
    found = [in_units("Column 'x'", drawn(seed, kind)[1]) for seed in SEEDS]
    assert sum(map(bool, found)) >= 50, "P(fewer) < 0.001 where 94 % are due"
    assert not any(in_units("Column 'x'", drawn(seed, kind)[0]) for seed in SEEDS)


def healthy(rng: np.random.Generator) -> list[np.ndarray]:
    most = rng.random(ROWS) < 0.6
    return [
        rng.normal(size=ROWS),
        rng.lognormal(0, rng.uniform(0.1, 3), ROWS),
        np.abs(rng.standard_t(2, ROWS)),
        rng.pareto(1, ROWS) + 1,
        rng.poisson(rng.uniform(1, 100), ROWS).astype(float),
        np.where(most, 0, rng.lognormal(3, 1.5, ROWS)),
        np.round(rng.lognormal(3, 1, ROWS)) - 0.01,
        rng.beta(0.3, 0.3, ROWS),
        10.0 ** rng.integers(0, 4, ROWS),  # doses
        np.where(most, 1.0, 1000.0) * rng.integers(1, 9, ROWS),  # few values
        np.where(most, rng.normal(50, 5, ROWS), rng.normal(5000, 1500, ROWS)),  # another shape
        np.where(most, rng.normal(50, 5, ROWS), rng.normal(400, 40, ROWS)),  # no unit of it
        np.where(np.arange(ROWS) < 15, 1000, 1) * rng.lognormal(0, 0.3, ROWS),  # few rows
        np.full(ROWS, np.nan),
    ]


def test_of_healthy_columns_none_is_named() -> None:
    for seed in SEEDS:
        for column in healthy(np.random.default_rng(seed)):
            assert in_units("Column 'x'", column) == ()


def test_what_is_said_names_the_rows_by_their_numbers() -> None:
    (told,) = in_units("Column 'way'", drawn(0, "metres among kilometres")[1])
    rows = told.count
    assert told.text.startswith("Column 'way' is ")
    assert f" in {rows} of 600 rows, " in told.text
    assert "alike if the smaller ones were 1000 times as large" in told.text
    (told,) = in_units("Column 'tall'", drawn(0, "inches among centimetres")[1])
    assert "They differ as centimetres and inches do" in told.text


def found(*columns: np.ndarray, **changes) -> list[tuple[str, int]]:
    inputs = np.stack(columns, axis=1)
    names = tuple(f"c{i}" for i in range(len(columns)))
    rows = Rows(inputs, names, (None,) * len(columns), np.zeros(len(inputs)), "y")
    return [(it.text.split("'")[1], it.count) for it in mixed_units(rows._replace(**changes))]


def test_few_rows_categories_and_pixels_are_left_alone() -> None:
    right, mixed = drawn(0, "cents among euros")
    assert [name for name, _ in found(right, mixed)] == ["c1"]
    assert found(right[:99], mixed[:99]) == []
    assert found(right, mixed, categories=(None, ("a",))) == []
    assert found(right, mixed, shape=(1, 2)) == []


def test_of_many_rows_a_sample_rules_columns_out() -> None:
    rng = np.random.default_rng(1)
    wide = rng.lognormal(0, 0.3, size=(20_000, 30))
    wide[rng.random(20_000) < 0.05, 17] *= 1000
    wide[np.arange(20_000) % 7 == 0, 17] = np.nan
    assert [name for name, _ in found(*wide.T)] == ["c17"]


@pytest.mark.parametrize("numbers", [0, 1, 2, 3])
def test_a_sample_may_hold_few_numbers(numbers: int) -> None:
    column = np.full(20_000, np.nan)
    column[np.random.default_rng(0).permutation(20_000)[:numbers]] = 1 + np.arange(numbers)
    assert found(column) == []


@pytest.mark.parametrize("column", ["x", "y"])
def test_a_table_says_so_of_columns_and_the_target(tmp_path, column: str) -> None:
    right, mixed = drawn(2, "cents among euros")
    x, y = (mixed, right[::-1]) if column == "x" else (right[::-1], mixed)
    lines = [f"{a:.3f},{b:.3f}" for a, b in zip(x, y, strict=True)]
    (tmp_path / "data.csv").write_text("\n".join(["x,y", *lines]) + "\n")
    request = DataRequest("data.csv", "y", 0.2, 0.2, True, 0, tmp_path, task="regression")
    told = [it.text for it in load_dataset(request).warnings]
    who = {"x": "Column 'x'", "y": "Target 'y'"}[column]
    assert [text for text in told if text.startswith(who)], told


def test_the_category_of_all_rows_in_another_unit_is_named() -> None:
    rng = np.random.default_rng(0)
    site, sex = rng.integers(4, size=ROWS), rng.integers(2, size=ROWS)
    height = rng.normal(172, 9, ROWS)
    inputs = np.stack([sex, np.where(site == 2, height / 2.54, height), site], axis=1)
    categories = ("f", "m"), None, ("north", "south", "usa", "west")
    rows = Rows(inputs, ("sex", "height", "site"), categories, np.zeros(ROWS), "y")
    (told,) = mixed_units(rows)
    assert told.text.endswith("unit. They are the rows with 'usa' in column 'site', all of them.")
    inputs[0, 2] = 2 if site[0] != 2 else 1  # one row is of another site
    (told,) = mixed_units(rows)
    assert told.text.endswith("these rows may be in another unit.")
