"""What a curve over epochs or reports does: whether it still falls, scatters, or rises again."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import stdtr

EPOCHS_AT_LEAST = 8  # fewer have no last quarter to speak of
DEVIATIONS = 3


class Rise(NamedTuple):
    """A curve that ends above its minimum by more than its own noise."""

    epoch: int  # centre of the lowest window, from 1
    lowest: float  # mean over that window
    last: float  # mean over the last window


def last_quarter(values: Sequence[float]) -> Sequence[float]:
    """The last quarter of a curve, four values at least."""
    return values[-max(4, math.ceil(len(values) / 4)) :]


def chance_of_fall(curve: Sequence[float]) -> float:
    """Probability that values without trend fall so steeply in the last quarter of a curve.

    That of its least-squares line; 1 where an earlier stretch of equal length lies as low in its
    mean. Values that waver slowly without trend go down as often as up, but seldom below all that
    was before; those that fall do.
    """
    values = last_quarter(curve)
    count, before = len(values), np.asarray(curve)[: -len(values)]
    if len(before) >= count and sliding_window_view(before, count).mean(1).min() <= np.mean(values):
        return 1.0
    x = np.arange(len(values)) - (len(values) - 1) / 2
    y = np.asarray(values) - np.mean(values)
    slope = float((x * y).sum() / (x * x).sum())
    scatter = float(((y - slope * x) ** 2).sum())
    if scatter <= 1e-24 * float(np.abs(values).max()) ** 2:  # rounding, whatever the unit
        return 0.0 if slope < 0 else 1.0
    error = math.sqrt(scatter / (len(values) - 2) / float((x * x).sum()))
    return float(stdtr(len(values) - 2, slope / error))


def epoch_noise(curve: np.ndarray) -> float:
    """The standard deviation of one epoch about its neighbours, in the curve's units.

    1.4826 · median |second difference| / √6, which a smooth trend does not enter.

    Args:
        curve: (epochs,), three or more.
    """
    return 1.4826 * float(np.median(np.abs(np.diff(curve, 2)))) / math.sqrt(6)


def rise_after_minimum(
    values: Sequence[float] | None, deviations: float = DEVIATIONS
) -> Rise | None:
    """Compare the last window of a curve with its lowest; ``None`` where no rise stands out.

    A rise of more than so many standard errors does; the noise is that of ``epoch_noise``.
    """
    if values is None or len(values) < EPOCHS_AT_LEAST:
        return None
    curve = np.asarray(values)
    width = max(3, len(curve) // 8)
    means = np.convolve(curve, np.ones(width) / width, mode="valid")
    start = int(np.argmin(means))
    if start + width > len(curve) - width:
        return None
    noise = epoch_noise(curve)
    rounding = 1e-12 * float(np.abs(curve).max())
    if means[-1] - means[start] <= deviations * noise * math.sqrt(2 / width) + rounding:
        return None
    return Rise(start + (width + 1) // 2, float(means[start]), float(means[-1]))


def finite(curve: Sequence[float | None]) -> list[float] | None:
    """A curve whose every value is known; else ``None``."""
    values = [v for v in curve if v is not None]
    return values if len(values) == len(curve) else None
