"""The loss that is trained on: the losses of tasks, smoothed and weighted as the trial says."""

from typing import Any

import jax
import jax.numpy as jnp

from .hyperparameters import Hyperparameters
from .network import Array
from .signature import Signature, used
from .tasks import TaskSpec, apart, row_losses, smoothed_losses


def trained_losses(
    signature: Signature, hyper: Hyperparameters, outputs: jax.Array, labels: Array
) -> jax.Array:
    """The loss of each row of a minibatch, float32 (rows,).

    Of several tasks Σ weight · loss (Caruana 1997, Mach Learn 28:41); a weight is traced, so that
    trials of different ones share a program.

    Args:
        signature: of the trial: what is learnt, and the weights of classes.
        hyper: of the trial: label smoothing, and a weight for each task.
        outputs: of the network, float32 (rows, outputs).
        labels: as the task has them.
    """
    task, weights = signature.task, signature.class_weights
    smoothing = used(signature, hyper, "label_smoothing")
    if not task.parts:
        return _losses(task, outputs, labels, smoothing, weights)
    total: Any = 0.0
    every: Any = weights or (None,) * len(task.parts)
    parts = zip(apart(task, outputs, labels), every, hyper.task_weights, strict=True)
    for (part, own_outputs, own_labels), of_classes, weight in parts:
        smooth = smoothing if part.kind == "classification" else None
        total += weight * _losses(part, own_outputs, own_labels, smooth, of_classes)
    return total


def _losses(
    task: TaskSpec,
    outputs: jax.Array,
    labels: Array,
    smoothing: jax.Array | None,
    weights: tuple[Any, ...] | None,
) -> jax.Array:
    losses = (
        row_losses(task, outputs, labels)
        if smoothing is None
        else smoothed_losses(task, outputs, labels, smoothing)
    )
    return losses if weights is None else losses * jnp.asarray(weights, losses.dtype)[labels]
