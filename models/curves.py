"""Curves: what is measured of a trial, one value an epoch."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .judging import Score
from .network import Array
from .tasks import TaskSpec


class TaskCurves(NamedTuple):
    """What ``Curves`` has, of each of several tasks: float32 (epochs, tasks)."""

    training_loss: Array
    training_error: Array
    validation_loss: Array
    validation_error: Array


class Curves(NamedTuple):
    """One value an epoch, float32 (epochs,); NaN from the diverged epoch on.

    Losses and errors (see ``tasks``) are measured in evaluation mode on all rows, after the epoch.
    Where the balanced error is minimised also the wrong rows of each class: (epochs, classes).
    """

    training_loss: Array
    training_error: Array
    validation_loss: Array
    validation_error: Array
    gradient_norm: Array  # L2 norm of the minibatch loss gradient, mean over the epoch
    training_wrong: Array | None = None
    validation_wrong: Array | None = None
    tasks: TaskCurves | None = None  # in multitask

    def of_lane(self, lane: int, epochs: int) -> "Curves":
        """The first epochs of one lane, of curves with a leading axis of lanes."""
        return jax.tree.map(lambda column: column[lane, :epochs], self)


def joined(parts: Sequence[Curves]) -> Curves:
    """Curves of one segment after another, on the host."""
    return jax.tree.map(lambda *columns: np.concatenate(columns), *parts)


def curves_of(norms: jax.Array, training: Score, validation: Score) -> Curves:
    """What is measured of one epoch, scalars.

    Args:
        norms: of the gradient in each step, float32 (steps,).
        training: after the epoch.
        validation: the same.
    """
    scores = (training.loss, training.error, validation.loss, validation.error)
    counts = training.counts, validation.counts
    wrong, wrong_validation = (each and each.wrong for each in counts)
    tasks = _of_tasks(training, validation)
    return Curves(*scores, norms.mean(), wrong, wrong_validation, tasks)


def unknown_curves(task: TaskSpec) -> Curves:
    """An epoch that was not trained: NaN."""
    nan = jnp.full((), jnp.nan, jnp.float32)
    wrong = None if task.balanced is None else jnp.full(task.balanced, jnp.nan, jnp.float32)
    each = jnp.full(len(task.parts), jnp.nan, jnp.float32)
    tasks = TaskCurves(each, each, each, each) if task.parts else None
    return Curves(nan, nan, nan, nan, nan, wrong, wrong, tasks)


def _of_tasks(training: Score, validation: Score) -> TaskCurves | None:
    """An epoch of each of several tasks; ``None`` where there is only one."""
    if training.tasks is None or validation.tasks is None:
        return None
    each = (training.tasks.loss, training.tasks.error, validation.tasks.loss)
    return TaskCurves(*each, validation.tasks.error)
