"""What a network gives for many rows, and what its last layer gets."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from netclinic.models import judging
from netclinic.models.answers import network_answers, with_last_inputs
from netclinic.models.checkpoint import LoadedNetwork
from netclinic.models.convolution_shapes import Convolutions, residual_layers
from netclinic.models.judging import Rows
from netclinic.models.network import (
    Network,
    NetworkSpec,
    Variables,
    build_mlp,
    make_network,
    streams_from,
)
from netclinic.models.tasks import TaskSpec

from tests.models.test_own_network import GOOD, spec_at, write

FEATURES, OUTPUTS = 64, 3
LAYERS = Convolutions((8, 8, 1), (4, 6), (3, 3), (1, 2), ("same", "same"))
MLP = NetworkSpec("mlp", FEATURES, (16, 5), OUTPUTS, "gelu", "he_normal", normalization="batch")
CNN = NetworkSpec("cnn", FEATURES, (7,), OUTPUTS, "relu", "he_normal", LAYERS)
RESNET = NetworkSpec(
    "resnet", FEATURES, (), OUTPUTS, "relu", "he_normal", residual_layers((8, 8, 1), (4, 6), (1, 1))
)


def rows(count: int, features: int = FEATURES) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, features)).astype(np.float32)


def made(spec: NetworkSpec) -> tuple[Network, Variables]:
    network = make_network(spec)
    return network, network.init(jax.random.key(0))


def kernel(variables: Variables, name: str) -> np.ndarray:
    """The weights of the dense layer that makes the outputs."""
    found: Any = nnx.to_pure_dict(variables.parameters)
    for part in name.split("."):
        found = found[part]
    return np.asarray(found["kernel"])


@pytest.mark.parametrize(
    ("spec", "output", "units"),
    [(MLP, "output", 5), (CNN, "head.output", 7), (RESNET, "head.output", 6)],
    ids=["mlp", "cnn", "resnet"],
)
def test_the_features_times_the_last_weights_are_the_outputs(
    spec: NetworkSpec, output: str, units: int
) -> None:
    network, variables = made(spec)
    inputs = rows(20)
    found = network_answers(network, variables, inputs)
    assert found.outputs.shape == (20, OUTPUTS)
    assert found.features is not None
    assert found.features.shape == (20, units)
    np.testing.assert_allclose(found.outputs, network.apply(variables, inputs), atol=1e-5)
    # The biases of new networks are zero.
    expected = found.features @ kernel(variables, output)
    np.testing.assert_allclose(found.outputs, expected, atol=1e-4)


def test_a_linear_network_gets_its_inputs() -> None:
    network, variables = made(MLP._replace(hidden=()))
    inputs = rows(4)
    np.testing.assert_array_equal(network_answers(network, variables, inputs).features, inputs)


def test_a_users_network_has_features_too(tmp_path: Path) -> None:
    network, variables = made(spec_at(write(tmp_path, GOOD)))
    found = network_answers(network, variables, rows(9, 6))
    assert found.features is not None
    assert found.features.shape == (9, 8)


def test_a_matrix_of_the_users_own_is_found() -> None:
    weights = jnp.ones((4, 2))

    def called(x: jax.Array) -> jax.Array:
        return jax.jit(lambda x: jax.nn.relu(2 * x) @ weights)(x) + 1.0

    inputs = jnp.asarray(rows(3, 4))
    outputs, last = with_last_inputs(called, inputs)
    np.testing.assert_allclose(outputs, called(inputs), rtol=1e-6)
    np.testing.assert_allclose(last, jax.nn.relu(2 * inputs), rtol=1e-6)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: jax.nn.softmax(x @ jnp.ones((4, 2))),
        lambda x: x @ jnp.ones((4, 2)) + x[:, :2],
        lambda x: jnp.zeros((3, 2)),
        lambda x: x @ x.T,
    ],
    ids=["softmax behind", "two ways", "no inputs", "inputs twice"],
)
def test_what_is_no_dense_layer_has_no_features(function: Any) -> None:
    inputs = jnp.asarray(rows(3, 4))
    outputs, last = with_last_inputs(function, inputs)
    np.testing.assert_allclose(outputs, function(inputs), rtol=1e-6)
    assert last is None


def test_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    network, variables = made(MLP)
    whole = network_answers(network, variables, rows(23))
    monkeypatch.setattr(judging, "NUMBERS_AT_ONCE", 5 * network.widest)
    assert judging.piece_rows(network, 23) == 5
    pieces = network_answers(network, variables, rows(23))
    np.testing.assert_allclose(pieces.outputs, whole.outputs, atol=1e-5)
    assert pieces.features is not None
    np.testing.assert_allclose(pieces.features, whole.features, atol=1e-5)


def test_a_program_of_many_pieces_is_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces were sliced and joined apart: 299 took eighteen times as long to compile."""
    network, variables = made(MLP)

    def size(pieces: int) -> int:
        monkeypatch.setattr(judging, "NUMBERS_AT_ONCE", 2 * network.widest)
        asked = Rows(rows(2 * pieces), np.zeros(2 * pieces, np.int32))
        lowered = jax.jit(lambda asked: judging.answers(network, TaskSpec(), variables, asked))
        return len(lowered.lower(asked).as_text().splitlines())

    assert size(3) == size(30)


def test_a_saved_network_gives_its_variables() -> None:
    module = build_mlp(MLP, "native", streams_from(jax.random.key(0)))
    loaded = LoadedNetwork(module, MLP, SimpleNamespace())  # type: ignore[arg-type]
    _, variables = made(MLP)
    jax.tree.map(np.testing.assert_array_equal, loaded.variables, variables)
