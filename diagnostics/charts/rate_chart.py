"""Training and validation error against the learning rate, the best trial's marked."""

from collections.abc import Sequence
from typing import Any

from ...storage.records.study import SearchRange
from ..error_text import error_text
from ..number_text import plain_number
from ..report.report_tables import Table
from ..studies.trial_choice import Trained, thinned
from ..units import CLASSIFICATION, Unit
from .chart_scales import range_axis, stretched_error_axis
from .chart_svg import ACCENT, FAINT, SOFT

_WIDTH = 350
_HEIGHT = 190
_ROWS = 25  # of the table


def rate_chart(
    searched: SearchRange, ranked: Sequence[Trained], unit: Unit = CLASSIFICATION
) -> dict[str, Any]:
    """A Vega-Lite description, about 410 pixels wide; its legend stands in its caption."""
    rows = [
        {
            "x": t.result.learning_rate,
            "training": t.result.training_error,
            "validation": t.result.validation_error,
        }
        for t in ranked
        if t.result.training_error is not None and t.result.validation_error is not None
    ]
    shown = [row[key] for row in rows for key in ("training", "validation")]
    x = {"field": "x", **range_axis(searched)}
    y = {"type": "quantitative", **stretched_error_axis(shown, "error", unit)}
    mark = {"type": "rule", "color": SOFT, "strokeWidth": 1, "strokeDash": [1, 3]}

    def points(field: str, rows: list[dict[str, Any]], **mark: Any) -> dict[str, Any]:
        return {
            "data": {"values": rows},
            "mark": {"type": "point", "opacity": 1, "strokeWidth": 1.2, **mark},
            "encoding": {"x": x, "y": {"field": field, **y}},
        }

    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            {"data": {"values": rows[:1]}, "mark": mark, "encoding": {"x": x}},
            points("training", rows, shape="circle", size=32, filled=False, color=FAINT),
            points("validation", rows[1:], shape="circle", size=36, filled=True, color=ACCENT),
            points("validation", rows[:1], shape="diamond", size=150, filled=True, color=ACCENT),
        ],
    }


def rate_table(ranked: Sequence[Trained], unit: Unit = CLASSIFICATION) -> Table:
    """The chart's numbers by learning rate, at most 25 of them."""
    ordered = sorted(ranked, key=lambda t: t.result.learning_rate)
    header = ("learning rate", "trial", "training error", "validation error")
    return Table(
        header,
        tuple(
            (
                plain_number(t.result.learning_rate),
                str(t.trial.number),
                error_text(t.result.training_error, unit),
                error_text(t.result.validation_error, unit),
            )
            for t in thinned(ordered, _ROWS)
        ),
    )
