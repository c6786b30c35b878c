"""The points of a training log: which entries belong to each, and what a curve has there."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from .log_names import AXES
from .training_log import Curve

Entry = Mapping[str, Any]  # what was logged at once, by name

_MISSING = {"", "-", "na", "n/a", "none", "null"}  # text that stands for no number
_VALIDATIONS_AT_LEAST = 3


def ends_of(
    entries: Sequence[Entry],
    validated: Sequence[float | None] | None,
    trained: Sequence[float | None] | None,
) -> list[int]:
    """The entries where points end: what was validated, or else trained, but no state twice.

    After the training Hugging Face's ``evaluate()`` logs the last, or the best, state once more.
    """
    kept: list[int] = []
    for place, value in enumerate(validated or trained or ()):
        if value is None:
            continue
        if kept and validated and trained and _stands_still(entries, trained, kept[-1], place):
            continue
        kept.append(place)
    return kept


def _stands_still(
    entries: Sequence[Entry], trained: Sequence[float | None], before: int, place: int
) -> bool:
    """Whether nothing was trained from an entry to a later one, by what is counted and logged."""
    counted, then = ([number(entries[p].get(name)) for name in AXES] for p in (before, place))
    since = trained[before + 1 : place + 1]
    known = any(at is not None for at in counted)
    return known and counted == then and all(v is None for v in since)


def left_out(
    curves: dict[str, list[float | None] | None],
    names: dict[str, str],
    belongs: Sequence[int],
    where: tuple[str, Sequence[float], str],
) -> tuple[str, ...]:
    """Leave out training curves of which most lies behind the last validation; say which, and why.

    Between validations at even distances no more than 1 in 4 would lie behind the third.
    """
    axis, at, source = where
    notes: tuple[str, ...] = ()
    for name in ("training_loss", "training_error"):
        logged = [p for p, v in zip(belongs, curves[name] or (), strict=False) if v is not None]
        behind = sum(point == len(at) for point in logged)
        if len(at) >= _VALIDATIONS_AT_LEAST and 2 * behind > len(logged):
            notes += (
                f"The {name.replace('_', ' ')}: {behind} of {len(logged)} values of {names[name]} "
                f"lie behind the last validation, at {axis} {at[-1]:g}, as where one counts "
                f"minibatches and the other epochs. It was left out of {source}; log both by the "
                "same count.",
            )
            curves[name] = None
            del names[name]
    return notes


def points_of(
    entries: Sequence[Entry], axis: str, ends: Sequence[int], at: Sequence[float]
) -> list[int]:
    """The point that each entry belongs to, from 0; ``len(ends)`` behind the last.

    That is the next validation. By the epochs or steps where these tell: Lightning writes an
    epoch's training mean below its validation.
    """
    told = axis in AXES and all(before < after for before, after in pairwise(at))
    epochs = [number(entry.get(axis)) if told else None for entry in entries]
    return [
        bisect_left(ends, place) if epoch is None or math.isnan(epoch) else bisect_left(at, epoch)
        for place, epoch in enumerate(epochs)
    ]


def gathered(
    name: str,
    values: Sequence[float | None] | None,
    belongs: Sequence[int],
    ends: Sequence[int],
) -> Curve | None:
    """A curve's value at each point; of training the mean of what belongs to the point."""
    if values is None:
        return None
    if name.startswith("validation"):
        return tuple(_mean(values[end : end + 1]) for end in ends)
    since: list[list[float | None]] = [[] for _ in range(len(ends) + 1)]
    for point, value in zip(belongs, values, strict=True):
        since[point].append(value)
    return tuple(map(_mean, since[: len(ends)]))


def diverged_at(values: Sequence[float | None], belongs: Sequence[int], points: int) -> int | None:
    """The first point from which on nothing that was logged is finite; ``None`` if there is none.

    Args:
        values: of each entry, ``None`` where none was logged; none at all of a curve not logged.
        belongs: the point of each entry, from 0.
        points: how many there are.
    """
    logged = [place for place, value in enumerate(values) if value is not None]
    finite = max((p for p in logged if math.isfinite(values[p] or 0.0)), default=-1)
    first = next((place for place in logged if place > finite), None)
    return None if first is None or belongs[first] == points else belongs[first] + 1


def is_missing(value: Any) -> bool:
    """Whether a value stands for none: nothing, a truth value, or a text such as "n/a"."""
    text = value.strip().lower() if isinstance(value, str) else None
    return value is None or isinstance(value, bool) or text in _MISSING


def number(value: Any) -> float | None:
    """A number of an entry; ``None`` where there is none, NaN where it is not finite.

    ``97.3 %`` is 0.973.
    """
    if is_missing(value):
        return None
    try:
        if isinstance(value, str) and value.rstrip().endswith("%"):
            return float(value.rstrip()[:-1]) / 100
        return float(value)
    except (TypeError, ValueError):
        return None


def positions(entries: Sequence[Entry], axis: str, ends: Sequence[int]) -> list[float]:
    """What ``axis`` says of each of these entries; its number, from 1, where that is nothing.

    An entry that does not say it has it from the one before: OpenMMLab gives its validations none.
    """
    told, last = [], None
    for place, entry in enumerate(entries):
        at = number(entry.get(axis))
        last = last if at is None else at
        told.append(place + 1.0 if last is None else last)
    return [told[end] for end in ends]


def anew(axis: str, at: Sequence[float], source: str) -> tuple[str, ...]:
    """Say that what ``axis`` counts begins anew, as after a resumption; empty where it does not."""
    if all(before <= after for before, after in pairwise(at)):
        return ()
    return (
        f"Whether it is one training: the {axis}s in {source} begin anew. It was read as one that "
        "was resumed, and its points are numbered; give each training a file of its own.",
    )


def _mean(values: Sequence[float | None]) -> float | None:
    """The mean of what there is; ``None`` where that is nothing, or not finite."""
    given = [value for value in values if value is not None]
    mean = sum(given) / len(given) if given else math.nan
    return mean if math.isfinite(mean) else None
