"""The best trial in each part of a searched range, whatever the other parameters were."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from ...storage.records.study import SearchRange, StudyRecord
from ..charts.chart_scales import drawn_limits, drawn_value
from ..number_text import plain_number
from ..statistics.intervals import Interval
from ..units import CLASSIFICATION, Unit
from .trial_choice import Trained
from .trial_noise import validation_grouping, validation_interval

_PARTS = 5


class Part(NamedTuple):
    """One part of a range, or one value of a choice."""

    label: str
    low: float | None  # its ends on the parameter's axis; None of a choice
    high: float | None
    trials: int  # trained to the end
    best: Interval | None  # validation error of its best trial, 95 % over rows; None without trials
    number: int | None  # that trial's
    median: float | None  # validation error of its trials


def isolation(
    study: StudyRecord,
    searched: SearchRange,
    ranked: Sequence[Trained],
    unit: Unit = CLASSIFICATION,
) -> tuple[Part, ...]:
    """Cut a range into five equal parts on its own scale, and find the best trial in each.

    Comparing the best of each part compares the parameter's values with the others near their best
    (Godbole et al. 2023, Deep Learning Tuning Playbook, "isolation plots"). The interval is that of
    the best trial's error over other validation rows; that it was chosen as the lowest of a part's
    trials makes it optimistic, the more so the more trials there are. Whole numbers with few values
    and choices have a part for each.

    Args:
        study: whose provenance tells the rows.
        searched: the parameter's range.
        ranked: finished trials, the best first.
        unit: of the errors.
    """
    held = [t for t in ranked if searched.name in t.trial.parameters]
    drawn = [drawn_value(searched, t.trial.parameters[searched.name]) for t in held]
    values = np.array(drawn, object if searched.law == "choice" else float)
    parts = []
    for label, ends in _cuts(searched):
        within = np.flatnonzero(_within(values, searched, label, ends))
        parts.append(_part(label, ends, [held[place] for place in within], study, unit))
    return tuple(parts)


def _cuts(searched: SearchRange) -> list[tuple[str, tuple[float, float] | None]]:
    """The parts' labels and ends, from the left of the axis."""
    if searched.law == "choice":
        return [(str(choice), None) for choice in searched.choices]
    low, high = drawn_limits(searched)
    if searched.law == "int" and high - low < _PARTS:
        whole = range(int(low), int(high) + 1)
        return [(str(value), (value - 0.5, value + 0.5)) for value in whole]
    if searched.law in ("log", "one_minus_log"):
        width = math.log(high / low) / _PARTS
        at = [low * math.exp(i * width) for i in range(_PARTS)] + [high]
    else:
        at = [low + i * (high - low) / _PARTS for i in range(_PARTS)] + [high]
    if searched.law == "int":
        last = [math.ceil(b) - 1 for b in at[1:-1]] + [int(high)]
        return [
            (f"{math.ceil(a)} to {end}", (a, b))
            for (a, b), end in zip(pairwise(at), last, strict=True)
        ]
    return [(f"{plain_number(a, 2)} to {plain_number(b, 2)}", (a, b)) for a, b in pairwise(at)]


def _within(
    values: np.ndarray, searched: SearchRange, label: str, ends: tuple[float, float] | None
) -> np.ndarray:
    """Which values (n,) on the parameter's axis are of a part: bool (n,)."""
    if ends is None:
        return values == label
    _, high = drawn_limits(searched)
    low, end = ends
    # The last part holds its upper end, and what rounding has put beyond it.
    beyond = (values >= end) if end >= high else False
    return ((low * (1 - 1e-12) <= values) & (values < end)) | beyond


def _part(
    label: str,
    ends: tuple[float, float] | None,
    trials: Sequence[Trained],
    study: StudyRecord,
    unit: Unit,
) -> Part:
    low, high = ends or (None, None)
    if not trials:
        return Part(label, low, high, 0, None, None, None)
    best = trials[0]
    errors = [float(t.trial.value) for t in trials if t.trial.value is not None]
    return Part(
        label,
        low,
        high,
        len(trials),
        _interval(best, study, unit),
        best.trial.number,
        median(errors),
    )


def _interval(trained: Trained, study: StudyRecord, unit: Unit) -> Interval:
    value = float(trained.trial.value or 0.0)
    if study.provenance is None:
        return Interval(value, value, value)
    grouped = validation_grouping(study, trained.trial.number)
    it = validation_interval(trained.result, study.provenance, unit, grouped)
    return it or Interval(value, value, value)
