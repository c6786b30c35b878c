"""What the search found along one parameter: a scatter of the trials above a strip of its range."""

from typing import Any

from ...storage.records.study import SearchRange
from ..studies.trial_choice import Shown, Trained
from ..units import CLASSIFICATION, Unit
from .chart_scales import (
    drawn_limits,
    drawn_value,
    edge_limits,
    range_axis,
    stretched_error_axis,
)
from .chart_svg import ACCENT, ALARM, BAND, FAINT, LINE

TOP = 10  # trials that are set off as the best

_WIDTH = 350
_SCATTER = 180  # pixels
_STRIP = 34  # pixels: between the scatter and the axis
_STRIP_MIDDLE = _SCATTER + 19  # pixels from the top
# Pixels from the top: above the scatter, for there is no error to place them.
_DIVERGED_ROW = -14
_PRUNED_ROW = -28

Rows = list[dict[str, Any]]


def search_chart(
    searched: SearchRange, shown: Shown, unit: Unit = CLASSIFICATION
) -> dict[str, Any]:
    """A Vega-Lite description, about 410 pixels wide; its legend stands beside it on the page.

    The scatter has the trial's validation error against the parameter. The strip
    repeats the positions: a tick a trial, taller for the ten best, a diamond for the best. Pruned
    trials are ticks, diverged ones crosses above the scatter.
    """
    finished = _rows(searched, shown.scattered)
    best = finished[:1]
    top = finished[1:TOP]
    x = {"field": "x", **range_axis(searched)}
    x["axis"] = {**x["axis"], "offset": _STRIP}
    y = {
        "field": "error",
        "type": "quantitative",
        **stretched_error_axis([row["error"] for row in finished], "validation error", unit),
    }
    return {
        "width": _WIDTH,
        "height": _SCATTER,
        "layer": [
            *_edges(searched, x),
            _strip_line(),
            _points(finished[TOP:], x, y, shape="circle", size=30, filled=False, color=FAINT),
            _ticks(finished[TOP:], x, _STRIP_MIDDLE, size=9, color=FAINT),
            _ticks(_rows(searched, shown.pruned), x, _PRUNED_ROW, size=9, color=FAINT),
            _diverged(_rows(searched, shown.diverged), x),
            _points(top, x, y, shape="circle", size=44, filled=True, color=ACCENT),
            _ticks(top, x, _STRIP_MIDDLE, size=17, color=ACCENT),
            _points(best, x, y, shape="diamond", size=150, filled=True, color=ACCENT),
            _best_in_strip(best, x),
        ],
    }


def _rows(searched: SearchRange, trials: tuple[Trained, ...]) -> Rows:
    return [
        {"x": drawn_value(searched, t.trial.parameters[searched.name]), "error": t.trial.value}
        for t in trials
        if searched.name in t.trial.parameters
    ]


def _edges(searched: SearchRange, x: dict[str, Any]) -> list[dict[str, Any]]:
    """The outer tenths of the range, shaded; a choice has none."""
    if searched.law == "choice":
        return []
    low, high = drawn_limits(searched)
    inner_low, inner_high = edge_limits(searched)
    bands = [{"x": low, "end": inner_low}, {"x": inner_high, "end": high}]
    return [
        {
            "data": {"values": bands},
            "mark": {"type": "rect", "color": BAND},
            "encoding": {
                "x": x,
                "x2": {"field": "end"},
                "y": {"value": 0},
                "y2": {"value": _SCATTER + _STRIP},
            },
        }
    ]


def _points(rows: Rows, x: dict[str, Any], y: dict[str, Any], **mark: Any) -> dict[str, Any]:
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "opacity": 1, "strokeWidth": 1.2, **mark},
        "encoding": {"x": x, "y": y},
    }


def _strip_line() -> dict[str, Any]:
    ends = {"x": {"value": 0}, "x2": {"value": _WIDTH}, "y": {"value": _STRIP_MIDDLE}}
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "color": LINE},
        "encoding": ends,
    }


def _ticks(rows: Rows, x: dict[str, Any], y: int, size: int, color: str) -> dict[str, Any]:
    mark = {"type": "tick", "orient": "vertical", "thickness": 1.5, "size": size, "color": color}
    return {
        "data": {"values": rows},
        "mark": mark,
        "encoding": {"x": x, "y": {"value": y}},
    }


def _best_in_strip(rows: Rows, x: dict[str, Any]) -> dict[str, Any]:
    mark = {"type": "point", "shape": "diamond", "size": 150, "filled": True, "opacity": 1}
    return {
        "data": {"values": rows},
        "mark": {**mark, "color": ACCENT},
        "encoding": {"x": x, "y": {"value": _STRIP_MIDDLE}},
    }


def _diverged(rows: Rows, x: dict[str, Any]) -> dict[str, Any]:
    mark = {"type": "point", "shape": "cross", "angle": 45, "size": 42, "filled": True}
    return {
        "data": {"values": rows},
        "mark": {**mark, "opacity": 0.9, "color": ALARM},
        "encoding": {"x": x, "y": {"value": _DIVERGED_ROW}},
    }
