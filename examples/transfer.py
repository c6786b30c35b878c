"""The data of transfer_source.toml and transfer.toml: scikit-learn's digits, low and high ones."""

import numpy as np
from sklearn.datasets import load_digits


def low() -> tuple[np.ndarray, np.ndarray]:
    """Return the 901 images of 0 to 4, (rows, 8, 8), and their digits."""
    return _where(range(5))


def high() -> tuple[np.ndarray, np.ndarray]:
    """Return the 896 images of 5 to 9, (rows, 8, 8), and their digits."""
    return _where(range(5, 10))


def _where(wanted: range) -> tuple[np.ndarray, np.ndarray]:
    digits = load_digits()
    chosen = np.isin(digits.target, wanted)
    return digits.images[chosen], digits.target[chosen].astype(str)
