"""Layers and activations are found in the programs of all networks, and nothing else is."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from netclinic.models.activation_taps import call_tapped, find_taps, slopes
from netclinic.models.activations import ACTIVATIONS
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.signature import Signature
from netclinic.models.vital_signs import analyse

from .test_lowering import SPECS

LEVELS = {"relu": 1, "leaky_relu": 0, "gelu": 1, "selu": 1, "tanh": 2, "sigmoid": 2}
LAYERS = {
    "mlp": {"hidden.0": True, "output": False},
    "cnn": {
        "convolutions.0": True,
        "convolutions.1": True,
        "head.hidden.0": True,
        "head.output": False,
    },
    "resnet": {
        "first": True,
        "blocks.0.convolutions.0": True,
        "blocks.0.convolutions.1": True,
        "blocks.1.past": False,
        "blocks.1.convolutions.0": True,
        "blocks.1.convolutions.1": True,
        "head.output": False,
    },
    "normalized": {
        "convolutions.0": True,
        "convolutions.1": True,
        "head.hidden.0": True,
        "head.output": False,
    },
    "own": {
        "widen": False,
        "blocks.0.between": True,
        "blocks.0.within": True,
        "blocks.1.between": True,
        "blocks.1.within": True,
        "output": False,
    },
}


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("form", ["im2col", "native"])
def test_every_layer_and_whether_an_activation_follows_it(kind: str, form: str) -> None:
    signature = Signature(SPECS[kind], "sgd", "constant", 1, 8)
    taps, names = analyse(signature, make_network(SPECS[kind], form))
    tapped = {tap.layer for tap in taps.taps}
    found = {name.removesuffix(".kernel"): place in tapped for place, name in enumerate(names)}
    assert found == LAYERS[kind]
    assert list(found) == list(LAYERS[kind])


@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_of_ours(activation: str, normalization: str) -> None:
    spec = NetworkSpec("mlp", 4, (6, 5), 2, activation, "he_normal", normalization=normalization)
    taps, _ = analyse(Signature(spec, "sgd", "constant", 1, 8), make_network(spec))
    assert [(t.layer, t.levels) for t in taps.taps] == [(p, LEVELS[activation]) for p in (0, 1)]
    activate = ACTIVATIONS[activation]
    values = np.linspace(-8, 8, 1001, dtype=np.float32)
    steepest = np.abs(jax.vmap(jax.grad(activate))(values)).max()
    assert taps.taps[0].steepest == pytest.approx(float(steepest), rel=0.01)


def tapped(function, levels: int | None) -> None:
    """``function``, behind a product with weights, is found to be an activation or not."""
    inputs = jax.random.normal(jax.random.key(0), (64, 5))
    weights = jax.random.normal(jax.random.key(1), (5, 3))

    def network(weights, inputs):
        return function(inputs @ weights).sum(axis=-1)

    program = jax.make_jaxpr(network)(weights, inputs)
    taps = find_taps(program, {0: "weights"})
    assert taps.layers == ("weights",)
    assert [tap.levels for tap in taps.taps] == ([] if levels is None else [levels])
    seen = call_tapped(taps, program, (weights, inputs))
    np.testing.assert_array_equal(seen.given[0], network(weights, inputs))
    if levels is not None:
        values = inputs @ weights
        np.testing.assert_array_equal(seen.before[0], values)
        np.testing.assert_array_equal(seen.behind[0], function(values))
        slope = jax.vmap(jax.vmap(jax.grad(lambda x: function(x[None, None])[0, 0])))(values)
        np.testing.assert_allclose(slopes(taps, program, seen.before)[0], slope, rtol=1e-5)


@pytest.mark.parametrize(
    ("function", "levels"),
    [
        (jax.nn.silu, 1),
        (jax.nn.elu, 1),
        (jax.nn.softplus, 1),
        (jax.nn.hard_sigmoid, 2),
        (lambda x: x * jax.nn.sigmoid(1.702 * x), 1),
        (lambda x: jnp.maximum(x, 0.0), 1),
        (lambda x: jnp.where(x > 0, x, 0.1 * x), 0),
        (lambda x: 3.0 * x + 1.0, None),
        (jnp.square, None),
        (jnp.exp, None),
        (jnp.sin, None),
        (jax.nn.softmax, None),
        (lambda x: (x - x.mean(axis=-1, keepdims=True)) / jnp.sqrt(x.var(axis=-1))[:, None], None),
    ],
)
def test_activations_of_others_and_what_is_none(function, levels: int | None) -> None:
    tapped(function, levels)


def test_a_gate_counts_once_and_a_program_with_other_equations_shows_nothing() -> None:
    def network(weights, inputs):
        values = inputs @ weights
        if len(inputs) > 64:
            values = values + 1.0
        return jnp.tanh(values) * jax.nn.sigmoid(values)

    weights = jnp.ones((5, 3))
    few, many = jnp.ones((64, 5)), jnp.ones((65, 5))
    taps = find_taps(jax.make_jaxpr(network)(weights, few), {0: "weights"})
    assert len(taps.taps) == 1
    seen = call_tapped(taps, jax.make_jaxpr(network)(weights, many), (weights, many))
    assert seen.before == ()
    np.testing.assert_array_equal(seen.given[0], network(weights, many))


def test_what_is_inside_a_loop_is_not_looked_at() -> None:
    class Recurrent(nnx.Module):
        def __init__(self, rngs: nnx.Rngs) -> None:
            self.step = nnx.Linear(4, 4, rngs=rngs)

    graph, state = nnx.split(Recurrent(nnx.Rngs(0)))

    def network(state, inputs):
        step = nnx.merge(graph, state).step
        return jax.lax.scan(lambda h, _: (jnp.tanh(step(h)), None), inputs, None, length=3)[0]

    program = jax.make_jaxpr(network)(state, jnp.ones((64, 4)))
    assert find_taps(program, {1: "step.kernel"}).taps == ()
