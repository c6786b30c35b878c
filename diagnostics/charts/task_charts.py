"""The curves of each of several tasks: the diagnosed trial's errors by epoch, one chart a task."""

from typing import Any, NamedTuple

from ...storage.records.study import StudyRecord
from ..error_text import error_text
from ..findings import Diagnosis
from ..single_tasks import task_studies
from ..studies.trial_choice import Trained
from .curve_chart import ERROR, curve_chart

_MOST = 12  # charts: more would hide the rest of a report


class TaskChart(NamedTuple):
    """The error of one task by epoch, training dashed and validation solid."""

    task: str
    chart: dict[str, Any]  # a Vega-Lite description
    label: str  # the same in words


class TaskCharts(NamedTuple):
    """The charts of the first tasks."""

    drawn: tuple[TaskChart, ...]
    left: tuple[str, ...]  # the names of the tasks behind them, which are not drawn


def task_charts(study: StudyRecord, diagnosis: Diagnosis) -> TaskCharts:
    """One chart a task, of the first dozen; none where there is one task, or no curves were kept.

    Args:
        study: of the diagnosis.
        diagnosis: with that of each task.
    """
    drawn, left = [], []
    for name, of_one in task_studies(study).items():
        best, it = of_one.best(), diagnosis.tasks.get(name)
        if it is None or best is None or best.result is None:
            continue
        curves = best.result.curves
        if not curves.training_error:
            continue
        if len(drawn) == _MOST:
            left.append(name)
            continue
        chart = curve_chart([Trained(best, best.result)], best.number, ERROR, it.unit)
        last = [
            error_text(of[-1], it.unit) for of in (curves.training_error, curves.validation_error)
        ]
        label = (
            f"Training and validation error of {name} by epoch; trial {best.number} ends at "
            f"{last[0]} in training and {last[1]} in validation."
        )
        drawn.append(TaskChart(name, chart, label))
    return TaskCharts(tuple(drawn), tuple(left))
