"""Which rows a trial trains on at each step."""

import jax
import jax.numpy as jnp


def minibatches(key: jax.Array, epoch: jax.Array, rows: int, batch_size: int) -> jax.Array:
    """Rows of each minibatch of ``epoch`` (from 0): int32 (rows // batch_size, batch_size).

    A fresh random order each epoch; the remainder that fills no minibatch sits this epoch out.
    """
    order = shuffled(jax.random.fold_in(jax.random.fold_in(key, 1), epoch), rows)
    steps = rows // batch_size
    return order[: steps * batch_size].reshape(steps, batch_size)


def bootstrap_rows(key: jax.Array, rows: int) -> jax.Array:
    """A bootstrap sample of a trial's training rows: int32 (rows,), drawn with replacement."""
    return jax.random.randint(jax.random.fold_in(key, 4), (rows,), 0, rows)


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
