"""The rows that choose regions, or that judge them, with what other classifiers make of them."""

from collections.abc import Sequence

import numpy as np

from ..bayes.bayes_mixture import Judged, can_judge, judge_by_mixture
from ..bayes.looked_at import rows_at_most
from .region_counts import CountedSide
from .region_rows import RegionRows, drawn, groups_of, put


def judging_side(
    training: RegionRows, held_out: RegionRows, chose: Sequence[RegionRows], classes: int
) -> CountedSide:
    """The rows that judge, with what a mixture cross-fitted over all rows makes of them.

    Args:
        training: rows that the network learnt from.
        held_out: others.
        chose: the rows that choose, which the mixture may learn from, too.
        classes: how many there are.
    """
    if training.seen is None or held_out.seen is None:
        return make_side(training, held_out, chose, classes, falls=True)
    return CountedSide(training, held_out, *_told(training.seen), *_told(held_out.seen))


def _told(seen: np.ndarray) -> tuple[Judged, np.ndarray]:
    """What the mixture makes of each row, and which rows it looked at, (n,) bool."""
    known = ~np.isnan(seen[:, 0])
    judged = Judged(*(np.where(known, values, 0) for values in seen.T))
    return judged._replace(wrong=judged.wrong > 0), known


def make_side(
    training: RegionRows,
    held_out: RegionRows,
    learnt_from: Sequence[RegionRows],
    classes: int,
    *,
    falls: bool,
) -> CountedSide:
    """Rows with what a mixture of classifiers, cross-fitted over them and others, makes of them.

    Args:
        training: rows that the network learnt from.
        held_out: others.
        learnt_from: further rows that the mixture may learn from.
        classes: how many there are.
        falls: whether it is asked how its error falls with more rows, which a floor's limit needs.
    """
    parts = [training, held_out, *learnt_from]
    rng = np.random.default_rng(0)
    inputs, labels, kept = drawn(parts, rows_at_most(classes), rng)
    total = sum(len(it.labels) for it in parts)
    judged = Judged(np.zeros(total, bool), *(np.zeros(total) for _ in range(4)))
    known = np.zeros(total, bool)
    groups = groups_of(parts, kept)
    if can_judge(len(kept), groups):
        put(judged, kept, judge_by_mixture(inputs, labels, classes, rng, groups, falls=falls))
        known[kept] = True
    first, second = len(training.labels), len(training.labels) + len(held_out.labels)
    return CountedSide(
        training,
        held_out,
        Judged(*(values[:first] for values in judged)),
        known[:first],
        Judged(*(values[first:second] for values in judged)),
        known[first:second],
    )
