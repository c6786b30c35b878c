"""Dropout with a traced rate: its share, its mean, its keys; in lanes: test_augmentation.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from netclinic.models.convolution_shapes import Convolutions
from netclinic.models.dropout import LEVELS, Dropout, short_bits
from netclinic.models.network import NetworkSpec, Variables, make_network
from scipy.stats import binom

FEATURES, CLASSES = 12, 3
MLP = NetworkSpec("mlp", FEATURES, (8, 6), CLASSES, "relu", "he_normal", dropout=True)
LAYERS = Convolutions((12, 1), (4, 5), (3, 3), (1, 2), ("same", 1))
CNN = MLP._replace(kind="cnn", hidden=(7,), convolutions=LAYERS)


def dropped(rate: float, inputs: jax.Array, seed: int = 0, *, channels: bool = False) -> np.ndarray:
    layer = Dropout(channels=channels, rngs=nnx.Rngs(seed))
    layer.rate[...] = jnp.array(rate)
    return np.asarray(layer(inputs))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_rate_is_the_share_that_is_dropped_and_the_rest_is_scaled_up(rate: float) -> None:
    count = 40_001  # odd: one half of the last word is left over
    found = dropped(rate, jnp.ones((count, 1)))
    low, high = binom.ppf([1e-4, 1 - 1e-4], count, rate)
    assert low <= (found == 0).sum() <= high
    np.testing.assert_allclose(found[found != 0], 1 / (1 - rate), rtol=1e-3)


@pytest.mark.parametrize("rate", [0.0, 1e-6, 0.9999999])
def test_the_mean_stays_exact_for_a_rate_that_is_rounded(rate: float) -> None:
    """Also where rounding would drop all: at least one level in 65,536 is kept."""
    layer = Dropout(rngs=nnx.Rngs(0))
    layer.rate[...] = jnp.array(rate)
    found = np.asarray(layer(jnp.ones((1000, 10))))
    assert np.isfinite(found).all()
    share = min(round(rate * LEVELS), LEVELS - 1) / LEVELS
    assert set(found.ravel().tolist()) <= {0.0, 1 / (1 - share)}


def test_both_halves_of_a_word_are_uniform_and_independent() -> None:
    bits = np.asarray(short_bits(jax.random.key(0), (2, 50_000)))
    assert bits.min() >= 0
    assert bits.max() < LEVELS
    # Chi-squared of 16 × 16 cells of the pair: 255 degrees of freedom, 1e-4 at 347.
    table, *_ = np.histogram2d(*bits, bins=16, range=[[0, LEVELS]] * 2)
    assert ((table - 50_000 / 256) ** 2 / (50_000 / 256)).sum() < 347


def test_a_channel_is_dropped_at_all_positions_of_a_row() -> None:
    found = dropped(0.5, jnp.ones((20, 5, 4, 30)), channels=True)
    per_channel = found.reshape(20, 20, 30)
    assert (per_channel == per_channel[:, :1]).all()
    low, high = binom.ppf([1e-4, 1 - 1e-4], 600, 0.5)
    assert low <= (per_channel[:, 0] == 0).sum() <= high


def test_evaluation_drops_nothing() -> None:
    network, plain = make_network(MLP), make_network(MLP._replace(dropout=False))
    inputs = np.ones((4, FEATURES), np.float32)
    variables = network.init(jax.random.key(0))
    same = plain.init(jax.random.key(0))
    jax.tree.map(np.testing.assert_array_equal, variables.parameters, same.parameters)
    np.testing.assert_array_equal(network.apply(variables, inputs), plain.apply(same, inputs))


@pytest.mark.parametrize("spec", [MLP, CNN])
def test_each_layer_draws_from_the_steps_key(spec: NetworkSpec) -> None:
    network = make_network(spec)
    variables = network.init(jax.random.key(0))
    inputs = np.random.default_rng(0).normal(size=(9, FEATURES)).astype(np.float32)
    train = jax.jit(network.train)
    one, again, other = (train(variables, inputs, jax.random.key(k), 0.5)[0] for k in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    nothing, _ = train(variables, inputs, jax.random.key(1), 0.0)
    np.testing.assert_allclose(nothing, network.apply(variables, inputs), rtol=1e-5)


def test_layers_do_not_share_their_draws() -> None:
    """Identity matrices show what each of two layers of equal width has dropped."""
    network = make_network(MLP._replace(hidden=(200, 200), features=200, outputs=200))
    start = network.init(jax.random.key(0))
    one = jax.tree.map(lambda leaf: jnp.eye(200) if leaf.ndim == 2 else leaf, start.parameters)
    both, _ = network.train(
        Variables(one, start.state), jnp.ones((50, 200)), jax.random.key(3), 0.5
    )
    low, high = binom.ppf([1e-4, 1 - 1e-4], both.size, 0.75)  # one layer alone would drop half
    assert low <= int((both == 0).sum()) <= high


def test_a_network_without_dropout_is_given_no_rate() -> None:
    """Its program has nothing to draw from; the rate that a trial names does nothing."""
    network = make_network(MLP._replace(dropout=False))
    variables = network.init(jax.random.key(0))
    inputs = np.ones((4, FEATURES), np.float32)
    program = jax.make_jaxpr(network.train)(variables, inputs, jax.random.key(0), 0.5)
    assert "random_bits" not in str(program)
