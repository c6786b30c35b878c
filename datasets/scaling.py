"""Standardisation fitted on the training split only."""

from collections.abc import Iterator

import numpy as np

from .dataset import DataError, Preprocessing

_BLOCK = 4096  # rows handled in float64 at a time, so that no second copy of the data is made


def no_scaling(features: int) -> Preprocessing:
    """Return the preprocessing that changes nothing."""
    return Preprocessing(np.zeros(features, np.float32), np.ones(features, np.float32))


def fit_scaling(train: np.ndarray, keep: np.ndarray) -> Preprocessing:
    """Measure each column's mean and (population) standard deviation.

    Args:
        train: (n, features) finite training rows.
        keep: (features,) bool: columns to leave as they are, such as one-hot ones.

    Returns:
        Mean and scale as float32. A constant column is centred and gets the scale 1.
    """
    rows = len(train)
    mean = sum(block.sum(axis=0) for block in _blocks(train)) / rows
    variance = sum(np.square(block - mean).sum(axis=0) for block in _blocks(train)) / rows
    scale = np.sqrt(variance)
    # Of a constant column rounding may leave a tiny deviation: compare the values themselves.
    constant = (train.min(axis=0) == train.max(axis=0)) | (scale < np.finfo(np.float32).tiny)
    return Preprocessing(
        np.where(keep, 0.0, mean).astype(np.float32),
        np.where(keep | constant, 1.0, scale).astype(np.float32),
    )


def apply_scaling(
    preprocessing: Preprocessing, inputs: np.ndarray, names: tuple[str, ...]
) -> np.ndarray:
    """Return ``(inputs − mean) / scale`` as (n, features) float32, computed in float64.

    Raises:
        DataError: a value is so far from the training rows that it overflows a 32-bit float.
    """
    scaled = np.empty(inputs.shape, np.float32)
    mean, scale = preprocessing.mean.astype(np.float64), preprocessing.scale.astype(np.float64)
    for start in range(0, len(inputs), _BLOCK):
        with np.errstate(over="ignore"):
            scaled[start : start + _BLOCK] = (inputs[start : start + _BLOCK] - mean) / scale
    finite = np.isfinite(scaled).all(axis=0)
    if not finite.all():
        raise DataError(
            f"column {names[int(finite.argmin())]!r} overflows when it is standardised: it is "
            f"almost constant in the training split and far off elsewhere. Drop it, or rescale it."
        )
    return scaled


def _blocks(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Give the rows in float64, a block at a time."""
    for start in range(0, len(rows), _BLOCK):
        yield rows[start : start + _BLOCK].astype(np.float64)
