"""What trials made of each of several tasks, written and read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, select

from .launching import chunks
from .numbers import finite
from .optuna_tables import trials
from .records.results import TaskCurves, TaskResult, TrialResult
from .tables.trials import trial_task_epochs, trial_tasks

_MEASURED = ("error", "relative_error", "loss", "deviation")
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
    c = trial_tasks.c
    query = select(c.trial_id, *(c[name] for name in TaskResult._fields))
    query = query.order_by(c.trial_id, c.split, c.position)
    results: dict[int, list[TaskResult]] = defaultdict(list)
    for trial_id, *values in connection.execute(_of_study(query, trial_tasks, study_id)):
        results[trial_id].append(TaskResult(*values))
    epochs: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for trial_id, task, *values in _epochs(connection, study_id, curves_of):
        epochs[trial_id][task].append(values)
    curves = {
        trial_id: [TaskCurves(task, *zip(*rows, strict=True)) for task, rows in of_tasks.items()]
        for trial_id, of_tasks in epochs.items()
    }
    return TasksOfTrials(results, curves)


def _result_rows(result: TrialResult) -> Iterator[dict[str, Any]]:
    places: dict[str, int] = {}
    for task in result.tasks:
        place = places[task.split] = places.get(task.split, -1) + 1
        row = task._asdict()
        row |= {name: finite(row[name]) for name in _MEASURED}
        yield {"trial_id": result.trial_id, "position": place, **row}


def _epoch_rows(result: TrialResult) -> Iterator[dict[str, Any]]:
    for place, (task, *curves) in enumerate(result.task_curves):
        key = {"trial_id": result.trial_id, "position": place, "task": task}
        for epoch, values in enumerate(zip(*curves, strict=True), start=1):
            measured = {n: finite(v) for n, v in zip(_CURVES, values, strict=True)}
            yield {**key, "epoch": epoch, **measured}


def _epochs(
    connection: Connection, study_id: int, trial_ids: Sequence[int] | None
) -> Iterable[Any]:
    c = trial_task_epochs.c
    query = select(c.trial_id, c.task, *(c[name] for name in _CURVES))
    query = query.order_by(c.trial_id, c.position, c.epoch)
    if trial_ids is None:
        return connection.execute(_of_study(query, trial_task_epochs, study_id))
    some = (query.where(c.trial_id.in_(chunk)) for chunk in chunks(list(trial_ids)))
    return (row for part in some for row in connection.execute(part))


def _of_study(query: Select[Any], table: Table, study_id: int) -> Select[Any]:
    query = query.join(trials, trials.c.trial_id == table.c.trial_id)
    return query.where(trials.c.study_id == study_id)
