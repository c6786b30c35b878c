"""Which rows a trial trains on at each step."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np


class GroupedRows(NamedTuple):
    """Training rows by the groups that they come in."""

    members: Any  # int32 (rows,): numbers of the rows, those of a group side by side
    sizes: Any  # int32 (groups,): rows of each group


def by_group(groups: np.ndarray) -> GroupedRows:
    """Put rows together by their groups' numbers (rows,), which need not follow one another."""
    sizes = np.unique(groups, return_counts=True)[1]
    members = np.argsort(groups, kind="stable")
    return GroupedRows(members.astype(np.int32), sizes.astype(np.int32))


def minibatches(key: jax.Array, epoch: jax.Array, rows: int, batch_size: int) -> jax.Array:
    """Rows of each minibatch of ``epoch`` (from 0): int32 (rows // batch_size, batch_size).

    A fresh random order each epoch; the remainder that fills no minibatch sits this epoch out.
    """
    order = shuffled(jax.random.fold_in(jax.random.fold_in(key, 1), epoch), rows)
    steps = rows // batch_size
    return order[: steps * batch_size].reshape(steps, batch_size)


def bootstrap_rows(key: jax.Array, rows: int, grouped: GroupedRows | None = None) -> jax.Array:
    """A bootstrap sample of a trial's training rows: int32 (rows,), drawn with replacement.

    Of ``grouped`` rows whole groups are drawn, one after the other until there are as many rows;
    the last one is cut short.
    """
    drawing = jax.random.fold_in(key, 4)
    if grouped is None:
        return jax.random.randint(drawing, (rows,), 0, rows)
    # So many groups have twice the rows on average; should they have too few, they begin anew.
    groups = len(grouped.sizes)
    return _rows_of(jax.random.randint(drawing, (2 * groups,), 0, groups), rows, grouped)


def subset_rows(
    key: jax.Array, rows: int, wanted: int, grouped: GroupedRows | None = None
) -> jax.Array:
    """Some of a trial's training rows, drawn without replacement: int32 (wanted,).

    Fewer rows are the first of more. Of ``grouped`` rows whole groups are drawn, one after the
    other; the last one is cut short.

    Args:
        key: of the trial.
        rows: of the training split.
        wanted: how many, at most ``rows``.
        grouped: the rows, where they come in groups.
    """
    drawing = jax.random.fold_in(key, 5)
    if grouped is None:
        return shuffled(drawing, rows)[:wanted]
    return _rows_of(shuffled(drawing, len(grouped.sizes)), wanted, grouped)


def _rows_of(drawn: jax.Array, rows: int, grouped: GroupedRows) -> jax.Array:
    """The first ``rows`` rows of drawn groups, one group after the other: int32 (rows,)."""
    starts = jnp.cumsum(grouped.sizes) - grouped.sizes
    ends = jnp.cumsum(grouped.sizes[drawn])
    places = jnp.arange(rows) % ends[-1]
    of = jnp.searchsorted(ends, places, side="right")
    return grouped.members[starts[drawn[of]] + places - (ends - grouped.sizes[drawn])[of]]


def shuffled(key: jax.Array, rows: int) -> jax.Array:
    """The numbers 0 … ``rows`` − 1 in random order: int32 (rows,).

    A number and as many random bits as there is room for share a word: XLA sorts words on CPUs
    four times as fast as pairs. Of 2**16 numbers fewer than two have the same bits, on average;
    they stay in their order. More numbers would leave too few bits.
    """
    bits = jax.random.bits(key, (rows,))
    if rows > 1 << 16:
        return jnp.argsort(bits)
    mask = jnp.uint32((1 << (rows - 1).bit_length()) - 1)
    words = (bits & ~mask) | jnp.arange(rows, dtype=jnp.uint32)
    return (jnp.sort(words) & mask).astype(jnp.int32)
