import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.datasets import DataError
from netclinic.datasets.labels import Classes
from netclinic.datasets.rows import ReadyMade
from netclinic.datasets.splits import (
    apportion,
    hold_out_bridge,
    keep_training_rows,
    size_of,
    split_ready_made,
    split_rows,
)


def classes_of(counts: list[int], seed: int = 0) -> Classes:
    labels = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    shuffled = np.random.default_rng(seed).permutation(labels)
    return Classes(tuple(f"c{i}" for i in range(len(counts))), shuffled)


@st.composite
def problems(draw):
    """Class sizes with sizes of validation and test that fit them."""
    counts = draw(st.lists(st.integers(3, 60), min_size=2, max_size=6))
    classes, rows = len(counts), sum(counts)
    validation = draw(st.integers(classes, rows - 2 * classes))
    test = draw(st.integers(classes, rows - validation - classes))
    return counts, validation, test, draw(st.integers(0, 2**40))


@given(problems())
def test_splits_are_exact_disjoint_complete_and_hold_every_class(problem):
    counts, validation, test, seed = problem
    classes = classes_of(counts)
    splits = split_rows(classes, validation, test, seed)
    sizes = [sum(counts) - validation - test, validation, test, 0]
    assert [len(part) for part in splits] == sizes
    assert sorted(np.concatenate(splits)) == list(range(sum(counts)))
    for part in splits[:3]:
        assert set(classes.labels[part]) == set(range(len(counts)))


@given(problems(), st.floats(0.05, 0.5))
def test_a_bridge_is_part_of_the_training_rows_and_holds_every_class(problem, share):
    counts, validation, test, seed = problem
    classes = classes_of(counts)
    plain = split_rows(classes, validation, test, seed)
    classes_left = np.bincount(classes.labels[plain.train], minlength=len(counts))
    size = max(len(counts), int(share * len(plain.train)))
    if classes_left.min() < 2 or len(plain.train) - size < len(counts):
        with pytest.raises(DataError):
            hold_out_bridge(classes, plain, size, seed)
        return
    splits = hold_out_bridge(classes, plain, size, seed)
    assert len(splits.bridge) == size
    assert sorted([*splits.train, *splits.bridge]) == sorted(plain.train)
    assert set(classes.labels[splits.bridge]) == set(range(len(counts)))
    np.testing.assert_array_equal(splits.validation, plain.validation)
    np.testing.assert_array_equal(splits.test, plain.test)


@given(
    # Shares of three rows or more: below, the guarantee of one row of each class may bend them.
    st.lists(st.integers(15, 90), min_size=2, max_size=6),
    st.floats(0.22, 0.38),
    st.floats(0.22, 0.38),
)
def test_each_class_gets_its_share_within_one_row(counts, validation, test):
    classes = classes_of(counts)
    splits = split_rows(classes, validation, test, 0)
    shares = np.outer([len(splits.validation), len(splits.test)], counts) / sum(counts)
    for part, share in zip((splits.validation, splits.test), shares, strict=True):
        assert np.abs(np.bincount(classes.labels[part]) - share).max() < 1


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=8).flatmap(
        lambda most: st.tuples(st.just(most), st.integers(len(most), sum(most)))
    )
)
def test_seats_sum_to_size_and_stay_within_their_limits(drawn):
    most, size = drawn
    seats = apportion(size, np.array(most), np.array(most))
    assert seats.sum() == size
    assert (seats >= 1).all()
    assert (seats <= most).all()


def test_the_seed_decides_and_global_state_does_not():
    classes = classes_of([40, 40])
    np.random.seed(1)
    first = split_rows(classes, 0.25, 0.25, 7)
    state = np.random.get_state()[1].copy()
    np.random.seed(2)
    again = split_rows(classes, 0.25, 0.25, 7)
    other = split_rows(classes, 0.25, 0.25, 8)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert set(first.test) != set(other.test)
    np.random.seed(1)
    np.testing.assert_array_equal(state, np.random.get_state()[1])


def test_the_split_of_a_seed_never_changes():
    # Studies are resumed years later: these rows are part of the file format.
    splits = split_rows(classes_of([6, 6]), 3, 3, 0)
    assert splits.validation.tolist() == [9, 4, 7]
    assert splits.test.tolist() == [3, 2, 11]


def test_every_row_is_equally_likely_to_be_tested():
    # 600 seeds, 24 rows, a quarter tested: each count is Binomial(600, ¼), standard deviation 10.6.
    classes = classes_of([12, 12])
    tested = np.zeros(24, int)
    for seed in range(600):
        tested[split_rows(classes, 6, 6, seed).test] += 1
    assert np.abs(tested - 150).max() < 45  # 4.2 standard deviations, 24 rows: p < 1e-3


@given(problems())
def test_fewer_training_rows_are_a_subset_of_more_with_every_class(problem):
    counts, validation, test, seed = problem
    classes = classes_of(counts)
    train = split_rows(classes, validation, test, seed).train
    kept = [keep_training_rows(classes, train, n, seed) for n in range(len(counts), len(train) + 1)]
    for n, part in enumerate(kept, start=len(counts)):
        assert len(set(part)) == n
        assert set(classes.labels[part]) == set(range(len(counts)))
    for fewer, more in itertools.pairwise(kept):
        assert set(fewer) < set(more)
    assert set(kept[-1]) == set(train)


def test_kept_training_rows_hold_the_classes_in_proportion():
    classes = classes_of([600, 300, 100])
    kept = keep_training_rows(classes, np.arange(1000), 100, 3)
    assert np.abs(np.bincount(classes.labels[kept]) - [60, 30, 10]).max() <= 1


def test_ready_made_splits_are_used_as_they_are():
    classes = Classes(("a", "b"), np.array([0, 1, 0, 1, 0, 1, 0], np.int32))
    splits = split_ready_made(classes, ReadyMade(3, 2, 2), 0.5, 0)
    assert sorted(splits.train) == [0, 1, 2]
    assert splits.validation.tolist() == [3, 4]
    assert splits.test.tolist() == [5, 6]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (0.0, "test = 0.0; a fraction lies between 0 and 1, a number of rows has no point."),
        (1.0, "test = 1.0; a fraction lies between 0 and 1, a number of rows has no point."),
        (
            float("nan"),
            "test = nan; a fraction lies between 0 and 1, a number of rows has no point.",
        ),
        (0, "test = 0; write a number of rows of at least 1."),
        (-3, "test = -3; write a number of rows of at least 1."),
        (True, "test = True; write a fraction (0.2) or a number of rows (300)."),
        (
            0.001,
            "test = 0.001 of 100 rows leaves no row in the test split; write a larger fraction.",
        ),
    ],
)
def test_amounts_out_of_range_are_refused(amount, message):
    with pytest.raises(DataError) as refused:
        size_of("test", amount, 100)
    assert str(refused.value) == message


@given(st.floats(0.01, 0.99), st.integers(100, 10**6))
def test_a_fraction_is_rounded_to_the_nearest_row(fraction, rows):
    assert abs(size_of("test", fraction, rows) - fraction * rows) <= 0.5 + 1e-6


def test_sizes_that_leave_a_split_short_are_refused():
    with pytest.raises(DataError) as refused:
        split_rows(classes_of([50, 50]), 60, 40, 0)
    assert str(refused.value) == (
        "the training split gets 0 of 100 rows (60 for validation and 40 for test); it needs at "
        "least one for each of 2 classes. Change validation or test."
    )
    with pytest.raises(DataError, match=r"^the test split gets 1 of 100 rows \(20 for validation"):
        split_rows(classes_of([50, 50]), 20, 1, 0)


def test_a_class_with_too_few_rows_is_refused():
    with pytest.raises(DataError) as refused:
        split_rows(classes_of([50, 2, 1]), 0.2, 0.2, 0)
    assert str(refused.value) == (
        "class 'c1' has 2 rows; training, validation, test need at least one each (2 classes are "
        "that small). Add rows, drop or merge the class."
    )
    quantity = Classes(("1.5", "2"), np.array([0] * 50 + [1], np.int32))
    with pytest.raises(DataError) as refused:
        split_rows(quantity, 0.2, 0.2, 0)
    assert str(refused.value) == (
        "class '2' has 1 row; training, validation, test need at least one each. Add rows, drop or "
        'merge the class; or is the target a quantity? Then write task = "regression".'
    )


def test_a_class_of_ready_made_test_rows_alone_is_refused():
    classes = Classes(("a", "b"), np.array([0, 0, 0, 0, 1, 1, 0], np.int32))
    with pytest.raises(DataError, match=r"^class 'b' has 0 rows beside the 2 of other splits; tra"):
        split_ready_made(classes, ReadyMade(4, 0, 3), 0.2, 0)


def test_a_class_absent_from_a_ready_made_split_is_refused():
    classes = Classes(("a", "b"), np.array([0, 1, 0, 1, 0, 0, 1], np.int32))
    with pytest.raises(DataError) as refused:
        split_ready_made(classes, ReadyMade(4, 2, 1), 0.2, 0)
    assert str(refused.value) == (
        "class 'b' is absent from the validation split: it has 2 training, 0 validation and 1 test "
        "rows. Move rows of it there, drop the class, or give x and y alone to have them split."
    )


@pytest.mark.parametrize("count", [1, 101, True])
def test_train_rows_out_of_range_are_refused(count):
    with pytest.raises(DataError) as refused:
        keep_training_rows(classes_of([50, 50]), np.arange(100), count, 0)
    assert str(refused.value) == (
        f"train_rows = {count}; the training split has 100 rows and 2 classes: write a number from "
        "2 to 100."
    )


def test_a_negative_seed_is_refused():
    with pytest.raises(DataError, match=r"^seed = -1; write an integer of at least 0\.$"):
        split_rows(classes_of([50, 50]), 0.2, 0.2, -1)


ALIKE = Classes(("all rows",), np.zeros(9, np.int32))


def test_of_rows_without_classes_none_are_told() -> None:
    """Such as quantities, or several labels a row."""
    with pytest.raises(DataError, match="has 9 rows: write a number from 1 to 9"):
        keep_training_rows(ALIKE, np.arange(9), 10, 0)
    with pytest.raises(DataError, match=r"split gets 0 of 9 rows .* at least one\. Change"):
        split_rows(ALIKE, 5, 4, 0)
    few = Classes(ALIKE.names, ALIKE.labels[:2])
    with pytest.raises(DataError, match="there are 2 rows for training, validation, test, which"):
        split_rows(few, 1, 1, 0)
