"""Dropout whose rate is a number of the trial, not of its program."""

import math

import jax
import jax.numpy as jnp
from flax import nnx

from .normalization import Unchanged

LEVELS = 2**16  # that a rate is rounded to


class DropoutRate(nnx.Variable):
    """The share of numbers that is dropped: float32 scalar in [0, 1)."""


class Dropout(nnx.Module):
    """Drops numbers at random in training and scales the rest up; in evaluation it does nothing.

    Each number becomes 0 with the probability ``rate``, else it is divided by 1 − ``rate``, so that
    its mean stays (Srivastava et al. 2014, §10). Where ``nnx.Dropout`` has its rate from the code,
    here it is a variable, which training sets to the trial's: one program serves all rates.

    >>> import jax.numpy as jnp
    >>> dropout = Dropout(rngs=nnx.Rngs(0))
    >>> dropout.rate[...] = jnp.array(0.5)
    >>> sorted(set(dropout(jnp.ones((8, 4))).ravel().tolist()))
    [0.0, 2.0]
    """

    def __init__(self, *, channels: bool = False, rows_last: bool = False, rngs: nnx.Rngs) -> None:
        """Drop nothing yet.

        Args:
            channels: drop a channel at all positions of a row, as positions beside one another tell
                the same (Tompson et al. 2015, §3.2).
            rows_last: the numbers are (channels, …, rows); the same ones are dropped.
            rngs: has a stream for dropout, or one for all.
        """
        self.rate = DropoutRate(jnp.zeros(()))
        self.channels = channels
        self.rows_last = rows_last
        self.deterministic = False  # set by train() and eval() of the module around
        self.rngs = rngs["dropout"].fork()

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """(rows, …, channels) float32, or rows last → the same shape."""
        if self.deterministic:
            return inputs
        first, *between, last = inputs.shape
        rows, features = (last, first) if self.rows_last else (first, last)
        shape = (rows, *([1] * len(between) if self.channels else between), features)
        dropped = jnp.round(self.rate[...] * LEVELS).clip(0, LEVELS - 1).astype(jnp.uint32)
        kept = short_bits(self.rngs(), shape) >= dropped
        kept = kept.swapaxes(0, -1) if self.rows_last else kept
        scale = LEVELS / (LEVELS - dropped.astype(jnp.float32))
        return jnp.where(kept, inputs * scale, 0)


def short_bits(key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    """Random numbers 0 … 65,535, uint32 of ``shape``; two come from each word of random bits.

    On a CPU most of what dropout takes is random bits. The barrier keeps XLA from drawing each word
    once more for its second half.
    """
    size = math.prod(shape)
    words = jax.lax.optimization_barrier(jax.random.bits(key, (-(-size // 2),)))
    halves = jnp.stack([words >> 16, words & 0xFFFF])
    return halves.reshape(-1)[:size].reshape(shape)


def make_dropout(
    wanted: bool, *, rngs: nnx.Rngs, channels: bool = False, rows_last: bool = False
) -> Unchanged | Dropout:
    """A dropout layer, or what does nothing."""
    return Dropout(channels=channels, rows_last=rows_last, rngs=rngs) if wanted else Unchanged()
