"""The Gamma test: how much of a target's variance no smooth function of the inputs explains.

Inputs are compared by Euclidean distance as they are, so scaled columns are assumed.
"""

import functools
import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from ...datasets.dealing import by_class
from ..statistics.grouped import ALIKE_AT_LEAST, number_alike
from .dimension import intrinsic_dimension

ROWS_AT_LEAST = 100  # a row must have as many neighbours as are kept
_ORDERS = 10  # of neighbours: k = 1 … 10, as in the sources
_NEIGHBOURS_KEPT = 99
# Ranks of neighbours that are looked at: the tenth in a random half of the rows is nearly always
# among them (99.9 %), and a random half holds that many of the kept ones (99.8 % of the rows).
_RANKS = 36
_HALVES = 50
_OF_A_GROUP = 50  # rows, or so many more neighbours would have to be found


class GammaTest(NamedTuple):
    """Estimates of the noise variance, in squared units of the target (mean over targets)."""

    gamma: float  # the intercept; may be below 0
    gamma_half: float  # expected with a random half of the rows
    dimension: float  # intrinsic, of the inputs
    extrapolated: float  # the intercept with infinitely many rows; may be below 0
    standard_error: float  # of the extrapolated intercept; inf where few halves have neighbours
    low: float  # one-sided lower confidence limit of the noise variance, cut at 0


def has_neighbours(n: int, groups: np.ndarray | None = None) -> bool:
    """Whether n rows, or as many in these groups (n,), have enough neighbours, also by halves."""
    if groups is None:
        return n >= ROWS_AT_LEAST
    return n >= 2 * ROWS_AT_LEAST and number_alike(groups) >= ALIKE_AT_LEAST


def gamma_test(
    inputs: np.ndarray,
    targets: np.ndarray,
    confidence: float,
    rng: np.random.Generator,
    groups: np.ndarray | None = None,
) -> GammaTest:
    """Estimate the variance of a target's noise from differences between neighbours' targets.

    Half the mean squared difference γ(k) of a target and that of the k-th nearest neighbour is
    the noise variance plus what the function changes over that distance, which is proportional to
    the mean squared distance δ(k) as it goes to 0. The intercept of the line through (δ(k), γ(k)),
    k = 1 … 10, is the estimate Γ (Stefánsson, Končar and Jones 1997, Neural Comput Appl 5:131;
    Evans and Jones 2002, Proc R Soc A 458:2759).

    Where neighbours are far, as in ten dimensions, γ flattens with distance and Γ is too high. So
    the lower limit is taken from Γ extrapolated to infinitely many rows, its excess decaying as
    n^(−2/d), more slowly than the curvature that causes it, d being the intrinsic dimension. The
    standard error is the spread over random halves of the rows (delete-half jackknife, Shao and Wu
    1989, Ann Stat 17:1176).

    Args:
        inputs: (n, features), so many that ``has_neighbours``.
        targets: (n,) or (n, targets), in the user's units.
        confidence: of the one-sided lower limit, e.g. 0.975.
        rng: draws the halves.
        groups: (n,) numbers of groups of rows that are alike: neighbours are then rows of other
            groups, halves are of groups, and of a large group 50 rows are looked at. ``None``:
            there are none.
    """
    targets = targets.reshape(len(targets), -1).astype(np.float64)
    if groups is None:
        groups = np.arange(len(targets))
    else:
        few = _few_of_each(groups, rng)
        groups = np.unique(groups[few], return_inverse=True)[1]
        inputs, targets = inputs[few], targets[few]
    pairs = _pairs(inputs, targets, groups)
    everyone = np.ones(len(targets), bool)
    gamma, gamma_half, extrapolated = _estimates(pairs, everyone)
    count = int(groups.max()) + 1
    halves = ((rng.permutation(count) < count // 2)[groups] for _ in range(_HALVES))
    told = [it for half in halves if math.isfinite(it := _estimates(pairs, half)[2])]
    standard_error = float(np.std(told)) if len(told) > _HALVES / 2 else math.inf
    return GammaTest(
        gamma=gamma,
        gamma_half=gamma_half,
        dimension=pairs.dimension,
        extrapolated=extrapolated,
        standard_error=standard_error,
        low=max(0.0, extrapolated - float(ndtri(confidence)) * standard_error),
    )


class _Pairs(NamedTuple):
    """Rows and their nearest neighbours, those of other groups first, (n, kept) each."""

    nearest: np.ndarray  # the neighbour's number
    apart: np.ndarray  # bool: whether it is of another group
    squared: np.ndarray  # its squared distance
    halved: np.ndarray  # half the squared difference of both targets, mean over targets
    dimension: float  # intrinsic, of the inputs


def _pairs(inputs: np.ndarray, targets: np.ndarray, groups: np.ndarray) -> _Pairs:
    distances, nearest, apart = _neighbours(inputs, groups)
    squared = distances.astype(np.float64) ** 2
    halved = ((targets[nearest] - targets[:, None]) ** 2).mean(axis=2) / 2
    dimension = intrinsic_dimension(distances, inputs.shape[1])
    return _Pairs(nearest, apart, squared, halved, dimension)


def _estimates(pairs: _Pairs, member: np.ndarray) -> tuple[float, float, float]:
    """Γ of some rows (n,) bool, with half of them, and in the limit of infinitely many."""
    present = (pairs.apart & member[pairs.nearest])[member]
    x, y = (_by_rank(values[member], present) for values in (pairs.squared, pairs.halved))
    whole, _ = _line(x[:_ORDERS], y[:_ORDERS])
    half, _ = _line(_in_a_half() @ x, _in_a_half() @ y)
    return whole, half, whole - (half - whole) / (2 ** (2 / pairs.dimension) - 1)


def _few_of_each(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The rows that are looked at, (m,) ascending: of no group more than ``_OF_A_GROUP``."""
    ordered, rank = by_class(groups, rng.permutation(len(groups)))
    return np.sort(ordered[rank < _OF_A_GROUP])


def _neighbours(
    inputs: np.ndarray, groups: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances and numbers of the nearest rows, those of other groups first, and which are such.

    Each is (n, ``_NEIGHBOURS_KEPT``).
    """
    from sklearn.neighbors import NearestNeighbors  # here, since it takes a second

    more = int(np.bincount(groups).max()) - 1
    kept = min(_NEIGHBOURS_KEPT + more, len(inputs) - 1)
    found = NearestNeighbors(n_neighbors=kept, algorithm="brute").fit(inputs).kneighbors()
    apart = groups[found[1]] != groups[:, None]
    order = np.argsort(~apart, axis=1, kind="stable")[:, :_NEIGHBOURS_KEPT]
    distances, nearest, apart = (np.take_along_axis(it, order, 1) for it in (*found, apart))
    return distances, nearest, apart


def _by_rank(values: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Means over rows of the values at the first, second, … present neighbour, (_RANKS,).

    Both arguments are (rows, kept), nearest neighbour first. Rows with too few are left out; NaN
    where all have.
    """
    rank = np.cumsum(present, axis=1)
    usable = rank[:, -1] >= _RANKS
    chosen = (present & (rank <= _RANKS))[usable]
    if not usable.any():
        return np.full(_RANKS, np.nan)
    return values[usable][chosen].reshape(-1, _RANKS).mean(axis=0)


@functools.cache
def _in_a_half() -> np.ndarray:
    """(orders, ranks): the chance that the neighbour of a rank is the k-th in a random half."""
    from scipy.stats import nbinom  # here, since it takes half a second

    ranks = np.arange(1, _RANKS + 1)
    chances = np.stack([nbinom.pmf(ranks - k, k, 0.5) for k in range(1, _ORDERS + 1)])
    return chances / chances.sum(axis=1, keepdims=True)


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Intercept and slope of the least-squares line; a flat one where all x are equal."""
    centred = x - x.mean()
    width = float((centred**2).sum())
    slope = float((centred * y).sum()) / width if width > 0 else 0.0
    return float(y.mean()) - slope * float(x.mean()), slope
