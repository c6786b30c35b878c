"""Regions where classes count alike: they are looked at on as many rows of each class, drawn.

The share of such rows that is wrong is the balanced error, so what is said of a region needs no
other numbers than where rows count.
"""

from collections.abc import Sequence

import numpy as np

from ...datasets.dealing import by_class
from ...storage.records.data import ClassRows

LEAST = 20  # rows of a class that each side needs, of those that were learnt from and of others


def classes_alike(rows: ClassRows) -> tuple[int, ...]:
    """The numbers of the classes of which both sides have rows enough, ascending.

    One side chooses regions and the other judges them; each has half of the training rows, and half
    of the bridge rows or the rows of a split.
    """
    if rows.bridge is not None:
        splits = [(rows.training, 2 * LEAST), (rows.bridge, 2 * LEAST)]
    else:
        splits = [(rows.training, 2 * LEAST), (rows.validation, LEAST), (rows.test, LEAST)]
    return tuple(
        place
        for place in range(len(rows.names))
        if all(counts[place] >= least for counts, least in splits)
    )


def rows_alike(
    labels: np.ndarray, classes: Sequence[int], most: int, rng: np.random.Generator
) -> np.ndarray:
    """Numbers of as many rows of each class, ascending.

    Args:
        labels: (n,) the class of each row.
        classes: those that are looked at; each has a row.
        most: rows of all classes together, at most; no fewer than there are classes.
        rng: draws them.

    >>> rows_alike(np.array([0, 2, 1, 2, 1]), (1, 2), 10, np.random.default_rng(0))
    array([1, 2, 3, 4])
    """
    pool = rng.permutation(np.flatnonzero(np.isin(labels, classes)))
    ordered, before = by_class(labels, pool)
    fewest = int(np.bincount(labels[pool])[list(classes)].min())
    return np.sort(ordered[before < min(fewest, most // len(classes))])


def how_drawn(rows: ClassRows) -> str:
    """What a reader must know of the rows that regions are looked at on."""
    kept = classes_alike(rows)
    left = [name for place, name in enumerate(rows.names) if place not in kept]
    some = ", ".join(left[:5]) + (f" and {len(left) - 5:,} more" if len(left) > 5 else "")
    out = (
        f" Left out, as a side would have fewer than {LEAST} rows of it: class {some}."
        if left
        else ""
    )
    return (
        "Classes count alike: of each split as many rows of every class were drawn, so that the "
        f"share of them that is wrong is a balanced error.{out}"
    )
