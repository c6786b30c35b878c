"""A network with running statistics and randomness as pure functions."""

import jax
import numpy as np
import pytest
from flax import nnx
from netclinic.models import network as home
from netclinic.models.network import Network, NetworkSpec, Variables, make_network

INPUTS = np.random.default_rng(0).normal(2, 3, size=(64, 5)).astype(np.float32)


class Noisy(nnx.Module):
    """Batch normalisation, then dropout: both behave differently in evaluation."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.norm = nnx.BatchNorm(5, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.output = nnx.Linear(5, 3, rngs=rngs)

    def __call__(self, inputs: jax.Array) -> jax.Array:
        return self.output(self.dropout(self.norm(inputs)))


@pytest.fixture
def noisy(monkeypatch) -> tuple[Network, Variables]:
    monkeypatch.setitem(home.NETWORKS, "noisy", lambda spec, form, rngs: Noisy(rngs))
    network = make_network(NetworkSpec("noisy", 5, (), 3, "relu", "he_normal"))
    return network, network.init(jax.random.key(0))


def test_the_key_of_a_step_decides_what_is_dropped(noisy) -> None:
    network, variables = noisy
    train = jax.jit(network.train)
    one, again, other = (train(variables, INPUTS, jax.random.key(k), 0)[0] for k in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_training_moves_the_running_statistics_and_evaluation_uses_them(noisy) -> None:
    network, variables = noisy
    moved = variables
    for step in range(400):
        _, state = network.train(moved, INPUTS, jax.random.key(step), 0)
        moved = Variables(variables.parameters, state)
    mean, variance = (np.asarray(moved.state["norm"][name][...]) for name in ("mean", "var"))
    np.testing.assert_allclose(mean, INPUTS.mean(0), rtol=0.05)
    np.testing.assert_allclose(variance, INPUTS.var(0), rtol=0.05)
    whitened = (INPUTS - mean) / np.sqrt(variance + 1e-5)
    kernel, bias = (np.asarray(variables.parameters["output"][n][...]) for n in ("kernel", "bias"))
    expected = whitened @ kernel + bias
    np.testing.assert_allclose(network.apply(moved, INPUTS), expected, atol=1e-4)


def test_parameters_and_state_are_told_apart(noisy) -> None:
    network, variables = noisy
    leaves = [len(jax.tree.leaves(part)) for part in variables]
    assert leaves == [4, 2]  # scale, bias, kernel, bias; mean, variance: no stream of randomness
    assert network.parameters == 5 + 5 + 5 * 3 + 3
    assert not jax.tree.leaves(
        make_network(NetworkSpec("mlp", 5, (4,), 3, "relu", "he_normal"))
        .init(jax.random.key(0))
        .state
    )
