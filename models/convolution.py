"""Three ways to compute a convolution, by name.

All take the same kernel and agree to rounding; which one is used is no part of a trial.
"""

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp

Padding = Sequence[tuple[int, int]]  # zeros before and behind each axis


class Windows(NamedTuple):
    """How the windows of a kernel lie along one axis."""

    size: int  # of the axis
    span: int  # of the kernel
    stride: int
    before: int  # zeros of the padding
    behind: int

    @property
    def number(self) -> int:
        """How many windows there are."""
        return (self.before + self.size + self.behind - self.span) // self.stride + 1


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
    patches = _patches(inputs, _windows(inputs, kernel, strides, padding), axis=-1)
    size, features = patches.shape[-1], kernel.shape[-1]
    products = patches.reshape(-1, size) @ kernel.reshape(size, features)
    return products.reshape(*patches.shape[:-1], features)


def im2col_chwn(
    inputs: jax.Array, kernel: jax.Array, strides: Sequence[int], padding: Padding
) -> jax.Array:
    """The same product with rows last: a column of the right matrix is what one window sees.

    Its long side is the one that vector units run along, where few channels make narrow matrices in
    ``im2col``; and patches are copied in pieces of a whole minibatch, not of a few channels.
    Strided windows have a derivative of their own (``_strided_patches``).

    Args:
        inputs: (channels in, *axes, rows).
        kernel: (*positions, channels in, channels out), as many axes as ``inputs`` has.
        strides: one for each axis.
        padding: zeros before and behind each axis.

    Returns:
        (channels out, *axes, rows).
    """
    windows = _windows(inputs, kernel, strides, padding)
    strided = any(axis.stride > 1 for axis in windows)
    patches = _strided_patches(inputs, windows) if strided else _patches(inputs, windows, axis=0)
    size, features = patches.shape[0], kernel.shape[-1]
    products = kernel.reshape(size, features).T @ patches.reshape(size, -1)
    return products.reshape(features, *patches.shape[1:])


def _windows(
    inputs: jax.Array, kernel: jax.Array, strides: Sequence[int], padding: Padding
) -> tuple[Windows, ...]:
    """How the windows of ``kernel`` lie along each axis of ``inputs``."""
    sides = zip(inputs.shape[1:-1], kernel.shape[:-2], strides, padding, strict=True)
    return tuple(Windows(size, span, stride, *around) for size, span, stride, around in sides)


def _patches(inputs: jax.Array, windows: Sequence[Windows], *, axis: int) -> jax.Array:
    """What each window sees, side by side along ``axis``, the first or the last: the channels'."""
    inputs = jnp.pad(inputs, ((0, 0), *((it.before, it.behind) for it in windows), (0, 0)))
    first, *_, last = inputs.shape
    slices = []
    for begin in itertools.product(*(range(it.span) for it in windows)):
        ends = [p + it.stride * (it.number - 1) + 1 for p, it in zip(begin, windows, strict=True)]
        steps = [it.stride for it in windows]
        slices.append(jax.lax.slice(inputs, (0, *begin, 0), (first, *ends, last), (1, *steps, 1)))
    return jnp.concatenate(slices, axis=axis)


def _patches_by_position(inputs: jax.Array, windows: tuple[Windows, ...]) -> jax.Array:
    """``_patches`` along the first axis; the derivative below takes half the time on a CPU.

    JAX's own puts stride − 1 zeros between the numbers of each slice and adds up the results: XLA
    asks of each number whether it is one of them. Here each axis is added up by itself, phase by
    phase of its stride, in whole pieces, and the phases are woven together.

    Args:
        inputs: (channels, *axes, rows).
        windows: of a kernel, along each axis.

    Returns:
        (positions of the kernel · channels, *axes, rows).
    """
    return _patches(inputs, windows, axis=0)


def _patches_forward(inputs: jax.Array, windows: tuple[Windows, ...]) -> tuple[jax.Array, None]:
    return _patches_by_position(inputs, windows), None


def _patches_backward(windows: tuple[Windows, ...], _: None, slopes: jax.Array) -> tuple[jax.Array]:
    left = slopes.reshape(*(it.span for it in windows), -1, *slopes.shape[1:])
    for axis in reversed(range(len(windows))):
        by_position = jnp.moveaxis(left, axis, 0)
        from_behind = axis - len(windows) - 1  # there is an axis less each time
        left = _added_up(by_position, from_behind, windows[axis])
    return (left,)


_strided_patches = jax.custom_vjp(_patches_by_position, nondiff_argnums=(1,))
_strided_patches.defvjp(_patches_forward, _patches_backward)


def _added_up(seen: jax.Array, axis: int, windows: Windows) -> jax.Array:
    """What windows see along one axis, added up where several see the same.

    Args:
        seen: (span, …, windows, …), by position in the kernel.
        axis: of the windows, negative.
        windows: along that axis.

    Returns:
        (…, size, …); the padding is cut off.
    """
    size, span, stride, before, _ = windows
    axis %= seen.ndim - 1  # of the result
    count = windows.number
    length = max(-(-(before + size) // stride), count + (span - 1) // stride)  # in strides
    phases = []
    for phase in range(stride):
        pieces = []
        for position in range(phase, span, stride):
            around = [(0, 0)] * (seen.ndim - 1)
            around[axis] = (position // stride, length - count - position // stride)
            pieces.append(jnp.pad(seen[position], around))
        nothing = () if pieces else (jnp.zeros_like(phases[0]),)  # of a stride beyond the span
        phases.append(functools.reduce(jnp.add, [*pieces, *nothing]))
    woven = jnp.stack(phases, axis + 1)
    whole = woven.reshape(*woven.shape[:axis], length * stride, *woven.shape[axis + 2 :])
    return jax.lax.slice_in_dim(whole, before, before + size, axis=axis)


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
