"""A lower limit of what an error falls to with ever more rows, under assumptions."""

import math
from typing import NamedTuple

import numpy as np

from ..statistics.grouped import error_of_mean
from ..statistics.intervals import two_sided_z

Array = np.ndarray

FALLS = 3  # times the error is let fall on by what it fell so far
# A border that is not found keeps an error flat, too: no limit where more than this share of a
# constant answer's error is left.
LEARNT = 0.5
# The same where neighbours' residuals would tell of such a border, with the chance of that counted:
LEARNT_IN_THE_PLANE = 0.7  # of classes, where inputs live in less than so many dimensions
PLANE = 2.5
LEARNT_WITH_NEIGHBOURS = 0.8  # of quantities


class Learning(NamedTuple):
    """How much of a mean error of rows is still to be learnt, as two observations tell it."""

    fall: float  # of the error when rows grew threefold, ≥ 0
    fall_error: float  # its standard error
    unlearnt: float = 0.0  # part of the error, as neighbours' residuals tell it, ≥ 0
    unlearnt_error: float = 0.0  # its standard error


def learning(falls: Array, unlearnt: Array, groups: Array | None = None) -> Learning:
    """The means over rows, cut at 0.

    Args:
        falls: (n,) what each row's error fell.
        unlearnt: (n,) what each row adds to what is unlearnt.
        groups: (n,) numbers of groups of rows that hang together; ``None``: there are none.
    """
    return Learning(*mean_fall(falls, groups), *mean_fall(unlearnt, groups))


def mean_fall(falls: Array, groups: Array | None = None) -> tuple[float, float]:
    """The mean of what each row's error fell, (n,), cut at 0, and its standard error."""
    return max(0.0, float(falls.mean())), error_of_mean(falls, groups)


def limit_below(error: float, chance: float, it: Learning, confidence: float) -> float:
    """The error less three times its fall, or less what is unlearnt, and less chance; ≥ 0.

    Chance of the error and of what is taken off are added in quadrature.

    Args:
        error: of held-out rows.
        chance: by how much its own lower limit at ``confidence`` lies below it.
        it: how much is still to be learnt.
        confidence: of the one-sided limit.
    """
    z = two_sided_z(2 * confidence - 1)
    by_falls = FALLS * it.fall + math.hypot(chance, z * FALLS * it.fall_error)
    by_neighbours = it.unlearnt + math.hypot(chance, z * it.unlearnt_error)
    return max(0.0, error - max(by_falls, by_neighbours))
