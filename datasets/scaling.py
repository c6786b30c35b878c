"""Standardisation fitted on the training split only."""

from functools import reduce
from typing import NamedTuple

import numpy as np

from .dataset import DataError, Preprocessing
from .rows import blocks
from .scaled_rows import ScaledRows

_NEAR = 1e-3  # deviations by which a 32-bit mean may be off; a column farther out keeps 64 bits


def no_scaling(features: int) -> Preprocessing:
    """Return the preprocessing that changes nothing."""
    return Preprocessing(np.zeros(features), np.ones(features, np.float32))


def fit_scaling(
    inputs: np.ndarray, keep: np.ndarray, train: np.ndarray | None = None
) -> Preprocessing:
    """Measure each column's mean and (population) standard deviation.

    Args:
        inputs: (n, features) finite rows; they are taken in blocks of float64.
        keep: (features,) bool: columns to leave as they are, such as one-hot ones.
        train: (m,) numbers of the training rows; ``None``: all rows.

    Returns:
        Mean and scale, which are those of ``Preprocessing``. A constant column is centred and gets
        the scale 1.
    """
    rows = len(inputs if train is None else train)
    mean = sum(b.astype(np.float64).sum(axis=0) for b in blocks(inputs, train)) / rows
    squares = (np.square(b.astype(np.float64) - mean).sum(axis=0) for b in blocks(inputs, train))
    scale = np.sqrt(sum(squares) / rows)
    # Of a constant column rounding may leave a tiny deviation: compare the values themselves.
    lowest = reduce(np.minimum, (block.min(axis=0) for block in blocks(inputs, train)))
    highest = reduce(np.maximum, (block.max(axis=0) for block in blocks(inputs, train)))
    constant = (lowest == highest) | (scale < np.finfo(np.float32).tiny)
    scale = np.where(keep | constant, 1.0, scale).astype(np.float32)
    mean = np.where(keep, 0.0, mean)
    # Of times and other numbers far from 0 the nearest float32 may be many deviations away.
    rounded = mean.astype(np.float32).astype(np.float64)
    return Preprocessing(np.where(np.abs(rounded - mean) <= _NEAR * scale, rounded, mean), scale)


class KnownScaling(NamedTuple):
    """What the rows of another data set were scaled by."""

    names: tuple[str, ...]  # of its features
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    where: str  # what messages say has it


def use_scaling(known: KnownScaling, names: tuple[str, ...]) -> Preprocessing:
    """Return the known scaling for features of the same names.

    Raises:
        DataError: the features are others.
    """
    if len(names) != len(known.names):
        raise DataError(
            f"the rows have {len(names):,} features, expected {len(known.names):,}, as the network "
            f"in {known.where} learnt from. Choose data with the same features."
        )
    for place, (got, expected) in enumerate(zip(names, known.names, strict=True), start=1):
        if got != expected:
            raise DataError(
                f"feature {place} is {got!r}, expected {expected!r}, as the network in "
                f"{known.where} learnt from. Choose data with the same features, in the same order."
            )
    return Preprocessing(np.array(known.mean), np.array(known.scale, np.float32))


def apply_scaling(
    preprocessing: Preprocessing,
    inputs: np.ndarray,
    names: tuple[str, ...],
    rows: np.ndarray | None = None,
    *,
    on_disk: bool = False,
) -> np.ndarray | ScaledRows:
    """Return ``(inputs − mean) / scale`` as (n, features) float32, computed in float64.

    Args:
        preprocessing: mean and scale.
        inputs: (n, features); they are taken in blocks.
        names: of the features, for the message.
        rows: (m,) numbers of the rows to scale; ``None``: all.
        on_disk: read and check every row, but keep none: they are read again when looked at.

    Raises:
        DataError: a value is so far from the training rows that it overflows a 32-bit float.
    """
    numbers = np.arange(len(inputs)) if rows is None else rows
    scaled = ScaledRows(inputs, numbers, preprocessing)
    kept = None if on_disk else np.empty(scaled.shape, np.float32)
    finite = np.ones(inputs.shape[1], bool)
    start = 0
    for block in scaled.blocks():
        finite &= np.isfinite(block).all(axis=0)
        if kept is not None:
            kept[start : start + len(block)] = block
        start += len(block)
    if not finite.all():
        raise DataError(
            f"column {names[int(finite.argmin())]!r} overflows when it is standardised: it is "
            f"almost constant in the training split and far off elsewhere. Drop it, or rescale it."
        )
    return scaled if kept is None else kept
