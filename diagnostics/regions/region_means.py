"""What is measured in a region whose rows have errors of any size: means, and how rows spread."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from ..statistics.grouped import grouping, square_limits, worth_of
from ..statistics.intervals import Interval, clustered_wilson, difference, within
from .region_gaps import Kind, Spread, bias_between
from .region_rows import Array, RegionRows, groups_of

FloorReading = Callable[[float], tuple[float | None, float]]
"""Confidence of a one-sided lower limit → the floor as other evidence has it, and that limit."""


class MeanSide(NamedTuple):
    """Rows on one side with the errors that a mixture of other models makes on some of them."""

    training: RegionRows
    held_out: RegionRows
    # The mixture learnt from other rows; NaN where it did not judge
    trained_errors: Array  # (training rows,) float
    held_errors: Array  # (held-out rows,) float
    shared: Array  # (training rows,) float: what network and mixture get wrong alike
    labels: int  # of a row; 0 of a quantity
    # The rows' masks, training and held out, → what else tells of their floor
    reads: Callable[[Array, Array], FloorReading]

    @property
    def least(self) -> tuple[int, int]:
        """Training and held-out rows that a region needs, inside and outside."""
        return (10, 20) if self.labels else (30, 30)

    @property
    def one_sided(self) -> bool:
        """No: errors may have heavy tails; see ``region_gaps.Side``."""
        return False

    def measure(self, training: Array, held_out: Array) -> "Means":
        """Average what lies in a region; see ``region_gaps.Side``."""
        known = training & ~np.isnan(self.trained_errors)
        judged = held_out & ~np.isnan(self.held_errors)
        network, mixture = self.training.errors[known], self.trained_errors[known]
        others = np.concatenate([mixture, self.held_errors[judged]])
        groups = groups_of([self.training], known)
        return Means(
            training=_spread(self.training.errors[training], groups_of([self.training], training)),
            held_out=_spread(self.held_out.errors[held_out], groups_of([self.held_out], held_out)),
            network=_spread(network, groups),
            mixture=_spread(mixture, groups),
            alone=_spread(network - mixture, groups),
            correlation=_correlation(network, mixture, groups),
            shared=_spread(self.shared[known], groups),
            others=_spread(
                others,
                groups_of([self.training, self.held_out], np.concatenate([known, judged])),
            ),
            labels=self.labels,
            read=self.reads(training, held_out),
        )

    def excess(self) -> tuple[Array, Array, Array]:
        """Of training rows the network's error less the mixture's, and what both get wrong."""
        known = ~np.isnan(self.trained_errors)
        return known, self.training.errors - self.trained_errors, self.shared


class Means(NamedTuple):
    """A region on one side, or the rows outside it; see ``region_gaps.Measured``."""

    training: Spread
    held_out: Spread
    network: Spread  # on the training rows that the mixture judged
    mixture: Spread  # on the same
    alone: Spread  # the difference of the two
    correlation: float  # of the two, from row to row
    shared: Spread  # what both get wrong
    others: Spread  # the mixture on rows of both kinds
    labels: int  # of a row; 0 of a quantity
    read: FloorReading

    def held_out_error(self, confidence: float) -> Interval:
        """The error on rows that it did not learn from."""
        return self._limits(self.held_out, confidence)

    def variance(self, confidence: float) -> Interval:
        """Held-out error − training error: the limits' distances squared and added (MOVER)."""
        return self._within(difference(self.held_out_error(confidence), self._trained(confidence)))

    def shown_bias(self, confidence: float) -> Interval:
        """Training error − the mixture's error on the same training rows (MOVER, paired).

        The mixture learnt from other rows, so its error is no less than the floor there, and the
        bias is at least this.
        """
        if self.network.rows < 2:
            return Interval(0.0, -math.inf, math.inf)
        network, mixture = (self._limits(it, confidence) for it in (self.network, self.mixture))
        return self._within(difference(network, mixture, self.correlation))

    def floor(self, confidence: float) -> Interval:
        """The least error that anything can reach in the region.

        Upper limit: the smaller of those of the network's held-out error and of the mixture's,
        Bonferroni-corrected. Lower limit: the smaller of what else tells of the floor (of a
        quantity the Gamma test on the region's rows, of labels ``label_mixture``) and of what the
        network on rows that it learnt from and the mixture on rows that it did not get wrong alike.
        For a border or bend that the one has not found may be known to the other.
        """
        tail = (1 - confidence) / 2
        judged = [self.held_out, *([self.others] if self.others.rows > 1 else [])]
        level = 1 - 2 * tail / len(judged)
        high = min(self._limits(it, level).high for it in judged)
        value, told = self.read(1 - tail)
        low = max(0.0, min(told, self.shown_floor(confidence).low, high))
        network = self.held_out.error
        nearest = network if value is None else min(value, network)
        return Interval(min(max(nearest, low), high), low, high)

    def shown_floor(self, confidence: float) -> Interval:
        """What the network on rows that it learnt from and the mixture get wrong alike.

        Of labels the share that both get wrong. Of a quantity the mean product of the residuals:
        were both right but for noise, it would be the noise's variance; where the network knows its
        rows by heart it is less.
        """
        it, rows = self.shared, _independent(self.shared, confidence)
        if rows < 2 or it.deviation is None:
            return Interval(0.0, 0.0, math.inf)
        if self.labels or it.error > 0:
            return self._limits(it, confidence)
        deviation = it.deviation / math.sqrt(rows - 1)
        reach = float(stdtrit(rows - 1, (1 + confidence) / 2)) * deviation
        return Interval(0.0, 0.0, max(0.0, it.error + reach))

    def bias(self, confidence: float) -> Interval:
        """Training error − floor; see ``bias_between``."""
        shown = self.shown_bias(confidence) if self.network.rows > 1 else None
        return bias_between(self._trained(confidence), self.floor(confidence), shown)

    def rough(self) -> dict[Kind, tuple[float, float]]:
        """Of each gap its value and its standard error, at a glance."""
        parted = math.hypot(_error(self.held_out), _error(self.training))
        return {
            Kind.BIAS: (self.alone.error, _error(self.alone)),
            Kind.VARIANCE: (self.held_out.error - self.training.error, parted),
            Kind.FLOOR: (self.shared.error, _error(self.shared)),
        }

    def _trained(self, confidence: float) -> Interval:
        return self._limits(self.training, confidence)

    def _limits(self, it: Spread, confidence: float) -> Interval:
        assert it.deviation is not None
        if not self.labels:
            # Of a single group nothing is known; else the upper limit is a number.
            least = 0.0 if it.grouped and it.grouped.telling < 2 else 2.0
            return square_limits(it.error, it.deviation, it.rows, it.grouped, confidence, least)
        rows = _independent(it, confidence)
        if it.grouped and rows < 2:  # as good as one group
            return Interval(it.error, 0.0, 1.0)
        return clustered_wilson(it.error, it.deviation, rows, self.labels, confidence)

    def _within(self, gap: Interval) -> Interval:
        return within(gap) if self.labels else gap


def _spread(errors: Array, groups: Array | None) -> Spread:
    if not len(errors):
        return Spread(0, 0.0, 0.0)
    grouped = None if groups is None else grouping(errors, groups)
    return Spread(len(errors), float(errors.mean()), float(errors.std()), grouped)


def _independent(it: Spread, confidence: float) -> float:
    """As many independent rows as tell as much."""
    return it.rows * worth_of(it.grouped, confidence)


def _error(it: Spread) -> float:
    """The standard error of a mean, above 0."""
    effect = it.grouped.effect if it.grouped else 1.0
    alone = (it.deviation or 0.0) / math.sqrt(max(1, it.rows - 1))
    return max(math.sqrt(effect) * alone, 1e-9 * (abs(it.error) or 1.0))


def _correlation(first: Array, second: Array, groups: Array | None) -> float:
    """The correlation of two means over the same rows: of the rows, or of their groups' sums."""
    if groups is not None and len(groups):
        numbers = np.unique(groups, return_inverse=True)[1]
        first, second = (np.bincount(numbers, it - it.mean()) for it in (first, second))
    if len(first) < 2 or not first.std() or not second.std():
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
