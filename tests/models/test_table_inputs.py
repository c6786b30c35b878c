"""A table's columns become the inputs that a network learnt from."""

from collections import UserDict

import numpy as np
import pytest
from netclinic.datasets.encoding import encode, fit_encoding
from netclinic.models.table_inputs import inputs_of

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


def test_equals_signs_stand_in_columns_and_categories() -> None:
    table = {"a=b": ["c=d", "e"], "a": ["b=e", "f"], "x=1": [2.0, 3.0]}
    told = inputs_of(table, ("a=b=c=d", "a=b=e", "a=f", "x=1"))
    np.testing.assert_array_equal(told, [[1, 0, 0, 2], [0, 1, 1, 3]])


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
        ({"a": ["old"], "c": ["x"], "d": [0]}, "'a' must hold numbers: could not convert"),
        ({"a": [float("nan")], "c": ["x"], "d": [0]}, "'a' lacks a finite number in 1 of 1 rows"),
        ({"a": [1], "c": np.array([None]), "d": [0]}, "'c' lacks values"),
        ({}, "the table lacks 'a', 'c', 'd'; it has no columns"),
    ],
)
def test_what_cannot_be_encoded_is_told(table, message) -> None:
    with pytest.raises(ValueError, match=message):
        inputs_of(table, ("a", "c=x", "d"))
