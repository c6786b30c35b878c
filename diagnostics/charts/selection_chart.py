"""The expected error of the best of m trials against m: as measured, and corrected."""

from collections.abc import Sequence
from typing import Any

from ..studies.selection import BestOf
from ..units import CLASSIFICATION, Unit
from .chart_scales import stretched_error_axis
from .chart_svg import ACCENT, BAND, FAINT, SOFT

_WIDTH = 350
_HEIGHT = 210

Rows = list[dict[str, Any]]


def selection_chart(curve: Sequence[BestOf], unit: Unit = CLASSIFICATION) -> dict[str, Any]:
    """A Vega-Lite description, about 410 pixels wide; its legend stands beside it on the page.

    Measured: dashed, its interval over trials between thin dashed lines. Corrected: solid, its
    interval over rows shaded.
    """
    measured = _rows(curve, "measured")
    corrected = _rows(curve, "corrected") if curve[-1].corrected is not None else []
    values = [row[name] for row in measured + corrected for name in ("low", "y", "high")]
    axis = stretched_error_axis(values, "error of the best", unit)
    y = {"field": "y", "type": "quantitative", **axis}
    ticks = _ticks(curve[-1].trials)
    x = {
        "field": "trials",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [1, curve[-1].trials], "nice": False},
        "axis": {"title": "trials (log scale)", "values": ticks, "grid": False, "format": "d"},
    }
    encoding = {"x": x, "y": y}
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            _band(corrected, encoding),
            _line(measured, encoding, "low", FAINT, 1.0, dashed=True),
            _line(measured, encoding, "high", FAINT, 1.0, dashed=True),
            _line(measured, encoding, "y", SOFT, 2.2, dashed=True),
            _line(corrected, encoding, "y", ACCENT, 2.6, dashed=False),
        ],
    }


def _rows(curve: Sequence[BestOf], name: str) -> Rows:
    return [
        {
            "trials": it.trials,
            "y": getattr(it, name),
            "low": getattr(it, f"{name}_low"),
            "high": getattr(it, f"{name}_high"),
        }
        for it in curve
    ]


def _ticks(most: int) -> list[int]:
    """1, 2, 5, 10, … up to all trials, at most about seven."""
    each = [d * 10**e for e in range(8) for d in (1, 2, 5)]
    inside = [tick for tick in each if tick <= most]
    return inside if len(inside) <= 7 else [t for t in inside if str(t)[0] == "1"]


def _band(rows: Rows, encoding: dict[str, Any]) -> dict[str, Any]:
    low = {**encoding["y"], "field": "low"}
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "color": BAND, "opacity": 1},
        "encoding": {"x": encoding["x"], "y": low, "y2": {"field": "high"}},
    }


def _line(
    rows: Rows, encoding: dict[str, Any], field: str, color: str, width: float, *, dashed: bool
) -> dict[str, Any]:
    mark = {"type": "line", "color": color, "strokeWidth": width, "strokeCap": "butt"}
    mark["strokeDash"] = [5, 3] if dashed else []
    y = {**encoding["y"], "field": field}
    return {"data": {"values": rows}, "mark": mark, "encoding": {"x": encoding["x"], "y": y}}
