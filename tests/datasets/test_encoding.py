import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.datasets.encoding import encode, fit_encoding
from netclinic.datasets.rows import Rows

TABLE = Rows(
    inputs=np.array([[0.5, 0, 1], [1.5, 2, 0], [2.5, 1, 0], [3.5, 2, 1]]),
    columns=("size", "colour", "flag"),
    categories=(None, ("blue", "green", "red"), None),
    labels=np.array([0, 1, 0, 1]),
    labels_from="y",
)


def test_categories_come_from_the_training_rows_and_unseen_ones_are_all_zeros():
    encoding = fit_encoding(TABLE, np.array([1, 0]))
    assert encoding.names == ("size", "colour=blue", "colour=red", "flag")
    assert encoding.one_hot.tolist() == [False, True, True, False]
    np.testing.assert_array_equal(
        encode(encoding, TABLE.inputs),
        [[0.5, 1, 0, 1], [1.5, 0, 1, 0], [2.5, 0, 0, 0], [3.5, 0, 1, 1]],
    )


def test_numeric_columns_are_not_copied():
    numeric = TABLE._replace(categories=(None, None, None))
    encoding = fit_encoding(numeric, np.array([0]))
    assert encoding.names == TABLE.columns
    assert encode(encoding, TABLE.inputs) is TABLE.inputs


def test_encoding_leaves_the_rows_unchanged():
    before = TABLE.inputs.copy()
    encode(fit_encoding(TABLE, np.array([0, 1])), TABLE.inputs)
    np.testing.assert_array_equal(TABLE.inputs, before)


@pytest.mark.parametrize(
    ("columns", "categories", "both"),
    [
        (("a", "a=x"), (("x",), None), "'a' and 'a=x' both make a feature called 'a=x'"),
        (("a", "a=b"), (("b=c",), ("c",)), "'a' and 'a=b' both make a feature called 'a=b=c'"),
    ],
)
def test_no_two_features_have_one_name(columns, categories, both) -> None:
    rows = Rows(np.zeros((2, 2)), columns, categories, np.array([0, 1]), "t.csv: target 'y'")
    with pytest.raises(DataError, match=f"t.csv: the columns {both}, as"):
        fit_encoding(rows, np.array([0, 1]))
