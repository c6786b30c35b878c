"""Convolutional layers as numbers: what decides their shapes, and which shapes follow. No jax."""

import math
from itertools import pairwise
from typing import NamedTuple

SAME = "same"  # padding such that only the stride shortens an axis


class Convolutions(NamedTuple):
    """What determines every shape in a network's convolutional layers; hashable.

    The four tuples after ``shape`` have one item a layer. A kernel, stride or padding holds along
    every axis.
    """

    shape: tuple[int, ...]  # of one row: one axis or two, then channels; see row_shape
    channels: tuple[int, ...]  # that each layer gives
    kernels: tuple[int, ...]  # positions that a kernel spans
    strides: tuple[int, ...]  # positions from one window to the next
    paddings: tuple[int | str, ...]  # zeros at both ends of an axis, or SAME


class ShapeError(ValueError):
    """A layer cannot take what it gets; the message names layer, got and expected."""

    def __init__(self, key: str, text: str) -> None:
        """``key`` of [network] is the one to blame."""
        self.key = key
        super().__init__(text)


def row_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """One axis or two, then channels, from what a user writes.

    Without channels there is one; an axis of length 1 is none to convolve over.

    >>> row_shape((40,)), row_shape((8, 8)), row_shape((28, 28, 3)), row_shape((128, 1, 9))
    ((40, 1), (8, 8, 1), (28, 28, 3), (128, 9))
    """
    axes, channels = (shape[:2], shape[2]) if len(shape) == 3 else (shape, 1)
    return (*([size for size in axes if size > 1] or [1]), channels)


def end_padding(size: int, kernel: int, stride: int, padding: int | str) -> tuple[int, int]:
    """Zeros before and behind an axis of ``size`` positions; SAME puts an odd one behind.

    >>> end_padding(8, 3, 2, 1), end_padding(8, 3, 2, SAME), end_padding(8, 3, 1, SAME)
    ((1, 1), (0, 1), (1, 1))
    """
    if isinstance(padding, int):
        return padding, padding
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def layer_shapes(layers: Convolutions) -> tuple[tuple[int, ...], ...]:
    """The shape of a row as it enters, and as each layer gives it.

    >>> layer_shapes(Convolutions((40, 1), (25, 25), (5, 3), (2, 2), (1, 1)))
    ((40, 1), (19, 25), (10, 25))

    Raises:
        ShapeError: a padding is as wide as the kernel, or a kernel wider than what it gets.
    """
    shapes = [layers.shape]
    for number, (channels, kernel, stride, padding) in enumerate(zip(*layers[1:], strict=True), 1):
        if isinstance(padding, int) and padding >= kernel:
            raise ShapeError(
                "padding",
                f"layer {number} got a padding of {padding} for a kernel of {kernel}; expected at "
                f"most {kernel - 1}, or windows would hold nothing but zeros",
            )
        axes = shapes[-1][:-1]
        padded = [size + sum(end_padding(size, kernel, stride, padding)) for size in axes]
        if min(padded) < kernel:
            raise ShapeError(
                "kernel",
                f"layer {number} got {' × '.join(map(str, axes))} positions, which padding "
                f"{padding} {'makes' if padding else 'leaves at'} {min(padded)}, for a kernel of "
                f"{kernel}; expected at least {kernel} along every axis: write a smaller kernel or "
                f'a smaller stride, or padding = "{SAME}"',
            )
        shapes.append((*((size - kernel) // stride + 1 for size in padded), channels))
    return tuple(shapes)


def residual_layers(
    shape: tuple[int, ...], channels: tuple[int, ...], blocks: tuple[int, ...]
) -> Convolutions:
    """The layers of a residual network: the first convolution, then two of each block.

    >>> residual_layers((8, 8, 1), (4, 6), (1, 1))[1:4]
    ((4, 4, 4, 6, 6), (3, 3, 3, 3, 3), (1, 1, 1, 2, 1))

    Args:
        shape: of a row, (*axes, channels).
        channels: of each stage.
        blocks: of each stage; the first one of each stage but the first halves the axes.

    Raises:
        ShapeError: a stage has no axis to halve.
    """
    positions = max(shape[:-1])
    for stage in range(2, len(channels) + 1):
        if positions == 1:
            raise ShapeError(
                "channels",
                f"stage {stage} got 1 position along every axis, expected at least 2, since each "
                f"stage but the first halves them: write at most {stage - 1} stages, or a larger "
                "shape",
            )
        positions = -(-positions // 2)
    widths, strides = [channels[0]], [1]
    for stage, (width, count) in enumerate(zip(channels, blocks, strict=True)):
        widths += [width] * 2 * count
        strides += [2 if stage else 1, *[1] * (2 * count - 1)]
    layers = len(widths)
    return Convolutions(shape, tuple(widths), (3,) * layers, tuple(strides), (SAME,) * layers)


def widest_layer(layers: Convolutions) -> int:
    """The most numbers that one row becomes on its way, the patches of ``im2col`` included."""
    return max(
        math.prod(after[:-1]) * max(after[-1], kernel ** len(before[:-1]) * before[-1])
        for (before, after), kernel in zip(
            pairwise(layer_shapes(layers)), layers.kernels, strict=True
        )
    )
