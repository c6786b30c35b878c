"""The Bayes error, the least that anything can reach: taken from the user or estimated."""

import numpy as np

from ...datasets.dataset import Dataset
from ...storage.records.data import BayesRecord
from ...storage.records.study import StudyRecord
from ..findings import DiagnosisError
from ..single_tasks import task_dataset, task_studies, together
from .balanced_floor import balanced_floor
from .class_floor import class_floor
from .floors import multilabel_floor, regression_floor
from .known_floor import given_figure, soft_label_floor
from .looked_at import SeenByMixture, look_at, see_by_mixture


def estimate_bayes_error(
    dataset: Dataset,
    study: StudyRecord,
    soft_labels: np.ndarray | None = None,
    seen: SeenByMixture | None = None,
) -> BayesRecord:
    """Estimate the Bayes error, or pass on the figure that the study's spec gives.

    Of classes see ``class_floor``, of regression and multilabel errors ``floors``, of balanced ones
    ``balanced_floor``; soft labels tell the whole (``known_floor.soft_label_floor``). Of several
    tasks each has its own floor, and that of all is the mean of the relative ones.

    Args:
        dataset: the study's; at most 10,000 rows of it are used, fewer where there are more than 20
            classes or more than one label, drawn with a fixed seed.
        study: ``spec["diagnosis"]["bayes_error"]`` is ``"estimate"``, a number, or a mapping with
            ``value``, ``low`` and ``high``; beside ``"estimate"`` there may be ``human_error`` with
            ``error`` and ``n``, and ``label_noise`` (``known_floor.label_noise``); of several tasks
            ``task_bayes_error``, numbers or such mappings by the names of tasks.
        soft_labels: (n, classes) probabilities of some rows, where the spec names a file of them.
        seen: ``looked_at.see_by_mixture(dataset)`` where it is there already.

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
    if study.minimises_balanced:
        rng = np.random.default_rng(0)
        return balanced_floor(dataset, look_at(dataset, rng), study, rng)
    if dataset.task == "multitask":
        return _of_tasks(dataset, study)
    if dataset.task == "classification":
        return class_floor(dataset, seen or see_by_mixture(dataset), study, known)
    rng = np.random.default_rng(0)
    floor = multilabel_floor if dataset.task == "multilabel" else regression_floor
    return floor(dataset, look_at(dataset, rng), study, rng)


def _of_tasks(dataset: Dataset, study: StudyRecord) -> BayesRecord:
    """The floor of each of several tasks by itself, given or estimated, and theirs together."""
    single = task_studies(study)
    if study.provenance is None or len(single) < len(dataset.tasks):
        raise DiagnosisError(
            f"study {study.name!r} has no completed trial with an error of each task, which is the "
            f"upper limit of its Bayes error. Train some with `netclinic resume {study.name}`; if "
            "all diverged, lower the upper limit of search.learning_rate."
        )
    given = (study.spec or {})["diagnosis"].get("task_bayes_error") or {}
    floors = {
        task.name: given_figure(given[task.name])
        if task.name in given
        else estimate_bayes_error(task_dataset(dataset, place), single[task.name])
        for place, task in enumerate(dataset.tasks)
    }
    only = (study.spec or {}).get("study", {}).get("objective_task")
    return together(floors, study.provenance.tasks, only)
