"""One trial's several tasks on a terminal: what was measured of each, at the end and by epoch."""

from textwrap import fill

from ..diagnostics.report.task_table import NOTE, task_table
from ..search.trial_facts import TaskFacts
from .output import Column, Format, errors_of, print_rows
from .sparkline import Spark


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
