"""Training curves of the best trials: training dashed, validation solid, the best in colour."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..studies.trial_choice import Trained, thinned
from ..units import CLASSIFICATION, Unit
from .chart_scales import loss_axis, stretched_error_axis
from .chart_svg import ACCENT, FAINT, SOFT

_WIDTH = 350
_HEIGHT = 210
_EPOCHS = 150  # points of a curve: more would not be seen

Rows = list[dict[str, Any]]


class Measure(NamedTuple):
    """What is drawn against the epoch."""

    title: str
    training: str  # field of storage.records.results.Curves
    validation: str


LOSS = Measure("loss", "training_loss", "validation_loss")
ERROR = Measure("error", "training_error", "validation_error")


def curve_chart(
    trials: Sequence[Trained], best: int, measure: Measure, unit: Unit = CLASSIFICATION
) -> dict[str, Any]:
    """A Vega-Lite description, about 410 pixels wide; its legend stands beside it on the page.

    Args:
        trials: Those to draw; each must have curves.
        best: Number of the trial that is drawn in colour and marked at its best epoch.
        measure: ``LOSS`` (log scale) or ``ERROR`` (stretched near zero).
        unit: of the errors.
    """
    rows = [row for t in trials for row in _rows(t, best, measure)]
    values = [row["y"] for row in rows if row["y"] is not None]
    axis = (
        loss_axis(values, unit) if measure is LOSS else stretched_error_axis(values, "error", unit)
    )
    epochs = {
        "field": "epoch",
        "type": "quantitative",
        "scale": {"nice": False, "zero": False},
        "axis": {"title": "epoch", "grid": False, "tickMinStep": 1, "format": "d"},
    }
    encoding = {
        "x": epochs,
        "y": {"field": "y", "type": "quantitative", **axis},
        "detail": {"field": "line", "type": "nominal"},
    }
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            _lines([r for r in rows if not r["best"] and r["dashed"]], encoding, True, False),
            _lines([r for r in rows if not r["best"] and not r["dashed"]], encoding, False, False),
            *_best_epoch(trials, best, epochs),
            _lines([r for r in rows if r["best"] and r["dashed"]], encoding, True, True),
            _lines([r for r in rows if r["best"] and not r["dashed"]], encoding, False, True),
        ],
    }


def with_curves(ranked: Sequence[Trained], best: int, most: int) -> list[Trained]:
    """The best trials whose curves were kept, the given one first."""
    kept = [t for t in ranked if t.result.curves.training_loss]
    first = [t for t in kept if t.trial.number == best]
    return (first + [t for t in kept if t.trial.number != best])[:most]


def _rows(trained: Trained, best: int, measure: Measure) -> Rows:
    number = trained.trial.number
    return [
        {
            "epoch": epoch,
            "y": value,
            "line": f"{number} {field}",
            "dashed": field == measure.training,
            "best": number == best,
        }
        for field in (measure.training, measure.validation)
        for epoch, value in thinned(
            list(enumerate(getattr(trained.result.curves, field), start=1)), _EPOCHS
        )
    ]


def _lines(rows: Rows, encoding: dict[str, Any], dashed: bool, best: bool) -> dict[str, Any]:
    color = ACCENT if best else FAINT
    mark = {
        "type": "line",
        "color": color,
        "strokeWidth": 2.6 if best else 1.1,
        "opacity": 1 if best else 0.75,
        "strokeDash": [5, 3] if dashed else [],
        "strokeCap": "butt",
        # A single epoch makes no line.
        "point": {"color": color} if len({row["epoch"] for row in rows}) == 1 else False,
    }
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _best_epoch(trials: Sequence[Trained], best: int, epochs: dict[str, Any]) -> list[Any]:
    marked = [
        {"epoch": t.result.best_epoch}
        for t in trials
        if t.trial.number == best and t.result.best_epoch is not None
    ]
    mark = {"type": "rule", "color": SOFT, "strokeWidth": 1, "strokeDash": [1, 3]}
    return [{"data": {"values": marked}, "mark": mark, "encoding": {"x": epochs}}]
