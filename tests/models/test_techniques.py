"""Warm-up, clipping, label smoothing, augmentation in training: where a signature uses them."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.models.hyperparameters import AUGMENTATIONS, OPTIONAL, Hyperparameters
from netclinic.models.judging import Rows, evaluate
from netclinic.models.network import NetworkSpec
from netclinic.models.signature import Signature
from netclinic.models.tasks import TaskSpec, row_losses, smoothed_losses
from netclinic.models.training import Data, Training, TrialState, make_training
from netclinic.models.trial_keys import trial_key

ROWS, EPOCHS = 32, 4
NETWORK = NetworkSpec("mlp", 5, (8,), 3, "tanh", "xavier_normal")
VALUES = {"warmup": 0.5, "clip_norm": 0.01, "label_smoothing": 0.2}
# A row of five pixels is an image.
AUGMENTED = (1, 5, 1)
VALUES |= dict.fromkeys(AUGMENTATIONS, 0.6) | {"augment_rotation": 60.0}


def rows(count: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(count, 5)).astype(np.float32)
    return Rows(jnp.asarray(inputs), jnp.asarray(np.abs(inputs[:, :3]).argmax(1), jnp.int32))


DATA = Data(rows(ROWS, 0), rows(20, 1))


@functools.cache
def program(uses: tuple[str, ...], epochs: int, optimizer: str) -> tuple[Training, Any]:
    """What trains, one step an epoch, and its segment compiled; once for all tests."""
    signature = Signature(NETWORK, optimizer, "constant", EPOCHS, ROWS, uses=uses)
    if set(uses) & set(AUGMENTATIONS):
        signature = signature._replace(augmented=AUGMENTED)
    training = make_training(signature, ROWS, epochs)
    return training, jax.jit(training.segment)


def trained(uses: tuple[str, ...], epochs: int = EPOCHS, optimizer: str = "sgd", **values: float):
    """At learning rate 1 without momentum."""
    training, segment = program(uses, epochs, optimizer)
    numbers = {"learning_rate": 1.0, "weight_decay": 0.0, "momentum": 0.0, **values}
    # As in lanes: a Python number would be traced as another type, and so as another program.
    hyper = jax.tree.map(jnp.float32, Hyperparameters(**numbers))
    start = training.init(hyper, trial_key(0, 0, 0))
    return training, start, *segment(start, DATA)


def moved(start: TrialState, state: TrialState) -> Any:
    return jax.tree.map(jnp.subtract, state.variables.parameters, start.variables.parameters)


def leaves(tree: Any) -> np.ndarray:
    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(tree)])


def test_every_optional_number_is_tried() -> None:
    assert {*VALUES, "head_learning_rate"} == set(OPTIONAL)  # of that one: test_transfer.py


@pytest.mark.parametrize("name", VALUES)
def test_a_number_does_something_only_where_the_signature_uses_it(name: str) -> None:
    _, _, plain, curves = trained(())
    _, _, without, same = trained((), **{name: VALUES[name]})
    np.testing.assert_array_equal(leaves(without.variables), leaves(plain.variables))
    np.testing.assert_array_equal(leaves(same), leaves(curves))
    _, _, using, _ = trained((name,), **{name: VALUES[name]})
    assert np.abs(leaves(using.variables) - leaves(plain.variables)).max() > 1e-3


@pytest.mark.parametrize("name", VALUES)
def test_a_neutral_value_trains_as_without(name: str) -> None:
    """So a search may include it: {choice = [0, 0.1]}."""
    _, _, plain, _ = trained(())
    _, _, neutral, _ = trained((name,))
    np.testing.assert_allclose(leaves(neutral.variables), leaves(plain.variables), atol=1e-6)


def test_warm_up_begins_with_a_part_of_the_learning_rate() -> None:
    _, start, state, _ = trained((), epochs=1)
    _, _, warm, _ = trained(("warmup",), epochs=1, warmup=0.5)  # 2 of 4 steps: half of it first
    full, half = leaves(moved(start, state)), leaves(moved(start, warm))
    np.testing.assert_allclose(half, full / 2, atol=1e-6)


def test_clipping_bounds_the_step_and_the_curve_shows_the_gradient_before_it() -> None:
    _, start, state, curves = trained(("clip_norm",), epochs=1, clip_norm=0.01)
    assert np.linalg.norm(leaves(moved(start, state))) == pytest.approx(0.01, rel=1e-4)
    _, _, _, unclipped = trained((), epochs=1)
    np.testing.assert_allclose(curves.gradient_norm, unclipped.gradient_norm, rtol=1e-6)
    assert float(unclipped.gradient_norm[0]) > 0.1


def test_smoothed_losses_are_the_cross_entropy_with_smoothed_labels() -> None:
    logits = np.random.default_rng(3).normal(size=(7, 4)) * 3
    labels = np.arange(7) % 4
    target = 0.7 * np.eye(4)[labels] + 0.3 / 4
    expected = -(target * (logits - np.log(np.exp(logits).sum(1, keepdims=True)))).sum(1)
    found = smoothed_losses(
        TaskSpec(), jnp.float32(logits), jnp.asarray(labels, jnp.int32), jnp.float32(0.3)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_smoothed_labels_are_trained_on_but_what_is_measured_is_not_smoothed() -> None:
    training, start, state, curves = trained(("label_smoothing",), 1, label_smoothing=0.2)

    def loss(parameters: Any) -> jax.Array:
        outputs = training.network.apply(start.variables._replace(parameters=parameters), inputs)
        return smoothed_losses(TaskSpec(), outputs, labels, jnp.float32(0.2)).mean()

    inputs, labels = DATA.train
    gradient = jax.grad(loss)(start.variables.parameters)
    np.testing.assert_allclose(leaves(moved(start, state)), -leaves(gradient), atol=1e-6)
    plain = row_losses(TaskSpec(), training.network.apply(state.variables, inputs), labels).mean()
    np.testing.assert_allclose(curves.training_loss[0], plain, rtol=1e-5)
    score = evaluate(training.network, TaskSpec(), state.variables, DATA.validation)
    np.testing.assert_allclose(curves.validation_loss[0], score.loss, rtol=1e-5)
