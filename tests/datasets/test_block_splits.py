import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from netclinic.datasets import DataError
from netclinic.datasets.block_splits import (
    FEW_GROUPS,
    split_distinct,
    split_groups,
    split_in_order,
)
from netclinic.datasets.labels import Classes

WHERE = "x.csv: group 'patient'"


def groups_of(sizes, seed=0):
    named = np.repeat([f"p{i}" for i in range(len(sizes))], sizes)
    return np.random.default_rng(seed).permutation(named)


def check_whole(splits, rows):
    assert sorted(np.concatenate(splits)) == list(range(rows))
    assert all(len(part) for part in splits[:3])


@given(
    st.lists(st.integers(1, 30), min_size=3, max_size=60),
    st.floats(0.1, 0.4),
    st.floats(0.1, 0.4),
    st.integers(0, 2**40),
)
def test_no_group_stands_in_two_splits_and_every_row_in_one(sizes, validation, test, seed):
    groups = groups_of(sizes)
    try:
        splits = split_groups(groups, validation, test, seed, WHERE)
    except DataError:
        assume(False)
        raise
    check_whole(splits, len(groups))
    held = [set(groups[part]) for part in splits[:3]]
    assert not any(one & other for one, other in itertools.combinations(held, 2))


@given(
    st.lists(st.integers(1, 12), min_size=3, max_size=5),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(0, 9),
)
def test_few_groups_come_as_near_as_any_way_to_deal_them(sizes, validation, test, seed):
    groups = groups_of(sizes)
    ways = itertools.product(range(3), repeat=len(sizes))
    filled = [
        [sum(s for s, w in zip(sizes, way, strict=True) if w == part) for part in range(3)]
        for way in ways
    ]
    best = min(abs(f[1] - validation) + abs(f[2] - test) for f in filled if all(f))
    try:
        splits = split_groups(groups, validation, test, seed, WHERE)
    except DataError:
        assume(False)
        raise
    off = abs(len(splits.validation) - validation) + abs(len(splits.test) - test)
    assert off == best


@given(st.lists(st.integers(1, 9), min_size=FEW_GROUPS + 1, max_size=200), st.integers(0, 99))
def test_many_small_groups_come_within_the_smallest_ones(sizes, seed):
    """With enough groups of one row the sizes are exact."""
    sizes = [*sizes, *[1] * 10]
    groups = groups_of(sizes, seed)
    splits = split_groups(groups, 0.2, 0.2, seed, WHERE)
    wanted = int(0.2 * len(groups) + 0.5)
    assert abs(len(splits.test) - wanted) <= 1
    assert abs(len(splits.validation) - wanted) <= 8


def test_seeds_deal_other_groups():
    groups = groups_of([5] * 40)
    tests = {frozenset(groups[split_groups(groups, 0.2, 0.2, s, WHERE).test]) for s in range(20)}
    assert len(tests) > 15


def test_a_hundred_thousand_groups_take_no_time():
    sizes = np.random.default_rng(0).integers(1, 20, 100_000)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    splits = split_groups(groups, 0.2, 0.2, 0, WHERE)
    assert len(splits.test) == int(0.2 * len(groups) + 0.5) == len(splits.validation)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (
            [5, 5],
            "x.csv: group 'patient' has 2 groups; three splits need at least one each. Take "
            'another column, or write split = "random".',
        ),
        (
            [90, 5, 5],
            "x.csv: group 'patient': 20 rows are asked for the validation split, and with whole "
            "groups (the largest group, 'p0', has 90 rows) it gets 5. Change validation or test, "
            "or take another column.",
        ),
    ],
)
def test_groups_that_cannot_be_dealt_are_refused(sizes, message):
    with pytest.raises(DataError) as refused:
        split_groups(groups_of(sizes), 0.2, 0.2, 0, WHERE)
    assert str(refused.value) == message


@pytest.mark.parametrize(("validation", "test"), [(3, 96), (2, 97), (46, 50)])
def test_held_out_splits_that_leave_no_group_are_refused(validation, test):
    with pytest.raises(DataError, match=r"rows? are asked for the training split"):
        split_groups(groups_of([10] * 10), validation, test, 0, WHERE)


@given(
    st.lists(st.integers(-50, 50), min_size=6, max_size=120),
    st.floats(0.1, 0.4),
    st.floats(0.1, 0.4),
)
def test_training_comes_before_validation_and_validation_before_test(times, validation, test):
    times = np.array(times)
    try:
        splits = split_in_order(times, validation, test, 0, WHERE)
    except DataError:
        assume(False)
        raise
    check_whole(splits, len(times))
    assert times[splits.train].max() < times[splits.validation].min()
    assert times[splits.validation].max() < times[splits.test].min()


@given(st.permutations(range(50)), st.integers(0, 5))
def test_distinct_times_give_exact_sizes(times, seed):
    days = np.datetime64("2024-01-01") + np.array(times)
    splits = split_in_order(days, 10, 5, seed, WHERE)
    assert [len(part) for part in splits] == [35, 10, 5, 0]


def test_times_that_are_equal_are_refused():
    with pytest.raises(DataError, match="has 2 distinct values; three splits need"):
        split_in_order(np.repeat([1, 2], 50), 0.2, 0.2, 0, WHERE)
    with pytest.raises(DataError, match="60 rows are asked for the training split, and with rows"):
        split_in_order(np.repeat([1, 2, 3], [20, 20, 60]), 0.2, 0.2, 0, WHERE)


@given(
    st.lists(st.integers(1, 20), min_size=20, max_size=60),
    st.floats(0.2, 0.4),
    st.floats(0.2, 0.4),
    st.integers(0, 2**40),
)
def test_equal_rows_stand_in_one_split_and_every_class_in_each(copies, validation, test, seed):
    """Of a rare class each of whose rows was copied 19 times, too: sizes are of different rows."""
    equal = np.repeat(np.arange(len(copies)), copies)
    classes = Classes(("a", "b"), (equal % 3 == 0).astype(np.int32))
    splits = split_distinct(classes, equal, validation, test, seed)
    check_whole(splits, len(equal))
    held = [set(equal[part].tolist()) for part in splits[:3]]
    assert not any(one & other for one, other in itertools.combinations(held, 2))
    sizes = [int(share * len(copies) + 0.5) for share in (validation, test)]
    assert [len(it) for it in held[1:]] == sizes
    assert all(set(classes.labels[part]) == {0, 1} for part in splits[:3])


def test_too_few_different_rows_are_said_to_be_few():
    classes = Classes(("a", "b"), np.repeat(np.array([0, 1], np.int32), [30, 30]))
    equal = np.concatenate([np.arange(30), np.full(30, 30)])
    with pytest.raises(DataError, match=r"^of 31 different rows: class .b. has 1 row; "):
        split_distinct(classes, equal, 0.2, 0.2, 0)
