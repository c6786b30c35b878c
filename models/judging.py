"""How a network does on the rows of a split, however many they are."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .class_counts import ClassCounts, count_classes, no_counts
from .devices import on_cpu
from .network import Array, Network, Variables
from .tasks import TaskSpec, row_answers, row_errors, row_losses, task_errors, task_losses, together

# Between two layers during evaluation, a lane. What a core has just made is read again from its own
# cache: 2 MiB take half to three quarters of the time of 16 (benchmarks/LOG.md). Other devices want
# long products.
NUMBERS_AT_ONCE = 2**19
NUMBERS_ON_ACCELERATORS = 2**22


class Rows(NamedTuple):
    """Rows of one split, on the device or, where they are streamed, on the host."""

    inputs: Any  # array (rows, features) float32; on the host also datasets' ScaledRows
    labels: Array  # (rows,), (rows, labels) or (rows, tasks); see tasks.TaskSpec


class TaskScore(NamedTuple):
    """How a network does in each of several tasks: means over a split's rows, (tasks,) each."""

    loss: Array
    error: Array
    square: Array  # of the rows' errors


class Score(NamedTuple):
    """How a network does on a split: means over its rows."""

    loss: Array  # see tasks.row_losses
    error: Array  # see tasks.row_errors
    # mean of the rows' squared errors, where the mean error does not tell how they spread
    square: Array | None = None
    counts: ClassCounts | None = None  # no means; where the balanced error is minimised
    tasks: TaskScore | None = None  # in multitask


def evaluate(network: Network, task: TaskSpec, variables: Variables, rows: Rows) -> Score:
    """Mean loss and error over all ``rows``, in evaluation mode.

    Many rows of a wide network are taken in pieces of one size, which a cache holds and memory does
    not grow with; what the last piece shares with the one before is counted once.
    """
    count = len(rows.labels)
    size = piece_rows(network, count)
    if size == count:
        judged = judge(network, task, variables, rows)
        return jax.tree.map(lambda v: v.mean(axis=0), judged)._replace(
            counts=count_classes(task.balanced, rows.labels, judged.error)
        )

    def add(total: Score, begin: jax.Array) -> tuple[Score, None]:
        first = jnp.minimum(begin, count - size)
        piece = Rows(*(jax.lax.dynamic_slice_in_dim(values, first, size) for values in rows))
        return add_piece(network, task, variables, total, piece, begin, count), None

    total, _ = jax.lax.scan(add, no_total(task), jnp.arange(0, count, size))
    return mean_score(total, count)


def piece_rows(network: Network, count: int) -> int:
    """Rows of each of the pieces that ``evaluate`` takes ``count`` rows in."""
    at_once = NUMBERS_AT_ONCE if on_cpu() else NUMBERS_ON_ACCELERATORS
    pieces = -(-count * network.widest // at_once)
    return -(-count // pieces)


def no_total(task: TaskSpec) -> Score:
    """Sums over no rows."""
    zero = jnp.zeros((), jnp.float32)
    square, counts = None if task.counts_rows else zero, no_counts(task.balanced)
    zeros = jnp.zeros(len(task.parts), jnp.float32)
    tasks = TaskScore(zeros, zeros, zeros) if task.parts else None
    return Score(zero, zero, square, counts, tasks)


def add_piece(
    network: Network,
    task: TaskSpec,
    variables: Variables,
    total: Score,
    piece: Rows,
    begin: jax.Array,
    count: int,
) -> Score:
    """``total``, sums over rows, with those of the next piece.

    Args:
        network: to judge.
        task: what is learnt.
        variables: of the network.
        total: of the pieces before.
        piece: of ``piece_rows`` rows; the last one ends with the last row.
        begin: int32, how many rows were before this piece: the last one has some of them again.
        count: of all rows.
    """
    size = len(piece.labels)
    new = jnp.minimum(begin, count - size) + jnp.arange(size) >= begin
    judged = judge(network, task, variables, piece)

    def added(before: jax.Array, values: jax.Array) -> jax.Array:
        counted = new if values.ndim == 1 else new[:, None]
        return before + jnp.where(counted, values, 0).sum(axis=0)

    sums = jax.tree.map(added, total._replace(counts=None), judged)
    counts = count_classes(task.balanced, piece.labels, judged.error, new)
    return sums._replace(counts=jax.tree.map(jnp.add, total.counts, counts))


def mean_score(total: Score, count: int) -> Score:
    """From sums over ``count`` rows to means; counts stay counts."""
    sums = total._replace(counts=None)
    return jax.tree.map(lambda value: value / count, sums)._replace(counts=total.counts)


def answers(network: Network, task: TaskSpec, variables: Variables, rows: Rows) -> jax.Array:
    """What a network answers on each row, (rows, …); see ``tasks.row_answers``.

    Many rows of a wide network are taken in pieces, as in ``evaluate``.
    """
    count = len(rows.labels)
    size = piece_rows(network, count)

    def piece(begin: jax.Array) -> jax.Array:
        inputs = jax.lax.dynamic_slice_in_dim(rows.inputs, begin, size)
        return row_answers(task, network.apply(variables, inputs))

    return _in_pieces(piece, count, size)


def errors_of_rows(
    network: Network, task: TaskSpec, variables: Variables, rows: Rows, picked: Array
) -> jax.Array:
    """The error of each of some rows, float32 (picked,); see ``tasks.row_errors``.

    Many rows of a wide network are taken in pieces, as in ``evaluate``.

    Args:
        network: to judge.
        task: what is learnt.
        variables: of the network.
        rows: of a split.
        picked: int32 (picked,), the numbers of the rows wanted.
    """
    count = len(picked)
    size = piece_rows(network, count)

    def piece(begin: jax.Array) -> jax.Array:
        numbers = jax.lax.dynamic_slice_in_dim(jnp.asarray(picked), begin, size)
        outputs = network.apply(variables, rows.inputs[numbers])
        return row_errors(task, outputs, rows.labels[numbers])

    return _in_pieces(piece, count, size)


def _in_pieces(piece: Callable[[jax.Array], jax.Array], count: int, size: int) -> jax.Array:
    """What ``piece`` gives of ``size`` rows from a row on, of all ``count`` rows."""
    begins = np.minimum(np.arange(0, count, size), count - size)
    found = jax.lax.map(piece, jnp.asarray(begins))
    whole = found[:-1].reshape(-1, *found.shape[2:])
    return jnp.concatenate([whole, found[-1, size - (count - len(whole)) :]])


def judge(network: Network, task: TaskSpec, variables: Variables, rows: Rows) -> Score:
    """What the means of a score are of: float32 (rows,) each, (rows, tasks) of each of several."""
    outputs = network.apply(variables, rows.inputs)
    if task.parts:
        losses = task_losses(task, outputs, rows.labels)
        errors = task_errors(task, outputs, rows.labels)
        all_together = together(task, errors)
        tasks = TaskScore(losses, errors, jnp.square(errors))
        return Score(losses.sum(axis=-1), all_together, jnp.square(all_together), tasks=tasks)
    losses = row_losses(task, outputs, rows.labels)
    errors = row_errors(task, outputs, rows.labels)
    return Score(losses, errors, None if task.counts_rows else jnp.square(errors))
