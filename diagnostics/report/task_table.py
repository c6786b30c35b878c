"""How a trial does in each of several tasks, as text."""

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from ...storage.records.results import TaskResult
from ..error_text import error_text
from ..findings import Diagnosis
from ..list_text import joined
from ..number_text import MISSING, percent
from ..units import Task, Unit
from .report_labels import REMEDIES
from .wording import verdict_sentence

_NAMED = 5  # tasks that are not drawn
_SPLITS = ("training", "bridge", "validation", "test")
NOTE = (
    "Each error in its own units, a share of rows or a mean squared error, and behind it in "
    "percent of the error of the best constant answer over the training rows."
)


JUDGED = (
    "Each task is judged with a floor of its own; its gaps and those of all other tasks hold "
    "together with 95 % (Bonferroni). What its own numbers and curves show, and what to do about "
    "it, stands beside it; a change of the network, the rows or the epochs changes all tasks. The "
    "ladder, the other findings and what to do next are of all tasks together."
)


class TaskPart(NamedTuple):
    """What one of several tasks suffers from, in words."""

    name: str
    verdict: str
    findings: tuple[str, ...]
    remedies: tuple[str, ...]  # in the order in which to try them


def task_parts(diagnosis: Diagnosis) -> tuple[TaskPart, ...]:
    """Each of several tasks; none where there is one."""
    return tuple(
        TaskPart(
            name,
            verdict_sentence(it),
            tuple(finding.text for finding in it.findings),
            tuple(f"{REMEDIES[remedy.kind]}. {remedy.reason}" for remedy in it.remedies),
        )
        for name, it in diagnosis.tasks.items()
    )


class TaskTable(NamedTuple):
    """Text in rows and columns, one row a task."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def task_table(results: Sequence[TaskResult]) -> TaskTable | None:
    """Each task's errors on each split that it was judged on; ``None`` where there is one task."""
    if not results:
        return None
    splits = [split for split in _SPLITS if any(r.split == split for r in results)]
    found = {(r.task, r.split): r for r in results}
    first = [r for r in results if r.split == results[0].split]
    rows = tuple(
        (r.task, r.kind, *(_error(found.get((r.task, split))) for split in splits)) for r in first
    )
    return TaskTable(("task", "kind", *splits), rows)


def undrawn(left: Sequence[str], drawn: int, study: str, trial: int) -> str:
    """Which tasks' curves the report does not draw, and where their numbers are.

    Args:
        left: their names; without one there is nothing to say.
        drawn: how many tasks are drawn, the first ones.
        study: its name.
        trial: the number of the trial that is diagnosed.
    """
    if not left:
        return ""
    more = len(left) - _NAMED
    named = [*left[:_NAMED], f"{more:,} more"] if more > 0 else list(left)
    return (
        f"Drawn are the first {drawn} of {drawn + len(left):,} tasks, in the spec's order; not "
        f"drawn: {joined(named)}. Their numbers are in the table below, of every epoch in the view "
        f"task_curves (the query is at the end of this page), and in what "
        f"netclinic show {shlex.quote(study)} {trial} prints."
    )


def _error(result: TaskResult | None) -> str:
    if result is None or result.error is None:
        return MISSING
    return f"{error_text(result.error, Unit(Task(result.kind)))} ({percent(result.relative_error)})"
