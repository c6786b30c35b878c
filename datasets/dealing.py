"""Rows ordered by class and dealt to parts, so that every part has each class in proportion."""

import numpy as np


def by_class(labels: np.ndarray, pool: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Order rows by class, and count them within it.

    Args:
        labels: (n,) the class of every row.
        pool: (m,) the numbers of the rows to order.

    Returns:
        The pool, class after class, each in the order of the pool; and how many rows of its class
        come before each, both (m,).

    >>> by_class(np.array([1, 0, 1, 0]), np.array([2, 3, 0]))
    (array([3, 2, 0]), array([0, 0, 1]))
    """
    ordered = pool[np.argsort(labels[pool], kind="stable")]
    of_class = labels[ordered]
    return ordered, np.arange(len(pool)) - np.searchsorted(of_class, of_class)


def deal(
    labels: np.ndarray, parts: int, rng: np.random.Generator, groups: np.ndarray | None = None
) -> np.ndarray:
    """The part that each row is dealt to at random, (n,) from 0 to ``parts`` − 1.

    The sizes of any two parts, of all rows and of one class alike, differ by no more than one row.
    Whole groups are dealt so that this comes as near as they let it. So it is of several labels a
    row: rows with the same labels are a class, and those next to it share its rarest labels.

    Args:
        labels: (n,) the class of every row, or (n, labels) of ones and zeros.
        parts: how many there are, ≥ 1.
        rng: shuffles the rows.
        groups: (n,) the number of every row's group, whose rows go to one part; ``None`` where
            rows are independent.

    >>> deal(np.zeros(5, int), 2, np.random.default_rng(0))
    array([1, 0, 0, 0, 1])
    >>> deal(np.zeros(5, int), 2, np.random.default_rng(0), np.array([7, 7, 8, 8, 8]))
    array([1, 1, 0, 0, 0])
    """
    if groups is not None:
        return _deal_whole(labels, parts, rng, groups)
    if labels.ndim == 2:
        commoner = np.abs(labels.mean(axis=0) - 0.5)
        rarest_first = labels[:, np.argsort(-commoner, kind="stable")]
        labels = np.unique(rarest_first, axis=0, return_inverse=True)[1].reshape(-1)
    ordered, _ = by_class(labels, rng.permutation(len(labels)))
    part = np.empty(len(labels), np.int64)
    # The count goes on from class to class, or the first parts would get the odd row of each.
    part[ordered] = np.arange(len(labels)) % parts
    return part


def _deal_whole(
    labels: np.ndarray, parts: int, rng: np.random.Generator, groups: np.ndarray
) -> np.ndarray:
    """Large groups first, each to the part that has fewest rows of its classes and of all."""
    numbers = np.unique(groups, return_inverse=True)[1]
    if labels.ndim == 1:
        marks = np.unique(labels)[None] == labels[:, None]
    else:
        marks = np.concatenate([labels == 0, labels == 1], axis=1)
    rows = np.zeros((int(numbers.max()) + 1, marks.shape[1] + 1))
    # Without the count of all rows, groups of one class each would pile up in a part.
    np.add.at(rows, numbers, np.append(marks, np.ones((len(marks), 1), bool), axis=1))
    shares = rows / np.maximum(rows.sum(axis=0), 1)
    held = np.zeros((parts, rows.shape[1]))
    part_of = np.empty(len(rows), np.int64)
    order = rng.permutation(len(rows))
    for group in order[np.argsort(-rows[order, -1], kind="stable")]:
        # The sum of squares Σ held²/total grows the least there.
        part_of[group] = (held @ shares[group]).argmin()
        held[part_of[group]] += rows[group]
    return part_of[numbers]
