"""All that is known of one trial: its parameters, its result, its curves."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..storage import MadeByOptuna, NotStored, TrialStore
from ..storage.records.results import TaskCurves, TaskResult
from ..storage.records.study import StudyRecord
from ..storage.records.trials import TrialRecord
from .export import trial_rows

_TASK_COLUMNS = ("task", "epoch", *TaskCurves._fields[1:])


class TaskFacts(NamedTuple):
    """What is known of a trial's tasks; empty where there is only one."""

    results: Sequence[TaskResult]
    epochs: Sequence[Mapping[str, Any]]  # one a task and epoch
    kinds: Mapping[str, str]  # "classification" or "regression", by the task's name


class TrialFacts(NamedTuple):
    """What is known of a trial."""

    columns: tuple[str, ...]  # of ``export.trial_rows``
    row: tuple[Any, ...]  # raw, a value a column
    epoch_columns: tuple[str, ...]
    epochs: Sequence[Sequence[Any]]  # one row an epoch
    tasks: TaskFacts

    @property
    def values(self) -> dict[str, Any]:
        """Every column of the trial with its value."""
        return dict(zip(self.columns, self.row, strict=True))

    @property
    def parameters(self) -> dict[str, Any]:
        """The columns of parameters: those between the value and the measurements."""
        start, end = self.columns.index("value") + 1, self.columns.index("training_error")
        return dict(zip(self.columns[start:end], self.row[start:end], strict=True))


def best_trial(study: StudyRecord) -> TrialRecord:
    """The best trial.

    Raises:
        MadeByOptuna: none of its trials can be said to be it.
        NotStored: none has been trained to its end.
    """
    name, trial = study.name, study.best()
    if study.spec is None:
        raise MadeByOptuna(
            f"Optuna alone made {name!r}, so none of its trials has a network or errors here. "
            f"`netclinic diagnose {shlex.quote(name)}` names the best one and says what the "
            "search tells."
        )
    if trial is None:
        raise NotStored(
            f"No trial of {name!r} has been trained to its end by netclinic yet. "
            f"`netclinic trials {shlex.quote(name)}` lists those there are; "
            f"`netclinic resume {shlex.quote(name)}` goes on."
        )
    return trial


def numbered_trial(study: StudyRecord, number: int) -> TrialRecord:
    """The trial of a number.

    Raises:
        NotStored: there is none; says which there are.
    """
    trial = next((t for t in study.trials if t.number == number), None)
    if trial is None:
        numbers = [t.number for t in study.trials]
        there = f"{min(numbers)} to {max(numbers)}" if numbers else "none yet"
        raise NotStored(f"{study.name!r} has no trial {number}; its trials are {there}.")
    return trial


def trial_facts(store: TrialStore, study: StudyRecord, trial: TrialRecord) -> TrialFacts:
    """Read what is known of one trial; the study may have been loaded without curves."""
    columns = _epoch_columns(study)
    # One trial's epochs: load_study would read those of every trial.
    _, epochs = store.query(
        f"SELECT {', '.join(columns)} FROM trial_epochs "
        f"WHERE trial_id = {trial.trial_id:d} ORDER BY epoch"
    )
    table = trial_rows(study)
    row = next(row for row in table.rows if row[0] == trial.number)
    return TrialFacts(table.columns, row, columns, epochs, _task_facts(store, study, trial))


def trial_document(study: str, facts: TrialFacts) -> dict[str, Any]:
    """The facts as ``netclinic show -f json`` gives them."""
    rest = {k: v for k, v in facts.values.items() if k not in facts.parameters}
    rest["parameter_count"] = rest.pop("parameters")
    tasks = {
        "tasks": [it._asdict() for it in facts.tasks.results],
        "task_curves": list(facts.tasks.epochs),
    }
    return {
        "study": study,
        **rest,
        "parameters": facts.parameters,
        **{name: rows for name, rows in tasks.items() if rows},
        "curves": [dict(zip(facts.epoch_columns, row, strict=True)) for row in facts.epochs],
    }


def _epoch_columns(study: StudyRecord) -> tuple[str, ...]:
    balanced = ("training_balanced_error", "validation_balanced_error")
    return (
        "epoch",
        "training_loss",
        "validation_loss",
        "training_error",
        "validation_error",
        *(balanced if study.minimises_balanced else ()),
        "gradient_norm",
    )


def _task_facts(store: TrialStore, study: StudyRecord, trial: TrialRecord) -> TaskFacts:
    kinds = {it.name: it.kind for it in study.provenance.tasks} if study.provenance else {}
    if not kinds:
        return TaskFacts((), (), {})
    _, rows = store.query(
        f"SELECT {', '.join(_TASK_COLUMNS)} FROM task_curves "
        f"WHERE trial_id = {trial.trial_id:d} ORDER BY position, epoch"
    )
    epochs = [dict(zip(_TASK_COLUMNS, row, strict=True)) for row in rows]
    return TaskFacts(trial.result.tasks if trial.result else (), epochs, kinds)
