"""Numbers that stand for a value that is missing."""

import numpy as np
import pytest
from netclinic.datasets.load import load_dataset
from netclinic.datasets.missing_codes import missing_codes
from netclinic.datasets.request import DataRequest
from netclinic.datasets.rows import Rows

RNG = np.random.default_rng(0)
ROWS = 600
NOISE = RNG.normal(size=ROWS)
AGE = RNG.integers(18, 90, ROWS).astype(float)
CODED = RNG.random(ROWS) < 0.1


def found(*columns: np.ndarray, **changes) -> list[tuple[str, int]]:
    inputs = np.stack(columns, axis=1)
    names = tuple(f"c{i}" for i in range(len(columns)))
    rows = Rows(inputs, names, (None,) * len(columns), np.zeros(len(inputs)), "y")
    return [(it.text.split("'")[1], it.count) for it in missing_codes(rows._replace(**changes))]


@pytest.mark.parametrize("code", [-999.0, 999.0, 9999.0])
def test_one_value_far_beyond_all_others_is_named(code: float) -> None:
    assert found(NOISE, np.where(CODED, code, AGE)) == [("c1", CODED.sum())]


def test_values_that_are_missing_besides_change_nothing() -> None:
    column = np.where(CODED, -999, NOISE)
    column[~CODED] = np.where(np.arange((~CODED).sum()) % 5 == 0, np.nan, column[~CODED])
    assert found(column, NOISE) == [("c0", CODED.sum())]


@pytest.mark.parametrize(
    "column",
    [
        NOISE,
        np.where(CODED, -99, AGE),  # not beyond the others by twice as much as they range
        np.where(CODED, 0, AGE + 1000),  # nothing there
        np.where(np.arange(ROWS) == 7, -999, NOISE),  # one row, as an outlier has
        np.where(CODED, -999 + NOISE, NOISE),  # other rows in another unit
        np.where(CODED, 1.0, 0.0),
        np.where(CODED, 100.0, np.arange(ROWS) % 4),  # few values, as categories have
        np.exp(3 * NOISE),
        np.full(ROWS, np.nan),
        np.full(ROWS, -999.0),
    ],
)
def test_what_is_none_is_not(column: np.ndarray) -> None:
    assert found(NOISE, column) == []


def test_few_rows_categories_and_pixels_are_left_alone() -> None:
    coded = np.where(CODED, -999, NOISE)
    assert found(NOISE[:49], coded[:49]) == []
    assert found(NOISE, coded, categories=(None, ("a",))) == []
    assert found(NOISE, coded, shape=(1, 2)) == []


def test_of_many_rows_a_sample_rules_columns_out() -> None:
    rng = np.random.default_rng(1)
    wide = rng.normal(size=(20_000, 30))
    wide[rng.random(20_000) < 0.005, 17] = -999
    assert [name for name, _ in found(*wide.T)] == ["c17"]


def test_a_table_says_so(tmp_path) -> None:
    lines = [
        f"{-999 if c else x:.3f},{'ab'[int(x > 0)]}" for x, c in zip(NOISE, CODED, strict=True)
    ]
    (tmp_path / "data.csv").write_text("\n".join(["x,kind", *lines]) + "\n")
    request = DataRequest("data.csv", "kind", 0.2, 0.2, True, 0, tmp_path)
    (told,) = [it for it in load_dataset(request).warnings if it.kind == "missing_codes"]
    assert told.text.startswith(f"Column 'x' has −999 in {CODED.sum()} of 600 rows, and from −")
