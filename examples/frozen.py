"""The data of frozen.toml and of the study that it begins with: two halves of the digits."""

import numpy as np
from sklearn.datasets import load_digits


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return every other image, (899, 8, 8), and its digit."""
    every = load_digits()
    return every.images[::2], every.target[::2]


def parity() -> tuple[np.ndarray, np.ndarray]:
    """Return the images that ``digits`` leaves, (898, 8, 8), and whether their digit is odd."""
    every = load_digits()
    return every.images[1::2], np.where(every.target[1::2] % 2, "odd", "even")
