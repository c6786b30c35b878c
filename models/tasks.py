"""What a network is to learn: what its outputs mean, and how right they are, row by row."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from .network import Array


class TaskSpec(NamedTuple):
    """What labels and outputs are; hashable."""

    kind: str = "classification"  # labels: int32 (rows,), outputs: a logit for each class


def row_losses(task: TaskSpec, outputs: jax.Array, labels: Array) -> jax.Array:
    """The loss of each row, float32 (rows,): cross-entropy in nats.

    Args:
        task: what is learnt.
        outputs: of the network, float32 (rows, outputs).
        labels: as the task has them.
    """
    del task
    return optax.softmax_cross_entropy_with_integer_labels(outputs, labels)


def smoothed_losses(
    task: TaskSpec, outputs: jax.Array, labels: Array, smoothing: jax.Array
) -> jax.Array:
    """The cross-entropy of each row with the labels smoothed, float32 (rows,), nats.

    A row's label q is 1 at its class and 0 elsewhere; (1 − smoothing) · q + smoothing / classes
    stands in its place (Szegedy et al. 2016, §7).

    Args:
        task: "classification".
        outputs: logits, float32 (rows, classes).
        labels: int32 (rows,).
        smoothing: float32 scalar in [0, 1).
    """
    even = -jax.nn.log_softmax(outputs).mean(-1)
    return (1.0 - smoothing) * row_losses(task, outputs, labels) + smoothing * even


def row_errors(task: TaskSpec, outputs: jax.Array, labels: Array) -> jax.Array:
    """The error of each row, float32 (rows,): 1 where the answer is wrong, else 0.

    A row with an output that is not finite is wrong. Arguments as for ``row_losses``.
    """
    del task
    right = (jnp.argmax(outputs, axis=-1) == labels) & jnp.isfinite(outputs).all(axis=-1)
    return (~right).astype(jnp.float32)


def row_answers(task: TaskSpec, outputs: jax.Array) -> jax.Array:
    """What the outputs say of each row: the class, int32 (rows,)."""
    del task
    return jnp.argmax(outputs, axis=-1).astype(jnp.int32)
