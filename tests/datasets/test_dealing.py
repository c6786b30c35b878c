"""Rows dealt to parts: sizes, every class in proportion, and every row equally likely anywhere."""

import numpy as np
import pytest
from netclinic.datasets.dealing import by_class, deal


@pytest.mark.parametrize("parts", [1, 2, 5, 7])
def test_parts_and_the_classes_in_them_differ_by_at_most_one_row(parts: int) -> None:
    labels = np.random.default_rng(1).choice(4, size=103, p=[0.6, 0.3, 0.07, 0.03])
    part = deal(labels, parts, np.random.default_rng(2))
    for of_class in (labels >= 0, *(labels == c for c in range(4))):
        sizes = np.bincount(part[of_class], minlength=parts)
        assert len(sizes) == parts
        assert sizes.max() - sizes.min() <= 1


def test_every_row_comes_to_every_part_equally_often() -> None:
    """Over 3,000 seeds, within 4.5 deviations of a binomial for each of 11 rows and 3 parts."""
    labels = np.array([0] * 7 + [1] * 4)
    dealt = np.stack([deal(labels, 3, np.random.default_rng(seed)) for seed in range(3000)])
    # Of eleven rows in this order the parts get four, four and three; a class of four has two
    # rows in one part.
    for label, sizes in ((0, np.array([3, 2, 2])), (1, np.array([1, 2, 1]))):
        share = sizes / sizes.sum()
        seen = np.stack([(dealt[:, labels == label] == p).sum(axis=0) for p in range(3)], axis=1)
        assert (np.abs(seen - 3000 * share) < 4.5 * np.sqrt(3000 * share * (1 - share))).all()


def test_a_seed_deals_the_same_and_another_seed_others() -> None:
    labels = np.arange(40) % 3
    first, again, other = (deal(labels, 5, np.random.default_rng(s)) for s in (4, 4, 5))
    assert first.tolist() == again.tolist() != other.tolist()


def test_rows_of_a_class_stay_in_the_order_of_the_pool() -> None:
    ordered, places = by_class(np.array([1, 0, 1, 0, 2]), np.array([4, 2, 3, 0]))
    assert ordered.tolist() == [3, 2, 0, 4]
    assert places.tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("parts", [2, 5])
def test_whole_groups_are_dealt_with_classes_and_rows_in_proportion(parts):
    rng = np.random.default_rng(0)
    groups = rng.permutation(np.repeat(np.arange(300), rng.integers(1, 6, 300)))
    labels = (groups % 3 == 0).astype(int)
    part = deal(labels, parts, np.random.default_rng(1), groups)
    for group in range(300):
        assert len(set(part[groups == group])) == 1
    for of_class in (labels == 0, labels == 1, labels >= 0):
        sizes = np.bincount(part[of_class], minlength=parts)
        assert sizes.max() - sizes.min() <= 5  # rows of the largest group


def test_groups_of_one_class_each_do_not_pile_up():
    labels = np.repeat(np.arange(10), 7)
    part = deal(labels, 5, np.random.default_rng(0), labels)
    assert np.bincount(part).tolist() == [14] * 5


def test_of_several_labels_each_is_dealt_in_proportion_the_rarest_best() -> None:
    rng = np.random.default_rng(0)
    labels = (rng.random((400, 6)) < [0.03, 0.5, 0.1, 0.4, 0.9, 0.3]).astype(int)
    part = deal(labels, 5, np.random.default_rng(1))
    assert np.bincount(part).tolist() == [80] * 5
    for column, apart in zip(labels.T, (1, 12, 4, 12, 4, 12), strict=True):
        held = np.bincount(part[column == 1], minlength=5)
        assert held.max() - held.min() <= apart
    assert deal(labels, 5, np.random.default_rng(2)).tolist() != part.tolist()


def test_one_label_of_a_row_is_dealt_as_two_classes() -> None:
    rng = np.random.default_rng(0)
    labels, groups = rng.integers(2, size=90), rng.integers(30, size=90)
    for known in (None, groups):
        as_label, as_class = (
            deal(it, 5, np.random.default_rng(1), known) for it in (labels[:, None], labels)
        )
        assert as_label.tolist() == as_class.tolist()


def test_whole_groups_are_dealt_with_several_labels_in_proportion() -> None:
    rng = np.random.default_rng(0)
    groups = rng.permutation(np.repeat(np.arange(300), rng.integers(1, 6, 300)))
    labels = np.stack([groups % 3 == 0, groups % 4 == 1], axis=1).astype(int)
    part = deal(labels, 5, np.random.default_rng(1), groups)
    for group in range(300):
        assert len(set(part[groups == group])) == 1
    for of_label in (*labels.T, *(1 - labels.T)):
        sizes = np.bincount(part[of_label == 1], minlength=5)
        assert sizes.max() - sizes.min() <= 5  # rows of the largest group
