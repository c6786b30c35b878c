"""Shapes of learning curves: an error that falls with the number of training rows.

Each is asymptote + fall · g(n), where g falls from 1 at the smallest size to 0 and has two numbers
of its own at most. Given these, the best asymptote and fall are known at once (variable projection,
Golub and Pereyra 1973, SIAM J Numer Anal 10:413), so both are sought on a grid, which is then made
finer around the best: nothing depends on where a search begins. The families are those that
extrapolate best of many (Mohr, Viering, Loog and van Rijn 2022, LCDB 1.0, ECML PKDD).
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
# (ratio of a size to the smallest one, first number of the shape, second one) → g
Shape = Callable[[Numbers, Numbers, Numbers], Numbers]

POWERS = (0.05, 5.0)  # exponents that are tried
_POWERS, _OFFSETS = 20, 16  # points of the grid
_OFFSET_FROM = math.log(0.1)  # logarithm of an offset by the smallest size
_OFFSET_TO = math.log(8.0)  # and by the largest one
_FINER = 3  # times the grid is made finer around the best point, each time to a third
_AT_ONCE = 2**20  # numbers in memory at once


def _shifted_power(ratio: Numbers, power: Numbers, offset: Numbers) -> Numbers:
    """(n + d)^−c, with d = (e^offset − 1) smallest sizes."""
    return (1 + (ratio - 1) * np.exp(-offset)) ** -np.exp(power)


def _sigmoid(ratio: Numbers, power: Numbers, offset: Numbers) -> Numbers:
    """1 / (1 + (n/s)^d): Morgan, Mercer and Flodin's, upside down."""
    c = np.exp(power)
    return (1 + np.exp(-offset * c)) / (1 + np.exp(c * (np.log(ratio) - offset)))


def _stretched(ratio: Numbers, power: Numbers, offset: Numbers) -> Numbers:
    """exp(−(n/s)^d): Weibull's."""
    c = np.exp(power)
    return np.exp(np.exp(-offset * c) - np.exp(c * (np.log(ratio) - offset)))


class Family(NamedTuple):
    """Curves of one formula."""

    shape: Shape
    offsets: bool  # whether the shape's second number is free; else 0
    asymptotes: bool  # whether the asymptote is free; else 0


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "pow3": Family(_shifted_power, offsets=False, asymptotes=True),
        "pow4": Family(_shifted_power, offsets=True, asymptotes=True),
        "mmf4": Family(_sigmoid, offsets=True, asymptotes=True),
        "wbl4": Family(_stretched, offsets=True, asymptotes=True),
    }
)
POW2 = Family(_shifted_power, offsets=False, asymptotes=False)


class Curves(NamedTuple):
    """Fitted curves of one family."""

    family: Family
    smallest: float  # rows: g is 1 there
    asymptote: Numbers  # (curves,)
    fall: Numbers  # (curves,), ≥ 0: what the asymptote lies below the error at the smallest size
    power: Numbers  # (curves,), of the shape
    offset: Numbers  # (curves,)
    misfit: Numbers  # (curves,), the weighted mean of squared deviations

    def at(self, sizes: Numbers) -> Numbers:
        """(curves, sizes), the error at numbers of rows, (sizes,)."""
        shape = self.family.shape(sizes / self.smallest, self.power[:, None], self.offset[:, None])
        return self.asymptote[:, None] + self.fall[:, None] * shape


def fit_curves(
    family: Family, sizes: Numbers, errors: Numbers, weights: Numbers, floor: float
) -> Curves:
    """The curves of a family that fit best by weighted least squares.

    Args:
        family: one of ``FAMILIES``, or ``POW2``.
        sizes: (K,), rising, of training rows; K ≥ 2.
        errors: (curves, K), finite.
        weights: (K,), > 0, of the sizes.
        floor: no asymptote is below it.
    """
    at_once = max(1, _AT_ONCE // (_POWERS * _OFFSETS * 4))
    parts = [
        _fit(family, sizes, errors[begin : begin + at_once], weights / weights.sum(), floor)
        for begin in range(0, len(errors), at_once)
    ]
    joined = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Curves(family, float(sizes[0]), *joined)


def _fit(
    family: Family, sizes: Numbers, errors: Numbers, weights: Numbers, floor: float
) -> tuple[Numbers, ...]:
    """Asymptote, fall, power, offset and misfit of curves, each (curves,)."""
    ratios = sizes / sizes[0]
    powers = np.linspace(math.log(POWERS[0]), math.log(POWERS[1]), _POWERS)
    last = math.log(ratios[-1]) + _OFFSET_TO
    offsets = np.linspace(_OFFSET_FROM, last, _OFFSETS) if family.offsets else np.zeros(1)
    steps = powers[1] - powers[0], (offsets[1] - offsets[0] if family.offsets else 0.0)
    grid = np.meshgrid(powers, offsets, indexing="ij")
    power, offset = (it.ravel()[None] for it in grid)
    best = _best(family, ratios, errors, weights, floor, power, offset)
    around = np.meshgrid((-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2) if family.offsets else (0,))
    for finer in range(1, _FINER + 1):
        power, offset = (
            at[:, None] + it.ravel() * step / 3**finer
            for at, it, step in zip(best[2:4], around, steps, strict=True)
        )
        power = np.clip(power, powers[0], powers[-1])
        offset = np.clip(offset, offsets[0], offsets[-1])
        best = _best(family, ratios, errors, weights, floor, power, offset)
    return best


def _best(
    family: Family,
    ratios: Numbers,
    errors: Numbers,
    weights: Numbers,
    floor: float,
    power: Numbers,
    offset: Numbers,
) -> tuple[Numbers, ...]:
    """As ``_fit``, of shapes (curves or 1, shapes)."""
    shape = family.shape(ratios, power[..., None], offset[..., None])
    level = errors @ weights
    centred = errors - level[:, None]  # the asymptote, too, is counted from the level
    if len(shape) == 1:
        product = (centred * weights) @ shape[0].T
    else:
        product = np.einsum("bk,btk->bt", centred * weights, shape)
    mean, square = shape @ weights, shape**2 @ weights
    lowest = floor - level[:, None] if family.asymptotes else -level[:, None]
    asymptote, fall = _linear(product, mean, square, lowest, free=family.asymptotes)
    misfit = (
        ((centred**2) @ weights)[:, None]
        - 2 * fall * product
        + asymptote**2
        + 2 * asymptote * fall * mean
        + fall**2 * square
    )
    # Curves that will fall ever faster beyond what was measured fit noise at the largest size.
    late = (power > 0) & (offset > math.log(ratios[-1]))
    best = np.argmin(np.where(late, np.inf, misfit), axis=1)
    of = np.arange(len(errors))
    chosen = (np.broadcast_to(it, misfit.shape)[of, best] for it in (power, offset))
    return (
        asymptote[of, best] + level,
        fall[of, best],
        *chosen,
        np.maximum(0.0, misfit[of, best]),
    )


def _linear(
    product: Numbers, mean: Numbers, square: Numbers, lowest: Numbers, *, free: bool
) -> tuple[Numbers, Numbers]:
    """The best asymptote, not below the lowest, and fall ≥ 0; the errors' own mean is 0.

    Args:
        product: (curves, shapes), weighted mean of errors × shape.
        mean: (curves or 1, shapes), of the shape.
        square: as ``mean``, of its square.
        lowest: (curves, 1).
        free: whether asymptotes may be higher.
    """
    fall = np.maximum(0.0, product / np.maximum(square - mean**2, 1e-300))
    asymptote = -fall * mean
    bound = (asymptote < lowest) | (not free)
    fall = np.where(bound, np.maximum(0.0, (product - lowest * mean) / square), fall)
    return np.where(bound, lowest, asymptote), fall
