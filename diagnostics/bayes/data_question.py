"""What small models are asked of the data: all they need, so that they can be asked elsewhere."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...datasets.dataset import Dataset
from ..single_tasks import task_dataset
from .looked_at import LookedAt, look_at

if TYPE_CHECKING:
    from .data_reading import DataReading


class DataQuestion(NamedTuple):
    """Rows, and what is to be found out about them."""

    rows: LookedAt | None  # None: nothing of all tasks together
    task: str  # as in ``Dataset``
    classes: int
    scale: float  # of the targets; 1 where they are no quantities
    balanced: bool  # whether classes count alike
    floor: bool  # whether the Bayes error is to be estimated
    rng: np.random.Generator  # for whatever is drawn
    tasks: Mapping[str, "DataQuestion"]  # of several tasks, by their names


def ask(dataset: Dataset, spec: Mapping[str, Any]) -> DataQuestion:
    """Put together what is asked of a data set.

    Args:
        dataset: at most 10,000 rows of it are taken, fewer where there are more than 20 classes or
            more than one label, drawn with a fixed seed.
        spec: of the study, of which the tables study and diagnosis count: there is no Bayes error
            to estimate where the latter gives it.
    """
    known = spec.get("diagnosis", {})
    floor = known.get("bayes_error") == "estimate" and known.get("soft_labels") is None
    rng = np.random.default_rng(0)
    if dataset.tasks:
        given = known.get("task_bayes_error") or {}
        tasks = {
            task.name: ask(task_dataset(dataset, place), spec)
            for place, task in enumerate(dataset.tasks)
            if floor and task.name not in given
        }
        return DataQuestion(None, dataset.task, 0, 1.0, False, False, rng, tasks)
    return DataQuestion(
        rows=look_at(dataset, rng),
        task=dataset.task,
        classes=dataset.classes,
        scale=dataset.target.scale if dataset.target else 1.0,
        balanced=spec.get("study", {}).get("objective") == "balanced_error",
        floor=floor,
        rng=rng,
        tasks={},
    )


def answered(asked: DataQuestion) -> "DataReading":
    """``data_reading.read_data`` of it; what that imports is imported when it is called."""
    from . import data_reading

    return data_reading.read_data(asked)
