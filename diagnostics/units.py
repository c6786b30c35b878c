"""What an error is: a share of rows or labels, a mean squared error, or relative to a constant."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from ..storage.records.data import TargetVariance
from ..storage.records.runs import Provenance


class Task(StrEnum):
    """What a network is to learn, ``[data] task``."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    MULTILABEL = "multilabel"
    MULTITASK = "multitask"

    @property
    def shares(self) -> bool:
        """Whether a row's error is a share, 0 to 1."""
        return self in (Task.CLASSIFICATION, Task.MULTILABEL)


class Unit(NamedTuple):
    """What the errors of a study are, which decides how they are judged and written."""

    task: Task = Task.CLASSIFICATION
    columns: int = 1  # labels of a row in multilabel, tasks in multitask, targets in regression
    variance: TargetVariance | None = None  # in regression
    loss_known: bool = True  # what losses are measured in; not so in others' logs
    balanced: bool = False  # in classification: the mean over classes of each class's error
    logarithm: bool = False  # in regression: the target is the natural logarithm of a quantity

    @property
    def squares(self) -> str:
        """In words, what mean squared errors are measured in."""
        return f"squared units of the target{'’s natural logarithm' if self.logarithm else ''}"

    @property
    def whole(self) -> float:
        """What a tolerance of 1 allows: all rows, or the target's variance over training rows."""
        return self.variance.train if self.variance else 1.0

    def r_squared(self, split: str, error: float) -> float | None:
        """R² = 1 − error / variance of a split's target; ``None`` where there is no variance.

        The Bayes error is compared with the variance over the training rows.
        """
        if self.variance is None:
            return None
        held_out = self.variance._asdict()
        variance = held_out.get(split, self.variance.train)
        return 1 - error / variance if variance else None


CLASSIFICATION = Unit()


def task_of(spec: Mapping[str, Any] | None) -> Task:
    """What a study's networks are to learn; its spec may leave it out."""
    return Task((spec or {}).get("data", {}).get("task", Task.CLASSIFICATION))


def unit_of(spec: Mapping[str, Any], provenance: Provenance) -> Unit:
    """The unit of a study's errors.

    Raises:
        ValueError: a study of regression whose target's variance was not kept.
    """
    task = task_of(spec)
    if task is Task.CLASSIFICATION:
        balanced = spec.get("study", {}).get("objective") == "balanced_error"
        return Unit(balanced=balanced)
    if task in (Task.MULTILABEL, Task.MULTITASK):
        return Unit(task, provenance.classes)
    if provenance.target_variance is None:
        raise ValueError("got a study of regression without its target's variance")
    logarithm = spec["data"].get("target_transform") == "log"
    return Unit(task, provenance.classes, provenance.target_variance, logarithm=logarithm)
