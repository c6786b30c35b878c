"""One trial's training, as pure functions. Nothing here knows that there is more than one trial."""

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .early_stopping import Best, before_the_first, better
from .network import Array, Network, NetworkSpec, Variables, make_network
from .optimizers import make_optimizer
from .schedules import Length, make_schedule
from .tasks import TaskSpec, row_answers, row_errors, row_losses, smoothed_losses

NUMBERS_AT_ONCE = 2**22  # between two layers during evaluation, a lane: 16 MiB


class Hyperparameters(NamedTuple):
    """The traced numbers of a trial: they change no shape, so one compile serves every value."""

    learning_rate: Any  # float32 scalar, > 0
    weight_decay: Any  # float32 scalar, ≥ 0: coefficient of the L2 gradient
    momentum: Any  # float32 scalar in [0, 1)
    beta2: Any = 0.999  # float32 scalar in [0, 1): decay of the mean squared gradient
    epsilon: Any = 1e-8  # float32 scalar > 0: added to the root of squared gradients
    decay_rate: Any = 1.0  # float32 scalar in (0, 1]; see schedules.make_schedule
    warmup: Any = 0.0  # float32 scalar in [0, 1): fraction of all steps
    clip_norm: Any = math.inf  # float32 scalar > 0: greatest norm of the gradient
    label_smoothing: Any = 0.0  # float32 scalar in [0, 1): share of a label spread over all classes
    dropout: Any = 0.0  # float32 scalar in [0, 1): share of each hidden layer that is dropped


# Of these a program knows only the ones that its signature says it uses.
OPTIONAL = ("warmup", "clip_norm", "label_smoothing")


class Signature(NamedTuple):
    """What decides the shape of a training program: equal signatures share one compile."""

    network: NetworkSpec
    optimizer: str
    schedule: str
    epochs: int  # of the whole training
    batch_size: int  # ≤ rows of the training split
    task: TaskSpec = TaskSpec()
    bootstrap: bool = False  # train on rows drawn with replacement from the training split
    decay_epochs: int = 1  # from one fall of the learning rate to the next; of "step" only
    uses: tuple[str, ...] = ()  # those of OPTIONAL that are in the program
    patience: int | None = None  # see early_stopping; None trains all epochs and keeps the last


class Rows(NamedTuple):
    """Rows of one split on the device."""

    inputs: Array  # (rows, features) float32
    labels: Array  # (rows,) int32; see tasks.TaskSpec


class Data(NamedTuple):
    """What a trial is trained on and watched with."""

    train: Rows
    validation: Rows


class TrialState(NamedTuple):
    """Everything that changes while a trial trains."""

    variables: Variables
    optimizer: Any  # optax state
    hyperparameters: Hyperparameters
    key: jax.Array  # the trial's typed PRNG key, never advanced: epochs fold their number in
    epoch: jax.Array  # int32: epochs done
    diverged: jax.Array  # int32: the epoch (from 1) that diverged; 0 while alive
    best: Best | None = None  # with early stopping

    @property
    def kept(self) -> Variables:
        """The numbers of the network that the trial is judged by."""
        return self.variables if self.best is None else self.best.variables


class Curves(NamedTuple):
    """One value an epoch, float32 (epochs,); NaN from the diverged epoch on.

    Losses (nats) and errors (fractions) are measured in evaluation mode on all rows, after the
    epoch.
    """

    training_loss: Array
    training_error: Array
    validation_loss: Array
    validation_error: Array
    gradient_norm: Array  # L2 norm of the minibatch loss gradient, mean over the epoch


class Score(NamedTuple):
    """How a network does on a split."""

    loss: Array  # mean cross-entropy, nats
    error: Array  # fraction of wrong answers, 0–1


def trial_key(seed: int | Array, seed_high: int | Array, number: Any) -> jax.Array:
    """The key of a trial: the study's seed (its low and high 32 bits) and the trial's number."""
    return jax.random.fold_in(jax.random.fold_in(jax.random.key(seed), seed_high), number)


def replicate_key(key: jax.Array, replicate: int | Array) -> jax.Array:
    """The key of a trial's replicate; number 0 is the trial itself, with its own ``key``."""
    other = jax.random.fold_in(jax.random.fold_in(key, 3), replicate)
    return jnp.where(replicate == 0, key, other)


def initial_weights_key(key: jax.Array) -> jax.Array:
    """The key that a trial's initial weights are drawn from."""
    return jax.random.fold_in(key, 0)


def step_key(key: jax.Array, epoch: jax.Array, step: jax.Array) -> jax.Array:
    """The key of one step of a trial; its uses fold a number of their own in, so that
    nothing is drawn twice."""
    return jax.random.fold_in(jax.random.fold_in(jax.random.fold_in(key, 2), epoch), step)


def minibatches(key: jax.Array, epoch: jax.Array, rows: int, batch_size: int) -> jax.Array:
    """Rows of each minibatch of ``epoch`` (from 0): int32 (rows // batch_size, batch_size).

    A fresh random order each epoch; the remainder that fills no minibatch sits this epoch out.
    """
    order = shuffled(jax.random.fold_in(jax.random.fold_in(key, 1), epoch), rows)
    steps = rows // batch_size
    return order[: steps * batch_size].reshape(steps, batch_size)


def bootstrap_rows(key: jax.Array, rows: int) -> jax.Array:
    """A bootstrap sample of a trial's training rows: int32 (rows,), drawn with replacement."""
    return jax.random.randint(jax.random.fold_in(key, 4), (rows,), 0, rows)


def shuffled(key: jax.Array, rows: int) -> jax.Array:
    """The numbers 0 … ``rows`` − 1 in random order: int32 (rows,).

    A number and as many random bits as there is room for share a word: XLA sorts words on CPUs
    four times as fast as pairs. Of 2**16 numbers fewer than two have the same bits, on average;
    they stay in their order. More numbers would leave too few bits.
    """
    bits = jax.random.bits(key, (rows,))
    if rows > 1 << 16:
        return jnp.argsort(bits)
    mask = jnp.uint32((1 << (rows - 1).bit_length()) - 1)
    words = (bits & ~mask) | jnp.arange(rows, dtype=jnp.uint32)
    return (jnp.sort(words) & mask).astype(jnp.int32)


def evaluate(network: Network, task: TaskSpec, variables: Variables, rows: Rows) -> Score:
    """Mean loss and error over all ``rows``, in evaluation mode.

    Many rows of a wide network are taken in pieces of one size, so that memory does not grow with
    their number; what the last piece shares with the one before is counted once.
    """
    count = len(rows.labels)
    size = piece_rows(network, count)
    if size == count:
        losses, errors = judge(network, task, variables, rows)
        return Score(losses.mean(), errors.mean())

    def add(total: Score, begin: jax.Array) -> tuple[Score, None]:
        first = jnp.minimum(begin, count - size)
        piece = Rows(*(jax.lax.dynamic_slice_in_dim(values, first, size) for values in rows))
        return add_piece(network, task, variables, total, piece, begin, count), None

    total, _ = jax.lax.scan(add, no_total(), jnp.arange(0, count, size))
    return mean_score(total, count)


def piece_rows(network: Network, count: int) -> int:
    """Rows of each of the pieces that ``evaluate`` takes ``count`` rows in."""
    pieces = -(-count * network.widest // NUMBERS_AT_ONCE)
    return -(-count // pieces)


def no_total() -> Score:
    """Sums over no rows."""
    zero = jnp.zeros((), jnp.float32)
    return Score(zero, zero)


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
    sums = (jnp.where(new, v, 0).sum() for v in judge(network, task, variables, piece))
    return Score(*(a + b for a, b in zip(total, sums, strict=True)))


def mean_score(total: Score, count: int) -> Score:
    """From sums over ``count`` rows to means."""
    return Score(*(value / count for value in total))


def answers(network: Network, task: TaskSpec, variables: Variables, rows: Rows) -> jax.Array:
    """What a network answers on each row, (rows,); see ``tasks.row_answers``.

    Many rows of a wide network are taken in pieces, as in ``evaluate``.
    """
    count = len(rows.labels)
    size = piece_rows(network, count)

    def piece(begin: jax.Array) -> jax.Array:
        inputs = jax.lax.dynamic_slice_in_dim(rows.inputs, begin, size)
        return row_answers(task, network.apply(variables, inputs))

    begins = np.minimum(np.arange(0, count, size), count - size)
    *whole, last = jax.lax.map(piece, jnp.asarray(begins))
    return jnp.concatenate([*whole, last[size - (count - len(whole) * size) :]])


def judge(
    network: Network, task: TaskSpec, variables: Variables, rows: Rows
) -> tuple[jax.Array, jax.Array]:
    """Loss and error of each row: float32 (rows,) each."""
    outputs = network.apply(variables, rows.inputs)
    return row_losses(task, outputs, rows.labels), row_errors(task, outputs, rows.labels)


class Training(NamedTuple):
    """The pure functions that train one trial of a signature."""

    init: Callable[[Hyperparameters, jax.Array], TrialState]  # (hyperparameters, key) → state
    segment: Callable[[TrialState, Data], tuple[TrialState, Curves]]  # trains `epochs` epochs
    network: Network
    # What a segment is made of, for rows that are not all at hand. A trial that is not live is left
    # out; its epoch is concluded by ``skip``.
    live: Callable[[TrialState], jax.Array]  # bool: whether the trial trains on
    # (key, epoch) → rows of each minibatch, int32 (steps, batch)
    order: Callable[[jax.Array, jax.Array], jax.Array]
    # (state, minibatch's number, its rows) → state, gradient norm; the epoch stays
    step: Callable[[TrialState, jax.Array, Rows], tuple[TrialState, jax.Array]]
    # (state, gradient norms, training and validation score) → state of the next epoch, curves
    conclude: Callable[[TrialState, jax.Array, Score, Score], tuple[TrialState, Curves]]
    skip: Callable[[TrialState], tuple[TrialState, Curves]]


def make_training(signature: Signature, rows: int, epochs: int, form: str = "native") -> Training:
    """Build the functions that train one trial, ``epochs`` epochs a segment.

    Args:
        signature: network, optimiser and batch size.
        rows: rows of the training split.
        epochs: epochs of one call of ``segment``; the curves have this length. Epochs past
            ``signature.epochs`` are not trained and give NaN.
        form: how convolutions are computed, a key of ``convolution.FORMS``.
    """
    network, task = make_network(signature.network, form), signature.task
    optimizer = functools.partial(optimizer_of, signature, rows // signature.batch_size)

    def init(hyper: Hyperparameters, key: jax.Array) -> TrialState:
        variables = network.init(initial_weights_key(key))
        zero = jnp.zeros((), jnp.int32)
        moments = optimizer(hyper).init(variables.parameters)
        best = None if signature.patience is None else before_the_first(variables)
        return TrialState(variables, moments, hyper, key, zero, zero, best)

    def live(state: TrialState) -> jax.Array:
        best_epoch = state.best and state.best.epoch
        return ~is_over(signature, state.epoch, state.diverged, best_epoch)

    def order(key: jax.Array, epoch: jax.Array) -> jax.Array:
        drawn = minibatches(key, epoch, rows, signature.batch_size)
        return bootstrap_rows(key, rows)[drawn] if signature.bootstrap else drawn

    def step(state: TrialState, number: jax.Array, batch: Rows) -> tuple[TrialState, jax.Array]:
        smoothing = used(signature, state.hyperparameters, "label_smoothing")

        def loss(parameters: Any, others: Any, key: jax.Array) -> tuple[Any, Any]:
            variables, own_key = Variables(parameters, others), jax.random.fold_in(key, 0)
            rate = state.hyperparameters.dropout
            outputs, others = network.train(variables, batch.inputs, own_key, rate)
            losses = (
                row_losses(task, outputs, batch.labels)
                if smoothing is None
                else smoothed_losses(task, outputs, batch.labels, smoothing)
            )
            return losses.mean(), others

        parameters, others = state.variables
        key = step_key(state.key, state.epoch, number)
        gradient, others = jax.grad(loss, has_aux=True)(parameters, others, key)
        update = optimizer(state.hyperparameters).update
        updates, moments = update(gradient, state.optimizer, parameters)
        variables = Variables(optax.apply_updates(parameters, updates), others)
        return state._replace(variables=variables, optimizer=moments), optax.tree.norm(gradient)

    def epoch(state: TrialState, data: Data) -> tuple[TrialState, Curves]:
        def one(moving: Any, now: tuple[jax.Array, jax.Array]) -> tuple[Any, jax.Array]:
            number, indices = now
            batch = Rows(data.train.inputs[indices], data.train.labels[indices])
            variables, moments = moving
            before = state._replace(variables=variables, optimizer=moments)
            after, norm = step(before, number, batch)
            return (after.variables, after.optimizer), norm

        indices = order(state.key, state.epoch)
        (variables, moments), norms = jax.lax.scan(
            one, (state.variables, state.optimizer), (jnp.arange(len(indices)), indices)
        )
        training = evaluate(network, task, variables, data.train)
        validation = evaluate(network, task, variables, data.validation)
        moved = state._replace(variables=variables, optimizer=moments)
        return conclude(moved, norms, training, validation)

    def conclude(
        state: TrialState, norms: jax.Array, training: Score, validation: Score
    ) -> tuple[TrialState, Curves]:
        curves = Curves(*training, *validation, norms.mean())
        finite = jnp.isfinite(jnp.stack([training.loss, validation.loss, curves.gradient_norm]))
        alive = finite.all() & all_finite(state.variables)
        done = state.epoch + 1
        diverged = jnp.where(alive, 0, done)
        curves = jax.tree.map(lambda value: jnp.where(alive, value, jnp.nan), curves)
        epoch = Best(state.variables, done, curves.validation_error)
        best = state.best and better(state.best, epoch)
        return state._replace(epoch=done, diverged=diverged, best=best), curves

    def skip(state: TrialState) -> tuple[TrialState, Curves]:
        return state, Curves(*(jnp.full((), jnp.nan, jnp.float32),) * len(Curves._fields))

    def segment(state: TrialState, data: Data) -> tuple[TrialState, Curves]:
        def one(state: TrialState, _: None) -> tuple[TrialState, Curves]:
            return jax.lax.cond(live(state), lambda s: epoch(s, data), skip, state)

        return jax.lax.scan(one, state, None, length=epochs)

    return Training(init, segment, network, live, order, step, conclude, skip)


def is_over(signature: Signature, epoch: Any, diverged: Any, best_epoch: Any) -> Any:
    """Whether a trial trains no further: boolean, shaped as what it is told of a trial or many.

    With early stopping also when ``patience`` epochs have passed since the best (Prechelt 1998;
    Goodfellow et al. 2016, algorithm 7.1).

    Args:
        signature: of the trials.
        epoch: epochs done.
        diverged: the epoch that diverged, 0 while alive.
        best_epoch: the best so far, 0 before the first; ``None`` without early stopping.
    """
    over = (diverged != 0) | (epoch >= signature.epochs)
    if signature.patience is None:
        return over
    return over | (epoch - best_epoch >= signature.patience)


def used(signature: Signature, hyper: Hyperparameters, name: str) -> Any:
    """The hyperparameter ``name`` of ``OPTIONAL``, or ``None`` where the signature is without."""
    return getattr(hyper, name) if name in signature.uses else None


def optimizer_of(
    signature: Signature, steps: int, hyper: Hyperparameters
) -> optax.GradientTransformation:
    """The optimiser of a trial with ``steps`` minibatches an epoch."""
    rate = make_schedule(
        signature.schedule,
        Length(signature.epochs, steps),
        signature.decay_epochs,
        hyper.learning_rate,
        hyper.decay_rate,
        used(signature, hyper, "warmup"),
    )
    return make_optimizer(
        signature.optimizer,
        rate,
        hyper.weight_decay,
        hyper.momentum,
        hyper.beta2,
        hyper.epsilon,
        used(signature, hyper, "clip_norm"),
    )


def all_finite(tree: Any) -> jax.Array:
    """Whether every number in ``tree`` is finite: a boolean scalar."""
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(tree)]).all()
