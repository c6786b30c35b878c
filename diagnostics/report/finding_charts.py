"""The pictures of single findings, each with its numbers; others are shown where they belong."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ...storage.records.study import StudyRecord
from ..charts.curve_chart import ERROR, LOSS, Measure, curve_chart
from ..charts.ranking_chart import RANKS, ranking
from ..charts.rate_chart import rate_chart, rate_table
from ..findings import Diagnosis, Finding, FindingKind
from ..studies.trial_choice import Shown, Trained
from .report_tables import Table, curves_table

_OTHERS = 5  # trials whose curves are drawn beside the one that is told of


class FindingChart(NamedTuple):
    """A picture that stands with a finding."""

    anchor: str  # its id on the page
    chart: dict[str, Any]  # Vega-Lite
    label: str  # for those who cannot see it
    caption: str
    table: Table


class Curved(NamedTuple):
    """A finding about trials' curves: where its evidence names them, and what is drawn."""

    shown: str
    measure: Measure


_CURVED = {
    FindingKind.OVERFITTED_TRIALS: Curved("worst", ERROR),
    FindingKind.UNSTEADY_END: Curved("shown", ERROR),
    FindingKind.TRAINING_LOSS_RISING: Curved("shown", LOSS),
}
_RANKED = (
    FindingKind.SEARCH_STILL_IMPROVING,
    FindingKind.WINNER_IN_DOUBT,
    FindingKind.VALIDATION_TOO_SMALL,
)


def finding_charts(
    study: StudyRecord, diagnosis: Diagnosis, shown: Shown
) -> Mapping[FindingKind, FindingChart]:
    """A chart by the kind of its finding; kinds may share one."""
    found: dict[FindingKind, FindingChart] = {}
    ranked = None
    for finding in diagnosis.findings:
        if finding.kind in _CURVED:
            chart = _curves(finding, study, diagnosis)
        elif finding.kind in _RANKED:
            chart = ranked = ranked or _ranking(study, diagnosis, shown)
        elif finding.kind is FindingKind.LOW_RATE_REGULARISES:
            chart = _rates(study, diagnosis, shown)
        else:
            continue
        if chart is not None:
            found[finding.kind] = chart
    return found


def _ranking(study: StudyRecord, diagnosis: Diagnosis, shown: Shown) -> FindingChart | None:
    it = ranking(study, shown.ranked, diagnosis.unit)
    if it is None:
        return None
    count = min(RANKS, len(shown.ranked))
    return FindingChart(
        "chart-ranking",
        it.chart,
        f"Validation error of the best {count} trials by rank with their intervals; {it.alike} "
        "of them cannot be told from the best one.",
        f"The best {count} of {len(shown.ranked):,} finished trials with their 95 % intervals over "
        "validation rows. Filled ones cannot be told from the best one (diamond), all comparisons "
        "together; rings can.",
        it.table,
    )


def _curves(finding: Finding, study: StudyRecord, diagnosis: Diagnosis) -> FindingChart | None:
    field, measure = _CURVED[finding.kind]
    number = int(finding.evidence[field] or 0)
    named = str(finding.evidence["numbers"]).replace("…", "").split(",")
    numbers = [number, *(int(n) for n in named if n.strip() and int(n) != number)]
    if number == diagnosis.trial:
        return None  # its curves are drawn below
    trials = {t.number: Trained(t, t.result) for t in study.trials if t.result is not None}
    drawn = [trials[n] for n in numbers if n in trials][: 1 + _OTHERS]
    beside = f" and of {len(drawn) - 1} more such trials (thin, grey)" if len(drawn) > 1 else ""
    one = Shown(tuple(drawn[:1]), (), (), 0, (), 0)
    return FindingChart(
        f"chart-{finding.kind.value.replace('_', '-')}",
        curve_chart(drawn, number, measure, diagnosis.unit),
        f"Training and validation {measure.title} of trial {number} by epoch. {finding.text}",
        f"Validation {measure.title} (solid) and training {measure.title} (dashed) of trial "
        f"{number} (thick, blue; its best epoch dotted){beside}.",
        curves_table(one, number, diagnosis.unit),
    )


def _rates(study: StudyRecord, diagnosis: Diagnosis, shown: Shown) -> FindingChart | None:
    searched = next((r for r in study.ranges if r.name == "learning_rate"), None)
    if searched is None:
        return None
    return FindingChart(
        "chart-learning-rate",
        rate_chart(searched, shown.scattered, diagnosis.unit),
        "Training and validation error of the finished trials against the learning rate, with the "
        "best trial marked.",
        "Validation error (filled; the best trial is the diamond) and training error (rings) of "
        "the finished trials by their learning rate. The dotted line is the best trial's.",
        rate_table(shown.scattered, diagnosis.unit),
    )
