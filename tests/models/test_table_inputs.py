"""A table's columns become the inputs that a network learnt from."""

from collections import UserDict

import numpy as np
import pytest
from netclinic.datasets.encoding import encode, fit_encoding
from netclinic.datasets.new_rows import read_new_rows
from netclinic.models.table_inputs import (
    Unseen,
    category_columns,
    encoded,
    filled_in,
    inputs_of,
    unseen_categories,
)

from ..datasets.test_encoding import TABLE


def test_new_rows_are_encoded_as_those_that_were_learnt_from() -> None:
    encoding = fit_encoding(TABLE, np.array([1, 0]))
    size, colour, flag = TABLE.inputs.T
    colours = TABLE.categories[1]
    table = {
        "flag": flag.astype(bool),
        "colour": [colours[int(code)] for code in colour],
        "size": [f"{it}" for it in size],  # as csv.DictReader reads it
        "unknown": [None] * len(size),
    }
    told = inputs_of(table, encoding.names)
    np.testing.assert_array_equal(told, encode(encoding, TABLE.inputs))


@pytest.mark.parametrize(
    ("known", "met"),
    [
        (("007", "A12"), "007"),
        (("true", "unknown"), "true"),
        (("2.50", "beta"), "2.50"),
        (("2024-05-31 10:00:00", "never"), "2024-05-31 10:00:00"),
        (("7", "x"), "7"),
    ],
)
def test_categories_of_a_file_are_text_though_they_look_like_something_else(
    tmp_path, known, met
) -> None:
    features = (*(f"a={it}" for it in known), "size", "size=(missing)")
    file = tmp_path / "new.csv"
    file.write_text(f"a,size\n{met},1\n,2\n{met},3\n")
    table = read_new_rows(file, category_columns(features))
    told = inputs_of(table, features, (None, None, 0.0, None))
    holds = [float(it == met) for it in known]
    np.testing.assert_array_equal(told, [[*holds, 1, 0], [0, 0, 2, 0], [*holds, 3, 0]])
    assert not unseen_categories(table, features)


def test_equals_signs_stand_in_columns_and_categories() -> None:
    table = {"a=b": ["c=d", "e"], "a": ["b=e", "f"], "x=1": [2.0, 3.0]}
    told = inputs_of(table, ("a=b=c=d", "a=b=e", "a=f", "x=1"))
    np.testing.assert_array_equal(told, [[1, 0, 0, 2], [0, 1, 1, 3]])


def test_categories_of_no_training_row_are_found() -> None:
    table = {
        "a": np.array(["x", "z", None, "y", "z", "w"], object),
        "b=c": np.array(["d", "d", "e", "", "d", "e"]),
        "size": np.arange(6.0),
    }
    (found,) = unseen_categories(table, ("a=x", "a=y", "b=c=d", "b=c=e", "size"))
    assert found == Unseen("a", ("w", "z"), 3)


class Frame(UserDict):
    """As a DataFrame is: no mapping, but with columns."""

    columns = ("a", "b")


def test_booleans_may_be_text_as_in_a_csv_file() -> None:
    table = {"a": ["True", "false"], "b": [True, False]}
    np.testing.assert_array_equal(inputs_of(table, ("a", "b")), [[1, 1], [0, 0]])


def test_a_frame_is_a_table() -> None:
    told = inputs_of(Frame(a=np.arange(2), b=np.ones(2)), ("b", "a"))
    np.testing.assert_array_equal(told, [[1, 0], [1, 1]])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"a": [1.0]}, r"lacks 'c', 'd'; it has 'a'"),
        ({"a": [1.0], "c": ["x"], "d": []}, r"as many rows each; got a \(1,\), c \(1,\), d \(0,\)"),
        ({"a": [[1.0]], "c": ["x"], "d": [0]}, r"one value a row"),
        (
            {"a": np.array(["2020-01-01"], "M8[ns]"), "c": ["x"], "d": [0]},
            r"'a' must hold numbers: it holds datetime64\[ns\]; turn it into",
        ),
        (
            {"a": np.array([90], "m8[s]"), "c": ["x"], "d": [0]},
            "'a' must hold numbers: it holds timedelta64",
        ),
        ({"a": ["old"], "c": ["x"], "d": [0]}, "'a' must hold numbers: could not convert"),
        ({"a": [float("nan")], "c": ["x"], "d": [0]}, "'a' lacks a finite number in 1 of 1 rows"),
        ({"a": [1], "c": np.array([None]), "d": [0]}, "'c' lacks values"),
        ({}, "the table lacks 'a', 'c', 'd'; it has no columns"),
    ],
)
def test_what_cannot_be_encoded_is_told(table, message) -> None:
    with pytest.raises(ValueError, match=message):
        inputs_of(table, ("a", "c=x", "d"))


FEATURES = ("a", "c=(missing)", "c=x", "a=(missing)")
FILLS = (2.5, None, None, None)


@pytest.mark.parametrize(
    ("a", "c"),
    [
        ([1.0, np.nan, 3.0], ["x", "y", None]),
        (["1", "", "3.0"], ["x", "y", ""]),
        (np.array([1, None, 3], object), np.array(["x", "y", np.nan], object)),
    ],
)
def test_what_is_missing_is_filled_in_as_while_training(a, c) -> None:
    told = inputs_of({"a": a, "c": c}, FEATURES, FILLS)
    np.testing.assert_array_equal(told, [[1, 0, 1, 0], [2.5, 0, 0, 1], [3, 1, 0, 0]])


def test_booleans_that_are_text_may_be_missing() -> None:
    told = inputs_of({"a": ["True", "", "false"]}, ("a",), (1.0,))
    np.testing.assert_array_equal(told, [[1], [1], [0]])


class Neither:
    """As pandas.NA: comparing it gives itself, which is neither true nor false."""

    def __eq__(self, other):
        return self

    __ne__ = __eq__
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")


def test_what_is_like_nothing_is_missing() -> None:
    table = {"a": np.array([Neither(), 1], object), "c": np.array(["x", Neither()], object)}
    np.testing.assert_array_equal(inputs_of(table, FEATURES, FILLS), [[2.5, 0, 1, 1], [1, 1, 0, 0]])


def test_arrays_are_filled_in_or_refused() -> None:
    rows = np.array([[np.nan, 0.0], [1.0, 1.0]])
    np.testing.assert_array_equal(filled_in(rows, ("a", "c=x"), (2.5, None)), [[2.5, 0], [1, 1]])
    with pytest.raises(ValueError, match="column 'a' lacks a finite number in 1 of 2 rows"):
        filled_in(rows, ("a", "c=x"))
    with pytest.raises(ValueError, match="column 'c=x' lacks"):
        filled_in(rows[:, ::-1], ("a", "c=x"), (2.5, None))


MARKED = ("x0", "x1", "x1=(missing)")


@pytest.mark.parametrize("rows", [[[1.0, 2.0], [3.0, np.nan]], [[1.0, 2.0, 0.0], [3.0, 0.5, 1.0]]])
def test_arrays_need_no_features_that_mark_where_numbers_lack(rows) -> None:
    told = encoded(np.array(rows), MARKED, (9.0, 0.5, None), None)
    np.testing.assert_array_equal(told, [[1, 2, 0], [3, 0.5, 1]])


@pytest.mark.parametrize(
    ("names", "fills", "expected"),
    [
        (MARKED, (9.0, 0.5, None), 2),
        (("x0", "x1"), (), 2),
        (("size", "colour=red", "size=(missing)"), (9.0, None, None), 3),  # no array tells colours
    ],
)
def test_arrays_of_other_widths_are_refused(names, fills, expected) -> None:
    message = rf"got inputs of shape \(1, 1\), expected \(rows, {expected}\)"
    with pytest.raises(ValueError, match=message):
        encoded(np.ones((1, 1)), names, fills, None)


def test_of_a_table_of_raw_rows_the_users_own_step_is_named() -> None:
    message = "lacks 'f0'; it has 'a'; expected are rows, as steps.py:logs makes them of raw rows"
    with pytest.raises(ValueError, match=message):
        encoded({"a": [1.0]}, ("f0",), (), "steps.py:logs")
    with pytest.raises(ValueError, match=r"it has 'a'$"):
        encoded({"a": [1.0]}, ("f0",), (), None)
