"""Each of several tasks as a study of its own, of which the best trial is the same one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..datasets.dataset import Dataset, Split
from ..storage.records.data import GROUP_EFFECT, BayesRecord, DataCheck, TargetVariance, TaskNote
from ..storage.records.results import Curves, TrialResult
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord

_MEASURED = ("error", "loss", "deviation")


def task_studies(study: StudyRecord) -> dict[str, StudyRecord]:
    """A study of each task by its name, of the best trial alone; none where there is one task.

    Its errors and curves are those of the task, so are its floor and how its rows' errors hang
    together in groups. A target's variance is that of the training rows on every split. What was
    tried was compared by the error of all tasks together, so it says nothing of one.
    """
    best, provenance = study.best(), study.provenance
    if best is None or best.result is None or provenance is None:
        return {}
    floors = study.bayes.tasks if study.bayes else {}
    regions = study.regions.tasks if study.regions else {}
    found = {}
    for task in provenance.tasks:
        constant = task.constant_error
        variance = TargetVariance(constant, constant, constant, constant)
        of_one = provenance._replace(
            classes=task.classes,
            target_variance=variance if task.kind == "regression" else None,
            tasks=(),
        )
        found[task.name] = replace(
            study,
            spec=_spec_of(dict(study.spec or {}), task),
            provenance=of_one,
            trials=(_trial_of(best, best.result, task),),
            bayes=floors.get(task.name),
            regions=regions.get(task.name),
            treatments=(),
            data_checks=_checks_of(study.data_checks, task.name),
        )
    return found


def task_dataset(dataset: Dataset, place: int) -> Dataset:
    """One task of a data set, by its place, as a data set of that task alone."""
    task = dataset.tasks[place]

    def of_one(split: Split) -> Split:
        labels = split.labels[:, place]
        return split._replace(labels=labels.astype("int32") if task.is_class else labels)

    return replace(
        dataset,
        train=of_one(dataset.train),
        validation=of_one(dataset.validation),
        test=of_one(dataset.test),
        bridge=dataset.bridge and of_one(dataset.bridge),
        class_names=task.class_names,
        task=task.kind,
        target=task.scale,
        tasks=(),
    )


def together(
    floors: Mapping[str, BayesRecord], tasks: tuple[TaskNote, ...], only: str | None
) -> BayesRecord:
    """The floor of the error that trials are compared by, of the floors of tasks.

    Each limit is the mean over tasks of that limit over the constant error: as bounds they hold
    together where those of the tasks do.

    Args:
        floors: by the names of tasks.
        tasks: with the errors of constant answers.
        only: the task by which trials are compared; ``None`` for the mean over all.
    """
    counted = [task for task in tasks if only in (None, task.name)]

    def mean(of: str) -> float:
        each = [getattr(floors[task.name], of) / task.constant_error for task in counted]
        return sum(each) / len(each)

    whose = "of all tasks" if only is None else f"of the task {only!r}"
    method = (
        f"The mean {whose} of their own floors over the errors of constant answers; each task's "
        "floor says how it came about."
        if only is None
        else f"The floor {whose} over the error of a constant answer."
    )
    rows = min((n for task in counted if (n := floors[task.name].n) is not None), default=None)
    given = all(floors[task.name].given for task in counted)
    return BayesRecord(
        mean("value"), mean("low"), mean("high"), rows, method, given, tasks=dict(floors)
    )


def _spec_of(spec: dict[str, Any], task: TaskNote) -> dict[str, Any]:
    data = {**spec.get("data", {}), "task": task.kind, "targets": None}
    return {**spec, "data": data}


def _checks_of(checks: tuple[DataCheck, ...], task: str) -> tuple[DataCheck, ...]:
    """What was found out about the data, with one task's own effect of groups as that of all."""
    found = []
    for it in checks:
        details = dict(it.details)
        if it.kind != GROUP_EFFECT:
            found.append(it)
        elif details.pop("task", None) == task:
            found.append(it._replace(details=details))
    return tuple(found)


def _trial_of(trial: TrialRecord, result: TrialResult, task: TaskNote) -> TrialRecord:
    """The trial with the errors of one task in the place of those of all."""
    measured: dict[str, float | None] = {}
    for it in result.tasks:
        if it.task != task.name:
            continue
        for name in _MEASURED:
            counts_rows = name == "deviation" and task.kind == "classification"
            measured[f"{it.split}_{name}"] = None if counts_rows else getattr(it, name)
    value = measured.get("validation_error")
    of_one = result._replace(**measured, tasks=(), value=value, task_curves=())
    return replace(trial, value=value, result=of_one._replace(curves=_curves_of(result, task.name)))


def _curves_of(result: TrialResult, task: str) -> Curves:
    """The curves of one task; empty where none were kept. The gradient is that of all tasks."""
    for it in result.task_curves:
        if it.task == task:
            losses_and_errors = (getattr(it, name) for name in Curves._fields[:-1])
            return Curves(*losses_and_errors, gradient_norm=result.curves.gradient_norm)
    return Curves((), (), (), (), ())
