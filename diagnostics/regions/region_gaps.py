"""What a region may suffer from, and how sure it is that it does, more than the rest.

How errors are measured depends on what they are: ``region_counts`` counts rows that are right or
wrong, ``region_means`` averages errors of rows.
"""

import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol

from ..statistics.grouped import Grouping
from ..statistics.intervals import Interval, difference
from .region_rows import Array, RegionRows

_LEAST_P = 1e-9
_STEPS = 24  # of the bisection: the exponent of p to a millionth


class Kind(StrEnum):
    """What a region can suffer from."""

    BIAS = "high_bias"
    VARIANCE = "high_variance"
    FLOOR = "floor"


class Spread(NamedTuple):
    """The error of some rows, and how it differs from row to row."""

    rows: int
    error: float  # their mean
    deviation: float | None = None  # with divisor ``rows``; None where rows are right or wrong
    grouped: Grouping | None = None  # how the rows hang together; None: not in groups


class Measured(Protocol):
    """A region on one side, or the rows outside it."""

    @property
    def training(self) -> Spread:
        """The network's error on rows that it learnt from."""
        ...

    @property
    def held_out(self) -> Spread:
        """Its error on others."""
        ...

    def held_out_error(self, confidence: float) -> Interval:
        """The error on others, with its limits."""
        ...

    def variance(self, confidence: float) -> Interval:
        """Held-out error − training error."""
        ...

    def bias(self, confidence: float) -> Interval:
        """Training error − floor: from what is shown of it to what the floor allows."""
        ...

    def shown_bias(self, confidence: float) -> Interval:
        """Training error − the error of other models, which learnt from other rows, on the same."""
        ...

    def floor(self, confidence: float) -> Interval:
        """The least error that anything can reach in the region."""
        ...

    def shown_floor(self, confidence: float) -> Interval:
        """What the network on rows that it learnt from and other models get wrong alike."""
        ...

    def rough(self) -> Mapping[Kind, tuple[float, float]]:
        """Of each gap its value and its standard error, at a glance."""
        ...


class Side(Protocol):
    """Rows on one side, those that choose or those that judge, of training and held out."""

    @property
    def training(self) -> RegionRows:
        """Rows that the network learnt from."""
        ...

    @property
    def held_out(self) -> RegionRows:
        """Others."""
        ...

    @property
    def least(self) -> tuple[int, int]:
        """Training and held-out rows that a region needs, inside and outside."""
        ...

    @property
    def one_sided(self) -> bool:
        """Whether each limit alone errs in no more than half of what the interval may err in.

        So it is of counts of independent rows. Limits of heavy-tailed means and of few groups lie
        too high more often, and their p-values are those of the two-sided interval.
        """
        ...

    def measure(self, training: Array, held_out: Array) -> Measured:
        """What is measured in a region.

        Args:
            training: (training rows,) bool: which of them the region holds.
            held_out: the same of the held-out rows.
        """
        ...

    def excess(self) -> tuple[Array, Array, Array]:
        """Of training rows: whether other models judged them, and if so two numbers of each row.

        All (training rows,): bool; the network's error that is not that of other models; what both
        get wrong.
        """
        ...


def bias_between(trained: Interval, floor: Interval, shown: Interval | None) -> Interval:
    """Training error − floor.

    From what other models show of it, where they judged the rows, to the training error's upper
    limit less the floor's lower.
    """
    low = shown.low if shown else trained.low - floor.high
    high = max(low, trained.high - floor.low)
    return Interval(min(max(trained.value - floor.value, low), high), low, high)


def significance(kind: Kind, it: Measured, rest: Measured, tolerance: float) -> tuple[float, float]:
    """Two p-values: that the gap is no more than tolerated, and that or no more than in the rest.

    The smallest α for which the lower limit of an interval at 1 − α clears what it is compared
    with. The second is the larger of two, as both must be refuted (intersection–union test; Berger
    1982, Technometrics 24:295).
    """
    if kind is Kind.VARIANCE:
        above = inverted(lambda c: it.variance(c).low, tolerance)
        worse = inverted(lambda c: difference(it.variance(c), _least(rest.variance(c))).low, 0.0)
    elif kind is Kind.BIAS:
        above = inverted(lambda c: it.shown_bias(c).low, tolerance)
        worse = inverted(
            lambda c: difference(it.shown_bias(c), _least(rest.shown_bias(c))).low, 0.0
        )
    else:
        above = inverted(lambda c: it.floor(c).low, tolerance)
        worse = inverted(lambda c: difference(it.shown_floor(c), rest.shown_floor(c)).low, 0.0)
    return above, max(above, worse)


def _least(gap: Interval) -> Interval:
    """A gap of the rest: below 0 it is a gap of 0, or the region would be worse for nothing."""
    return Interval(*(max(0.0, limit) for limit in gap))


def inverted(low: Callable[[float], float], limit: float) -> float:
    """The smallest α with ``low(1 − α) > limit``; 1 where a half is not enough."""
    if low(0.5) <= limit:
        return 1.0
    if low(1 - _LEAST_P) > limit:
        return _LEAST_P
    below, above = math.log(_LEAST_P), math.log(0.5)  # not high at the first, high at the second
    for _ in range(_STEPS):
        middle = (below + above) / 2
        if low(1 - math.exp(middle)) > limit:
            above = middle
        else:
            below = middle
    return math.exp(above)


class Rough(NamedTuple):
    """How a region stands out, at a glance: to choose by."""

    score: float  # standard errors above the tolerance or above the rest's gap: the fewer of both
    # √(share · rest) · difference to the rest: of a homogeneous region both a part and a larger
    # region around it have less (Klösgen's measure with exponent ½; a tree splits by it, too)
    explained: float


def rough(it: Measured, rest: Measured, tolerance: float) -> dict[Kind, Rough]:
    """How a region stands out from the rest, for each thing that it may suffer from."""
    share = it.held_out.rows / (it.held_out.rows + rest.held_out.rows)
    inside, outside = it.rough(), rest.rough()
    found = {}
    for kind in Kind:
        (here, error), (there, other) = inside[kind], outside[kind]
        beyond = here - max(0.0, there)
        score = min((here - tolerance) / error, beyond / math.hypot(error, other))
        found[kind] = Rough(score, math.sqrt(share * (1 - share)) * beyond)
    return found
