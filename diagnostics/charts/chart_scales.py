"""Axes of the charts: where they begin and end, which ticks they carry, what those are called."""

import math
from collections.abc import Sequence
from typing import Any

from ...storage.records.study import SearchRange
from ..number_text import plain_number
from ..units import CLASSIFICATION, Task, Unit

Value = float | int | str | bool

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_CHOICES_WIDTH = 340  # pixels for the names of a choice's values
# No longer than the ladder is wide, or the whole chart is drawn smaller.
_ERRORS = {
    Task.CLASSIFICATION: "error: percent of rows that are classified wrongly",
    Task.MULTILABEL: "error: percent of labels that are wrong",
    Task.MULTITASK: "error: percent of the error of the best constant answers",
}
_BALANCED = "balanced error: mean over classes of percent wrong"
_STRETCH = 0.01  # errors below this (1 %) are drawn linearly, those above in log space


def error_meaning(unit: Unit) -> str:
    """What the errors are, in a few words."""
    if unit.task is Task.REGRESSION:
        return f"mean squared error, in {unit.squares}"
    return _BALANCED if unit.balanced else _ERRORS[unit.task]


def error_axis(values: Sequence[float], unit: Unit = CLASSIFICATION) -> dict[str, Any]:
    """A linear axis of errors that begins at 0, or below where a gap's interval does."""
    low, high = min([0.0, *values]), max([0.01 * unit.whole, *values])
    step = _tick_step((high - low) / 6)
    ticks = [step * i for i in range(math.floor(high * 1.04 / step) + 1)]
    return {
        "scale": {"domain": [low, high * 1.04], "nice": False},
        "axis": {
            "title": error_meaning(unit),
            "values": ticks,
            "labelExpr": _error_labels(ticks, unit),
            "domain": False,
            "ticks": False,
        },
    }


def stretched_error_axis(
    values: Sequence[float], title: str, unit: Unit = CLASSIFICATION
) -> dict[str, Any]:
    """An axis of errors, stretched near zero where the good trials are.

    It begins at the last tick that leaves some room below the lowest error. Mean squared and
    relative errors, which have no largest value, are drawn in log space.
    """
    if unit.task in (Task.REGRESSION, Task.MULTITASK):
        what = "mean squared" if unit.task is Task.REGRESSION else "of a constant answer's"
        axis = _log_axis(values, f"{title} ({what})", least=1e-9 * unit.whole)
        axis["axis"]["labelExpr"] = _error_labels(axis["axis"]["values"], unit)
        return axis
    high = min(1.0, max([0.02, *values]) * 1.08)
    steps = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    low = max(s for s in steps[:5] if s <= 0.7 * min(values, default=0.0) or s == 0.0)
    ticks = [s for s in steps if low <= s <= high]
    return {
        "scale": {
            "type": "symlog",
            "constant": _STRETCH,
            "domain": [low, high],
            "nice": False,
        },
        "axis": {
            "title": title,
            "values": ticks,
            "labelExpr": _error_labels(ticks, unit),
            "domain": False,
            "ticks": False,
        },
    }


def loss_axis(values: Sequence[float], unit: Unit = CLASSIFICATION) -> dict[str, Any]:
    """A logarithmic axis of losses; everything below 1e-6 is drawn there."""
    titles = {
        Task.REGRESSION: "loss (squared, targets standardised)",
        Task.MULTITASK: "loss (summed over tasks)",
    }
    return _log_axis(values, titles.get(unit.task, "loss (nats)"), least=1e-6)


def _log_axis(values: Sequence[float], title: str, least: float) -> dict[str, Any]:
    low = max(least, min(values, default=0.1))
    high = max(1.5 * low, max(values, default=1.0))
    ticks = _log_ticks(low, high)
    return {
        "scale": {"type": "log", "domain": [low * 0.9, high * 1.1], "nice": False, "clamp": True},
        "axis": {
            "title": title,
            "values": ticks,
            "labelExpr": _labels([_plain(t) for t in ticks]),
            "domain": False,
            "ticks": False,
        },
    }


def rows_axis(fewest: int, most: int) -> dict[str, Any]:
    """A logarithmic axis of numbers of training rows, with room for marks at both ends."""
    low, high = fewest / 1.25, most * 1.25
    ticks = _log_ticks(low, high)
    labels = _labels([f"{tick:,.0f}" for tick in ticks])
    return {
        "scale": {"type": "log", "domain": [low, high], "nice": False},
        "axis": {
            "title": "training rows (log scale)",
            "values": ticks,
            "labelExpr": labels,
            "grid": False,
        },
    }


def magnitude_axis(values: Sequence[float], title: str) -> dict[str, Any]:
    """An axis of numbers from 0 on: logarithmic where the positive ones span a power of ten.

    A logarithmic one begins above 0, a linear one below, so that marks at 0 stand free of labels.
    """
    positive = [value for value in values if value > 0]
    low, high = min(positive, default=1.0), max(positive, default=1.0)
    if high < 10 * low:
        step = _tick_step(high / 5)
        ticks = [step * i for i in range(math.floor(high * 1.04 / step) + 1)]
        scale: dict[str, Any] = {"type": "linear", "domain": [-0.05 * high, high * 1.06]}
        scale["nice"] = False
    else:
        ticks = _log_ticks(low, high)
        scale = {"type": "log", "domain": [low / 1.5, high * 1.5], "nice": False}
        title += ", log scale"
    labels = _labels([_plain(t) if 1e-3 <= t <= 1e3 or t == 0 else _power(t) for t in ticks])
    return {"scale": scale, "axis": _top_axis(title, ticks, labels)}


def share_axis(title: str) -> dict[str, Any]:
    """An axis of shares from 0 to 1, told as percentages."""
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    labels = _labels([f"{100 * t:g}" for t in ticks], " %")
    scale = {"type": "linear", "domain": [-0.05, 1.08], "nice": False}
    return {"scale": scale, "axis": _top_axis(title, ticks, labels)}


def _top_axis(title: str, ticks: Sequence[float], labels: str) -> dict[str, Any]:
    """An axis above a chart that is read from top to bottom."""
    axis = {"title": title, "values": ticks, "labelExpr": labels, "orient": "top"}
    return {**axis, "domain": False, "ticks": False}


def drawn_value(searched: SearchRange, value: Value) -> float | str:
    """A parameter's value as its axis has it: momentum searched in log space as 1 − momentum."""
    if searched.law == "choice":
        return str(value)
    return 1.0 - float(value) if searched.law == "one_minus_log" else float(value)


def drawn_limits(searched: SearchRange) -> tuple[float, float]:
    """The ends of a numeric range on its axis."""
    assert searched.low is not None
    assert searched.high is not None, "only a choice has no limits"
    if searched.law == "one_minus_log":
        return 1.0 - searched.high, 1.0 - searched.low
    return float(searched.low), float(searched.high)


def range_axis(searched: SearchRange) -> dict[str, Any]:
    """The x axis of a searched parameter over its whole range, on the scale it was drawn from."""
    name = searched.name.replace("_", " ")
    if searched.law == "choice":
        names = [str(choice) for choice in searched.choices]
        room = _CHOICES_WIDTH // len(names)  # a longer name ends in an ellipsis
        axis: dict[str, Any] = {"title": f"{name} (choice)", "labelAngle": 0, "grid": False}
        axis["labelLimit"] = room
        return {"type": "nominal", "sort": names, "scale": {"domain": names}, "axis": axis}
    low, high = drawn_limits(searched)
    title = f"1 − {name}" if searched.law == "one_minus_log" else name
    if searched.law in ("log", "one_minus_log"):
        ticks = _log_ticks(low, high)
        labels = _labels([_power(t) for t in ticks])
        scale: dict[str, Any] = {"type": "log", "domain": [low, high], "nice": False}
        title += " (log scale)"
    else:
        step = _tick_step((high - low) / 6, whole=searched.law == "int")
        ticks = [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
        labels = _labels([_plain(t) for t in ticks])
        scale = {"type": "linear", "domain": [low, high], "nice": False}
    axis = {"title": title, "values": ticks, "labelExpr": labels, "grid": False}
    return {"type": "quantitative", "scale": {**scale, "padding": 6}, "axis": axis}


def edge_limits(searched: SearchRange, share: float = 0.1) -> tuple[float, float]:
    """Where the outer shares of a range begin, on its axis: the inner ends of both edges."""
    low, high = drawn_limits(searched)
    if searched.law in ("log", "one_minus_log"):
        width = math.log(high / low)
        return low * math.exp(share * width), high * math.exp(-share * width)
    return low + share * (high - low), high - share * (high - low)


def _tick_step(at_least: float, whole: bool = False) -> float:
    """The smallest of 1, 2, 5 × a power of ten that is not below the given width."""
    if at_least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(at_least))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= at_least * (1 - 1e-9))
    return max(1.0, step) if whole else step


def _log_ticks(low: float, high: float) -> list[float]:
    """Decades in a range; below two decades also their doubles and fivefolds, at most seven.

    Where that leaves fewer than three, even steps: one number tells nothing of a scale.
    """
    first, last = math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1
    digits = (1,) if high / low >= 99 else (1, 2, 5)
    ticks = [float(f"{d}e{e}") for e in range(first, last + 1) for d in digits]
    inside = [t for t in ticks if low * (1 - 1e-9) <= t <= high * (1 + 1e-9)]
    if len(inside) < 3 and len(digits) > 1:
        step = _tick_step((high - low) / 6)
        inside = [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return inside[:: 1 + len(inside) // 8] or [low, high]


def _power(tick: float) -> str:
    exponent = round(math.log10(tick))
    if math.isclose(tick, 10.0**exponent):
        return "10" + str(exponent).translate(_SUPERSCRIPTS)
    return _plain(tick)


def _plain(tick: float) -> str:
    """A tick as the sentences write numbers: 1e6, not 1e+06."""
    return plain_number(tick, 6)


def _error_labels(ticks: Sequence[float], unit: Unit) -> str:
    if unit.task is Task.REGRESSION:
        return _labels([_plain(t) for t in ticks])
    return _labels([_plain(100 * t) for t in ticks], " %")


def _labels(texts: Sequence[str], unit: str = "") -> str:
    """A Vega expression that gives each tick its text, by the tick's place in the row."""
    written = ",".join(f"'{text}{unit}'" for text in texts)
    return f"[{written}][round(datum.index * {max(1, len(texts) - 1)})]"
