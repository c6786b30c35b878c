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


def row_errors(task: TaskSpec, outputs: jax.Array, labels: Array) -> jax.Array:
    """The error of each row, float32 (rows,): 1 where the answer is wrong, else 0.

    A row with an output that is not finite is wrong. Arguments as for ``row_losses``.
    """
    del task
    right = (jnp.argmax(outputs, axis=-1) == labels) & jnp.isfinite(outputs).all(axis=-1)
    return (~right).astype(jnp.float32)
