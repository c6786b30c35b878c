import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from netclinic.datasets import DataError, DataRequest, check_batch_size, load_dataset
from netclinic.datasets.checks import find_warnings, group_equal
from netclinic.datasets.dataset import DataWarning
from netclinic.datasets.splits import SplitRows


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.integers(1, 3)),
        elements=st.sampled_from([-0.0, 0.0, 1.0, 1.0000001]),
    )
)
def test_rows_share_a_group_exactly_if_they_are_equal(inputs):
    groups = group_equal(inputs)
    equal = (inputs[:, None, :] == inputs[None, :, :]).all(axis=2)
    np.testing.assert_array_equal(groups[:, None] == groups[None, :], equal)


def test_duplicates_across_splits_are_counted_and_those_within_are_not():
    inputs = np.array([[1.0], [1.0], [2.0], [1.0], [3.0], [3.0], [3.0], [2.0], [9.0], [1.0]])
    splits = SplitRows(rows(0, 1, 2), rows(3, 4, 5), rows(6, 7, 8))  # row 9 is in no split
    (warning,) = find_warnings(inputs, np.zeros(10, np.int32), splits)
    assert warning == DataWarning(
        "duplicates_across_splits",
        3,
        "1 of 3 validation rows also occurs, with equal inputs, in the training split, and 2 of 3 "
        "test rows in the training or validation split: errors measured on them look better than "
        "they are.",
    )


def test_splits_without_duplicates_are_not_told():
    inputs = np.arange(3001.0)[:, None]
    inputs[-1] = 0.0
    splits = SplitRows(rows(*range(1000)), rows(*range(1000, 2000)), rows(*range(2000, 3001)))
    (warning,) = find_warnings(inputs, np.zeros(3001, np.int32), splits)
    assert warning.text.startswith(
        "1 of 1,001 test rows also occurs, with equal inputs, in the training or validation split: "
    )


def test_equal_inputs_with_different_labels_are_counted_within_the_splits():
    inputs = np.array([[1.0], [1.0], [2.0], [3.0], [3.0]])
    labels = np.array([0, 1, 1, 0, 1], np.int32)
    splits = SplitRows(rows(0, 1, 2), rows(), rows(4))  # row 3 is in no split
    (warning,) = find_warnings(inputs, labels, splits)
    assert warning == DataWarning(
        "conflicting_labels",
        2,
        "2 of 4 rows have inputs that also occur with another label: no network can get all of "
        "them right.",
    )


def test_clean_data_give_no_warning():
    splits = SplitRows(rows(0), rows(1), rows(2))
    assert find_warnings(np.arange(3.0)[:, None], np.zeros(3, np.int32), splits) == ()


def test_a_batch_larger_than_the_training_split_is_refused(tmp_path):
    dataset = load_dataset(DataRequest("twonorm", None, 0.2, 0.2, True, 0, tmp_path, rows=100))
    check_batch_size(dataset, 60)
    with pytest.raises(DataError) as refused:
        check_batch_size(dataset, 61)
    assert str(refused.value) == (
        "training.batch_size = 61, but the training split of 'twonorm' has only 60 rows; write a "
        "batch_size of at most 60."
    )


def test_rows_that_few_values_make_equal_are_no_fault_of_the_data():
    """Of the passengers of the Titanic a clean split and clean labels were asked for first."""
    rng = np.random.default_rng(0)
    inputs = np.column_stack(
        [rng.integers(0, 2, 600), rng.integers(0, 3, 600), rng.integers(1, 70, 600)]
    )
    labels = rng.integers(0, 2, 600).astype(np.int32)
    splits = SplitRows(*np.split(rng.permutation(600), [360, 480]))
    (warning,) = find_warnings(inputs, labels, splits)
    assert warning.kind == "equal_by_chance"
    assert "also occur, with equal inputs, in the training split" in warning.text
    assert "of 600 rows have inputs that also occur with another label. Columns" in warning.text
    assert warning.text.endswith("in one column alone. Among new rows it will be the same.")
