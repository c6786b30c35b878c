"""Columns that count the rows."""

import numpy as np
import pytest
from netclinic.datasets.load import load_dataset
from netclinic.datasets.request import DataRequest
from netclinic.datasets.row_numbers import row_numbers
from netclinic.datasets.rows import Rows

RNG = np.random.default_rng(0)
COUNT = np.arange(150)


def found(*columns: np.ndarray, **changes) -> list[str]:
    inputs = np.stack(columns, axis=1)
    names = tuple(f"c{i}" for i in range(len(columns)))
    rows = Rows(inputs, names, (None,) * len(columns), np.zeros(len(inputs)), "y")
    return [warning.text.split("'")[1] for warning in row_numbers(rows._replace(**changes))]


NOISE = RNG.normal(size=150)


def test_what_counts_the_rows_is_named_from_wherever_it_counts() -> None:
    assert found(NOISE, COUNT.astype(float), COUNT + 1001.0) == ["c1", "c2"]


@pytest.mark.parametrize(
    "column",
    [
        COUNT * 2.0,
        COUNT / 150,
        COUNT[::-1].astype(float),
        RNG.permutation(150).astype(float),
        np.where(COUNT == 120, 0, COUNT).astype(float),  # beyond the first hundred
        np.zeros(150),
    ],
)
def test_what_does_not_is_not(column: np.ndarray) -> None:
    assert found(NOISE, column) == []


def test_a_sole_column_few_rows_codes_and_pixels_are_left_alone() -> None:
    assert found(COUNT.astype(float)) == []
    assert found(NOISE[:19], COUNT[:19].astype(float)) == []
    assert found(NOISE, COUNT.astype(float), categories=(None, ("a",) * 150)) == []
    assert found(NOISE, COUNT.astype(float), shape=(1, 2)) == []


def test_an_index_that_was_saved_with_a_table_is_told(tmp_path) -> None:
    lines = [f"{i},{x:.4f},{'ab'[int(1000 * x) % 2]}" for i, x in enumerate(NOISE)]
    (tmp_path / "data.csv").write_text("\n".join(["id,x,kind", *lines]) + "\n")
    request = DataRequest("data.csv", "kind", 0.2, 0.2, True, 0, tmp_path)
    assert [(w.kind, w.count, w.text) for w in load_dataset(request).warnings] == [
        (
            "row_numbers",
            150,
            "Column 'id' counts the rows of the source, from 0 to 149: it looks like their index, "
            "which says nothing about new rows, and is learnt from all the same.",
        )
    ]
