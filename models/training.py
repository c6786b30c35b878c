"""One trial's training, as pure functions. Nothing here knows that there is more than one trial."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from .augmentation import augmented
from .class_counts import balanced_error
from .curves import Curves, curves_of, unknown_curves
from .early_stopping import Best, before_the_first, better
from .hyperparameters import AUGMENTATIONS, Hyperparameters
from .judging import Rows, Score, evaluate
from .minibatches import GroupedRows, bootstrap_rows, minibatches, subset_rows
from .network import Array, Network, Variables
from .objective import trained_losses
from .signature import Signature
from .trial_keys import initial_weights_key, step_key
from .trial_parts import network_of, optimizer_of


class Data(NamedTuple):
    """What a trial is trained on and watched with."""

    train: Rows
    validation: Rows
    grouped: GroupedRows | None = None  # the training rows, where a trial draws groups of them


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


class Training(NamedTuple):
    """The pure functions that train one trial of a signature."""

    init: Callable[[Hyperparameters, jax.Array], TrialState]  # (hyperparameters, key) → state
    segment: Callable[[TrialState, Data], tuple[TrialState, Curves]]  # trains `epochs` epochs
    network: Network
    # What a segment is made of, for rows that are not all at hand. A trial that is not live is left
    # out; its epoch is concluded by ``skip``.
    live: Callable[[TrialState], jax.Array]  # bool: whether the trial trains on
    # (key, epoch, Data.grouped) → rows of each minibatch, int32 (steps, batch)
    order: Callable[[jax.Array, jax.Array, GroupedRows | None], jax.Array]
    # (state, minibatch's number, its rows) → state, gradient norm; the epoch stays
    step: Callable[[TrialState, jax.Array, Rows], tuple[TrialState, jax.Array]]
    # (state, gradient norms, training and validation score) → state of the next epoch, curves
    conclude: Callable[[TrialState, jax.Array, Score, Score], tuple[TrialState, Curves]]
    skip: Callable[[TrialState], tuple[TrialState, Curves]]
    optimizer: Callable[[Hyperparameters], optax.GradientTransformation]  # what ``step`` uses


def make_training(signature: Signature, rows: int, epochs: int, form: str = "native") -> Training:
    """Build the functions that train one trial, ``epochs`` epochs a segment.

    Args:
        signature: network, optimiser and batch size.
        rows: rows of the training split.
        epochs: epochs of one call of ``segment``; the curves have this length. Epochs past
            ``signature.epochs`` are not trained and give NaN.
        form: how convolutions are computed, a key of ``convolution.FORMS``.
    """
    network, task = network_of(signature, form), signature.task
    steps = signature.trained_rows(rows) // signature.batch_size
    optimizer = functools.partial(optimizer_of, signature, network.body, steps)
    order = functools.partial(_minibatches, signature, rows)
    step = _make_step(signature, network, optimizer)

    def init(hyper: Hyperparameters, key: jax.Array) -> TrialState:
        variables = network.init(initial_weights_key(key))
        zero = jnp.zeros((), jnp.int32)
        moments = optimizer(hyper).init(variables.parameters)
        best = None if signature.patience is None else before_the_first(variables)
        return TrialState(variables, moments, hyper, key, zero, zero, best)

    def live(state: TrialState) -> jax.Array:
        best_epoch = state.best and state.best.epoch
        return ~is_over(signature, state.epoch, state.diverged, best_epoch)

    def epoch(state: TrialState, data: Data) -> tuple[TrialState, Curves]:
        def one(moving: Any, now: tuple[jax.Array, jax.Array]) -> tuple[Any, jax.Array]:
            number, indices = now
            batch = Rows(data.train.inputs[indices], data.train.labels[indices])
            variables, moments = moving
            before = state._replace(variables=variables, optimizer=moments)
            after, norm = step(before, number, batch)
            return (after.variables, after.optimizer), norm

        indices = order(state.key, state.epoch, data.grouped)
        (variables, moments), norms = jax.lax.scan(
            one, (state.variables, state.optimizer), (jnp.arange(len(indices)), indices)
        )
        learnt = _learnt_rows(signature, rows, state.key, data)
        training = evaluate(network, task, variables, learnt)
        validation = evaluate(network, task, variables, data.validation)
        moved = state._replace(variables=variables, optimizer=moments)
        return _concluded(moved, norms, training, validation)

    def skip(state: TrialState) -> tuple[TrialState, Curves]:
        return state, unknown_curves(task)

    def segment(state: TrialState, data: Data) -> tuple[TrialState, Curves]:
        def one(state: TrialState, _: None) -> tuple[TrialState, Curves]:
            return jax.lax.cond(live(state), lambda s: epoch(s, data), skip, state)

        return jax.lax.scan(one, state, None, length=epochs)

    return Training(init, segment, network, live, order, step, _concluded, skip, optimizer)


def _make_step(
    signature: Signature,
    network: Network,
    optimizer: Callable[[Hyperparameters], optax.GradientTransformation],
) -> Callable[[TrialState, jax.Array, Rows], tuple[TrialState, jax.Array]]:
    """Build ``Training.step``: a minibatch's gradient, and what the optimiser makes of it."""

    def step(state: TrialState, number: jax.Array, batch: Rows) -> tuple[TrialState, jax.Array]:
        key = step_key(state.key, state.epoch, number)
        inputs = changed(signature, state.hyperparameters, key, batch.inputs)

        def loss(parameters: Any, others: Any, key: jax.Array) -> tuple[Any, Any]:
            variables, own_key = Variables(parameters, others), jax.random.fold_in(key, 0)
            rate = state.hyperparameters.dropout
            outputs, others = network.train(variables, inputs, own_key, rate)
            losses = trained_losses(signature, state.hyperparameters, outputs, batch.labels)
            return losses.mean(), others

        parameters, others = state.variables
        gradient, others = jax.grad(loss, has_aux=True)(parameters, others, key)
        update = optimizer(state.hyperparameters).update
        updates, moments = update(gradient, state.optimizer, parameters)
        variables = Variables(optax.apply_updates(parameters, updates), others)
        return state._replace(variables=variables, optimizer=moments), optax.tree.norm(gradient)

    return step


def _minibatches(
    signature: Signature,
    rows: int,
    key: jax.Array,
    epoch: jax.Array,
    grouped: GroupedRows | None,
) -> jax.Array:
    """``Training.order``: rows of the split, or of what the trial draws from it."""
    drawn = minibatches(key, epoch, signature.trained_rows(rows), signature.batch_size)
    if signature.subset is not None:
        return subset_rows(key, rows, signature.subset.rows, grouped)[drawn]
    return bootstrap_rows(key, rows, grouped)[drawn] if signature.bootstrap else drawn


def _learnt_rows(signature: Signature, rows: int, key: jax.Array, data: Data) -> Rows:
    """The training rows that a trial is watched with: of a subset those that it learnt."""
    if signature.subset is None:
        return data.train
    drawn = subset_rows(key, rows, signature.subset.rows, data.grouped)
    return jax.tree.map(lambda column: column[drawn], data.train)


def _concluded(
    state: TrialState, norms: jax.Array, training: Score, validation: Score
) -> tuple[TrialState, Curves]:
    """``Training.conclude``: frozen as diverged where a number is not finite any more."""
    curves = curves_of(norms, training, validation)
    finite = jnp.isfinite(jnp.stack([training.loss, validation.loss, curves.gradient_norm]))
    alive = finite.all() & all_finite(state.variables)
    done = state.epoch + 1
    diverged = jnp.where(alive, 0, done)
    curves = jax.tree.map(lambda value: jnp.where(alive, value, jnp.nan), curves)
    epoch = Best(state.variables, done, jnp.where(alive, objective(validation), jnp.nan))
    best = state.best and better(state.best, epoch)
    return state._replace(epoch=done, diverged=diverged, best=best), curves


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


def objective(validation: Score) -> Array:
    """What epochs are compared by: float32 scalar, the error or the balanced error."""
    return validation.error if validation.counts is None else balanced_error(validation.counts)


def changed(signature: Signature, hyper: Hyperparameters, key: jax.Array, inputs: Array) -> Array:
    """Inputs of a minibatch, (rows, features), as they are trained on; ``key`` is the step's."""
    if signature.augmented is None:
        return inputs
    strengths = {name: getattr(hyper, name) for name in AUGMENTATIONS if name in signature.uses}
    return augmented(inputs, signature.augmented, jax.random.fold_in(key, 1), strengths)


def all_finite(tree: Any) -> jax.Array:
    """Whether every number in ``tree`` is finite: a boolean scalar."""
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(tree)]).all()
