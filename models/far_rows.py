"""New rows as a network takes them, and those that are far from all it learnt from. No jax."""

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

_BLOCK_ROWS = 1024  # that are looked at at once
_PLACE = re.compile(r"x\d+(_\d+)+")
FAR = 100.0  # deviations; of 6,690 random splits of R's tables 1.2 % have a held-out row beyond


class Scaling(Protocol):
    """What ``checkpoint.Surroundings`` tells of a network's features."""

    @property
    def feature_names(self) -> Sequence[str]:
        """(features,)."""
        ...

    @property
    def mean(self) -> Sequence[float]:
        """(features,), of the training rows."""
        ...

    @property
    def scale(self) -> Sequence[float]:
        """(features,), their deviation; 1 of those that were constant."""
        ...


class FarRows(NamedTuple):
    """Rows with a number that is far from the mean of those that were learnt from."""

    rows: int
    column: str  # that most of them have such a number in
    value: float  # the farthest one of that column
    mean: float  # of that column, in the training rows
    columns: int  # that hold such numbers


def scaled_for(scaling: Scaling, numbers: np.ndarray) -> np.ndarray:
    """Numbers minus the mean, by the deviation: (rows, features) float32.

    Args:
        scaling: of the features.
        numbers: (rows, features) finite.

    Raises:
        ValueError: a number is so far off that 32 bits do not hold it.
    """
    with np.errstate(over="ignore"):
        scaled = (numbers - np.asarray(scaling.mean)) / np.asarray(scaling.scale)
        scaled = scaled.astype(np.float32)
    lost = ~np.isfinite(scaled)
    if lost.any():
        row, column = (int(it[0]) for it in np.nonzero(lost))
        raise ValueError(
            f"column {scaling.feature_names[column]!r} holds {numbers[row, column]:g}, too large a "
            f"number to answer for: the mean of the training rows is {scaling.mean[column]:.4g}. "
            "Correct it, or drop such rows"
        )
    return scaled


def far_rows(scaling: Scaling, numbers: np.ndarray) -> FarRows | None:
    """Look for numbers more than ``FAR`` deviations from the mean of the training rows.

    Features that were not scaled, as categories are, have no deviation to judge by. Nor have single
    pixels, which may be almost constant: of names with a place of several axes the deviation is at
    least the root mean square of all.

    Args:
        scaling: of the features.
        numbers: (rows, features) finite.
    """
    mean, scale = np.asarray(scaling.mean), np.asarray(scaling.scale)
    plain = (mean == 0) & (scale == 1)
    if _is_picture(scaling.feature_names):
        scale = np.maximum(scale, np.sqrt(np.square(scale).mean()))
    limit = np.where(plain, np.inf, FAR * scale)
    of_columns, farthest = np.zeros(len(mean), np.int64), mean.copy()
    rows = 0
    for begin in range(0, len(numbers), _BLOCK_ROWS):
        block = numbers[begin : begin + _BLOCK_ROWS]
        away = np.abs(block - mean)
        far = away > limit
        rows += int(far.any(axis=1).sum())
        of_columns += far.sum(axis=0)
        value = np.take_along_axis(block, away.argmax(axis=0)[None], axis=0)[0]
        farthest = np.where(np.abs(value - mean) > np.abs(farthest - mean), value, farthest)
    if not rows:
        return None
    most = int(of_columns.argmax())
    name = scaling.feature_names[most]
    columns = int((of_columns > 0).sum())
    return FarRows(rows, name, float(farthest[most]), float(mean[most]), columns)


def _is_picture(names: Sequence[str]) -> bool:
    """Whether features are called by a place of several axes, as ``x0_0`` is."""
    return bool(names) and _PLACE.fullmatch(names[0]) is not None
