import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.datasets.rows import as_floats, check_finite


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (np.uint8, np.float32),
        (np.bool_, np.float32),
        (np.int16, np.float32),
        (np.float16, np.float32),
        (np.float32, np.float32),
        (np.int32, np.float64),
        (np.int64, np.float64),
        (np.float64, np.float64),
    ],
)
def test_numbers_become_the_shortest_float_that_holds_them_exactly(kind, expected):
    assert as_floats(np.ones((1, 1), kind)).dtype == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.nan, "column 'b' is nan in row 1 (rows count from 0), which is not a finite number"),
        (-np.inf, "column 'b' is -inf in row 1 (rows count from 0), which is not a finite number"),
        (
            1e300,
            "column 'b' is 1e+300 in row 1 (rows count from 0), which is too large for a 32-bit "
            "float",
        ),
    ],
)
def test_the_first_bad_column_and_its_first_row_are_named(value, text):
    inputs = np.zeros((3, 3))
    inputs[1, 1] = inputs[2, 1] = inputs[0, 2] = value
    with pytest.raises(DataError) as refused:
        check_finite(inputs, ("a", "b", "c"), "data.npz: x")
    assert str(refused.value) == (
        f"data.npz: {'x'}: {text}; 3 such values in all. Fill them in or drop the rows."
    )


def test_finite_numbers_pass():
    check_finite(np.array([[np.finfo(np.float32).max, -0.0]]), ("a", "b"), "x")
