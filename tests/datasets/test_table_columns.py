"""Columns of tables: their types, and what cannot be used."""

import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from netclinic.datasets import DataError
from netclinic.datasets.request import ReadAs
from netclinic.datasets.table_columns import apart_column
from netclinic.datasets.tables import read_table
from netclinic.datasets.text_columns import MOST_CATEGORIES


def parquet(folder: Path, **columns) -> Path:
    path = folder / "data.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as refused:
        read_table(path, "y")
    return str(refused.value)


def test_every_type_of_a_parquet_file_that_is_a_number_or_text(tmp_path):
    path = parquet(
        tmp_path,
        small=pa.array([1, 2], pa.int8()),
        half=pa.array([0.5, 1.5], pa.float32()),
        money=pa.array([Decimal("1.25"), Decimal("2.50")]),
        flag=[True, False],
        text=pa.array(["b", "a"], pa.large_string()),
        category=pa.array(["v", "u"]).dictionary_encode(),
        y=[3, 4],
    )
    rows = read_table(path, "y")
    np.testing.assert_array_equal(rows.inputs, [[1, 0.5, 1.25, 1, 1, 1], [2, 1.5, 2.5, 0, 0, 0]])
    assert rows.categories == (None, None, None, None, ("a", "b"), ("u", "v"))
    assert rows.labels.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("target", "labels"),
    [
        (pa.array([True, False]), [True, False]),
        (pa.array([1.0, 2.0]), [1, 2]),
        (pa.array([Decimal("1.5"), Decimal("2.5")]), [1.5, 2.5]),
        (pa.array(["b", "a"]).dictionary_encode(), ["b", "a"]),
    ],
)
def test_targets_of_every_type(tmp_path, target, labels):
    assert read_table(parquet(tmp_path, a=[1, 2], y=target), "y").labels.tolist() == labels


def test_an_identifier_is_not_taken_for_a_category(tmp_path):
    n = MOST_CATEGORIES + 1
    path = parquet(tmp_path, name=[f"n{i // 3}" for i in range(3 * n)], y=[0] * 3 * n)
    assert refusal(path) == (
        f"data.parquet: text column 'name' has {n:,} distinct values in {3 * n:,} rows, more than "
        f"{MOST_CATEGORIES:,}. If it is an identifier or free text, leave it out: write, under "
        '[data], ignore = ["name"]. If it holds numbers, some of them are spelt wrong.'
    )


def test_text_that_is_almost_another_one_in_each_row_is_no_category(tmp_path):
    path = parquet(tmp_path, name=[f"n{i}" for i in [*range(51), *range(49)]], y=[0] * 100)
    assert refusal(path).startswith(
        "data.parquet: text column 'name' has 51 distinct values in 100 rows, more than half as "
        "many. If it is an identifier or free text, leave it out: "
    )
    path = parquet(tmp_path, name=[f"n{i}" for i in [*range(50), *range(50)]], y=[0] * 100)
    (names,) = read_table(path, "y").categories
    assert names is not None
    assert len(names) == 50
    few = parquet(tmp_path, name=[f"n{i}" for i in range(20)], y=[0] * 20)
    assert read_table(few, "y").columns == ("name",)


def test_numbers_but_for_a_few_values_are_no_categories(tmp_path):
    """As where a missing one is written ``?``; codes of letters and digits have more of them."""
    numbers = [f"{i}.5" for i in range(30)]
    assert refusal(parquet(tmp_path, power=[*numbers, "?", "n/k", "?"], y=[0] * 33)) == (
        "data.parquet: column 'power' holds numbers but for '?', 'n/k', the first in row 30 (rows "
        "count from 0). Correct them or drop their rows; put a letter in front of each number if "
        'they are codes; or leave the column out: write, under [data], ignore = ["power"].'
    )
    codes = [*numbers, *(f"V{i}" for i in range(6))] * 2
    (names,) = read_table(parquet(tmp_path, code=codes, y=[0] * 72), "y").categories
    assert names is not None
    assert len(names) == 36


def test_all_columns_that_cannot_be_used_are_named_at_once(tmp_path):
    columns = {"name": ["ann", "bob"], "born": pa.array([1, 2], pa.date32()), "age": [None, 3.0]}
    path = parquet(tmp_path, **columns, ok=[1, 2], y=[0, 1])
    with pytest.raises(DataError) as refused:
        read_table(path, "y", ReadAs(ignored=("name",)))
    assert str(refused.value) == (
        "data.parquet: column 'born' has type date32[day]; columns must be numbers, text or "
        "booleans. Turn it into numbers (a date into days, say), or leave it out: write, under "
        '[data], ignore = ["name", "born"]. Nor can these columns be used as they are: \'age\'.'
    )


def test_nulls_and_nan_of_a_parquet_file_are_told_apart(tmp_path):
    assert refusal(parquet(tmp_path, a=[1.0, None], y=[0, 1])).startswith(
        "data.parquet: column 'a' has 1 missing value, the first in row 1 "
    )
    assert refusal(parquet(tmp_path, a=[float("nan"), 1.0], y=[0, 1])).startswith(
        "data.parquet: column 'a' is nan in row 0 "
    )
    assert refusal(parquet(tmp_path, a=pa.nulls(2), y=[0, 1])) == (
        "data.parquet: column 'a' has no value in any row. Leave it out: write, under [data], "
        'ignore = ["a"].'
    )


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_rows_of_no_known_group_or_time_are_refused(missing):
    column = pa.chunked_array([pa.array([1.0, missing, 2.0])])
    with pytest.raises(DataError) as refused:
        apart_column(column, "who", "data.parquet")
    assert str(refused.value) == (
        "data.parquet: column 'who' has 1 missing value, the first in row 1 (rows count from 0). "
        "Fill them in or drop the rows."
    )


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([datetime.datetime(2020, 1, 1)], "timestamp[us]"),
        ([[1, 2]], "list<element: int64>"),
        ([b"raw"], "binary"),
    ],
)
def test_parquet_columns_of_other_types_are_refused_by_name(tmp_path, values, kind):
    assert refusal(parquet(tmp_path, odd=values, y=[0])).startswith(
        f"data.parquet: column 'odd' has type {kind}; columns must be numbers, text or booleans."
    )


def test_a_column_of_lists_is_told_how_to_become_features(tmp_path):
    told = refusal(parquet(tmp_path, embedding=[[1.0, 2.0]], y=[0]))
    assert "Give each number of it a column of its own, save what it holds as arrays (nump" in told
    assert told.endswith('or leave it out: write, under [data], ignore = ["embedding"].')
