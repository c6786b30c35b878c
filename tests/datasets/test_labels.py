import enum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.datasets import DataError
from netclinic.datasets.labels import number_classes


class Colour(enum.Enum):
    RED = 1
    BLUE = 2

    def __str__(self) -> str:
        return self.name


def objects(*values: object) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = values
    return array


@pytest.mark.parametrize(
    ("values", "names", "labels"),
    [
        (np.array([10, 9, 10, 2]), ("2", "9", "10"), [2, 1, 2, 0]),
        (np.array([-1, 1], np.int8), ("-1", "1"), [0, 1]),
        (np.array([2**63 + 1, 0], np.uint64), ("0", "9223372036854775809"), [1, 0]),
        (np.array([1.0, 0.0]), ("0", "1"), [1, 0]),
        (np.array([0.5, 0.1], np.float32), ("0.1", "0.5"), [1, 0]),
        (np.array([True, False]), ("False", "True"), [1, 0]),
        (np.array(["b", "a", "b"]), ("a", "b"), [1, 0, 1]),
        (np.array(["10", "9", "1e1"]), ("9", "10", "1e1"), [1, 0, 2]),
        (np.array(["nan", "10", "9"]), ("10", "9", "nan"), [2, 0, 1]),
        (np.array([b"b", b"a"]), ("a", "b"), [1, 0]),
        (objects("x", 3, 3.0), ("3", "x"), [1, 0, 0]),
        (objects(2.0, 1.0), ("1", "2"), [1, 0]),
        (objects(Colour.RED, Colour.BLUE), ("BLUE", "RED"), [1, 0]),
        (np.array([[1], [0]]), ("0", "1"), [1, 0]),
    ],
)
def test_classes_are_sorted_and_numbered(values, names, labels):
    classes = number_classes(values, "y")
    assert classes.names == names
    assert classes.labels.tolist() == labels
    assert classes.labels.dtype == np.int32


@given(
    st.lists(st.text("abc1\u00e9", min_size=1, max_size=3), min_size=2).filter(
        lambda texts: len(set(texts)) > 1
    )
)
def test_every_text_keeps_its_name(texts):
    classes = number_classes(np.array(texts), "y")
    assert [classes.names[i] for i in classes.labels] == texts


@given(st.lists(st.integers(-(2**40), 2**40), min_size=2).filter(lambda v: len(set(v)) > 1))
def test_integers_are_sorted_as_numbers(values):
    classes = number_classes(np.array(values), "y")
    assert [int(name) for name in classes.names] == sorted(set(values))
    assert [int(classes.names[i]) for i in classes.labels] == values


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros(5, int), "y has only one class ('0'); a classifier needs at least two classes."),
        (np.array([], int), "y has only no rows; a classifier needs at least two classes."),
        (
            np.eye(3),
            "y has shape (3, 3); it must hold one label a row, shape (n,). Of one-hot labels take "
            "y.argmax(axis=1); to learn a 1 or a 0 for each of several labels write "
            'task = "multilabel".',
        ),
        (
            np.array([1j, 2j]),
            "y has type complex128; labels must be integers, text or booleans.",
        ),
        (
            np.array([0.0, np.nan, 1.0, np.inf]),
            "y has 2 missing values, the first in row 1 (rows count from 0). Fill them in or drop "
            "the rows.",
        ),
        (
            objects("a", "b", None),
            "y has 1 missing value, the first in row 2 (rows count from 0). Fill them in or drop "
            "the rows.",
        ),
        (
            objects("a", float("nan"), "b"),
            "y has 1 missing value, the first in row 1 (rows count from 0). Fill them in or drop "
            "the rows.",
        ),
        (
            np.linspace(0, 1, 22),
            "y has 22 distinct fractional values: a quantity, not classes. Write task = "
            '"regression", cut the quantity into classes, or choose another target.',
        ),
    ],
)
def test_unusable_labels_are_refused(values, message):
    with pytest.raises(DataError) as refused:
        number_classes(values, "y")
    assert str(refused.value) == message


def test_twenty_fractions_still_pass_for_classes():
    assert len(number_classes(np.arange(20) / 8, "y").names) == 20
