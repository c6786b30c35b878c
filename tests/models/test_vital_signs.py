"""What is said of layers is what a plain computation gives."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models import lane_programs
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_programs import looked_at_together
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.signature import Signature
from netclinic.models.tasks import TaskSpec
from netclinic.models.vital_signs import INPUTS, PROBE_ROWS, LayerSigns, probe_rows, spread_rows

from .test_lowering import SPECS, problems

ROWS, FEATURES, CLASSES = 96, 6, 3
HYPER = Hyperparameters(0.1, 1e-3, 0.5)
MLP = NetworkSpec("mlp", FEATURES, (8, 7), CLASSES, "relu", "he_normal")


def make_lanes(
    spec: NetworkSpec,
    *,
    strategy: str = "map",
    epochs: int = 2,
    lanes: int = 4,
    constant: float | None = None,
    **signature,
) -> Lanes:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(ROWS, spec.features)).astype(np.float32)
    if constant is not None:
        inputs[:, 1:4] = constant
    labels = random.integers(spec.outputs, size=ROWS).astype(np.int32)
    if signature.get("task", TaskSpec()).kind == "regression":
        labels = inputs[:, 0]
    rows = Split(inputs, labels)
    plan = LanePlan(lanes, strategy, 2)
    made = Signature(spec, "sgd", "constant", epochs, 16)._replace(**signature)
    return Lanes(made, place_rows(rows, rows, rows, plan), plan, 3, epochs)


@functools.cache
def mlp_lanes() -> Lanes:
    """Lanes of the perceptron, whose programs are traced and compiled once for all tests."""
    return make_lanes(MLP, lanes=8)


def looked_at(lanes: Lanes, trials: dict[int, Trial]):
    """Train them; the lanes' states before and after, and the signs."""
    begun = lanes.fill(lanes.empty(), trials)
    before = {lane: lanes.variables_of(begun, lane) for lane in trials}
    state, _ = lanes.train_segment(begun)
    after = {lane: lanes.variables_of(state, lane) for lane in trials}
    return before, after, lanes.vital_signs(state, trials)


def by_layer(signs, lanes: Lanes, lane: int, moment: int) -> dict[str, LayerSigns]:
    return {
        name: LayerSigns(*(column[lane, moment, place] for column in signs.layers))
        for place, name in enumerate(lanes.probe.layers)
    }


def plain(variables, inputs, labels):
    """Activations of a relu MLP, loss and gradients, without any of our code."""
    p = variables.parameters

    def forward(kernels, biases):
        values, seen = inputs, []
        for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
            before = values @ kernel + bias[None]
            values = jax.nn.relu(before)  # whose slope at 0 is 0, where half of them start
            seen.append((before, values))
        outputs = values @ kernels[-1] + biases[-1][None]
        losses = optax.softmax_cross_entropy_with_integer_labels(outputs, labels)
        return losses.mean(), [*seen, (outputs, outputs)]

    layers = [*(p["hidden"][i] for i in range(2)), p["output"]]
    kernels = [jnp.asarray(layer["kernel"].get_value()) for layer in layers]
    biases = [jnp.asarray(layer["bias"].get_value()) for layer in layers]
    (loss, seen), (gradients, of_biases) = jax.value_and_grad(forward, (0, 1), has_aux=True)(
        kernels, biases
    )
    everything = [*gradients, *of_biases]
    norm = np.sqrt(sum(float(jnp.square(g).sum()) for g in everything))
    return float(loss), norm, kernels, gradients, seen


def test_what_rounding_makes_of_an_input_that_does_not_vary_is_no_variance() -> None:
    """Of 700 scaled indicators, most of them alike in all rows looked at, 0.02 was typical."""
    lanes = make_lanes(MLP, lanes=2, constant=-0.037796)
    varies = np.asarray(lanes._data.train[0]).astype(np.float64).var(axis=0)[[0, 4, 5]]
    _, _, signs = looked_at(lanes, {0: Trial(5, HYPER)})
    found = by_layer(signs, lanes, 0, 0)[INPUTS]
    assert found.typical_variance == pytest.approx(np.exp(np.log(varies).mean()), rel=1e-4)


def test_every_number_is_that_of_a_plain_computation() -> None:
    lanes = mlp_lanes()
    before, after, signs = looked_at(lanes, {1: Trial(5, HYPER)})
    inputs, labels = (np.asarray(v) for v in lanes._data.train)
    assert lanes.probe.layers == (INPUTS, "hidden.0", "hidden.1", "output")
    assert lanes.probe.rows.tolist() == list(range(ROWS))
    _, _, first, _, _ = plain(before[1], inputs, labels)
    for moment, variables in enumerate((before[1], after[1])):
        loss, norm, kernels, gradients, seen = plain(variables, inputs, labels)
        assert signs.loss[1, moment] == pytest.approx(loss, rel=1e-5)
        assert signs.zero_loss[1, moment] == pytest.approx(np.log(CLASSES), rel=1e-5)
        assert signs.gradient[1, moment] == pytest.approx(norm, rel=1e-4)
        found = by_layer(signs, lanes, 1, moment)
        of_inputs = found.pop(INPUTS)
        assert of_inputs.units == FEATURES
        assert of_inputs.variance == pytest.approx(inputs.var(axis=0).mean(), rel=1e-5)
        typical = np.exp(np.log(inputs.var(axis=0)).mean())
        assert of_inputs.typical_variance == pytest.approx(typical, rel=1e-4)
        assert np.isnan(of_inputs.weights)
        everything = zip(found.values(), first, kernels, gradients, seen, strict=True)
        for place, (layer, begun, kernel, gradient, (z, a)) in enumerate(everything):
            assert layer.units == a.shape[1]
            assert layer.mean == pytest.approx(float(a.mean()), abs=1e-5)
            assert layer.largest_variance == pytest.approx(float(a.var(axis=0).max()), rel=1e-4)
            spread = float(z.var(axis=0).mean() / jnp.square(z).mean())
            assert layer.spread == pytest.approx(spread, rel=1e-4)
            assert layer.gradient == pytest.approx(float(jnp.linalg.norm(gradient)), rel=1e-4)
            assert layer.weights == pytest.approx(float(jnp.linalg.norm(kernel)), rel=1e-4)
            moved = float(jnp.linalg.norm(kernel - begun) / jnp.linalg.norm(begun))
            assert layer.moved == pytest.approx(moved, rel=1e-4, abs=1e-7)
            if place < 2:
                assert layer.dead == pytest.approx(float((a == 0).all(axis=0).mean()))
            if moment == 0:  # momentum is still zero
                change = 0.1 * (gradient + 1e-3 * kernel)
                ratio = float(jnp.linalg.norm(change) / jnp.linalg.norm(kernel))
                assert layer.update == pytest.approx(ratio, rel=1e-3)


def test_lanes_that_are_not_asked_for_are_unknown_and_the_others_do_not_depend_on_them() -> None:
    lanes = mlp_lanes()
    trials = {lane: Trial(lane, HYPER) for lane in range(8)}
    state, _ = lanes.train_segment(lanes.fill(lanes.empty(), trials))
    every, one = lanes.vital_signs(state, trials), lanes.vital_signs(state, {2: trials[2]})
    assert every is not None
    assert one is not None
    for all_lanes, of_one in zip(jax.tree.leaves(every), jax.tree.leaves(one), strict=True):
        np.testing.assert_array_equal(all_lanes[2], of_one[2])
        assert np.isnan(np.delete(of_one, 2, axis=0)).all()


@pytest.mark.parametrize("together", [1, 3, 8])
def test_lanes_looked_at_side_by_side_say_the_same(together: int, monkeypatch) -> None:
    """Three lanes of four a device are a part, and one is left over."""
    trials = {lane: Trial(lane, HYPER) for lane in (0, 1, 5, 7)}
    apart = looked_at(mlp_lanes(), trials)[2]
    monkeypatch.setattr(lane_programs, "looked_at_together", lambda *_: together)
    beside = looked_at(make_lanes(MLP, strategy="vmap", lanes=8), trials)[2]
    for some, others in zip(jax.tree.leaves(beside), jax.tree.leaves(apart), strict=True):
        np.testing.assert_allclose(some, others, rtol=1e-3, atol=1e-5)
        assert np.isnan(some[[2, 3, 4, 6]]).all()


@pytest.mark.parametrize(
    ("hidden", "batch_size", "strategy", "together"),
    [
        ((128,), 16, "map", None),
        ((128,), 16, "vmap", 32),
        ((1 << 13,), 16, "vmap", 3),  # 312 rows of 8,192 numbers
        ((1 << 22,), 16, "vmap", 1),
    ],
)
def test_as_many_are_looked_at_together_as_memory_holds(
    hidden: tuple[int, ...], batch_size: int, strategy: str, together: int | None
) -> None:
    signature = Signature(MLP._replace(hidden=hidden), "sgd", "constant", 2, batch_size)
    network = make_network(signature.network)
    plan = LanePlan(64, strategy, 1)
    assert looked_at_together(signature, network, 10_000, plan) == together


@pytest.mark.parametrize(
    ("rows", "epochs", "batch_size", "looked_at"),
    [
        (100, 1, 32, 100),  # as many as there are
        (1_000, 1, 32, 128),
        (1_000, 10, 32, 156),
        (1_000, 33, 32, 512),
        (60_000, 1, 32, 512),
        (1_000, 1, 400, 400),  # a batch
    ],
)
def test_fewer_rows_of_short_trainings_are_looked_at(
    rows: int, epochs: int, batch_size: int, looked_at: int
) -> None:
    signature = Signature(MLP, "sgd", "constant", epochs, batch_size)
    network = make_network(MLP)
    numbers = probe_rows(signature, network, rows)
    assert len(numbers) == len(np.unique(numbers)) == looked_at
    assert numbers.min() == 0
    assert numbers.max() >= rows * (1 - 1 / looked_at) - 1
    assert len(spread_rows(signature, network, rows, PROBE_ROWS)) == min(rows, PROBE_ROWS)


def test_training_goes_on_from_the_same_numbers() -> None:
    trials = {0: Trial(0, HYPER)}
    seen = []
    made = make_lanes(MLP, epochs=4)
    rows = place_rows(*[Split(*map(np.asarray, made._data.train))] * 3, made.plan)
    lanes = Lanes(made.signature, rows, made.plan, 3, 2)
    for look in (False, True):
        state, _ = lanes.train_segment(lanes.fill(lanes.empty(), trials))
        if look:
            lanes.vital_signs(state, trials)
        state, _ = lanes.train_segment(state)
        seen.append(jax.tree.leaves(lanes.variables_of(state, 0)))
    for without, with_look in zip(*seen, strict=True):
        np.testing.assert_array_equal(without, with_look)


def test_units_that_no_row_switches_on_are_dead() -> None:
    """A bias of −100 in half of the units; what one row switches on is alive."""
    lanes = mlp_lanes()
    trials = {0: Trial(0, HYPER)}
    state = lanes.fill(lanes.empty(), trials)
    bias = state.variables.parameters["hidden"][0]["bias"]
    bias.set_value(bias.get_value().at[:, :4].set(-100.0))
    before = by_layer(lanes.vital_signs(state, trials), lanes, 0, 1)
    assert before["hidden.0"].dead == pytest.approx(0.5)
    inputs = np.asarray(lanes._data.train.inputs)
    kernel = np.asarray(state.variables.parameters["hidden"][0]["kernel"].get_value())[0]
    highest = np.sort(inputs @ kernel[:, 0])[-2:]
    bias.set_value(bias.get_value().at[:, 0].set(-highest.mean()))
    after = by_layer(lanes.vital_signs(state, trials), lanes, 0, 1)
    assert after["hidden.0"].dead == pytest.approx(3 / 8)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_saturation_is_the_share_of_nearly_flat_numbers(activation: str) -> None:
    lanes = make_lanes(MLP._replace(activation=activation))
    trials = {0: Trial(0, HYPER)}
    state = lanes.fill(lanes.empty(), trials)
    kernel = state.variables.parameters["hidden"][0]["kernel"]
    kernel.set_value(kernel.get_value() * 10)
    inputs = np.asarray(lanes._data.train.inputs)
    z = inputs @ np.asarray(kernel.get_value())[0]
    slope = {
        "tanh": 1 - np.tanh(z) ** 2,
        "sigmoid": 4 * np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2,
    }
    found = by_layer(lanes.vital_signs(state, trials), lanes, 0, 1)["hidden.0"]
    assert found.saturated == pytest.approx((slope[activation] < 0.1).mean(), abs=0.01)
    assert found.saturated > 0.5
    assert found.dead < 0.2


def test_a_diverged_network_keeps_its_start() -> None:
    lanes = mlp_lanes()
    trials = {0: Trial(0, HYPER._replace(learning_rate=1e30))}
    _, _, signs = looked_at(lanes, trials)
    assert np.isfinite(signs.loss[0, 0])
    assert not np.isfinite(signs.loss[0, 1])


def test_regression_is_looked_at_too() -> None:
    lanes = make_lanes(MLP._replace(outputs=1), task=TaskSpec("regression"))
    _, _, signs = looked_at(lanes, {0: Trial(0, HYPER)})
    labels = np.asarray(lanes._data.train.labels)
    assert signs.zero_loss[0, 0] == pytest.approx(np.square(labels).mean(), rel=1e-5)


@pytest.mark.parametrize("kind", SPECS)
def test_the_program_for_cuda(kind: str) -> None:
    lanes = make_lanes(SPECS[kind]._replace(outputs=CLASSES), strategy="vmap")
    assert not problems(lanes.lowered_look("cuda"), donated=0)
