from itertools import pairwise

import jax
import numpy as np
import pytest
from flax import nnx
from netclinic.models.activations import ACTIVATIONS
from netclinic.models.network import NetworkSpec, make_network


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("hidden", [(), (5,), (7, 6)])
def test_shapes_and_size(activation: str, hidden: tuple[int, ...]) -> None:
    network = make_network(NetworkSpec("mlp", 4, hidden, 3, activation, "he_normal"))
    weights = network.init(jax.random.key(0))
    assert network.apply(weights, np.ones((9, 4), np.float32)).shape == (9, 3)
    assert network.parameters == sum(leaf.size for leaf in jax.tree.leaves(weights))
    widths = (4, *hidden, 3)
    assert network.parameters == sum((a + 1) * b for a, b in pairwise(widths))


def test_the_initial_loss_is_near_ln_classes() -> None:
    network = make_network(NetworkSpec("mlp", 64, (128, 128), 10, "relu", "he_normal"))
    inputs = np.random.default_rng(0).normal(size=(500, 64)).astype(np.float32)
    losses = [
        -jax.nn.log_softmax(network.apply(network.init(jax.random.key(i)), inputs))[:, 0].mean()
        for i in range(5)
    ]
    assert np.mean(losses) == pytest.approx(np.log(10), rel=0.5)


def test_equal_keys_give_equal_weights() -> None:
    network = make_network(NetworkSpec("mlp", 4, (8,), 3, "relu", "he_normal"))
    a, b = network.init(jax.random.key(1)), network.init(jax.random.key(1))
    assert all(jax.tree.leaves(jax.tree.map(np.array_equal, a, b)))
    assert isinstance(a.parameters, nnx.State)
