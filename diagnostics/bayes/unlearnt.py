"""How much of a classifier's error could still be learnt, as neighbours' residuals tell it.

A residual is a label, 1 of its class and 0 of others, less the probabilities p that a fit expected.
Noise of two rows that the fit did not see is independent, so the mean product of their residuals is
that of η − p alone, what is still to be learnt of the true probabilities η. The nearer the rows,
the more it rises to the mean of ‖η − p‖², the part of the mean square that is not noise;
geostatistics call what remains the nugget (Cressie 1993, *Statistics for Spatial Data*, 2.3).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from .geometry import squared_distances

Array = np.ndarray

_NEIGHBOURS = 16
_CHUNK = 1_000  # rows compared with all others at once
_FAR = 256  # rows, about, that tell how far a row is from others
# The length over which what is still to be learnt is taken to be alike, at most this share of a
# row's median distance from others, and so short that at the usual nearest neighbour's distance no
# more than this share of a product is left. Chosen with many sets (benchmarks/LOG.md).
_OF_FAR = 0.18
_LEFT_AT_NEIGHBOUR = 0.25
_LEAST = 1e-9  # length, where rows are equal


class Neighbourhood(NamedTuple):
    """Each row's nearest others, which serve every labelling of the same rows."""

    near: Array  # (n, ≤ 16) the numbers of these rows
    closeness: Array  # (n, ≤ 16) e^(−distance/length)


def neighbourhoods(inputs: Array, groups: Array | None = None) -> tuple[Neighbourhood, ...]:
    """Rows compared by their values, and by normal scores.

    The length is an assumption, and the shorter it is, the more is taken for unlearnt: 0.18 times
    the row's median distance from others, so that sparse rows have longer ones, but no more than
    lets products fall to a quarter at the median distance of nearest neighbours. Normal scores are
    the normal quantiles of each column's ranks, as neighbours in skewed columns are none by values.

    Args:
        inputs: (n, features), scaled.
        groups: (n,) numbers of groups, whose rows count for no neighbours of one another, as their
            noise is not independent.
    """
    from scipy.stats import rankdata  # here, since it takes half a second

    scores = ndtri((rankdata(inputs, axis=0) - 0.5) / len(inputs))
    return tuple(_neighbourhood(it, groups) for it in (inputs, scores))


def unlearnt(among: Sequence[Neighbourhood], fold: Array, residuals: Array) -> Array:
    """What each row adds to the mean of ‖η − p‖², extrapolated to distance 0; (n,), its mean.

    Products of neighbours' residuals are regressed on e^(−distance/length), without intercept.

    Args:
        among: neighbours of either kind, of which the larger mean counts.
        fold: (n,), the number of each row's fold.
        residuals: (folds, n, classes), of fits to one fold each; 0 of the rows of that fold.
    """
    found = [_in_common(it, fold, residuals) for it in among]
    return max(found, key=lambda it: float(it.mean()))


def _in_common(it: Neighbourhood, fold: Array, residuals: Array) -> Array:
    """``unlearnt`` by these neighbours."""
    near, closeness = it
    products, fits = np.zeros(near.shape), np.zeros(near.shape)
    for i, of_fit in enumerate(residuals):
        products += np.einsum("nc,nkc->nk", of_fit, of_fit[near])
        fits += (fold != i)[:, None] & (fold != i)[near]
    weight = float((closeness**2).sum(axis=1).mean())
    if weight == 0:
        return np.zeros(len(near))
    return (closeness * products / fits).sum(axis=1) / weight


def _neighbourhood(inputs: Array, groups: Array | None) -> Neighbourhood:
    near, distance, far = _neighbours(inputs, groups)
    nearest = float(np.median(distance.min(axis=1))) / -math.log(_LEFT_AT_NEIGHBOUR)
    length = np.maximum(np.minimum(_OF_FAR * far, nearest), _LEAST)
    return Neighbourhood(near, np.exp(-distance / length[:, None]))


def _neighbours(inputs: Array, groups: Array | None) -> tuple[Array, Array, Array]:
    """Each row's nearest others and their distances, (n, neighbours); its median distance, (n,)."""
    n = len(inputs)
    far = np.empty(n)
    most = min(_NEIGHBOURS, n - 1)
    near, squared = np.empty((n, most), np.int64), np.empty((n, most))
    for start in range(0, n, _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, n))
        away = squared_distances(inputs[rows], inputs)
        far[rows] = np.median(away[:, :: max(1, n // _FAR)], axis=1)
        away[np.arange(len(rows)), rows] = np.inf
        if groups is not None:
            away[groups[rows][:, None] == groups] = np.inf
        near[rows] = np.argpartition(away, most - 1, axis=1)[:, :most]
        squared[rows] = np.take_along_axis(away, near[rows], axis=1)
    return near, np.sqrt(squared), np.sqrt(far)
