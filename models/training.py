"""One trial's training, as pure functions. Nothing here knows that there is more than one trial."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .network import Network, NetworkSpec, Parameters, make_network
from .optimizers import make_optimizer

Array = jax.Array | np.ndarray  # on a device, or fetched to the host
NUMBERS_AT_ONCE = 2**22  # between two layers during evaluation, a lane: 16 MiB


class Hyperparameters(NamedTuple):
    """The traced numbers of a trial: they change no shape, so one compile serves every value."""

    learning_rate: Any  # float32 scalar, > 0
    weight_decay: Any  # float32 scalar, ≥ 0: coefficient of the L2 gradient
    momentum: Any  # float32 scalar in [0, 1)


class Signature(NamedTuple):
    """What decides the shape of a training program: equal signatures share one compile."""

    network: NetworkSpec
    optimizer: str
    schedule: str
    epochs: int  # of the whole training
    batch_size: int  # ≤ rows of the training split


class Rows(NamedTuple):
    """Rows of one split on the device."""

    inputs: Array  # (rows, features) float32
    labels: Array  # (rows,) int32


class Data(NamedTuple):
    """What a trial is trained on and watched with."""

    train: Rows
    validation: Rows


class TrialState(NamedTuple):
    """Everything that changes while a trial trains."""

    parameters: Parameters
    optimizer: Any  # optax state
    hyperparameters: Hyperparameters
    key: jax.Array  # the trial's typed PRNG key, never advanced: epochs fold their number in
    epoch: jax.Array  # int32: epochs done
    diverged: jax.Array  # int32: the epoch (from 1) that diverged; 0 while alive


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


def initial_weights_key(key: jax.Array) -> jax.Array:
    """The key that a trial's initial weights are drawn from."""
    return jax.random.fold_in(key, 0)


def minibatches(key: jax.Array, epoch: jax.Array, rows: int, batch_size: int) -> jax.Array:
    """Rows of each minibatch of ``epoch`` (from 0): int32 (rows // batch_size, batch_size).

    A fresh random order each epoch; the remainder that fills no minibatch sits this epoch out.
    """
    order = shuffled(jax.random.fold_in(jax.random.fold_in(key, 1), epoch), rows)
    steps = rows // batch_size
    return order[: steps * batch_size].reshape(steps, batch_size)


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


def evaluate(network: Network, parameters: Parameters, rows: Rows) -> Score:
    """Mean cross-entropy and error over all ``rows``; a non-finite logit counts as wrong.

    Many rows of a wide network are taken in pieces of one size, so that memory does not grow with
    their number; what the last piece shares with the one before is counted once.
    """
    count = len(rows.labels)
    pieces = -(-count * network.widest // NUMBERS_AT_ONCE)
    size = -(-count // pieces)
    if size == count:
        losses, wrong = judge(network, parameters, rows)
        return Score(losses.mean(), wrong.mean())

    def add(total: Score, begin: jax.Array) -> tuple[Score, None]:
        first = jnp.minimum(begin, count - size)
        piece = Rows(*(jax.lax.dynamic_slice_in_dim(values, first, size) for values in rows))
        new = first + jnp.arange(size) >= begin
        sums = (jnp.where(new, v, 0).sum() for v in judge(network, parameters, piece))
        return Score(*(a + b for a, b in zip(total, sums, strict=True))), None

    zero = jnp.zeros((), jnp.float32)
    total, _ = jax.lax.scan(add, Score(zero, zero), jnp.arange(0, count, size))
    return Score(*(value / count for value in total))


def judge(network: Network, parameters: Parameters, rows: Rows) -> tuple[jax.Array, jax.Array]:
    """Cross-entropy of each row, and 1 where the answer is wrong, else 0: float32 (rows,)."""
    logits = network.apply(parameters, rows.inputs)
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, rows.labels)
    right = (jnp.argmax(logits, axis=-1) == rows.labels) & jnp.isfinite(logits).all(axis=-1)
    return losses, (~right).astype(jnp.float32)


class Training(NamedTuple):
    """The pure functions that train one trial of a signature."""

    init: Callable[[Hyperparameters, jax.Array], TrialState]  # (hyperparameters, key) → state
    segment: Callable[[TrialState, Data], tuple[TrialState, Curves]]  # trains `epochs` epochs
    network: Network


def make_training(signature: Signature, rows: int, epochs: int, form: str = "native") -> Training:
    """Build the functions that train one trial, ``epochs`` epochs a segment.

    Args:
        signature: network, optimiser and batch size.
        rows: rows of the training split.
        epochs: epochs of one call of ``segment``; the curves have this length. Epochs past
            ``signature.epochs`` are not trained and give NaN.
        form: how convolutions are computed, a key of ``convolution.FORMS``.
    """
    network = make_network(signature.network, form)
    steps = signature.epochs * (rows // signature.batch_size)

    def optimizer(hyper: Hyperparameters) -> optax.GradientTransformation:
        return make_optimizer(signature.optimizer, signature.schedule, steps, *hyper)

    def init(hyper: Hyperparameters, key: jax.Array) -> TrialState:
        parameters = network.init(initial_weights_key(key))
        zero = jnp.zeros((), jnp.int32)
        return TrialState(parameters, optimizer(hyper).init(parameters), hyper, key, zero, zero)

    def loss(parameters: Parameters, batch: Rows) -> jax.Array:
        logits = network.apply(parameters, batch.inputs)
        return optax.softmax_cross_entropy_with_integer_labels(logits, batch.labels).mean()

    def epoch(state: TrialState, data: Data) -> tuple[TrialState, Curves]:
        update = optimizer(state.hyperparameters).update

        def step(carry: Any, indices: jax.Array) -> tuple[Any, jax.Array]:
            parameters, optimizer_state = carry
            batch = Rows(data.train.inputs[indices], data.train.labels[indices])
            gradient = jax.grad(loss)(parameters, batch)
            updates, optimizer_state = update(gradient, optimizer_state, parameters)
            parameters = optax.apply_updates(parameters, updates)
            return (parameters, optimizer_state), optax.tree.norm(gradient)

        order = minibatches(state.key, state.epoch, rows, signature.batch_size)
        (parameters, optimizer_state), norms = jax.lax.scan(
            step, (state.parameters, state.optimizer), order
        )
        training = evaluate(network, parameters, data.train)
        validation = evaluate(network, parameters, data.validation)
        curves = Curves(*training, *validation, norms.mean())
        finite = jnp.isfinite(jnp.stack([training.loss, validation.loss, curves.gradient_norm]))
        alive = finite.all() & all_finite(parameters)
        done = state.epoch + 1
        diverged = jnp.where(alive, 0, done)
        curves = jax.tree.map(lambda value: jnp.where(alive, value, jnp.nan), curves)
        return state._replace(
            parameters=parameters, optimizer=optimizer_state, epoch=done, diverged=diverged
        ), curves

    def skip(state: TrialState, data: Data) -> tuple[TrialState, Curves]:
        del data
        return state, Curves(*(jnp.full((), jnp.nan, jnp.float32),) * len(Curves._fields))

    def segment(state: TrialState, data: Data) -> tuple[TrialState, Curves]:
        def one(state: TrialState, _: None) -> tuple[TrialState, Curves]:
            live = (state.diverged == 0) & (state.epoch < signature.epochs)
            return jax.lax.cond(live, epoch, skip, state, data)

        return jax.lax.scan(one, state, None, length=epochs)

    return Training(init, segment, network)


def all_finite(tree: Any) -> jax.Array:
    """Whether every number in ``tree`` is finite: a boolean scalar."""
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(tree)]).all()
