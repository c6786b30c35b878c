"""The report as one HTML page that needs nothing else: no network, no script, no other file."""

import contextlib
import functools
from collections.abc import Mapping
from typing import NamedTuple

from jinja2 import Template
from markupsafe import Markup

from ...storage.records.study import StudyRecord
from ..charts.chart_svg import draw
from ..charts.curve_chart import ERROR, LOSS, curve_chart, with_curves
from ..charts.isolation_chart import isolation_chart
from ..charts.label_chart import label_chart
from ..charts.ladder_chart import ladder_chart
from ..charts.layer_chart import layer_charts
from ..charts.learning_curve_chart import learning_curve_chart
from ..charts.region_chart import region_chart
from ..charts.search_chart import search_chart
from ..charts.selection_chart import selection_chart
from ..charts.task_charts import task_charts
from ..findings import Diagnosis, FindingKind
from ..objective import judged
from ..studies.isolation import isolation
from ..studies.trial_choice import shown_trials
from .finding_charts import finding_charts
from .page_templates import TEMPLATES, page_environment
from .report_content import CURVES, ReportContent, report_content
from .report_layers import looked_at, named_layers
from .report_tables import Table
from .selection_text import EXPECTED
from .task_table import JUDGED, NOTE, undrawn
from .wording import DATABASE

EMPTY = {"mark": "point"}  # a chart of nothing


class FindingPicture(NamedTuple):
    """The chart of one kind of finding."""

    anchor: str  # its id on the page
    first: bool  # whether it stands with this kind, or with one before it
    svg: Markup
    caption: str
    table: Table


class TaskPicture(NamedTuple):
    """The curves of one task."""

    task: str
    svg: Markup


class Pictures(NamedTuple):
    """The charts of a page as inline SVG."""

    ladder: Markup
    search: tuple[Markup, ...]  # one a searched parameter
    more_data: Markup | None  # where a learning curve was measured
    choice: Markup | None  # where the best of several trials was chosen
    labels: Markup | None  # where there are several
    regions: Markup | None  # where some are reported
    isolation: tuple[Markup, ...]  # as many
    findings: Mapping[FindingKind, FindingPicture]
    curves: tuple[Markup, ...]  # loss and error; empty when no curves were kept
    layers: tuple[Markup, ...]  # one a vital sign; empty when none were measured
    tasks: tuple[TaskPicture, ...]  # empty where there is one task, or no curves were kept
    tasks_left: str  # which tasks are not drawn, and where their numbers are; empty where all are


def start_drawing() -> None:
    """Start what draws charts and compile the page's template: a second that others wait for.

    What fails here fails again, and is told, where a page is wanted.
    """
    with contextlib.suppress(Exception):
        _template()
        draw(EMPTY, "", "")


def render_html(study: StudyRecord, diagnosis: Diagnosis) -> str:
    """One self-contained page: readable without JavaScript, in light and dark, on a phone, printed.

    Args:
        study: As the storage gives it back; trials without curves are left out of the curves.
        diagnosis: Of that study. Nothing in it is computed anew.
    """
    content = report_content(study, diagnosis)
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return _template().render(
        content=content,
        css=Markup(css),
        task_note=NOTE,
        database=DATABASE,
        task_judged=JUDGED,
        choice_expected=EXPECTED,
        pictures=_pictures(study, diagnosis, content),
    )


@functools.cache
def _template() -> Template:
    """The page's template, compiled once a process: that takes longer than to fill it in."""
    return page_environment().get_template("report.html.j2")


def _pictures(study: StudyRecord, diagnosis: Diagnosis, content: ReportContent) -> Pictures:
    study = judged(study)
    shown = shown_trials(study)
    steps = [f"{it.name} {it.value}" for it in (*content.rungs, *content.gaps)]
    ladder = draw(ladder_chart(diagnosis), "Ladder of errors: " + "; ".join(steps), "l")
    search = [
        draw(
            search_chart(searched, shown, diagnosis.unit),
            _search_label(content, place),
            f"s{place}",
        )
        for place, searched in enumerate(study.ranges)
    ]
    drawn = with_curves(shown.ranked, diagnosis.trial, CURVES)
    curves = [
        draw(
            curve_chart(drawn, diagnosis.trial, measure, diagnosis.unit),
            _curve_label(content, name),
            name[0],
        )
        for name, measure in (("loss", LOSS), ("error", ERROR))
        if drawn
    ]
    tasks = task_charts(study, diagnosis)
    return Pictures(
        Markup(ladder),
        tuple(map(Markup, search)),
        _more_data(diagnosis, content),
        _choice(diagnosis, content),
        _labels(diagnosis, content),
        _regions(diagnosis, content),
        _isolation(study, diagnosis, content),
        _findings(study, diagnosis, content),
        tuple(map(Markup, curves)),
        _layers(study, diagnosis),
        tuple(
            TaskPicture(it.task, Markup(draw(it.chart, it.label, f"t{n}")))
            for n, it in enumerate(tasks.drawn)
        ),
        undrawn(tasks.left, len(tasks.drawn), study.name, diagnosis.trial),
    )


def _more_data(diagnosis: Diagnosis, content: ReportContent) -> Markup | None:
    curve, part = diagnosis.learning_curve, content.more_data
    if curve is None or part is None:
        return None
    return Markup(draw(learning_curve_chart(curve, diagnosis.unit), part.told, "d"))


def _choice(diagnosis: Diagnosis, content: ReportContent) -> Markup | None:
    selection = diagnosis.selection
    if selection is None or content.choice is None:
        return None
    last = content.choice.table.rows[-1]
    label = f"Error of the best of so many trials, expected: of {last[0]} it is {last[1]}"
    label += f", corrected {last[2]}." if content.choice.corrected else "."
    return Markup(draw(selection_chart(selection.curve, diagnosis.unit), label, "c"))


def _labels(diagnosis: Diagnosis, content: ReportContent) -> Markup | None:
    chart = label_chart(diagnosis.labels)
    if chart is None or content.labels is None:
        return None
    return Markup(draw(chart, f"Share of rows missed by label. {content.labels.told}", "b"))


def _regions(diagnosis: Diagnosis, content: ReportContent) -> Markup | None:
    chart = region_chart(diagnosis)
    if chart is None or content.regions is None:
        return None
    label = f"Errors by region. {content.regions.told}"
    return Markup(draw(chart, label, "g"))


def _isolation(
    study: StudyRecord, diagnosis: Diagnosis, content: ReportContent
) -> tuple[Markup, ...]:
    ranked, unit = shown_trials(study).ranked, diagnosis.unit
    drawn = []
    for place, searched in enumerate(study.ranges):
        parts = isolation(study, searched, ranked, unit)
        name, table = content.isolation[place]
        told = "; ".join(f"{row[0]}: {row[2]}" for row in table.rows)
        label = f"Best validation error in each part of the range of {name}: {told}."
        drawn.append(Markup(draw(isolation_chart(searched, parts, unit), label, f"i{place}")))
    return tuple(drawn)


def _findings(
    study: StudyRecord, diagnosis: Diagnosis, content: ReportContent
) -> dict[FindingKind, FindingPicture]:
    """The findings' own charts; one that kinds share is drawn with the first of them."""
    charts = finding_charts(study, diagnosis, shown_trials(study))
    pictures: dict[FindingKind, FindingPicture] = {}
    for kind in dict.fromkeys(remark.kind for remark in content.remarks if remark.kind in charts):
        it = charts[kind]
        first = all(it.anchor != drawn.anchor for drawn in pictures.values())
        svg = Markup(draw(it.chart, it.label, it.anchor)) if first else Markup("")
        pictures[kind] = FindingPicture(it.anchor, first, svg, it.caption, it.table)
    return pictures


def _layers(study: StudyRecord, diagnosis: Diagnosis) -> tuple[Markup, ...]:
    moments = looked_at(study, diagnosis)
    charts = layer_charts(moments, named_layers(diagnosis)) if moments else ()
    return tuple(Markup(draw(it.chart, it.label, f"v{n}")) for n, it in enumerate(charts))


def _search_label(content: ReportContent, place: int) -> str:
    name, best, held, limits, _ = content.ranges.rows[place]
    return (
        f"Validation error of the trials against {name}, searched over {limits}: "
        f"the best trial lies at {best}, the ten best at {held}."
    )


def _curve_label(content: ReportContent, name: str) -> str:
    last = content.curves.rows[-1]
    training, validation = (last[1], last[2]) if name == "loss" else (last[3], last[4])
    return (
        f"Training and validation {name} by epoch; trial {content.trial} ends at "
        f"{training} in training and {validation} in validation."
    )
