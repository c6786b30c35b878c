"""What is measured in a region whose rows are right or wrong: counts, with score intervals."""

import math
from typing import NamedTuple

import numpy as np

from ..bayes.bayes_mixture import Judged, read_mixture
from ..statistics.grouped import Grouping, grouping, rate_limits, worth_of
from ..statistics.intervals import (
    Interval,
    newcombe_difference,
    newcombe_paired_difference,
    wilson,
)
from .region_gaps import Kind, Spread, bias_between
from .region_rows import Array, RegionRows


class CountedSide(NamedTuple):
    """Rows on one side with how a mixture of other classifiers does on some of them."""

    training: RegionRows
    held_out: RegionRows
    # The mixture learnt from other rows
    trained_judged: Judged  # one value a row of ``training``
    trained_known: Array  # (training rows,) bool: which of them the mixture judged
    held_judged: Judged
    held_known: Array

    @property
    def least(self) -> tuple[int, int]:
        """Training and held-out rows that a region needs, inside and outside."""
        return 10, 20

    @property
    def one_sided(self) -> bool:
        """Whether rows are independent; see ``region_gaps.Side``."""
        return self.training.groups is None

    def measure(self, training: Array, held_out: Array) -> "Counted":
        """Count what lies in a region; see ``region_gaps.Side``."""
        network = self.training.errors
        known = training & self.trained_known
        other = self.trained_judged.wrong
        pairs = tuple(
            int((known & (network == first) & (other == second)).sum())
            for first, second in ((True, True), (True, False), (False, True), (False, False))
        )
        alike = Alike()
        if self.training.groups is not None and self.held_out.groups is not None:
            learnt, met = self.training.groups, self.held_out.groups
            alike = Alike(
                _grouping(network[training], learnt[training]),
                _grouping(self.held_out.errors[held_out], met[held_out]),
                _grouping(network[known].astype(float) - other[known], learnt[known]),
                _grouping((network & (other > 0))[known], learnt[known]),
                np.concatenate([learnt[known], met[held_out & self.held_known]]),
            )
        both = ((self.trained_judged, known), (self.held_judged, held_out & self.held_known))
        judged = Judged(
            *(np.concatenate(v) for v in zip(*([it[m] for it in j] for j, m in both), strict=True))
        )
        labels = np.concatenate([self.training.labels[known], self.held_out.labels[both[1][1]]])
        # Neighbours' residuals tell of all rows together; of a region ``shown_floor`` guards.
        judged = judged._replace(unlearnt=np.zeros(len(labels)))
        return Counted(
            int(training.sum()),
            int((network & training).sum()),
            int(held_out.sum()),
            int((self.held_out.errors & held_out).sum()),
            pairs,  # pyright: ignore[reportArgumentType]
            judged,
            labels,
            alike,
        )

    def excess(self) -> tuple[Array, Array, Array]:
        """Of training rows where the network alone is wrong, and where both are."""
        network, others = self.training.errors, self.trained_judged.wrong > 0
        return self.trained_known, network & ~others, network & others


class Alike(NamedTuple):
    """How rows that come in groups hang together; ``None`` where they are independent."""

    training: Grouping | None = None  # the network's errors
    held_out: Grouping | None = None  # the same
    pairs: Grouping | None = None  # the network's errors less the mixture's
    both: Grouping | None = None  # where both are wrong
    judged: Array | None = None  # groups of the rows that the mixture judged


class Counted(NamedTuple):
    """A region on one side, or the rows outside it; see ``region_gaps.Measured``."""

    training_rows: int
    training_wrong: int
    held_out_rows: int
    held_out_wrong: int
    pairs: tuple[int, int, int, int]  # training rows: both wrong, network alone, mixture, neither
    judged: Judged  # by the mixture, of the region's rows of both kinds
    labels: Array  # theirs
    alike: Alike = Alike()

    @property
    def training(self) -> Spread:
        """The network's error on rows that it learnt from."""
        error = _part(self.training_wrong, self.training_rows)
        return Spread(self.training_rows, error, grouped=self.alike.training)

    @property
    def held_out(self) -> Spread:
        """Its error on others."""
        error = _part(self.held_out_wrong, self.held_out_rows)
        return Spread(self.held_out_rows, error, grouped=self.alike.held_out)

    def held_out_error(self, confidence: float) -> Interval:
        """The error on rows that it did not learn from (Wilson)."""
        counts = self.held_out_wrong, self.held_out_rows
        return _share_between(*counts, self.alike.held_out, confidence)

    def variance(self, confidence: float) -> Interval:
        """Held-out error − training error: different rows (Newcombe)."""
        held = worth_of(self.alike.held_out, confidence)
        trained = worth_of(self.alike.training, confidence)
        if min(held * self.held_out_rows, trained * self.training_rows) < 1:
            return Interval(self.held_out.error - self.training.error, -1.0, 1.0)
        return newcombe_difference(
            held * self.held_out_wrong,
            held * self.held_out_rows,
            trained * self.training_wrong,
            trained * self.training_rows,
            confidence,
        )

    def shown_bias(self, confidence: float) -> Interval:
        """Training error − the mixture's error on the same training rows (Newcombe, paired).

        The mixture learnt from other rows, so its error is no less than the floor there, and the
        bias is at least this.
        """
        worth = worth_of(self.alike.pairs, confidence)
        if worth * sum(self.pairs) < 1:
            return Interval(0.0, -1.0, 1.0)
        return newcombe_paired_difference(*(worth * it for it in self.pairs), confidence=confidence)

    def floor(self, confidence: float) -> Interval:
        """The Bayes error in the region.

        Upper limit: the smaller of the Clopper–Pearson limits of the network's held-out error and
        of the mixture's, Bonferroni-corrected. Point and lower limit: ``bayes_mixture``'s
        ``read_mixture``; but the lower limit is at most that (Clopper–Pearson) of the share of
        training rows that the network gets wrong though it learnt from them, and the mixture, too.
        For where a region holds a part that is noisy or hard to learn and one that is easy, the
        mixture alone cannot tell noise from a border it has not found.
        """
        tail = (1 - confidence) / 2
        network = self.held_out.error
        shown = self.held_out_wrong, self.held_out_rows, self.alike.held_out
        if not len(self.labels):
            return Interval(network, 0.0, rate_limits(*shown, confidence)[1])
        read = read_mixture(self.judged, self.labels, 1 - tail, self.alike.judged)
        mixed = read.wrong, read.n, read.grouped
        high = min(rate_limits(*counts, 1 - tail)[1] for counts in (shown, mixed))
        both = rate_limits(self.pairs[0], sum(self.pairs), self.alike.both, confidence)
        low = min(read.low, both[0], high)
        return Interval(min(max(min(read.value, network), low), high), low, high)

    def shown_floor(self, confidence: float) -> Interval:
        """The share of training rows that both are wrong on, network and mixture (Wilson)."""
        return _share_between(self.pairs[0], sum(self.pairs), self.alike.both, confidence)

    def bias(self, confidence: float) -> Interval:
        """Training error − floor; see ``bias_between``."""
        counts = self.training_wrong, self.training_rows
        trained = _share_between(*counts, self.alike.training, confidence)
        shown = self.shown_bias(confidence) if sum(self.pairs) else None
        return bias_between(trained, self.floor(confidence), shown)

    def rough(self) -> dict[Kind, tuple[float, float]]:
        """Of each gap its value and its standard error, at a glance."""
        held, one = _share(self.held_out_wrong, self.held_out_rows)
        trained, two = _share(self.training_wrong, self.training_rows)
        rows = sum(self.pairs)
        both, alone, others, _ = self.pairs
        paired = (alone - others) / rows if rows else 0.0
        return {
            Kind.BIAS: (paired, math.sqrt(alone + others + 1) / (rows + 2)),
            Kind.VARIANCE: (held - trained, math.hypot(one, two)),
            Kind.FLOOR: _share(both, rows),
        }


def _grouping(values: Array, groups: Array) -> Grouping | None:
    return grouping(values, groups) if len(groups) else None


def _share_between(wrong: int, rows: int, grouped: Grouping | None, confidence: float) -> Interval:
    """Wilson's interval, of as many independent rows as these tell."""
    worth = worth_of(grouped, confidence)
    if worth * rows < 1:
        return Interval(_part(wrong, rows), 0.0, 1.0)
    return wilson(worth * wrong, worth * rows, confidence)


def _part(wrong: int, rows: int) -> float:
    return wrong / rows if rows else 0.0


def _share(wrong: float, rows: float) -> tuple[float, float]:
    """A share and its standard error, two right and two wrong rows added (Agresti and Coull)."""
    p = (wrong + 2) / (rows + 4)
    return wrong / rows if rows else 0.0, math.sqrt(p * (1 - p) / (rows + 4))
