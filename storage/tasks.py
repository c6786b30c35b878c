"""What trials made of each of several tasks, written and read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from .numbers import row_of
from .records.results import TaskCurves, TaskResult, TrialResult
from .tables.trials import trial_task_epochs, trial_tasks
from .trial_rows import records_of_trials, rows_of_trials

_CURVES = TaskCurves._fields[1:]


class TasksOfTrials(NamedTuple):
    """Of each trial by its id; trials without several tasks are left out."""

    results: Mapping[int, Sequence[TaskResult]]
    curves: Mapping[int, Sequence[TaskCurves]]


def task_rows(results: Sequence[TrialResult]) -> dict[Table, list[dict[str, Any]]]:
    """What is to be inserted, by table."""
    return {
        trial_tasks: [row for result in results for row in _result_rows(result)],
        trial_task_epochs: [row for result in results for row in _epoch_rows(result)],
    }


def tasks_of_trials(
    connection: Connection, study_id: int, curves_of: Sequence[int] | None
) -> TasksOfTrials:
    """What is stored of a study's trials, tasks in the order of the data set.

    Args:
        connection: in a transaction.
        study_id: of the study.
        curves_of: read the curves of these trials only, by their ids; ``None`` reads all.
    """
    results = records_of_trials(connection, trial_tasks, TaskResult, study_id)
    e = trial_task_epochs.c
    query = select(e.trial_id, e.task, *(e[name] for name in _CURVES))
    query = query.order_by(e.trial_id, e.position, e.epoch)
    epochs: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    rows = rows_of_trials(connection, query, trial_task_epochs, study_id, curves_of)
    for trial_id, task, *values in rows:
        epochs[trial_id][task].append(values)
    curves = {
        trial_id: [
            TaskCurves(task, *zip(*values, strict=True)) for task, values in of_tasks.items()
        ]
        for trial_id, of_tasks in epochs.items()
    }
    return TasksOfTrials(results, curves)


def _result_rows(result: TrialResult) -> Iterator[dict[str, Any]]:
    places: dict[str, int] = {}
    for task in result.tasks:
        place = places[task.split] = places.get(task.split, -1) + 1
        key = {"trial_id": result.trial_id, "position": place}
        yield row_of(trial_tasks, {**key, **task._asdict()})


def _epoch_rows(result: TrialResult) -> Iterator[dict[str, Any]]:
    for place, (task, *curves) in enumerate(result.task_curves):
        key = {"trial_id": result.trial_id, "position": place, "task": task}
        for epoch, values in enumerate(zip(*curves, strict=True), start=1):
            measured = dict(zip(_CURVES, values, strict=True))
            yield row_of(trial_task_epochs, {**key, "epoch": epoch, **measured})
