"""How a trial does in each of several tasks, as text."""

from collections.abc import Sequence
from typing import NamedTuple

from ..storage.records import TaskResult
from .error_text import error_text
from .number_text import MISSING, percent
from .units import Task, Unit

_SPLITS = ("training", "bridge", "validation", "test")
NOTE = (
    "Each error in its own units, a share of rows or a mean squared error, and behind it in "
    "percent of the error of the best constant answer over the training rows."
)


JUDGED = (
    "Each task is judged with a floor of its own; its gaps and those of all other tasks hold "
    "together with 95 % (Bonferroni). The ladder, the findings and what to do are of all tasks "
    "together."
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


def _error(result: TaskResult | None) -> str:
    if result is None or result.error is None:
        return MISSING
    return f"{error_text(result.error, Unit(Task(result.kind)))} ({percent(result.relative_error)})"
