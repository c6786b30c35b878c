"""What a network is to learn: what its outputs mean, and how right they are, row by row."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from .network import Array


class Part(NamedTuple):
    """One of several tasks that share a network; hashable."""

    kind: str  # "classification" | "regression"
    outputs: int  # of the network, that are this task's: its logits, or one number
    share: float  # what its error is multiplied by in the error of all tasks together


class TaskSpec(NamedTuple):
    """What labels and outputs are; hashable.

    - ``classification``: labels int32 (rows,), outputs a logit for each class;
    - ``regression``: labels float32 (rows,), the target standardised, outputs one number;
    - ``multilabel``: labels int32 (rows, labels), 1 or 0, outputs a logit for each label;
    - ``multitask``: labels float32 (rows, tasks), a class's number or a target standardised,
      outputs those of the tasks side by side.
    """

    kind: str = "classification"
    # of a classification that minimises the balanced error: into how many classes
    balanced: int | None = None
    parts: tuple[Part, ...] = ()  # in multitask

    @property
    def counts_rows(self) -> bool:
        """Whether the error of a row is 0 or 1, so that their mean tells how they spread."""
        return self.kind == "classification"


def apart(
    task: TaskSpec, outputs: jax.Array, labels: Array
) -> Iterator[tuple[TaskSpec, jax.Array, Array]]:
    """Each of several tasks with its outputs and its labels.

    Args:
        task: "multitask".
        outputs: of the network, float32 (rows, outputs of all tasks).
        labels: float32 (rows, tasks).
    """
    columns = columns_of(part.outputs for part in task.parts)
    for place, (part, where) in enumerate(zip(task.parts, columns, strict=True)):
        own = labels[:, place]
        if part.kind == "classification":
            own = own.astype(jnp.int32)
        yield TaskSpec(part.kind), outputs[:, where], own


def columns_of(counts: Iterable[int]) -> Iterator[slice]:
    """Where each of several tasks has its outputs, which stand side by side.

    >>> [(it.start, it.stop) for it in columns_of([3, 1, 2])]
    [(0, 3), (3, 4), (4, 6)]
    """
    first = 0
    for count in counts:
        yield slice(first, first + count)
        first += count


def task_losses(task: TaskSpec, outputs: jax.Array, labels: Array) -> jax.Array:
    """The loss of each row in each of several tasks, float32 (rows, tasks); see ``apart``."""
    return jnp.stack([row_losses(*each) for each in apart(task, outputs, labels)], axis=-1)


def task_errors(task: TaskSpec, outputs: jax.Array, labels: Array) -> jax.Array:
    """The error of each row in each of several tasks, float32 (rows, tasks); see ``apart``."""
    return jnp.stack([row_errors(*each) for each in apart(task, outputs, labels)], axis=-1)


def together(task: TaskSpec, errors: jax.Array) -> jax.Array:
    """The error of each row over all tasks: float32 (rows,), of errors (rows, tasks)."""
    shares = jnp.array([part.share for part in task.parts], errors.dtype)
    return (errors * shares[None, :]).sum(axis=-1)


def row_losses(task: TaskSpec, outputs: jax.Array, labels: Array) -> jax.Array:
    """The loss of each row, float32 (rows,).

    Cross-entropy in nats; of several labels the mean of their binary cross-entropies, of which
    each has its own sigmoid; in regression the squared error of the standardised target; of several
    tasks the sum of their losses.

    Args:
        task: what is learnt.
        outputs: of the network, float32 (rows, outputs).
        labels: as the task has them.
    """
    if task.parts:
        return task_losses(task, outputs, labels).sum(axis=-1)
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
    Tsoumakas & Katakis 2007, Int J Data Warehous Min 3:1); the squared error of the standardised
    target; or of several tasks the sum of their errors times their shares. An output that is not
    finite is wrong. Arguments as for ``row_losses``.
    """
    if task.parts:
        return together(task, task_errors(task, outputs, labels))
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
    """What the outputs say of each row: the class, the labels or the quantity.

    int32 (rows,) in classification; int32 (rows, labels), 1 or 0, in multilabel; float32 (rows,),
    the target standardised, in regression.
    """
    if task.kind == "regression":
        return outputs[:, 0]
    if task.kind == "multilabel":
        return (outputs > 0).astype(jnp.int32)
    return jnp.argmax(outputs, axis=-1).astype(jnp.int32)
