"""The page of all studies in a database: how each stands, and the way to its report."""

import base64
import functools
import hashlib
import shlex
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from jinja2 import Template
from markupsafe import Markup

from ...storage.records.study import StudyStanding, StudyState
from ..best_error import best_error_text
from ..error_text import error_text
from ..findings import Verdict
from ..number_text import MISSING, day, plain_number
from ..units import Task, Unit
from .page_templates import TEMPLATES, page_environment
from .report_labels import Badge, badges_of

_STATES = {
    StudyState.RUNNING: Badge("Running", "▶", "busy"),
    StudyState.FINISHED: Badge("Finished", "✓", "quiet"),
    StudyState.STOPPED: Badge("Stopped", "‖", "open"),
    StudyState.OPTUNA: Badge("By Optuna", "i", "quiet"),
}


class StudyRow(NamedTuple):
    """One study on the page."""

    name: str
    path: str  # of what is served of it
    reported: bool  # whether a diagnosis is stored, so that there is a report
    state: Badge
    trials: str
    best: str
    verdict: tuple[Badge, ...]
    changed: str


def render_studies(studies: Sequence[StudyStanding], database: str, problem: str = "") -> str:
    """One page that needs nothing else; where JavaScript runs, it keeps itself up to date.

    Args:
        studies: in the order of the page.
        database: as ``--storage`` takes it, without a password.
        problem: why the database cannot be read; empty where it can.
    """
    css = "\n".join(map(_text, ("report.css", "studies.css")))
    script = _text("studies.js")
    digest = base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode()
    return _template().render(
        rows=[_row(it) for it in studies],
        running=sum(it.state is StudyState.RUNNING for it in studies),
        database=database,
        storage=shlex.quote(database),
        problem=problem,
        css=Markup(css),
        script=Markup(script),
        digest=digest,
    )


def _text(file: str) -> str:
    return (TEMPLATES / file).read_text(encoding="utf-8")


def _row(it: StudyStanding) -> StudyRow:
    summary = it.summary
    of = "" if it.wanted is None else f" of {it.wanted:,}"
    return StudyRow(
        name=summary.name,
        path=f"studies/{quote(summary.name, safe='')}",
        reported=summary.verdict is not None and it.state is not StudyState.OPTUNA,
        state=_STATES[it.state],
        trials=f"{it.ended:,}{of}",
        best=_best(it),
        verdict=badges_of(
            [Verdict(name) for name in summary.verdict or ()],
            [Verdict(name) for name in summary.leaning],
        ),
        changed=day(summary.last_activity).removesuffix(" UTC"),
    )


def _best(it: StudyStanding) -> str:
    value, task = it.summary.best_value, it.summary.task
    if value is None:
        return MISSING
    if task is None:
        return plain_number(value, 3)
    share = Task(task) in (Task.CLASSIFICATION, Task.MULTILABEL)
    if value < 0 or (share and value > 1):  # of another worker any number may come
        return plain_number(value, 3)
    if not it.validation_rows:
        return error_text(value, Unit(Task(task)))
    return best_error_text(value, it.validation_rows, Task(task), balanced=it.balanced)


@functools.cache
def _template() -> Template:
    return page_environment().get_template("studies.html.j2")
