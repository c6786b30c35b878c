"""One trial's several tasks on a terminal: what was measured of each, at the end and by epoch."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any, NamedTuple

from ..diagnostics.report.task_table import NOTE, task_table
from ..storage import TrialStore
from ..storage.records.results import TaskCurves, TaskResult
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord
from .output import Column, Format, errors_of, print_rows
from .sparkline import Spark

_COLUMNS = ("task", "epoch", *TaskCurves._fields[1:])


class TaskFacts(NamedTuple):
    """What is known of a trial's tasks; empty where there is only one."""

    results: Sequence[TaskResult]
    epochs: Sequence[Mapping[str, Any]]  # one a task and epoch, as ``_COLUMNS`` has it
    kinds: Mapping[str, str]  # "classification" or "regression", by the task's name

    def as_dict(self) -> dict[str, Any]:
        """For JSON; nothing where nothing is known."""
        measured = [it._asdict() for it in self.results]
        known = {"tasks": measured, "task_curves": list(self.epochs)}
        return {name: rows for name, rows in known.items() if rows}


def task_facts(store: TrialStore, study: StudyRecord, trial: TrialRecord) -> TaskFacts:
    """Read what is known of one trial's tasks."""
    kinds = {it.name: it.kind for it in study.provenance.tasks} if study.provenance else {}
    if not kinds:
        return TaskFacts((), (), {})
    _, rows = store.query(
        f"SELECT {', '.join(_COLUMNS)} FROM task_curves "
        f"WHERE trial_id = {trial.trial_id:d} ORDER BY position, epoch"
    )
    epochs = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return TaskFacts(trial.result.tasks if trial.result else (), epochs, kinds)


def print_tasks(facts: TaskFacts, note_width: int) -> None:
    """Print a table of each task's errors; nothing where there is only one."""
    if table := task_table(facts.results):
        print()
        columns = [Column(name, name, right=i > 1) for i, name in enumerate(table.header)]
        print_rows(columns, table.rows, Format.TABLE)
        print(f"\n{fill(NOTE, note_width)}")


def task_sparks(facts: TaskFacts) -> dict[str, Spark]:
    """The errors of each task by epoch, to draw."""
    lines = {}
    for task, kind in facts.kinds.items():
        rows = [row for row in facts.epochs if row["task"] == task]
        for split in ("training", "validation") if rows else ():
            values = [row[f"{split}_error"] for row in rows]
            first, last = (errors_of(kind)(values[place]) for place in (0, -1))
            lines[f"{task}: {split}"] = Spark(values, f"{first} → {last}")
    return lines
