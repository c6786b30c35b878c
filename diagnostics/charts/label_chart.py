"""Which share of each label's rarer answer is missed: of training rows, and held out."""

from collections.abc import Sequence
from typing import Any

from ..data.label_standings import MISSED, LabelStanding
from .chart_svg import ACCENT, INK, LINE

_WIDTH = 280
_ROW = 30  # pixels from one label to the next
_LETTERS = 24  # of a name
MOST = 20


def label_chart(standings: Sequence[LabelStanding]) -> dict[str, Any] | None:
    """A Vega-Lite description, the labels missed most on top; ``None`` without an interval.

    Of each label the share of training rows that is wrong is a hollow diamond, that of held-out
    rows a filled circle with a line for its interval. From the vertical line on more than half are.
    """
    drawn = [it for it in standings if it.error is not None][:MOST]
    if not drawn:
        return None
    y = {"field": "label", "type": "ordinal", "sort": None, "axis": {"title": None, "ticks": False}}
    x = {"type": "quantitative", "scale": {"domain": [0, 1], "nice": False}}
    labels = "round(100 * datum.value) + ' %'"
    axis = {"title": "share of the rows that is wrong", "labelExpr": labels, "tickCount": 5}
    error = {"y": y, "x": {"field": "error", **x, "axis": axis}}
    points = {"type": "point", "size": 75, "opacity": 1, "strokeWidth": 2}
    rows = [_row(place, it) for place, it in enumerate(drawn)]
    return {
        "width": _WIDTH,
        "height": _ROW * len(rows),
        "data": {"values": rows},
        "layer": [
            {
                "data": {"values": [{"half": MISSED}]},
                "mark": {"type": "rule", "color": LINE, "strokeWidth": 2},
                "encoding": {"x": {"field": "half", **x}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2.5, "color": INK},
                "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "mark": {
                    **points,
                    "shape": "diamond",
                    "filled": False,
                    "color": ACCENT,
                    "yOffset": -8,
                },
                "encoding": {"y": y, "x": {"field": "training", **x}},
            },
            {
                "mark": {**points, "shape": "circle", "filled": True, "color": INK},
                "encoding": error,
            },
        ],
    }


def _row(place: int, it: LabelStanding) -> dict[str, Any]:
    assert it.error is not None
    name = it.label if it.has else f"without {it.label}"
    short = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 3]}…{place}"
    training = it.training.wrong / it.training.rows if it.training.rows else None
    numbers = {"error": it.error.value, "low": it.error.low, "high": it.error.high}
    return {"label": short, "training": training, **numbers}
