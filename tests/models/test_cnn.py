"""The CNN: the forms of one convolution, fan-in, shapes, and training in lanes."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netclinic.models.convolution import FORMS, im2col, im2col_chwn, native
from netclinic.models.convolution_shapes import Convolutions, ShapeError, layer_shapes
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes, fetched
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.signature import Signature

from tests.models.signals import ROWS

MNIST_1D = Convolutions((40, 1), (25, 25, 25), (5, 3, 3), (2, 2, 2), (1, 1, 1))
IMAGES = Convolutions((6, 5, 2), (4, 3), (3, 2), (1, 2), ("same", 0))


def spec(layers: Convolutions, hidden: tuple[int, ...] = (), activation: str = "relu"):
    features = int(np.prod(layers.shape))
    return NetworkSpec("cnn", features, hidden, 3, activation, "he_normal", layers)


@st.composite
def problems(draw: Any) -> tuple[tuple[int, ...], ...]:
    """Shapes of inputs and kernel, strides and padding of a convolution that leaves something."""
    axes = draw(st.integers(1, 2))
    each = lambda low, high: draw(st.tuples(*[st.integers(low, high)] * axes))  # noqa: E731
    kernel, strides = each(1, 5), each(1, 3)
    padding = tuple(tuple(draw(st.integers(0, k - 1)) for _ in range(2)) for k in kernel)
    sizes = tuple(
        max(1, k - sum(p)) + e for k, p, e in zip(kernel, padding, each(0, 6), strict=True)
    )
    rows, before, after = (draw(st.integers(1, 4)) for _ in range(3))
    return (rows, *sizes, before), (*kernel, before, after), strides, padding


@settings(max_examples=25)
@given(problems(), st.integers(0, 2**32 - 1))
def test_the_forms_agree_in_value_and_gradient(problem: Any, seed: int) -> None:
    shape, kernel_shape, strides, padding = problem
    rng = np.random.default_rng(seed)
    inputs, kernel = (rng.normal(size=s).astype(np.float32) for s in (shape, kernel_shape))
    out = jax.eval_shape(lambda i, k: native(i, k, strides, padding), inputs, kernel)
    weights = rng.normal(size=out.shape).astype(np.float32)

    def seen(form: Any, inputs: jax.Array, kernel: jax.Array) -> Any:
        def weighted(inputs: jax.Array, kernel: jax.Array) -> tuple[jax.Array, jax.Array]:
            values = form(inputs, kernel, strides, padding)
            return (weights * values).sum(), values

        return jax.grad(weighted, argnums=(0, 1), has_aux=True)(inputs, kernel)

    def rows_last(inputs: jax.Array, *others: Any) -> jax.Array:
        return im2col_chwn(inputs.swapaxes(0, -1), *others).swapaxes(0, -1)

    @jax.jit
    def of_forms(*given: jax.Array) -> list[Any]:
        """One program, as compiling takes longest."""
        return [jax.tree.leaves(seen(form, *given)) for form in (native, im2col, rows_last)]

    expected, *others = of_forms(inputs, kernel)
    for found in others:
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("layers", [MNIST_1D, IMAGES])
@pytest.mark.parametrize(
    ("activation", "hidden", "normalization"),
    [("relu", (7,), "none"), ("tanh", (), "batch"), ("relu", (7, 6), "layer")],
)
def test_the_forms_of_a_network_have_the_same_parameters_and_logits(
    layers, activation, hidden, normalization
) -> None:
    """In training, too, where they normalise by a minibatch and drop the same channels."""
    described = spec(layers, hidden, activation)
    described = described._replace(normalization=normalization, dropout=True)
    networks = {form: make_network(described, form) for form in FORMS}
    weights = {f: n.init(jax.random.key(4)) for f, n in networks.items()}
    size = (9, int(np.prod(layers.shape)))
    inputs = np.random.default_rng(0).normal(size=size).astype(np.float32)
    called = jax.jit(networks["native"].apply)(weights["native"], inputs)
    assert called.shape == (9, 3)
    train = jax.jit(networks["native"].train)
    trained = train(weights["native"], inputs, jax.random.key(1), 0.5)
    assert np.abs(trained[0] - called).max() > 0.01, "something is dropped"
    for form in ("im2col", "chwn"):
        network = networks[form]
        jax.tree.map(np.testing.assert_array_equal, weights[form], weights["native"])
        found = jax.jit(network.apply)(weights[form], inputs)
        np.testing.assert_allclose(found, called, rtol=1e-5, atol=1e-5)
        again = jax.jit(network.train)(weights[form], inputs, jax.random.key(1), 0.5)
        for a, b in zip(*map(jax.tree.leaves, (again, trained)), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_sizes_are_counted_by_hand_for_the_mnist_1d_network() -> None:
    network = make_network(spec(MNIST_1D)._replace(outputs=10))
    assert network.parameters == 6 * 25 + 2 * 76 * 25 + 126 * 10 == 5210
    assert network.widest == 750


def test_an_image_is_read_in_c_order_with_channels_last() -> None:
    """A kernel of ones over the second channel of one position gives that position back."""
    layers = Convolutions((2, 3, 2), (1,), (1,), (1,), (0,))
    network = make_network(spec(layers, activation="leaky_relu"))
    weights = network.init(jax.random.key(0))
    kernel = jnp.array([0.0, 1.0]).reshape(1, 1, 2, 1)
    first = weights.parameters["convolutions"][0]
    first["kernel"] = first["kernel"].replace(kernel)
    inputs = np.arange(12, dtype=np.float32)[None]
    head = weights.parameters["head"]["output"]["kernel"][...]
    np.testing.assert_allclose(network.apply(weights, inputs), inputs[:, 1::2] @ head, rtol=1e-5)


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        ("he_normal", 2 / (3 * 3 * 20)),
        ("he_uniform", 2 / (3 * 3 * 20)),
        ("xavier_normal", 2 / (3 * 3 * (20 + 600))),
        ("lecun_normal", 1 / (3 * 3 * 20)),
        ("orthogonal", 1 / 600),
    ],
)
def test_fan_in_is_what_a_window_sees(initializer: str, variance: float) -> None:
    layers = Convolutions((3, 3, 20), (600,), (3,), (1,), (0,))
    network = make_network(spec(layers)._replace(initializer=initializer))
    kernel = network.init(jax.random.key(0)).parameters["convolutions"][0]["kernel"][...]
    assert kernel.shape == (3, 3, 20, 600)
    # 108,000 draws: the sample variance is within 2 % at far beyond 99.9 %.
    assert float(kernel.var()) == pytest.approx(variance, rel=0.02)


def test_layers_that_do_not_fit_are_refused_before_any_weight_is_drawn() -> None:
    with pytest.raises(ShapeError, match="layer 2 got 3 × 3 positions"):
        make_network(spec(IMAGES._replace(strides=(2, 2), kernels=(3, 4))))


SIGNALS = Convolutions((12, 1), (8, 8), (3, 3), (1, 2), ("same", 1))
TRIALS = {lane: Trial(lane, Hyperparameters(0.03 * (lane + 1), 1e-4, 0.9)) for lane in range(3)}


def curves(plan: LanePlan) -> np.ndarray:
    """The curves of three trials, (trials, curves, epochs)."""
    network = spec(SIGNALS, (16,))._replace(normalization="layer")
    signature = Signature(network, "sgd", "constant", 8, 16)
    lanes = Lanes(signature, place_rows(*ROWS, plan), plan, 0, 8)
    _, seen = lanes.train_segment(lanes.fill(lanes.empty(), TRIALS))
    return np.stack(fetched(seen).curves[:5], axis=1)[: len(TRIALS)]


def test_lanes_train_a_cnn_whatever_their_form() -> None:
    """And whatever their number: test_resnet.py, and test_normalization.py of another form."""
    expected = curves(LanePlan(4, "map", 2, "chwn"))
    assert (expected[:, 3, -1] < 0.15).all(), "it learns"
    losses = [0, 2, 4]  # an error jumps by a whole row where rounding turns an answer
    for plan in (LanePlan(4, "vmap", 2, "im2col"), LanePlan(4, "map", 2, "native")):
        np.testing.assert_allclose(
            curves(plan)[:, losses], expected[:, losses], rtol=1e-3, atol=1e-3
        )


def test_every_shape_of_the_network_follows_from_its_layers() -> None:
    weights = make_network(spec(IMAGES)).init(jax.random.key(0))
    shapes = layer_shapes(IMAGES)
    assert weights.parameters["head"]["output"]["kernel"][...].shape == (np.prod(shapes[-1]), 3)
