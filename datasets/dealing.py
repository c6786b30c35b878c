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


def deal(labels: np.ndarray, parts: int, rng: np.random.Generator) -> np.ndarray:
    """The part that each row is dealt to at random, (n,) from 0 to ``parts`` − 1.

    The sizes of any two parts, of all rows and of one class alike, differ by no more than one row.

    Args:
        labels: (n,) the class of every row.
        parts: how many there are, ≥ 1.
        rng: shuffles the rows.

    >>> deal(np.zeros(5, int), 2, np.random.default_rng(0))
    array([1, 0, 0, 0, 1])
    """
    ordered, _ = by_class(labels, rng.permutation(len(labels)))
    part = np.empty(len(labels), np.int64)
    # The count goes on from class to class, or the first parts would get the odd row of each.
    part[ordered] = np.arange(len(labels)) % parts
    return part
