"""The error against the training rows: measured with intervals, forecast dashed in a band."""

from typing import Any

from ...storage.records.learning_curves import LearningCurveRecord
from ..units import CLASSIFICATION, Unit
from .chart_scales import rows_axis, stretched_error_axis
from .chart_svg import ACCENT, BAND, INK, SOFT

_WIDTH = 350
_HEIGHT = 230

Rows = list[dict[str, Any]]


def learning_curve_chart(curve: LearningCurveRecord, unit: Unit = CLASSIFICATION) -> dict[str, Any]:
    """A Vega-Lite description, about 410 pixels wide; its legend stands beside it on the page.

    Test errors: circles on a solid line, with their intervals. Training errors: open diamonds on a
    thin line. From all rows on the forecast: dashed, its interval shaded; the error that it
    approaches is dotted, as is the line at all rows.
    """
    measured = _measured(curve)
    training = _training(curve)
    forecast = _forecast(curve, measured[-1])
    values = [row[name] for row in measured + forecast for name in ("low", "y", "high")]
    asymptote = [] if curve.asymptote is None or not forecast else [{"y": curve.asymptote}]
    drawn = values + [row["y"] for row in (*training, *asymptote)]
    last = (forecast or measured)[-1]["rows"]
    encoding = {
        "x": {"field": "rows", "type": "quantitative", **rows_axis(measured[0]["rows"], last)},
        "y": {
            "field": "y",
            "type": "quantitative",
            **stretched_error_axis(drawn, "error", unit),
        },
    }
    all_rows = [{"rows": measured[-1]["rows"]}] if forecast else []
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            _band(forecast, encoding),
            _rule(all_rows, {"x": encoding["x"]}),
            _rule(asymptote, {"y": encoding["y"]}),
            _line(training, encoding, SOFT, 1.2),
            _points(training, encoding, "diamond", SOFT),
            _line(forecast, encoding, ACCENT, 2.6, dashed=True),
            _line(measured, encoding, ACCENT, 2.6),
            _intervals(measured, encoding),
            _points(measured, encoding, "circle", ACCENT),
            _points(forecast[1:], encoding, "square", ACCENT),
        ],
    }


def _measured(curve: LearningCurveRecord) -> Rows:
    return [
        {"rows": it.train_rows, "y": it.test_error, "low": it.low, "high": it.high}
        for it in curve.points
    ]


def _training(curve: LearningCurveRecord) -> Rows:
    return [
        {"rows": it.train_rows, "y": it.training_error}
        for it in curve.points
        if it.training_error is not None
    ]


def _forecast(curve: LearningCurveRecord, start: dict[str, Any]) -> Rows:
    """From what was measured with all rows on; nothing where nothing is forecast."""
    ahead = [
        {"rows": it.train_rows, "y": it.error, "low": it.low, "high": it.high}
        for it in curve.forecasts
    ]
    return [start, *ahead] if ahead else []


def _band(rows: Rows, encoding: dict[str, Any]) -> dict[str, Any]:
    low = {**encoding["y"], "field": "low"}
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "color": BAND, "opacity": 1},
        "encoding": {"x": encoding["x"], "y": low, "y2": {"field": "high"}},
    }


def _rule(rows: Rows, encoding: dict[str, Any]) -> dict[str, Any]:
    mark = {"type": "rule", "color": SOFT, "strokeWidth": 1, "strokeDash": [1, 3]}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _line(
    rows: Rows, encoding: dict[str, Any], color: str, width: float, *, dashed: bool = False
) -> dict[str, Any]:
    mark = {"type": "line", "color": color, "strokeWidth": width, "strokeCap": "butt"}
    mark["strokeDash"] = [5, 3] if dashed else []
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _intervals(rows: Rows, encoding: dict[str, Any]) -> dict[str, Any]:
    low = {**encoding["y"], "field": "low"}
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1.4},
        "encoding": {"x": encoding["x"], "y": low, "y2": {"field": "high"}},
    }


def _points(rows: Rows, encoding: dict[str, Any], shape: str, color: str) -> dict[str, Any]:
    filled = shape == "circle"
    mark = {"type": "point", "shape": shape, "size": 55, "opacity": 1, "strokeWidth": 1.8}
    mark |= {"filled": filled, "color": color}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}
