"""The Bayes error, the least that anything can reach: taken from the user or estimated."""

import shlex

import numpy as np

from ...datasets.dataset import Dataset
from ...storage.records.data import BayesRecord
from ...storage.records.study import StudyRecord
from ..findings import DiagnosisError
from ..single_tasks import task_dataset, task_studies, together
from .balanced_floor import balanced_floor
from .class_floor import class_floor
from .data_question import ask
from .data_reading import DataReading, read_data
from .floors import multilabel_floor, regression_floor
from .known_floor import given_figure, soft_label_floor


def estimate_bayes_error(
    dataset: Dataset,
    study: StudyRecord,
    soft_labels: np.ndarray | None = None,
    reading: DataReading | None = None,
) -> BayesRecord:
    """Estimate the Bayes error, or pass on the figure that the study's spec gives.

    Of classes see ``class_floor``, of regression and multilabel errors ``floors``, of balanced ones
    ``balanced_floor``; soft labels tell the whole (``known_floor.soft_label_floor``). Of several
    tasks each has its own floor, and that of all is the mean of the relative ones.

    Args:
        dataset: the study's.
        study: ``spec["diagnosis"]["bayes_error"]`` is ``"estimate"``, a number, or a mapping with
            ``value``, ``low`` and ``high``; beside ``"estimate"`` there may be ``human_error`` with
            ``error`` and ``n``, and ``label_noise`` (``known_floor.label_noise``); of several tasks
            ``task_bayes_error``, numbers or such mappings by the names of tasks.
        soft_labels: (n, classes) probabilities of some rows, where the spec names a file of them.
        reading: ``read_data(ask(dataset, study.spec))`` where it is there already.

    Raises:
        DiagnosisError: the study has no spec.
    """
    if study.spec is None:
        raise DiagnosisError(
            f"study {study.name!r} has no spec, so it was not made here; "
            "write one and start it with `netclinic run SPEC`."
        )
    known = study.spec["diagnosis"]
    if known["bayes_error"] != "estimate":
        return given_figure(known["bayes_error"])
    if soft_labels is not None:
        return soft_label_floor(soft_labels)
    read = reading or read_data(ask(dataset, study.spec))
    if dataset.task == "multitask":
        return _of_tasks(dataset, study, read)
    if study.minimises_balanced:
        return balanced_floor(dataset, read.balanced, study)
    if dataset.task == "classification":
        return class_floor(dataset, read.seen, read.noise, study, known)
    if dataset.task == "multilabel":
        return multilabel_floor(dataset, read.labels, study)
    return regression_floor(dataset, read.quantities, study)


def _of_tasks(dataset: Dataset, study: StudyRecord, read: DataReading) -> BayesRecord:
    """The floor of each of several tasks by itself, given or estimated, and theirs together."""
    single = task_studies(study)
    if study.provenance is None or len(single) < len(dataset.tasks):
        raise DiagnosisError(
            f"study {study.name!r} has no completed trial with an error of each task, which is the "
            f"upper limit of its Bayes error. Train some with `netclinic resume "
            f"{shlex.quote(study.name)}`; if all diverged, lower the upper limit of "
            "search.learning_rate."
        )
    given = (study.spec or {})["diagnosis"].get("task_bayes_error") or {}
    floors = {
        task.name: given_figure(given[task.name])
        if task.name in given
        else estimate_bayes_error(
            task_dataset(dataset, place), single[task.name], reading=read.tasks[task.name]
        )
        for place, task in enumerate(dataset.tasks)
    }
    only = (study.spec or {}).get("study", {}).get("objective_task")
    return together(floors, study.provenance.tasks, only)
