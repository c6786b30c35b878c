"""Where in the data bias, variance and noise are: regions chosen on some rows, judged on others.

A network may have high bias in one region and high variance in another (Slice Finder: Chung et al.
2019, ICDE; Domino: Eyuboglu et al. 2022, ICLR, look for the regions of high error, not for why).
Many regions are looked at, so some would look bad by chance. Therefore half of the rows choose a
few pairs of a region and what it may suffer from, in an order, and the other half judges these. The
chance that any of them is named wrongly is kept within 5 % by Holm's procedure (1979), which holds
however regions overlap; those that come first in the order weigh more.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from threadpoolctl import threadpool_limits

from ...storage.records.regions import RegionRecord, RegionsRecord
from ..statistics.discoveries import discoveries
from ..statistics.intervals import Interval
from .region_candidate import SIMPLE
from .region_candidates import find_candidates
from .region_choice import (
    Pair,
    Placed,
    in_and_out,
    large_enough,
    overlap,
    promising,
    weights,
)
from .region_errors import Higher, higher_errors
from .region_gaps import Kind, Measured, Side, rough, significance
from .region_mean_sides import make_label_side, make_quantity_side
from .region_rows import Array, Columns, RegionRows
from .region_sides import judging_side, make_side
from .region_values import with_values

_NEARLY = 0.9  # of what the best region explains: a simpler one with so much is reported


def find_regions(
    training: tuple[RegionRows, RegionRows],
    held_out: tuple[RegionRows, RegionRows],
    columns: Columns,
    tolerance: float,
    trial: int,
) -> RegionsRecord:
    """Look for regions that suffer from something that the rest suffers less from.

    Args:
        training: rows that the network learnt from, those that choose and those that judge.
        held_out: other rows, those that choose and those that judge.
        columns: what the inputs are.
        tolerance: the gap that is no problem, a fraction.
        trial: whose network it is.
    """
    return regions_with_rows(training, held_out, columns, tolerance, trial)[0]


# Small matrices: threads would wait for one another.
@threadpool_limits.wrap(limits=1)
def regions_with_rows(
    training: tuple[RegionRows, RegionRows],
    held_out: tuple[RegionRows, RegionRows],
    columns: Columns,
    tolerance: float,
    trial: int,
) -> tuple[RegionsRecord, list[Array]]:
    """``find_regions``, and for each of its regions which rows that judge it holds.

    (judging rows,) bool each, the training rows first.
    """
    choosing, judging = _sides(training, held_out, columns)
    candidates = find_candidates(held_out[0], training[0], choosing.excess(), columns)
    placed = large_enough(candidates, choosing, judging)
    pairs = promising(placed, choosing, tolerance)
    p = [_significance(pair, placed, judging, tolerance) for pair in pairs]
    high, adjusted, _ = discoveries([one for one, _ in p], weights(pairs))
    reported, adjusted_worse, alpha = discoveries([two for _, two in p], weights(pairs))
    told = {pair: values for pair, *values in zip(pairs, adjusted, adjusted_worse, strict=True)}
    suffering = {pair for pair, it in zip(pairs, high, strict=True) if it}
    found = [pair for pair, it in zip(pairs, reported, strict=True) if it]
    kept = _without_repeats(found, placed, judging, tolerance, alpha)
    leaders = [pair.place for pair, it in kept.items() if it == pair]
    higher = higher_errors(placed, choosing, judging, tolerance, leaders)
    named = {*leaders, *(place for place, it in higher.items() if it.elsewhere is not None)}
    families = [it.candidate.family for it in placed]
    placed, values = with_values(placed, named, choosing, judging, columns)
    measured = {
        place: judging.measure(*it.judging)
        for place, it in enumerate(placed)
        if it.candidate.family != "slice"
        or place in values
        or place in higher
        or any(pair.place == place for pair in pairs)
    }
    shown = [place for place, it in measured.items() if _is_bounded(it, 1 - alpha)]
    errors = [higher.get(place, Higher()) for place in shown]
    records = [
        _record(place, placed, measured[place], alpha, tolerance, told, suffering, kept)._replace(
            error_p=it.p, elsewhere_error=it.elsewhere
        )
        for place, it in zip(shown, errors, strict=True)
    ]
    order = sorted(range(len(records)), key=lambda i: _rank(records[i]))
    record = RegionsRecord(
        trial_number=trial,
        confidence=1 - alpha,
        tolerance=tolerance,
        looked_at={family: families.count(family) for family in SIMPLE if family in families},
        judged=len(pairs),
        choosing_rows=len(training[0].labels) + len(held_out[0].labels),
        judging_rows=len(training[1].labels) + len(held_out[1].labels),
        regions=tuple(records[i] for i in order),
    )
    return record, [np.concatenate(placed[shown[i]].judging) for i in order]


def _rank(it: RegionRecord) -> tuple[bool, bool, int]:
    """The order in which regions are told: reported ones, of higher errors, simple ones."""
    return not it.reported, it.elsewhere_error is None, SIMPLE.index(it.family)


def _sides(
    training: tuple[RegionRows, RegionRows],
    held_out: tuple[RegionRows, RegionRows],
    columns: Columns,
) -> tuple[Side, Side]:
    """The rows that choose and those that judge, with what other models make of them.

    The models behind the rows that judge may learn from those that choose, too.
    """
    of_both = training[0], held_out[0]
    first, second = (training[0], held_out[0]), (training[1], held_out[1])
    if training[0].labels.ndim > 1:
        return make_label_side(*first, (), falls=False), make_label_side(
            *second, of_both, falls=True
        )
    if training[0].parts is not None:
        return (
            make_quantity_side(*first, (), falls=False),
            make_quantity_side(*second, of_both, falls=True),
        )
    classes = len(columns.classes)
    return (
        make_side(*first, (), classes, falls=False),
        judging_side(*second, of_both, classes),
    )


def _significance(
    pair: Pair, placed: Sequence[Placed], side: Side, tolerance: float
) -> tuple[float, float]:
    """As ``significance``; one-sided where the side's limits allow it."""
    inside, outside = in_and_out(placed[pair.place].judging, side)
    above, worse = significance(pair.kind, inside, outside, tolerance)
    return (above / 2, worse / 2) if side.one_sided else (above, worse)


def _without_repeats(
    found: Sequence[Pair],
    placed: Sequence[Placed],
    side: Side,
    tolerance: float,
    alpha: float,
) -> dict[Pair, Pair]:
    """Each discovery with the one that is reported in its place: itself, or one that says the same.

    The regions are taken by how much of the gap they explain, the most first. One that is no longer
    worse than the rest when the rows of those before it are left out says nothing new. Of the
    regions that say the same, the simplest that explains nearly as much is reported.
    """
    explained = {
        pair: rough(*in_and_out(placed[pair.place].judging, side), tolerance)[pair.kind].explained
        for pair in found
    }
    says: dict[Pair, Pair] = {}
    for kind in Kind:
        leaders: list[Pair] = []
        for pair in sorted((it for it in found if it.kind is kind), key=lambda it: -explained[it]):
            if leaders and not _says_more(pair, leaders, placed, side, tolerance, alpha):
                says[pair] = max(
                    leaders, key=lambda it: overlap(placed[it.place], placed[pair.place])
                )
            else:
                leaders.append(pair)
                says[pair] = pair
        for leader in leaders:
            same = [pair for pair, it in says.items() if it == leader]
            enough = [pair for pair in same if explained[pair] >= _NEARLY * explained[leader]]
            # Places are in the order of simplicity.
            simplest = min(enough, key=lambda it: it.place)
            says |= dict.fromkeys(same, simplest)
    return says


def _says_more(
    pair: Pair,
    leaders: Sequence[Pair],
    placed: Sequence[Placed],
    side: Side,
    tolerance: float,
    alpha: float,
) -> bool:
    """Whether a region is worse than the rest even without the rows of the leaders."""
    taken = (
        np.logical_or.reduce([placed[it.place].judging[0] for it in leaders]),
        np.logical_or.reduce([placed[it.place].judging[1] for it in leaders]),
    )
    inside, outside = in_and_out(placed[pair.place].judging, side, taken)
    trained, held_out = side.least
    few = min(inside.held_out.rows, outside.held_out.rows) < held_out
    if few or min(inside.training.rows, outside.training.rows) < trained:
        return False
    return significance(pair.kind, inside, outside, tolerance)[1] <= alpha


def _is_bounded(it: Measured, confidence: float) -> bool:
    """Whether all limits are finite: rows of few groups may leave a quantity's mean without."""
    limits = it.bias(confidence)[1:], it.variance(confidence)[1:], it.floor(confidence)[1:]
    return all(math.isfinite(limit) for limit in chain(*limits))


def _refuting(gap: Interval, tolerance: float) -> Interval:
    """Limits of a gap of which the test has shown that it is more than tolerated.

    The test weighs pairs and its own level, so an interval that is to hold for all of what is found
    may reach below. It misses the truth no more often for this, unless something is named wrongly.
    """
    return Interval(*(max(limit, tolerance) for limit in gap))


def _record(
    place: int,
    placed: Sequence[Placed],
    inside: Measured,
    alpha: float,
    tolerance: float,
    told: Mapping[Pair, Sequence[float]],
    suffering: set[Pair],
    says: Mapping[Pair, Pair],
) -> RegionRecord:
    it = placed[place]
    gaps = {
        name: _refuting(limits, tolerance) if Pair(place, kind) in suffering else limits
        for name, kind, limits in (
            ("bias", Kind.BIAS, inside.bias(1 - alpha)),
            ("variance", Kind.VARIANCE, inside.variance(1 - alpha)),
            ("floor", Kind.FLOOR, inside.floor(1 - alpha)),
        )
    }
    numbers = {
        name: value
        for gap, limits in gaps.items()
        for name, value in zip((gap, f"{gap}_low", f"{gap}_high"), limits, strict=True)
    }
    verdict = tuple(kind.value for kind in Kind if Pair(place, kind) in suffering)
    if not verdict:
        healthy = max(gaps["bias"].high, gaps["variance"].high) <= tolerance
        verdict = ("healthy" if healthy else "undetermined",)
    adjusted = {kind: told.get(Pair(place, kind), (None, None)) for kind in Kind}
    learnt, met = inside.training.grouped, inside.held_out.grouped
    return RegionRecord(
        family=it.candidate.family,
        name=it.candidate.name,
        training_rows=inside.training.rows,
        training_error=inside.training.error,
        training_deviation=inside.training.deviation,
        held_out_rows=inside.held_out.rows,
        held_out_error=inside.held_out.error,
        held_out_deviation=inside.held_out.deviation,
        **numbers,
        bias_p=adjusted[Kind.BIAS][1],
        variance_p=adjusted[Kind.VARIANCE][1],
        floor_p=adjusted[Kind.FLOOR][1],
        verdict=verdict,
        reported=tuple(k.value for k in Kind if says.get(Pair(place, k)) == Pair(place, k)),
        same_as=next(
            (
                placed[leader.place].candidate.name
                for pair, leader in says.items()
                if pair.place == place and leader != pair
            ),
            None,
        ),
        training_groups=learnt and learnt.number,
        training_effect=learnt and learnt.effect,
        held_out_groups=met and met.number,
        held_out_effect=met and met.effect,
        training_alike=learnt and learnt.alike,
        held_out_alike=met and met.alike,
    )
