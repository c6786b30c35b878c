"""The ladder: Bayes error and the splits' errors on one axis, the gaps between them."""

from typing import Any

from ..error_text import estimate_text, gap_in_points
from ..findings import Diagnosis
from ..leaning import likely_limits
from ..report.report_labels import RUNGS, gap_labels
from .chart_scales import error_axis
from .chart_svg import ACCENT, BAND, INK, SOFT

_WIDTH = 375
_ROW = 47  # pixels from one row to the next

Rows = list[dict[str, Any]]


def ladder_chart(diagnosis: Diagnosis) -> dict[str, Any]:
    """A Vega-Lite description, about 390 pixels wide, that needs no legend.

    The bar of a gap starts at the lower rung's error; its whisker is the gap's interval, the
    thicker part of it what is likely; the shaded band is what the study tolerates. So a gap is high
    when its whisker lies right of the band. The Bayes error's line has a thicker part, too, where
    likely limits of it are known.
    """
    rungs, gaps = _rungs(diagnosis), _gaps(diagnosis)
    limits = [row[key] for row in rungs + gaps for key in ("low", "high", "tolerated")]
    count = len(diagnosis.errors.rungs())
    across = error_axis([limit for limit in limits if limit is not None], diagnosis.unit)
    return {
        "width": _WIDTH,
        "height": 2 * count * _ROW,
        "encoding": {
            "y": {
                "field": "row",
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": [-0.7, 2 * count - 0.7], "reverse": True, "nice": False},
            }
        },
        "layer": [
            {"data": {"values": gaps}, "layer": _gap_layers(across)},
            {"data": {"values": rungs}, "layer": _rung_layers()},
        ],
    }


def _rungs(diagnosis: Diagnosis) -> Rows:
    return [
        {
            "row": 2 * place,
            "name": RUNGS[split][0] + (" (the floor)" if split == "bayes" else ""),
            "text": estimate_text(error, diagnosis.unit),
            "value": error.value,
            "low": error.low,
            "high": error.high,
            "likely_low": (error.likely or error).low,
            "likely_high": (error.likely or error).high,
            "tolerated": None,
        }
        for place, (split, error) in enumerate(diagnosis.errors.rungs())
    ]


def _gaps(diagnosis: Diagnosis) -> Rows:
    """Every gap from the rung that it starts at; a band where the verdict is given by it."""
    rungs, gaps = dict(diagnosis.errors.rungs()), diagnosis.gaps
    judged = (gaps.avoidable_bias, gaps.judged_variance, gaps.test_mismatch)
    rows = []
    for place, ((_, gap), (name, formula, _)) in enumerate(
        zip(gaps.steps(), gap_labels(gaps).values(), strict=True)
    ):
        start, likely = rungs[formula.split()[-1].lower()].value, likely_limits(gap)
        tolerated = any(gap is it for it in judged)
        rows.append(
            {
                "row": 2 * place + 1,
                "name": name.lower(),
                "text": gap_in_points(gap, diagnosis.unit),
                "start": start,
                "value": start + gap.value,
                "low": start + gap.low,
                "high": start + gap.high,
                "likely_low": start + likely.low,
                "likely_high": start + likely.high,
                "tolerated": start + diagnosis.tolerance if tolerated else None,
            }
        )
    return rows


def _across(field: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative"}


_LIKELY = {"x": _across("likely_low"), "x2": {"field": "likely_high"}}


def _caption(size: float, weight: str, colour: str) -> list[dict[str, Any]]:
    """The row's name on the left and its numbers on the right, both above the mark."""
    mark = {"type": "text", "dy": -17, "fontSize": size, "fontWeight": weight, "color": colour}
    return [
        {
            "mark": {**mark, "align": align},
            "encoding": {"x": {"value": x}, "text": {"field": field}},
        }
        for align, x, field in (("left", 0, "name"), ("right", _WIDTH, "text"))
    ]


def _gap_layers(across: dict[str, Any]) -> list[dict[str, Any]]:
    band = {"type": "rule", "strokeWidth": 15, "color": BAND}
    bar = {"type": "rule", "strokeWidth": 7, "color": ACCENT, "opacity": 0.4}
    whisker = {"type": "rule", "strokeWidth": 1.5, "color": ACCENT}
    likely = {**whisker, "strokeWidth": 4}
    end = {"type": "tick", "orient": "vertical", "thickness": 1.5, "size": 9, "color": ACCENT}
    limit = {"type": "tick", "orient": "vertical", "thickness": 1, "size": 15, "color": SOFT}
    tolerated = [{"filter": "datum.tolerated != null"}]
    return [
        {
            "transform": tolerated,
            "mark": band,
            "encoding": {"x": {**_across("start"), **across}, "x2": {"field": "tolerated"}},
        },
        {"transform": tolerated, "mark": limit, "encoding": {"x": _across("tolerated")}},
        {"mark": bar, "encoding": {"x": _across("start"), "x2": {"field": "value"}}},
        {"mark": whisker, "encoding": {"x": _across("low"), "x2": {"field": "high"}}},
        {"mark": likely, "encoding": _LIKELY},
        {"mark": end, "encoding": {"x": _across("low")}},
        {"mark": end, "encoding": {"x": _across("high")}},
        *_caption(12, "normal", SOFT),
    ]


def _rung_layers() -> list[dict[str, Any]]:
    line = {"type": "rule", "strokeWidth": 1, "color": INK}
    likely = {**line, "strokeWidth": 2.5}
    point = {"type": "point", "size": 80, "filled": True, "color": INK, "opacity": 1}
    return [
        {"mark": line, "encoding": {"x": _across("low"), "x2": {"field": "high"}}},
        {"mark": likely, "encoding": _LIKELY},
        {"mark": point, "encoding": {"x": _across("value")}},
        *_caption(13, "bold", INK),
    ]
