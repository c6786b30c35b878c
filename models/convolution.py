"""Three ways to compute a convolution, by name.

All take the same kernel and agree to rounding; which one is used is no part of a trial.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp

Padding = Sequence[tuple[int, int]]  # zeros before and behind each axis


def native(
    inputs: jax.Array, kernel: jax.Array, strides: Sequence[int], padding: Padding
) -> jax.Array:
    """XLA's own convolution; arguments as for ``im2col``."""
    axes = "HW"[: kernel.ndim - 2]
    layout = (f"N{axes}C", f"{axes}IO", f"N{axes}C")
    return jax.lax.conv_general_dilated(inputs, kernel, strides, padding, dimension_numbers=layout)


def im2col(
    inputs: jax.Array, kernel: jax.Array, strides: Sequence[int], padding: Padding
) -> jax.Array:
    """A convolution as one matrix product: a row of the left matrix is what one window sees.

    The windows are put together from one strided slice for each position in a kernel: its
    derivative is again slices and sums, where that of a gather would be a scatter.

    Args:
        inputs: (rows, *axes, channels in).
        kernel: (*positions, channels in, channels out), as many axes as ``inputs`` has.
        strides: one for each axis.
        padding: zeros before and behind each axis.

    Returns:
        (rows, *axes, channels out).
    """
    patches = _patches(inputs, kernel, strides, padding, axis=-1)
    size, features = patches.shape[-1], kernel.shape[-1]
    products = patches.reshape(-1, size) @ kernel.reshape(size, features)
    return products.reshape(*patches.shape[:-1], features)


def im2col_chwn(
    inputs: jax.Array, kernel: jax.Array, strides: Sequence[int], padding: Padding
) -> jax.Array:
    """The same product with rows last: a column of the right matrix is what one window sees.

    Its long side is the one that vector units run along, where few channels make narrow matrices in
    ``im2col``; and patches are copied in pieces of a whole minibatch, not of a few channels.

    Args:
        inputs: (channels in, *axes, rows).
        kernel: (*positions, channels in, channels out), as many axes as ``inputs`` has.
        strides: one for each axis.
        padding: zeros before and behind each axis.

    Returns:
        (channels out, *axes, rows).
    """
    patches = _patches(inputs, kernel, strides, padding, axis=0)
    size, features = patches.shape[0], kernel.shape[-1]
    products = kernel.reshape(size, features).T @ patches.reshape(size, -1)
    return products.reshape(features, *patches.shape[1:])


def _patches(
    inputs: jax.Array, kernel: jax.Array, strides: Sequence[int], padding: Padding, *, axis: int
) -> jax.Array:
    """What each window sees, side by side along ``axis``, the first or the last: the channels'."""
    inputs = jnp.pad(inputs, ((0, 0), *padding, (0, 0)))
    first, *sizes, last = inputs.shape
    spans = kernel.shape[:-2]
    out = [(n - k) // s + 1 for n, k, s in zip(sizes, spans, strides, strict=True)]
    slices = []
    for begin in itertools.product(*map(range, spans)):
        ends = [p + s * (n - 1) + 1 for p, s, n in zip(begin, strides, out, strict=True)]
        whole = (0, *begin, 0), (first, *ends, last), (1, *strides, 1)
        slices.append(jax.lax.slice(inputs, *whole))
    return jnp.concatenate(slices, axis=axis)


class Form(NamedTuple):
    """How convolutions are computed, and how what lies between them is laid out."""

    convolve: Callable[[jax.Array, jax.Array, Sequence[int], Padding], jax.Array]
    rows_last: bool = False  # (channels, *axes, rows) in the place of (rows, *axes, channels)

    @property
    def channel_axis(self) -> int:
        """Where the channels are."""
        return 0 if self.rows_last else -1

    def turned(self, values: jax.Array) -> jax.Array:
        """From rows first to the layout of this form, and back."""
        return values.swapaxes(0, -1) if self.rows_last else values


FORMS = {"im2col": Form(im2col), "chwn": Form(im2col_chwn, rows_last=True), "native": Form(native)}

# XLA's derivative of a convolution takes 6 to 30 times as long on a CPU, and rows first up to twice
# as long as rows last (benchmarks/LOG.md).
ON_CPU = "chwn"
# The first where no probe is asked: under vmap over lanes the other one is a grouped convolution.
ON_ACCELERATORS = ("im2col", "native")
