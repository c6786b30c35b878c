"""The residual network: its forward pass by hand, its forms and sizes, and that it learns."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.models.convolution import FORMS
from netclinic.models.convolution_shapes import (
    Convolutions,
    ShapeError,
    layer_shapes,
    residual_layers,
    widest_layer,
)
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes, fetched
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.signature import Signature

from tests.models.signals import ROWS

SIGNAL = residual_layers((5, 2), (3, 4), (2, 1))
IMAGE = residual_layers((6, 5, 2), (3, 4), (1, 2))


def spec(layers: Convolutions, normalization: str = "batch", **more: Any) -> NetworkSpec:
    features = int(np.prod(layers.shape))
    plain = NetworkSpec("resnet", features, (), 3, "relu", "he_normal", layers, normalization)
    return plain._replace(**more)


def test_every_stage_but_the_first_halves_the_axes() -> None:
    shapes = layer_shapes(residual_layers((28, 28, 1), (16, 32, 64), (1, 1, 1)))
    assert [shape[:2] for shape in shapes[1:]] == [(28, 28)] * 3 + [(14, 14)] * 2 + [(7, 7)] * 2
    assert [shape[2] for shape in shapes] == [1, 16, 16, 16, 32, 32, 64, 64]
    assert residual_layers((9, 1), (4, 4), (2, 3)).strides == (1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1)


@pytest.mark.parametrize(("size", "stages"), [(1, 1), (2, 2), (3, 3), (8, 4), (28, 6)])
def test_there_are_no_more_stages_than_positions_to_halve(size: int, stages: int) -> None:
    layer_shapes(residual_layers((size, size, 1), (4,) * stages, (1,) * stages))
    with pytest.raises(ShapeError, match=f"write at most {stages} stages") as caught:
        residual_layers((size, 1), (4,) * (stages + 1), (1,) * (stages + 1))
    assert caught.value.key == "channels"


def test_parameters_are_counted_by_hand() -> None:
    """Kernels without biases; a scale and a shift before every activation; the linear layer."""
    network = make_network(spec(residual_layers((8, 8, 1), (16, 32), (1, 1)), outputs=10))
    kernels = 9 * 16 + 2 * 9 * 16 * 16 + 9 * 16 * 32 + 9 * 32 * 32 + 16 * 32
    norms = 2 * (16 + 16 + 16 + 32 + 32)
    assert network.parameters == kernels + norms + 32 * 10 + 10
    assert network.widest == 64 * 16 * 9
    assert network.widest == widest_layer(residual_layers((8, 8, 1), (16, 32), (1, 1)))


def convolved(inputs: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """One window after the other along one axis, zeros at both ends."""
    width, positions = len(kernel), -(-inputs.shape[1] // stride)
    missing = max((positions - 1) * stride + width - inputs.shape[1], 0)
    padded = np.pad(inputs, ((0, 0), (missing // 2, missing - missing // 2), (0, 0)))
    windows = [padded[:, p * stride : p * stride + width] for p in range(positions)]
    return np.stack([np.einsum("nwc,wco->no", window, kernel) for window in windows], axis=1)


def active(values: np.ndarray, norm: Any = None) -> np.ndarray:
    """Brought to mean 0 and variance 1 over rows and positions, scaled, shifted; then relu."""
    if norm is not None:
        mean, variance = values.mean(axis=(0, 1)), values.var(axis=(0, 1))
        values = (values - mean) / np.sqrt(variance + 1e-5)
        values = values * np.asarray(norm["scale"][...]) + np.asarray(norm["bias"][...])
    return np.maximum(values, 0)


@pytest.mark.parametrize("normalization", ["none", "batch"])
def test_the_forward_pass_by_hand(normalization: str) -> None:
    """One block that keeps its shape and another; the first of all; one that halves."""
    network = make_network(spec(SIGNAL, normalization))
    weights = network.init(jax.random.key(1))
    rng = np.random.default_rng(0)
    parameters = jax.tree.map(
        lambda leaf: leaf + 0.1 * rng.normal(size=leaf.shape).astype(np.float32), weights.parameters
    )
    inputs = rng.normal(size=(7, 10)).astype(np.float32)
    outputs, _ = jax.jit(network.train)(
        weights._replace(parameters=parameters), inputs, jax.random.key(0), 0.0
    )

    def run(part: Any, values: np.ndarray, stride: int = 1) -> np.ndarray:
        found = convolved(values, np.asarray(part["kernel"][...]), stride)
        return found + np.asarray(part["bias"][...]) if normalization == "none" else found

    def norms(part: Any) -> Any:
        return part["normalizations"] if normalization == "batch" else (None, None)

    values = run(parameters["first"], inputs.reshape(7, 5, 2))
    for place in range(3):
        block, stride = parameters["blocks"][place], 2 if place == 2 else 1
        front, middle = (norms(block)[k] for k in (0, 1))
        ready = active(values, front)
        inner = active(run(block["convolutions"][0], ready, stride), middle)
        past = (ready, values, None)[place]
        if past is None:
            past = run(block["past"], ready, 2)
        values = past + run(block["convolutions"][1], inner)
    assert values.shape == (7, 3, 4)
    last = parameters["normalization"] if normalization == "batch" else None
    head = parameters["head"]["output"]
    expected = active(values, last).mean(axis=1) @ np.asarray(head["kernel"][...])
    expected += np.asarray(head["bias"][...])
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("layers", [SIGNAL, IMAGE])
@pytest.mark.parametrize("normalization", ["none", "layer", "batch"])
def test_the_forms_have_the_same_parameters_and_outputs(layers, normalization) -> None:
    networks = [make_network(spec(layers, normalization), form) for form in FORMS]
    weights = [network.init(jax.random.key(4)) for network in networks]
    for other in weights[1:]:
        jax.tree.map(np.testing.assert_array_equal, other, weights[0])
    inputs = np.random.default_rng(0).normal(size=(9, int(np.prod(layers.shape))))
    outputs = [
        jax.jit(n.apply)(w, inputs.astype(np.float32))
        for n, w in zip(networks, weights, strict=True)
    ]
    assert outputs[0].shape == (9, 3)
    for other in outputs[1:]:
        np.testing.assert_allclose(other, outputs[0], rtol=1e-4, atol=1e-4)


def test_dropout_drops_whole_channels_between_the_convolutions() -> None:
    network = make_network(spec(IMAGE, dropout=True))
    weights = network.init(jax.random.key(0))
    inputs = np.random.default_rng(0).normal(size=(9, 60)).astype(np.float32)
    train = jax.jit(network.train)
    one, two = (train(weights, inputs, jax.random.key(k), 0.5)[0] for k in (1, 2))
    assert (np.asarray(one) != np.asarray(two)).any()
    assert network.drops


LEARNT = residual_layers((12, 1), (8, 8), (1, 1))
TRIALS = {lane: Trial(lane, Hyperparameters(0.03 * (lane + 1), 1e-4, 0.9)) for lane in range(3)}


def curves(plan: LanePlan) -> np.ndarray:
    """The curves of three trials, (trials, curves, epochs); a trial at a time where K is 1."""
    lanes = Lanes(
        Signature(spec(LEARNT), "sgd", "constant", 6, 16), place_rows(*ROWS, plan), plan, 0, 6
    )
    found = []
    for first in range(0, 3, plan.lanes):
        batch = {lane - first: TRIALS[lane] for lane in range(first, min(3, first + plan.lanes))}
        _, seen = lanes.train_segment(lanes.fill(lanes.empty(), batch))
        found.append(np.stack(fetched(seen).curves[:5], axis=1)[: len(batch)])
    return np.concatenate(found)


def test_lanes_train_it_whatever_their_number() -> None:
    expected = curves(LanePlan(1, "map", 1, "chwn"))
    assert (expected[:, 3, -1] < 0.15).all(), "it learns"
    np.testing.assert_array_equal(curves(LanePlan(4, "map", 2, "chwn")), expected)


def test_a_row_of_one_position_has_one_stage() -> None:
    network = make_network(spec(residual_layers((1, 4), (3,), (1,))))
    weights = network.init(jax.random.key(0))
    assert network.apply(weights, jnp.ones((2, 4))).shape == (2, 3)
