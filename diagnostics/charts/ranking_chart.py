"""The best trials by rank, with their intervals and which of them cannot be told from the best."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...storage.records.study import StudyRecord
from ..error_text import error_range, error_text
from ..report.report_tables import Table
from ..studies.alike_trials import compare_with_best
from ..studies.trial_choice import Trained
from ..studies.trial_noise import validation_grouping, validation_interval
from ..units import CLASSIFICATION, Unit
from .chart_scales import stretched_error_axis
from .chart_svg import ACCENT, FAINT, SOFT

RANKS = 30

_WIDTH = 350
_HEIGHT = 170


class Ranking(NamedTuple):
    """What is drawn and listed."""

    chart: dict[str, Any]  # Vega-Lite, about 410 pixels wide
    table: Table
    alike: int  # trials drawn that cannot be told from the best one


def ranking(
    study: StudyRecord, ranked: Sequence[Trained], unit: Unit = CLASSIFICATION
) -> Ranking | None:
    """The best thirty trials; ``None`` where the noise in their errors is not known."""
    compared = compare_with_best(study, unit)
    if compared is None or study.provenance is None or len(ranked) < 2:
        return None
    rows = []
    for place, trained in enumerate(ranked[:RANKS], start=1):
        grouped = validation_grouping(study, trained.trial.number)
        it = validation_interval(trained.result, study.provenance, unit, grouped)
        if it is None:
            return None
        names = {"rank": place, "trial": trained.trial.number}
        alike = place > 1 and compared.is_alike(place - 1)
        rows.append({**names, "error": it.value, "low": it.low, "high": it.high, "alike": alike})
    table = Table(
        ("rank", "trial", "validation error", "95 % interval", "can be told from the best"),
        tuple(_line(row, unit) for row in rows),
    )
    return Ranking(_chart(rows, unit), table, sum(row["alike"] for row in rows))


def _line(row: dict[str, Any], unit: Unit) -> tuple[str, ...]:
    told = "the best" if row["rank"] == 1 else "no" if row["alike"] else "yes"
    return (
        str(row["rank"]),
        str(row["trial"]),
        error_text(row["error"], unit),
        error_range(row["low"], row["high"], unit),
        told,
    )


def _chart(rows: list[dict[str, Any]], unit: Unit) -> dict[str, Any]:
    x = {
        "field": "rank",
        "type": "quantitative",
        "scale": {"domain": [0.5, max(5, len(rows)) + 0.5], "nice": False},
        "axis": {"title": "rank by validation error", "grid": False, "tickMinStep": 1},
    }
    shown = [row[key] for row in rows for key in ("low", "high")]
    y = {"type": "quantitative", **stretched_error_axis(shown, "validation error", unit)}
    error = {"x": x, "y": {"field": "error", **y}}
    near = [row for row in rows[1:] if row["alike"]]
    far = [row for row in rows[1:] if not row["alike"]]
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "strokeWidth": 1, "color": SOFT},
                "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            _points(far, error, shape="circle", size=40, filled=False, color=FAINT),
            _points(near, error, shape="circle", size=44, filled=True, color=ACCENT),
            _points(rows[:1], error, shape="diamond", size=150, filled=True, color=ACCENT),
        ],
    }


def _points(rows: list[dict[str, Any]], encoding: dict[str, Any], **mark: Any) -> dict[str, Any]:
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "opacity": 1, "strokeWidth": 1.2, **mark},
        "encoding": encoding,
    }
