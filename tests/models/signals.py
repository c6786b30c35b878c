"""Small signals that a network of convolutions can learn."""

import numpy as np
from netclinic.datasets.dataset import Split


def split(rows: int, seed: int) -> Split:
    """Which of three patterns stands somewhere in a noisy signal of 12 positions."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=rows).astype(np.int32)
    inputs = rng.normal(scale=0.3, size=(rows, 12))
    patterns = np.array([[2, 2, 2], [2, -2, 2], [-2, 2, -2]])
    for row, label, at in zip(inputs, labels, rng.integers(10, size=rows), strict=True):
        row[at : at + 3] += patterns[label]
    return Split(inputs.astype(np.float32), labels)


ROWS = split(160, 0), split(60, 1), split(50, 2)
