"""Rows and weights from netclinic's order of axes, channels last, to PyTorch's, channels first."""

from collections.abc import Sequence

import numpy as np


def torch_rows(inputs: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Rows (n, features) → (n, channels, *axes), where ``shape`` is (*axes, channels)."""
    return np.ascontiguousarray(np.moveaxis(inputs.reshape(-1, *shape), -1, 1))


def torch_kernels(kernels: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Kernels (trials, *positions, in, out), first to last → (trials, out, in, *positions).

    The first dense layer behind convolutions gets all positions of a channel after one another,
    and no longer all channels of a position: its inputs change places.
    """
    turned = []
    channels = 1  # that the layer before gives to each position
    for kernel in kernels:
        if kernel.ndim > 3:
            channels = kernel.shape[-1]
        elif channels > 1:
            trials, _, out = kernel.shape
            by_position = kernel.reshape(trials, -1, channels, out)
            kernel, channels = by_position.swapaxes(1, 2).reshape(kernel.shape), 1
        turned.append(np.ascontiguousarray(np.moveaxis(kernel, (-1, -2), (1, 2))))
    return turned
