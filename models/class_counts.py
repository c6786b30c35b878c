"""Rows counted class by class, and the balanced error that they give."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from .network import Array


class ClassCounts(NamedTuple):
    """How many rows of a split there are, by their true class: float32 (classes,) each.

    Whole numbers, so exact whatever the order in which they are added, up to 2**24 rows of a class.
    """

    wrong: Array  # answered wrongly
    rows: Array


def no_counts(classes: int | None) -> ClassCounts | None:
    """Counts of no rows; ``None`` where nothing is counted."""
    if classes is None:
        return None
    zeros = jnp.zeros(classes, jnp.float32)
    return ClassCounts(zeros, zeros)


def count_classes(
    classes: int | None, labels: Array, errors: Array, new: jax.Array | None = None
) -> ClassCounts | None:
    """Count rows by their class.

    Args:
        classes: how many there are; ``None`` counts nothing.
        labels: int32 (rows,).
        errors: float32 (rows,), 1 where the answer is wrong, else 0.
        new: bool (rows,): count these rows; ``None`` for all.
    """
    if classes is None:
        return None
    counted = jnp.ones(len(labels), jnp.float32) if new is None else new.astype(jnp.float32)
    zeros = jnp.zeros(classes, jnp.float32)
    return ClassCounts(zeros.at[labels].add(errors * counted), zeros.at[labels].add(counted))


def balanced_error(counts: ClassCounts) -> jax.Array:
    """The mean over classes of the share of their rows that is wrong: float32 scalar, 0–1.

    One less the balanced accuracy, which is the mean of the classes' recalls (Brodersen et al.
    2010, ICPR, 3121). Classes without rows are left out.
    """
    there = counts.rows > 0
    rates = jnp.where(there, counts.wrong / jnp.maximum(counts.rows, 1), 0)
    return rates.sum() / there.astype(rates.dtype).sum()
