"""Initialisers: the variance of what they draw, and what it does through 20 layers of units."""

import functools
from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.models.activations import ACTIVATIONS
from netclinic.models.initializers import INITIALIZERS
from netclinic.search.spec_network import Activation, Initializer

UNITS, LAYERS, ROWS = 256, 20, 8
UNITS_OF = {**ACTIVATIONS, "linear": lambda z: z}
FAR, NEAR = 1.0, 0.05  # standard deviation of the inputs; tanh is linear near 0
SETTLED = 0.65  # of what xavier_tanh settles at
# Initialiser → its units and inputs. He keeps the second moment of relu's pre-activations (He et
# al. 2015, eq. 10); for the others it stands for the variance too, as pre-activations have mean 0.
MATCHING = {
    "he": [("relu", FAR), ("leaky_relu", FAR)],
    "xavier": [("linear", FAR), ("tanh", NEAR)],
    "xavier_tanh": [("tanh", SETTLED)],
    "lecun": [("linear", FAR), ("selu", FAR), ("tanh", NEAR)],
    "orthogonal": [("linear", FAR), ("tanh", NEAR)],
}
# Mean over so many seeds. E[z²] of one seed has a relative standard deviation of √(20 · 5/256),
# that is 0.6, with relu, where a layer adds Var(relu²)/E[relu²]²/n = 5/n, and of 0.4 with linear
# units, where it adds 2/n; orthogonal weights keep it, and take long to draw.
SEEDS = {"he": 64, "xavier": 32, "xavier_tanh": 8, "lecun": 32, "orthogonal": 1}

# Units that do not match, looked at with the same weights.
OTHERS = {
    "lecun_normal": [("relu", FAR)],
    "xavier_normal": [("tanh", FAR)],
    "he_normal": [("gelu", FAR), ("linear", FAR)],
}


def kind(initializer: str) -> str:
    return initializer.removesuffix("_normal").removesuffix("_uniform")


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        ("he_normal", 2 / 400),
        ("he_uniform", 2 / 400),
        ("xavier_normal", 2 / (400 + 300)),
        ("xavier_uniform", 2 / (400 + 300)),
        ("xavier_tanh_normal", (5 / 3) ** 2 * 2 / (400 + 300)),
        ("xavier_tanh_uniform", (5 / 3) ** 2 * 2 / (400 + 300)),
        ("lecun_normal", 1 / 400),
        ("lecun_uniform", 1 / 400),
    ],
)
def test_variance_of_initial_weights(initializer: str, variance: float) -> None:
    weights = INITIALIZERS[initializer](jax.random.key(0), (400, 300))
    # 120,000 draws: the sample variance is within 2 % at far beyond 99.9 %.
    assert float(weights.var()) == pytest.approx(variance, rel=0.02)


def test_orthogonal_weights_are() -> None:
    weights = INITIALIZERS["orthogonal"](jax.random.key(0), (40, 40))
    np.testing.assert_allclose(weights @ weights.T, np.eye(40), atol=1e-5)


@functools.cache
def moments(initializer: str) -> dict[tuple[str, float], np.ndarray]:
    """E[z²] of the pre-activations z, E[y] and E[y²] of the activations y of each layer.

    Means over units, rows of normal inputs and seeds: (3, layers) by units and their inputs. All
    kinds of units get the same weights, as what takes long is to draw them.
    """
    units = MATCHING[kind(initializer)] + OTHERS.get(initializer, [])

    def of_seed(key: jax.Array) -> jax.Array:
        noise = jax.random.normal(jax.random.fold_in(key, LAYERS), (ROWS, UNITS))

        def layer(inputs: list[jax.Array], key: jax.Array) -> tuple[list[jax.Array], jax.Array]:
            weights = INITIALIZERS[initializer](key, (UNITS, UNITS))
            before = [y @ weights for y in inputs]
            after = [UNITS_OF[name](z) for (name, _), z in zip(units, before, strict=True)]
            found = [
                [(z**2).mean(), y.mean(), (y**2).mean()] for z, y in zip(before, after, strict=True)
            ]
            return after, jnp.array(found).T

        inputs = [scale * noise for _, scale in units]
        return jax.lax.scan(layer, inputs, jax.random.split(key, LAYERS))[1]

    keys = jax.random.split(jax.random.key(0), SEEDS[kind(initializer)])
    # Not wholly without optimisation, as other tests: these draw a hundred million numbers.
    some = {"xla_backend_optimization_level": 1}
    every = jax.jit(lambda keys: jax.lax.map(of_seed, keys), compiler_options=some)(keys)
    return dict(zip(units, np.asarray(every).mean(0).transpose(2, 1, 0), strict=True))


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_variance_stays_the_same_through_20_layers(initializer: str) -> None:
    for units in MATCHING[kind(initializer)]:
        z, _, _ = moments(initializer)[units]
        np.testing.assert_allclose(z / z[0], 1, atol=0.2, err_msg=str(units))


@pytest.mark.parametrize("initializer", ["lecun_normal", "lecun_uniform"])
def test_lecun_holds_selu_at_mean_0_and_variance_1(initializer: str) -> None:
    _, mean, square = moments(initializer)["selu", FAR]
    np.testing.assert_allclose(mean, 0, atol=0.05)
    np.testing.assert_allclose(square - mean**2, 1, atol=0.1)


@pytest.mark.parametrize(
    ("initializer", "activation", "low", "high"),
    [
        ("lecun_normal", "relu", 0, 1e-5),  # halved by each layer: 2**-19
        ("xavier_normal", "tanh", 0.02, 0.04),
        ("he_normal", "gelu", 0.02, 0.1),
        ("he_normal", "linear", 1e5, 1e6),  # doubled by each: 2**19
    ],
)
def test_a_pair_that_does_not_match_is_seen(
    initializer: str, activation: str, low: float, high: float
) -> None:
    """Also the numbers that the module states."""
    z, _, _ = moments(initializer)[activation, FAR]
    assert low < z[-1] / z[0] < high


def test_the_spec_knows_every_name() -> None:
    assert set(get_args(Initializer)) == set(INITIALIZERS)
    assert set(get_args(Activation)) == set(ACTIVATIONS)
