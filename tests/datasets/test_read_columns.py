"""Columns of one value, and numbers that are read as categories."""

import numpy as np
from netclinic.datasets.dataset import MISSING
from netclinic.datasets.read_columns import constant_columns, numbers_as_text
from netclinic.datasets.rows import Rows
from netclinic.datasets.splits import SplitRows

SPLITS = SplitRows(np.arange(200), np.arange(200, 250), np.arange(250, 300))
RNG = np.random.default_rng(0)
VARYING = RNG.normal(size=300)


def rows_of(*columns, categories=None, **changes) -> Rows:
    inputs = np.stack(columns, axis=1).astype(float)
    names = tuple(f"c{i}" for i in range(len(columns)))
    none = (None,) * len(columns)
    return Rows(inputs, names, categories or none, np.zeros(len(inputs)), "y")._replace(**changes)


def constant(*columns, **changes) -> list[str]:
    return [it.text for it in constant_columns(rows_of(*columns, **changes), SPLITS)]


def test_columns_of_one_value_are_named_and_held_out_rows_that_differ_counted() -> None:
    late = np.where(np.arange(300) >= 298, 9.0, 4.0)
    (told,) = constant_columns(rows_of(VARYING, np.ones(300), late), SPLITS)
    assert told.text == (
        "2 of 3 columns have one value in all 200 training rows, so nothing is learnt from them: "
        "'c1', 'c2'. 2 of 100 held-out rows have another value there, which the network has never "
        "met."
    )
    (told,) = constant(VARYING, np.ones(300))
    assert told.endswith("so nothing is learnt from it: 'c1'.")
    (told,) = constant(*[np.full(300, i) for i in range(15)])
    assert told.endswith("'c11' and 3 more.")


def test_what_varies_in_a_single_training_row_is_no_constant() -> None:
    for place in (0, 150, 199):
        column = np.zeros(300)
        column[place] = 1
        assert constant(VARYING, column) == []


def test_categories_count_as_a_column_and_neither_marks_nor_pixels_are_told() -> None:
    (told,) = constant(VARYING, np.ones(300), categories=(None, ("a", "b")))
    assert told.startswith("1 of 2 columns has")
    assert constant(VARYING, np.zeros(300), categories=(None, (MISSING,))) == []
    assert constant(VARYING, np.zeros(300), shape=(1, 2)) == []


def test_numbers_that_are_text_are_told_with_an_example() -> None:
    categories = (("10 %", "5 %", "7.5 %", MISSING), ("a 1", "b 2", "c 3"), ("36 m", "60 m"), None)
    (told,) = numbers_as_text(rows_of(*[VARYING] * 4, categories=categories))
    assert told.text == (
        "A column of text holds numbers, each of which is a category of its own: 'c0' (3 values, "
        "such as '10 %'). Where they are quantities, write them as numbers alone: so far the "
        "network is not told which of two is more."
    )
    codes = rows_of(VARYING, VARYING, categories=(("1", "2", "3"), ("1", "2", "x")))
    assert [it.text.count("'c") for it in numbers_as_text(codes)] == [1]
    assert numbers_as_text(rows_of(VARYING)) == ()
