"""Batch and layer normalisation: against plain loops, in evaluation, and in lanes."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx
from netclinic.datasets.dataset import Split
from netclinic.models.convolution_shapes import Convolutions
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.judging import Rows, evaluate
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes, fetched
from netclinic.models.minibatches import minibatches
from netclinic.models.network import NetworkSpec, Variables, make_network
from netclinic.models.normalization import KEPT
from netclinic.models.optimizers import weights_not_biases
from netclinic.models.signature import Signature
from netclinic.models.tasks import TaskSpec
from netclinic.models.training import Data, make_training
from netclinic.models.trial_keys import trial_key

FEATURES, CLASSES, BATCH, EPOCHS = 12, 3, 16, 3
MLP = NetworkSpec("mlp", FEATURES, (8, 6), CLASSES, "relu", "he_normal")
LAYERS = Convolutions((12, 1), (4, 5), (3, 3), (1, 2), ("same", 1))
CNN = MLP._replace(kind="cnn", hidden=(7,), convolutions=LAYERS)
HYPER = Hyperparameters(0.05, 1e-3, 0.9)


def split(rows: int, seed: int) -> Split:
    rng = np.random.default_rng(seed)
    labels = rng.integers(CLASSES, size=rows).astype(np.int32)
    inputs = 3 + 2 * rng.normal(size=(rows, FEATURES)) + labels[:, None]
    return Split(inputs.astype(np.float32), labels)


TRAIN, VALIDATION, TEST = split(100, 0), split(40, 1), split(30, 2)


class Plain(nnx.Module):
    """The perceptron written down layer by layer."""

    def __init__(self, kind: str, rngs: nnx.Rngs) -> None:
        bias = kind == "layer"
        self.one = nnx.Linear(FEATURES, 8, use_bias=bias, rngs=rngs)
        self.two = nnx.Linear(8, 6, use_bias=bias, rngs=rngs)
        self.out = nnx.Linear(6, CLASSES, rngs=rngs)
        if kind == "batch":
            self.norm_one = nnx.BatchNorm(8, momentum=0.9, rngs=rngs)
            self.norm_two = nnx.BatchNorm(6, momentum=0.9, rngs=rngs)
        else:
            self.norm_one, self.norm_two = nnx.LayerNorm(8, rngs=rngs), nnx.LayerNorm(6, rngs=rngs)

    def __call__(self, inputs: jax.Array) -> jax.Array:
        inputs = nnx.relu(self.norm_one(self.one(inputs)))
        return self.out(nnx.relu(self.norm_two(self.two(inputs))))


def plain_losses(kind: str, variables: Variables, key: jax.Array) -> list[float]:
    """The training loss after each epoch of a loop over the same minibatches."""
    network = Plain(kind, nnx.Rngs(0))
    kernels = variables.parameters
    for layer, start in (
        (network.one, kernels["hidden"][0]),
        (network.two, kernels["hidden"][1]),
        (network.out, kernels["output"]),
    ):
        layer.kernel[...] = start["kernel"][...]
    chain = optax.chain(
        optax.add_decayed_weights(HYPER.weight_decay, mask=lambda p: jax.tree.map(wide, p)),
        optax.sgd(HYPER.learning_rate, HYPER.momentum),
    )
    optimizer = nnx.Optimizer(network, chain, wrt=nnx.Param)

    def loss(network: nnx.Module, inputs: jax.Array, labels: jax.Array) -> jax.Array:
        logits = network(inputs)  # pyright: ignore[reportCallIssue]
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

    @nnx.jit
    def step(network, optimizer, inputs, labels) -> None:
        optimizer.update(network, nnx.grad(loss)(network, inputs, labels))

    found = []
    for epoch in range(EPOCHS):
        network.train()
        for rows in np.asarray(minibatches(key, jnp.int32(epoch), len(TRAIN.labels), BATCH)):
            step(network, optimizer, TRAIN.inputs[rows], TRAIN.labels[rows])
        network.eval()
        found.append(float(loss(network, jnp.asarray(TRAIN.inputs), jnp.asarray(TRAIN.labels))))
    return found


def wide(leaf: jax.Array) -> bool:
    return leaf.ndim > 1


@pytest.mark.parametrize("kind", ["batch", "layer"])
def test_training_is_that_of_a_plain_loop(kind: str) -> None:
    signature = Signature(MLP._replace(normalization=kind), "sgd", "constant", EPOCHS, BATCH)
    training = make_training(signature, len(TRAIN.labels), EPOCHS)
    key = trial_key(0, 0, 0)
    state = training.init(HYPER, key)
    expected = plain_losses(kind, state.variables, key)
    _, curves = jax.jit(training.segment)(state, Data(Rows(*TRAIN), Rows(*VALIDATION)))
    np.testing.assert_allclose(curves.training_loss, expected, rtol=1e-4)


@pytest.mark.parametrize("spec", [MLP, CNN])
def test_evaluation_uses_the_running_statistics(spec: NetworkSpec) -> None:
    """One row alone gets what it gets among others; a minibatch's statistics would differ."""
    network = make_network(spec._replace(normalization="batch"))
    variables = network.init(jax.random.key(0))
    inputs = TRAIN.inputs[:20]
    _, state = network.train(variables, inputs, jax.random.key(1), 0)
    moved = Variables(variables.parameters, state)
    all_rows, alone = network.apply(moved, inputs), network.apply(moved, inputs[:1])
    np.testing.assert_allclose(all_rows[:1], alone, rtol=1e-5)
    assert (network.apply(variables, inputs) != all_rows).any(), "the statistics have moved"
    first = moved.state["normalizations"][0]["mean"][...]
    kernel = variables.parameters["hidden" if spec is MLP else "convolutions"][0]["kernel"][...]
    if spec is MLP:
        np.testing.assert_allclose(first, (1 - KEPT) * (inputs @ kernel).mean(0), rtol=1e-4)


@pytest.mark.parametrize("kind", ["batch", "layer"])
def test_what_a_convolution_gives_is_normalised(kind: str) -> None:
    """A feature over rows and positions of the minibatch, or all numbers of a row."""
    network = make_network(CNN._replace(normalization=kind, convolutions=LAYERS, hidden=()))
    variables = network.init(jax.random.key(0))
    inputs = TRAIN.inputs
    shifted, _ = network.train(variables, inputs * 5 + 2, jax.random.key(0), 0)
    logits, _ = network.train(variables, inputs, jax.random.key(0), 0)
    if kind == "batch":  # zeros at the ends are not scaled with the rest
        signals = LAYERS._replace(paddings=(0, 0))
        network = make_network(CNN._replace(normalization=kind, convolutions=signals, hidden=()))
        variables = network.init(jax.random.key(0))
        shifted, _ = network.train(variables, inputs * 5 + 2, jax.random.key(0), 0)
        logits, _ = network.train(variables, inputs, jax.random.key(0), 0)
        np.testing.assert_allclose(shifted, logits, atol=1e-3)
    else:
        scaled = network.apply(variables, inputs * 5)
        np.testing.assert_allclose(scaled, network.apply(variables, inputs), atol=1e-4)


def test_sizes_are_counted_by_hand() -> None:
    """Batch normalisation takes the bias of the layer in front away, layer normalisation not."""
    plain = make_network(MLP).parameters
    assert plain == 13 * 8 + 9 * 6 + 7 * 3
    assert make_network(MLP._replace(normalization="batch")).parameters == plain + 8 + 6
    assert make_network(MLP._replace(normalization="layer")).parameters == plain + 2 * (8 + 6)
    both = [make_network(CNN._replace(normalization=n)) for n in ("batch", "layer")]
    channels = 4 + 5 + 7
    assert [n.parameters - make_network(CNN).parameters for n in both] == [channels, 2 * channels]


@pytest.mark.parametrize("kind", ["batch", "layer"])
def test_scales_and_biases_are_exempt_from_l2(kind: str) -> None:
    parameters = make_network(CNN._replace(normalization=kind)).init(jax.random.key(0)).parameters
    mask = nnx.to_pure_dict(weights_not_biases(parameters))
    decayed = [path[-1].key for path, held in jax.tree.leaves_with_path(mask) if held]
    assert decayed == ["kernel"] * 4
    assert len(jax.tree.leaves(mask)) > 8


@functools.cache
def lanes_of(plan: LanePlan) -> Lanes:
    """Made once for two runs: what takes long is the compiling."""
    signature = Signature(CNN._replace(normalization="batch"), "sgd", "constant", EPOCHS, BATCH)
    return Lanes(signature, place_rows(TRAIN, VALIDATION, TEST, plan), plan, 0, EPOCHS)


def run(plan: LanePlan, refill: bool = False) -> np.ndarray:
    """The losses of trials 1 to 4, (trials, curves, epochs); ``refill``: after other trials."""
    lanes = lanes_of(plan)
    trials = [Trial(n, HYPER._replace(learning_rate=0.02 * n)) for n in range(1, 5)]
    found, state = [], lanes.empty()
    if refill:
        others = {lane: Trial(lane + 9, HYPER) for lane in range(plan.lanes)}
        state, _ = lanes.train_segment(lanes.fill(state, others))
    for first in range(0, 4, plan.lanes):
        batch = dict(enumerate(trials[first : first + plan.lanes]))
        state, seen = lanes.train_segment(lanes.fill(state, batch))
        found.append(np.stack(fetched(seen).curves[:5], axis=1)[: len(batch)])
    return np.concatenate(found)


def test_lanes_have_statistics_of_their_own() -> None:
    """Layer normalisation has none; test_cnn.py trains it in lanes."""
    alone = run(LanePlan(1, "map", 1))
    assert np.isfinite(alone).all()
    np.testing.assert_array_equal(run(LanePlan(4, "map", 2)), alone)
    np.testing.assert_array_equal(run(LanePlan(4, "map", 2), refill=True), alone)
    losses = [0, 2, 4]
    vmapped = run(LanePlan(4, "vmap", 2))
    np.testing.assert_allclose(vmapped[:, losses], alone[:, losses], rtol=1e-3, atol=1e-3)


def test_a_constant_feature_is_no_division_by_zero() -> None:
    network = make_network(MLP._replace(normalization="batch"))
    rows = Rows(np.ones((8, FEATURES), np.float32), np.zeros(8, np.int32))
    variables = network.init(jax.random.key(0))
    outputs, state = network.train(variables, rows.inputs, jax.random.key(0), 0)
    assert np.isfinite(outputs).all()
    score = evaluate(network, TaskSpec(), Variables(variables.parameters, state), rows)
    assert np.isfinite(score.loss)
