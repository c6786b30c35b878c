"""Which regions are judged, and for what: what looks worst on the rows that choose."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .region_candidate import SIMPLE, Candidate
from .region_gaps import Kind, Measured, Rough, Side, rough
from .region_rows import Array

PROMISING = 1.0  # standard errors above, from which on a pair is judged
_JUDGED = 8  # regions of each kind, at most
_ALIKE = 0.8  # of a region's rows that another holds too: they are judged once
_MOST = 0.8  # of the held-out rows; more are the whole but for an exception
_ENOUGH = 0.5  # of what a part explains, that the larger region must explain to stand for it


class Placed(NamedTuple):
    """A candidate with what it holds of the rows that choose and of those that judge."""

    candidate: Candidate
    choosing: tuple[Array, Array]  # masks of training and held-out rows
    judging: tuple[Array, Array]


class Pair(NamedTuple):
    """A region and what it may suffer from."""

    place: int  # of the candidate
    kind: Kind


def large_enough(candidates: list[Candidate], choosing: Side, judging: Side) -> list[Placed]:
    """Those with rows enough inside and outside on both sides, and each set of rows once.

    None holds nearly all held-out rows that choose: that these are worse than a few others is said
    by the verdict on all.
    """
    placed: list[Placed] = []
    there: set[bytes] = set()
    for it in sorted(candidates, key=lambda it: (SIMPLE.index(it.family), it.columns)):
        masks = [(it.holds(side.training), it.holds(side.held_out)) for side in (choosing, judging)]
        if not all(
            least <= int(mask.sum()) <= len(mask) - least
            for pair in masks
            for least, mask in zip(choosing.least, pair, strict=True)
        ):
            continue
        if masks[0][1].mean() > _MOST:
            continue
        rows = np.concatenate(masks[0]).tobytes()
        if rows not in there:
            there.add(rows)
            placed.append(Placed(it, *masks))
    return placed


def promising(placed: Sequence[Placed], side: Side, tolerance: float) -> list[Pair]:
    """The pairs that are judged: what looks worst on the rows that choose.

    Of each kind the regions that explain most, then those that stand out most; but none that lies
    within a larger one without standing out more: of many parts of a region some look worse than
    the whole by chance.
    """
    roughly = [rough(*in_and_out(it.choosing, side), tolerance) for it in placed]
    rows = np.stack([it.choosing[1] for it in placed]).astype(np.float32) if placed else None
    pairs: list[Pair] = []
    for kind in Kind:
        by = [it[kind] for it in roughly]
        out = [place for place, it in enumerate(by) if it.score >= PROMISING]
        if rows is None or not out:
            continue
        out = _largest(out, rows[out], [by[place] for place in out])
        most = sorted(out, key=lambda i: -by[i].explained)[: _JUDGED // 2]
        others = sorted(set(out) - set(most), key=lambda i: -by[i].score)
        pairs += [Pair(place, kind) for place in [*most, *others][:_JUDGED]]
    return pairs


def weights(pairs: Sequence[Pair]) -> list[float]:
    """What each pair counts for when they are judged together: 1/k² for the k-th of its kind.

    So however many are judged, the first of each kind, which stands out most on the rows that
    choose, keeps six tenths of what the kind has (Σ 1/k² = π²/6).

    Args:
        pairs: as ``promising`` has them.
    """
    kinds = [it.kind for it in pairs]
    return [1 / (1 + kinds[:place].count(kind)) ** 2 for place, kind in enumerate(kinds)]


def _largest(places: Sequence[int], rows: Array, stands: Sequence[Rough]) -> list[int]:
    """Those that do not lie within a larger one that stands out and explains nearly as much.

    Args:
        places: (n,) of the candidates.
        rows: (n, held-out rows) 1 or 0: what each holds.
        stands: (n,) how each stands out.
    """
    sizes = rows.sum(axis=1)
    within = rows @ rows.T / sizes[:, None] >= _ALIKE
    kept: list[int] = []
    for it in np.argsort(-sizes, kind="stable").tolist():
        own = stands[it]
        if not any(
            within[it, other]
            and stands[other].score >= own.score - 1
            and stands[other].explained >= _ENOUGH * own.explained
            for other in kept
        ):
            kept.append(it)
    return [places[it] for it in kept]


def overlap(one: Placed, other: Placed) -> float:
    """The share of the held-out rows in either region that both hold, among those that choose."""
    first, second = one.choosing[1], other.choosing[1]
    return float((first & second).sum() / max(1, (first | second).sum()))


def in_and_out(
    masks: tuple[Array, Array], side: Side, without: tuple[Array, Array] | None = None
) -> tuple[Measured, Measured]:
    """What is measured in a region and in the rest, some rows left out."""
    out = without or tuple(np.zeros(len(mask), bool) for mask in masks)
    inside = [mask & ~it for mask, it in zip(masks, out, strict=True)]
    outside = [~mask & ~it for mask, it in zip(masks, out, strict=True)]
    return side.measure(*inside), side.measure(*outside)
