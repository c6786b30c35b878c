"""Where the held-out error is higher than elsewhere, whatever makes it so.

Few rows may show that a region is told worse than the rest, and not whether it is bias, variance or
noise that makes it so. So this is judged apart: the rows that choose bring a few regions into an
order, the rows that judge test these alone, with an error of 5 % of their own (Holm 1979).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..statistics.discoveries import FALSE, discoveries
from ..statistics.grouped import error_of_mean
from ..statistics.intervals import difference
from .region_choice import PROMISING, Placed, in_and_out, overlap
from .region_gaps import Rough, Side, inverted
from .region_rows import Array, RegionRows

_JUDGED = 4  # regions, at most
_ALIKE = 0.5  # of the rows of two regions, beyond which the first alone is judged


class Higher(NamedTuple):
    """What is known of a region's held-out error beside the rest's."""

    # adjusted for all that were judged, of "higher than elsewhere by no more than is tolerated";
    # None where it was not judged
    p: float | None = None
    elsewhere: float | None = None  # the rest's error, where the region's is higher and says more


def higher_errors(
    placed: Sequence[Placed],
    choosing: Side,
    judging: Side,
    tolerance: float,
    reported: Sequence[int],
) -> dict[int, Higher]:
    """The regions whose held-out error is judged, by their places.

    The regions are taken by how much of the error they explain on the rows that choose. One that is
    no longer worse than the rest when the rows of those before it are left out says nothing more.

    Args:
        placed: all regions.
        choosing: the rows that choose.
        judging: the rows that judge.
        tolerance: the difference that is no problem, in the errors' unit.
        reported: places of regions that are reported for what they suffer from: their rows' errors
            are explained.
    """
    places = _promising(placed, choosing.held_out, tolerance)
    p = [_significance(placed[place], judging, tolerance) for place in places]
    higher, adjusted, _ = discoveries(p, [1 / k**2 for k in range(1, len(p) + 1)])
    taken = (
        np.zeros(len(judging.training.errors), bool),
        np.zeros(len(judging.held_out.errors), bool),
    )
    for place in reported:
        taken = _both(taken, placed[place].judging)
    found = {}
    for place, it, own in zip(places, higher, adjusted, strict=True):
        new = it and _significance(placed[place], judging, tolerance, taken) <= FALSE
        rest = in_and_out(placed[place].judging, judging)[1].held_out.error
        found[place] = Higher(own, rest if new else None)
        if new:
            taken = _both(taken, placed[place].judging)
    return found


def _promising(placed: Sequence[Placed], rows: RegionRows, tolerance: float) -> list[int]:
    """The places of what looks worst on the rows that choose, what explains most first."""
    stands = [_rough(it.choosing[1], rows, tolerance) for it in placed]
    out = [place for place, it in enumerate(stands) if it.score >= PROMISING]
    kept: list[int] = []
    for place in sorted(out, key=lambda place: -stands[place].explained):
        if len(kept) < _JUDGED and all(overlap(placed[place], placed[it]) <= _ALIKE for it in kept):
            kept.append(place)
    return kept


def _rough(mask: Array, rows: RegionRows, tolerance: float) -> Rough:
    """How a region's error stands out from the rest's, at a glance."""
    share = float(mask.mean())
    (here, error), (there, other) = (_mean(rows, it) for it in (mask, ~mask))
    return Rough(
        (here - there - tolerance) / math.hypot(error, other),
        math.sqrt(share * (1 - share)) * (here - there),
    )


def _mean(rows: RegionRows, mask: Array) -> tuple[float, float]:
    """The mean error of some rows and its standard error, above 0."""
    errors = rows.errors[mask].astype(np.float64)
    groups = None if rows.groups is None else rows.groups[mask]
    mean = float(errors.mean())
    return mean, max(error_of_mean(errors, groups), 1e-9 * (mean or 1.0))


def _significance(
    it: Placed, side: Side, tolerance: float, without: tuple[Array, Array] | None = None
) -> float:
    """The p-value of a region's error, some rows left out; 1 where too few are left."""
    inside, outside = in_and_out(it.judging, side, without)
    if min(inside.held_out.rows, outside.held_out.rows) < side.least[1]:
        return 1.0
    p = inverted(
        lambda c: difference(inside.held_out_error(c), outside.held_out_error(c)).low, tolerance
    )
    return p / 2 if side.one_sided else p


def _both(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
    return one[0] | other[0], one[1] | other[1]
