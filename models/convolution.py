"""Two ways to compute a convolution, by name.

Both take the same kernel and agree to rounding; which one is used is no part of a trial.
"""

import itertools
from collections.abc import Callable, Sequence

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
    *spans, channels, features = kernel.shape
    inputs = jnp.pad(inputs, ((0, 0), *padding, (0, 0)))
    rows, *sizes, _ = inputs.shape
    out = [(n - k) // s + 1 for n, k, s in zip(sizes, spans, strides, strict=True)]
    slices = []
    for position in itertools.product(*map(range, spans)):
        ends = [p + s * (n - 1) + 1 for p, s, n in zip(position, strides, out, strict=True)]
        first, last = (0, *position, 0), (rows, *ends, channels)
        slices.append(jax.lax.slice(inputs, first, last, (1, *strides, 1)))
    patches = jnp.concatenate(slices, axis=-1).reshape(-1, len(slices) * channels)
    return (patches @ kernel.reshape(-1, features)).reshape(rows, *out, features)


FORMS: dict[str, Callable[[jax.Array, jax.Array, Sequence[int], Padding], jax.Array]] = {
    "im2col": im2col,
    "native": native,
}

# XLA's derivative of a convolution takes 6 to 30 times as long on a CPU (benchmarks/LOG.md), and
# under vmap over lanes it becomes a grouped convolution.
FASTER = "im2col"
