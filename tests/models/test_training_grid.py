"""Every optimiser × schedule × warm-up × clipping, in lanes, against formulas in NumPy float64."""

import functools
import itertools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.judging import Rows
from netclinic.models.lane_plan import LanePlan, mesh_of, spread
from netclinic.models.minibatches import minibatches
from netclinic.models.network import NetworkSpec
from netclinic.models.optimizers import OPTIMIZERS
from netclinic.models.schedules import SCHEDULES
from netclinic.models.signature import Signature
from netclinic.models.training import TrialState, make_training
from netclinic.models.trial_keys import trial_key

ROWS, BATCH, EPOCHS, SEED = 12, 4, 3, 11
STEPS = ROWS // BATCH
NETWORK = NetworkSpec("mlp", 5, (), 3, "relu", "xavier_normal")  # gradients are written by hand
RATE, DECAY, BETA2, EPSILON, FALL = 0.2, 0.1, 0.95, 1e-2, 0.5
Weights = tuple[np.ndarray, np.ndarray]  # kernel (5, 3) and bias (3,)


class Case(NamedTuple):
    """What one lane differs in from the others of its program."""

    warmup: float  # a third of the 9 steps, or none
    clip_norm: float
    momentum: float  # "sgd" with 0 is plain gradient descent


CASES = [Case(*it) for it in itertools.product((0.0, 1 / 3), (np.inf, 0.15), (0.0, 0.9))]


def split() -> Split:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(ROWS, 5)).astype(np.float32)
    return Split(inputs, rng.integers(0, 3, ROWS).astype(np.int32))


def exact(value: float) -> float:
    """As the program has it: rounded to float32, then used exactly."""
    return float(np.float32(value))


def rate_of(schedule: str, step: int, warmup: float) -> float:
    """The learning rate of a step, from 0, as docs and papers have it."""
    total = EPOCHS * STEPS
    warm = round(warmup * total)
    done = max(0, step - warm)
    fall = {
        "constant": 1.0,
        "exponential": FALL ** (done / STEPS),
        "step": FALL ** (done // STEPS),
        "cosine": (1 + np.cos(np.pi * done / (total - warm))) / 2,
    }[schedule]
    rising = (step + 1) / warm if step < warm else 1.0
    return exact(RATE) * fall * rising


def gradient_of(weights: Weights, inputs: np.ndarray, labels: np.ndarray) -> Weights:
    """Of the mean cross-entropy of softmax(x W + b)."""
    logits = inputs @ weights[0] + weights[1]
    shares = np.exp(logits - logits.max(1, keepdims=True))
    excess = shares / shares.sum(1, keepdims=True) - np.eye(3)[labels]
    return inputs.T @ excess / len(labels), excess.mean(0)


def clipped(gradient: Weights, most: float) -> tuple[Weights, bool]:
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    factor = min(1.0, most / norm)
    return (gradient[0] * factor, gradient[1] * factor), factor < 1


class Moments(NamedTuple):
    first: np.ndarray
    second: np.ndarray


def moved(
    optimizer: str,
    weights: np.ndarray,
    gradient: np.ndarray,
    moments: Moments,
    step: int,
    rate: float,
    momentum: float,
) -> tuple[np.ndarray, Moments]:
    """One step of one tensor; L2 is of matrices only."""
    l2 = exact(DECAY) * weights if weights.ndim > 1 else 0.0
    g = gradient if optimizer == "adamw" else gradient + l2
    m, v = moments
    beta2, epsilon = exact(BETA2), exact(EPSILON)
    if optimizer in ("sgd", "nesterov"):
        m = momentum * m + g
        change = g + momentum * m if optimizer == "nesterov" else m
        return weights - rate * change, Moments(m, v)
    if optimizer == "adagrad":
        v = v + g**2
        return weights - rate * g / (np.sqrt(v) + epsilon), Moments(m, v)
    v = beta2 * v + (1 - beta2) * g**2
    if optimizer == "rmsprop":
        m = momentum * m - rate * g / (np.sqrt(v) + epsilon)
        return weights + m, Moments(m, v)
    m = momentum * m + (1 - momentum) * g
    corrected = m / (1 - momentum ** (step + 1))
    change = corrected / (np.sqrt(v / (1 - beta2 ** (step + 1))) + epsilon)
    beside = rate * l2 if optimizer == "adamw" else 0.0
    return weights - rate * change - beside, Moments(m, v)


def by_hand(optimizer: str, schedule: str, case: Case, number: int, weights: Weights):
    """The weights after all epochs, and whether a gradient was clipped."""
    inputs, labels = split().inputs.astype(np.float64), split().labels
    moments = [Moments(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    key, any_clipped = trial_key(SEED, 0, number), False
    for epoch in range(EPOCHS):
        order = np.asarray(minibatches(key, np.int32(epoch), ROWS, BATCH))
        for place, rows in enumerate(order):
            step = epoch * STEPS + place
            gradient = gradient_of(weights, inputs[rows], labels[rows])
            gradient, bites = clipped(gradient, exact(case.clip_norm))
            any_clipped |= bites
            rate, momentum = rate_of(schedule, step, case.warmup), exact(case.momentum)
            after = [
                moved(optimizer, w, g, m, step, rate, momentum)
                for w, g, m in zip(weights, gradient, moments, strict=True)
            ]
            weights = after[0][0], after[1][0]
            moments = [it for _, it in after]
    return weights, any_clipped


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_lanes_train_as_the_formulas_say(optimizer: str, schedule: str) -> None:
    """One program an optimiser and schedule; a lane for each way of warming up and clipping."""
    uses = ("warmup", "clip_norm")
    training = make_training(
        Signature(NETWORK, optimizer, schedule, EPOCHS, BATCH, uses=uses), ROWS, EPOCHS
    )
    data = split()

    def train(state: TrialState, orders: jax.Array) -> TrialState:
        """All steps of a trial, as a segment takes them, but unwatched: that would compile long."""

        def one(state: TrialState, now: tuple[jax.Array, ...]) -> tuple[TrialState, None]:
            epoch, number, rows = now
            batch = Rows(jnp.asarray(data.inputs)[rows], jnp.asarray(data.labels)[rows])
            return training.step(state._replace(epoch=epoch), number, batch)[0], None

        every = jnp.repeat(jnp.arange(EPOCHS), STEPS), jnp.tile(jnp.arange(STEPS), EPOCHS)
        return jax.lax.scan(one, state, (*every, orders.reshape(-1, BATCH)))[0]

    states = [
        training.init(hyperparameters(it), trial_key(SEED, 0, n)) for n, it in enumerate(CASES)
    ]
    begun = jax.tree.map(lambda *leaves: jnp.stack(leaves), *states)
    mesh = mesh_of(LanePlan(len(CASES), "map", 1))
    after = jax.jit(spread(train, own=2, mesh=mesh, strategy="map"))(begun, orders())
    for number, case in enumerate(CASES):
        start, found = weights_of(begun, number), weights_of(after, number)
        wanted, bites = by_hand(optimizer, schedule, case, number, start)
        assert bites == (case.clip_norm < np.inf)
        for got, want in zip(found, wanted, strict=True):
            np.testing.assert_allclose(got, want, rtol=2e-4, atol=2e-5, err_msg=str(case))


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_no_number_of_a_lane_is_without_effect(optimizer: str, schedule: str) -> None:
    """So that a program which dropped one would fail the test above."""
    rng = np.random.default_rng(1)
    begun = rng.normal(0, 0.5, (5, 3)), np.zeros(3)
    kernels = {it: by_hand(optimizer, schedule, it, 0, begun)[0][0] for it in CASES}
    for one, other in itertools.combinations(CASES, 2):
        without_momentum = optimizer == "adagrad" and one[:2] == other[:2]
        apart = np.abs(kernels[one] - kernels[other]).max()
        assert apart == 0 if without_momentum else apart > 1e-3


@functools.cache
def orders() -> jax.Array:
    """The rows of all minibatches of each lane, in one program: (cases, epochs, steps, batch)."""
    epochs = jnp.arange(EPOCHS)

    def of_trial(number: jax.Array) -> jax.Array:
        key = trial_key(SEED, 0, number)
        return jax.lax.map(lambda epoch: minibatches(key, epoch, ROWS, BATCH), epochs)

    return jax.jit(lambda: jax.lax.map(of_trial, jnp.arange(len(CASES))))()


def hyperparameters(case: Case) -> Hyperparameters:
    numbers = RATE, DECAY, case.momentum, BETA2, EPSILON, FALL, case.warmup, case.clip_norm
    return Hyperparameters(*map(jnp.float32, numbers))


def weights_of(states: TrialState, lane: int) -> Weights:
    leaves = (np.asarray(leaf)[lane] for leaf in jax.tree.leaves(states.variables.parameters))
    bias, kernel = sorted(leaves, key=np.ndim)
    return kernel.astype(np.float64), bias.astype(np.float64)
