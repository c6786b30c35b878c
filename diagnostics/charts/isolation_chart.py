"""The best error in each part of a searched range, with its interval and the part's median."""

import math
from collections.abc import Sequence
from typing import Any

from ...storage.records.study import SearchRange, StudyRecord
from ..error_text import error_range, error_text
from ..number_text import MISSING
from ..report.report_tables import Table
from ..studies.isolation import Part, isolation
from ..studies.trial_choice import Shown
from ..units import CLASSIFICATION, Unit
from .chart_scales import range_axis, stretched_error_axis
from .chart_svg import ACCENT, FAINT, LINE, SOFT

_WIDTH = 350
_HEIGHT = 150

Rows = list[dict[str, Any]]


def isolation_chart(
    searched: SearchRange, parts: Sequence[Part], unit: Unit = CLASSIFICATION
) -> dict[str, Any]:
    """A Vega-Lite description, about 410 pixels wide; its legend stands beside it on the page."""
    rows = [_row(searched, part) for part in parts if part.best is not None]
    shown = [row[key] for row in rows for key in ("low", "high", "median")]
    x = {"field": "x", **range_axis(searched)}
    y = {"type": "quantitative", **stretched_error_axis(shown, "validation error", unit)}
    lowest = min((row["best"] for row in rows), default=0.0)
    best = [row for row in rows if row["best"] == lowest]
    others = [row for row in rows if row["best"] != lowest]
    counts = [{"x": _middle(searched, part), "count": str(part.trials)} for part in parts]
    tick = {"type": "tick", "orient": "horizontal", "thickness": 2, "size": 30, "color": FAINT}
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            *_borders(parts, x),
            {
                "data": {"values": counts},
                "mark": {"type": "text", "color": SOFT, "fontSize": 12},
                "encoding": {"x": x, "y": {"value": -9}, "text": {"field": "count"}},
            },
            {
                "data": {"values": rows},
                "mark": tick,
                "encoding": {"x": x, "y": {"field": "median", **y}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "strokeWidth": 2, "color": ACCENT},
                "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            _points(others, x, y, shape="circle", size=60),
            _points(best, x, y, shape="diamond", size=150),
        ],
    }


def isolation_tables(
    study: StudyRecord, shown: Shown, unit: Unit = CLASSIFICATION
) -> tuple[tuple[str, Table], ...]:
    """Each searched parameter's name on its axis, and its chart's numbers."""
    header = ("trials", "best validation error", "95 % interval", "trial", "median")
    found = []
    for searched in study.ranges:
        name = searched.name.replace("_", " ")
        name = f"1 − {name}" if searched.law == "one_minus_log" else name
        parts = isolation(study, searched, shown.ranked, unit)
        rows = tuple(_line(part, unit) for part in parts)
        found.append((name, Table((name, *header), rows)))
    return tuple(found)


def _line(part: Part, unit: Unit) -> tuple[str, ...]:
    if part.best is None:
        return (part.label, "0", MISSING, MISSING, MISSING, MISSING)
    return (
        part.label,
        str(part.trials),
        error_text(part.best.value, unit),
        error_range(part.best.low, part.best.high, unit),
        str(part.number),
        error_text(part.median, unit),
    )


def _row(searched: SearchRange, part: Part) -> dict[str, Any]:
    assert part.best is not None
    return {
        "x": _middle(searched, part),
        "best": part.best.value,
        "low": part.best.low,
        "high": part.best.high,
        "median": part.median,
    }


def _middle(searched: SearchRange, part: Part) -> float | str:
    if part.low is None or part.high is None:
        return part.label
    if searched.law in ("log", "one_minus_log"):
        return math.sqrt(part.low * part.high)
    return (part.low + part.high) / 2


def _borders(parts: Sequence[Part], x: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines between the parts of a range; a choice has none."""
    ends = [{"x": part.high} for part in parts[:-1] if part.high is not None]
    return [
        {
            "data": {"values": ends},
            "mark": {"type": "rule", "color": LINE, "strokeWidth": 1},
            "encoding": {"x": x},
        }
    ]


def _points(rows: Rows, x: dict[str, Any], y: dict[str, Any], **mark: Any) -> dict[str, Any]:
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "opacity": 1, "color": ACCENT, **mark},
        "encoding": {"x": x, "y": {"field": "best", **y}},
    }
