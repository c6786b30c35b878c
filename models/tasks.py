"""What a network is to learn: what its outputs mean, and how right they are, row by row."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from .network import Array


class TaskSpec(NamedTuple):
    """What labels and outputs are; hashable.

    - ``classification``: labels int32 (rows,), outputs a logit for each class;
    - ``regression``: labels float32 (rows,), the target standardised, outputs one number;
    - ``multilabel``: labels int32 (rows, labels), 1 or 0, outputs a logit for each label.
    """

    kind: str = "classification"
    # of a classification that minimises the balanced error: into how many classes
    balanced: int | None = None

    @property
    def counts_rows(self) -> bool:
        """Whether the error of a row is 0 or 1, so that their mean tells how they spread."""
        return self.kind == "classification"


def row_losses(task: TaskSpec, outputs: jax.Array, labels: Array) -> jax.Array:
    """The loss of each row, float32 (rows,).

    Cross-entropy in nats; of several labels the mean of their binary cross-entropies, of which
    each has its own sigmoid; in regression the squared error of the standardised target.

    Args:
        task: what is learnt.
        outputs: of the network, float32 (rows, outputs).
        labels: as the task has them.
    """
    return _LOSSES[task.kind](outputs, labels)


def _squares(outputs: jax.Array, labels: Array) -> jax.Array:
    return jnp.square(outputs[:, 0] - labels)


def _label_losses(outputs: jax.Array, labels: Array) -> jax.Array:
    wanted = jnp.asarray(labels, outputs.dtype)
    return optax.sigmoid_binary_cross_entropy(outputs, wanted).mean(axis=-1)


_LOSSES: dict[str, Callable[[jax.Array, Array], jax.Array]] = {
    "classification": optax.softmax_cross_entropy_with_integer_labels,
    "regression": _squares,
    "multilabel": _label_losses,
}


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
    """The error of each row, float32 (rows,).

    1 where the class is wrong, else 0; the share of a row's labels that are wrong (Hamming loss;
    Tsoumakas & Katakis 2007, Int J Data Warehous Min 3:1); or the squared error of the standardised
    target. An output that is not finite is wrong. Arguments as for ``row_losses``.
    """
    return _ERRORS[task.kind](outputs, labels)


def _wrong_classes(outputs: jax.Array, labels: Array) -> jax.Array:
    right = (jnp.argmax(outputs, axis=-1) == labels) & jnp.isfinite(outputs).all(axis=-1)
    return (~right).astype(jnp.float32)


def _wrong_labels(outputs: jax.Array, labels: Array) -> jax.Array:
    right = ((outputs > 0) == (labels > 0)) & jnp.isfinite(outputs)
    return (~right).astype(jnp.float32).mean(axis=-1)


_ERRORS: dict[str, Callable[[jax.Array, Array], jax.Array]] = {
    "classification": _wrong_classes,
    "regression": _squares,
    "multilabel": _wrong_labels,
}


def row_answers(task: TaskSpec, outputs: jax.Array) -> jax.Array:
    """What the outputs say of each row: the class, or the quantity.

    int32 (rows,) in classification; float32 (rows,), the target standardised, in regression.
    """
    if task.kind == "regression":
        return outputs[:, 0]
    return jnp.argmax(outputs, axis=-1).astype(jnp.int32)
