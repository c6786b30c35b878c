"""Training error, held-out error and floor of regions that are named and of the user's groups."""

from typing import Any

from ...storage.records.regions import RegionRecord, RegionsRecord
from ..error_text import error_text
from ..findings import Diagnosis
from ..regions.region_findings import region_error, title
from ..report.report_regions import suffers
from ..units import Task, Unit
from .chart_scales import error_axis
from .chart_svg import ACCENT, BAND, INK, SOFT

_WIDTH = 375
_ROW = 78  # pixels from one region to the next
_LETTERS = 47  # of a name
MOST = 12


def charted(found: RegionsRecord) -> tuple[RegionRecord, ...]:
    """The regions that are drawn: what the sentence names, and the user's groups beside them."""
    drawn = (
        it
        for it in found.regions
        if it.reported or it.elsewhere_error is not None or it.family == "group"
    )
    return tuple(drawn)[:MOST]


def region_chart(diagnosis: Diagnosis) -> dict[str, Any] | None:
    """A Vega-Lite description, as wide as the ladder's; ``None`` where there is no region to draw.

    Of each region the floor's interval is a shaded band, the training error a hollow diamond and
    the held-out error a filled circle, each with a line for its interval. The last row is that of
    all rows, from the ladder.
    """
    found = diagnosis.regions
    if found is None or not charted(found):
        return None
    unit = diagnosis.unit
    rows = [_region(place, it, found, unit) for place, it in enumerate(charted(found))]
    rows.append(_all_rows(len(rows), diagnosis))
    ends = [row[key] for row in rows for key in ("training_high", "held_out_high", "floor_high")]
    axis = error_axis(ends, unit)
    return {
        "width": _WIDTH,
        "height": _ROW * len(rows),
        "data": {"values": rows},
        "encoding": {
            "y": {
                "field": "row",
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": [-0.75, len(rows) - 0.75], "reverse": True, "nice": False},
            }
        },
        "layer": [
            _line("floor_low", "floor_high", 22, BAND, axis),
            _tick("floor", SOFT),
            _line("training_low", "training_high", 1.5, ACCENT, None, offset=-5),
            _point("training", "diamond", ACCENT, filled=False, offset=-5),
            _line("held_out_low", "held_out_high", 2.5, INK, None, offset=5),
            _point("held_out", "circle", INK, filled=True, offset=5),
            _text("name", -34, 13, "bold", INK),
            _text("text", -18, 11.5, "normal", SOFT),
        ],
    }


def _region(place: int, it: RegionRecord, found: RegionsRecord, unit: Unit) -> dict[str, Any]:
    errors = {}
    for name in ("training", "held_out"):
        limits = region_error(it, name, found.confidence, unit)
        errors |= {name: limits.value, f"{name}_low": limits.low, f"{name}_high": limits.high}
    numbers = {"floor": it.floor, "floor_low": it.floor_low, "floor_high": it.floor_high, **errors}
    return _row(place, title(it), suffers(it).replace("▲ ", ""), numbers, unit)


def _all_rows(place: int, diagnosis: Diagnosis) -> dict[str, Any]:
    rungs = {
        "floor": diagnosis.errors.bayes,
        "training": diagnosis.errors.training,
        "held_out": diagnosis.errors.bridge or diagnosis.errors.test,
    }
    numbers = {
        key: value
        for name, it in rungs.items()
        for key, value in ((name, it.value), (f"{name}_low", it.low), (f"{name}_high", it.high))
    }
    return _row(place, "all rows", "for comparison", numbers, diagnosis.unit)


def _row(place: int, name: str, what: str, numbers: dict[str, float], unit: Unit) -> dict[str, Any]:
    training, held_out = (_short(numbers[key], unit) for key in ("training", "held_out"))
    text = f"{what}: training {training}, held out {held_out}"
    short = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
    return {"row": place, "name": short, "text": text, **numbers}


def _short(error: float, unit: Unit) -> str:
    return error_text(error, unit) if unit.task is Task.REGRESSION else f"{100 * error:.0f} %"


def _across(field: str, axis: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", **(axis or {})}


def _line(
    low: str, high: str, width: float, colour: str, axis: dict[str, Any] | None, offset: int = 0
) -> dict[str, Any]:
    mark = {"type": "rule", "strokeWidth": width, "color": colour, "yOffset": offset}
    return {"mark": mark, "encoding": {"x": _across(low, axis), "x2": {"field": high}}}


def _tick(field: str, colour: str) -> dict[str, Any]:
    mark = {
        "type": "tick",
        "orient": "vertical",
        "thickness": 1.5,
        "size": 22,
        "color": colour,
    }
    return {"mark": mark, "encoding": {"x": _across(field)}}


def _point(field: str, shape: str, colour: str, *, filled: bool, offset: int) -> dict[str, Any]:
    mark = {
        "type": "point",
        "shape": shape,
        "size": 75,
        "filled": filled,
        "color": colour,
        "strokeWidth": 2,
        "opacity": 1,
        "yOffset": offset,
    }
    return {"mark": mark, "encoding": {"x": _across(field)}}


def _text(field: str, up: int, size: float, weight: str, colour: str) -> dict[str, Any]:
    mark = {
        "type": "text",
        "align": "left",
        "dy": up,
        "fontSize": size,
        "fontWeight": weight,
        "color": colour,
    }
    return {"mark": mark, "encoding": {"x": {"value": 0}, "text": {"field": field}}}
