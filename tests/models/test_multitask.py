"""Several tasks on one network: losses and errors by hand, gradients, weights lane by lane."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.datasets.dataset import Split
from netclinic.models.checkpoint import LoadedNetwork, Surroundings
from netclinic.models.filling import Trial
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.judging import NUMBERS_AT_ONCE, Rows, evaluate
from netclinic.models.lane_plan import LanePlan
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.objective import trained_losses
from netclinic.models.signature import Signature
from netclinic.models.tasks import Part, TaskSpec, row_errors, row_losses

TASK = TaskSpec(
    "multitask", parts=(Part("classification", 3, 0.5 / 0.6), Part("regression", 1, 0.5))
)
SPEC = NetworkSpec("mlp", 4, (6,), 4, "tanh", "xavier_normal")
SIGNATURE = Signature(SPEC, "sgd", "constant", 3, 8, TASK)
HYPER = Hyperparameters(0.1, 0.0, 0.9, task_weights=(1.0, 1.0))
HEADS = {"class": slice(0, 3), "quantity": slice(3, 4)}


def rows(count: int = 40) -> Split:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(count, 4)).astype(np.float32)
    labels = np.column_stack([rng.integers(0, 3, count), rng.normal(size=count)])
    return Split(inputs, labels.astype(np.float32))


def by_hand(outputs: np.ndarray, labels: np.ndarray):
    """Losses and errors of each row and task, in float64."""
    logits, number = outputs[:, :3].astype(np.float64), labels[:, 0].astype(int)
    entropy = np.log(np.exp(logits).sum(1)) - logits[np.arange(len(labels)), number]
    square = (outputs[:, 3].astype(np.float64) - labels[:, 1]) ** 2
    wrong = (logits.argmax(1) != number).astype(float)
    return np.column_stack([entropy, square]), np.column_stack([wrong, square])


def test_losses_errors_and_their_sums_are_those_by_hand_however_many_pieces():
    split, network = rows(101), make_network(SPEC)
    variables = network.init(jax.random.key(0))
    outputs = network.apply(variables, split.inputs)
    losses, errors = by_hand(np.asarray(outputs), split.labels)
    np.testing.assert_allclose(row_losses(TASK, outputs, split.labels), losses.sum(1), rtol=1e-5)
    together = errors @ [0.5 / 0.6, 0.5]
    np.testing.assert_allclose(row_errors(TASK, outputs, split.labels), together, rtol=1e-5)
    for widest in (network.widest, NUMBERS_AT_ONCE // 10):  # all rows at once, or ten
        score = evaluate(network._replace(widest=widest), TASK, variables, Rows(*split))
        assert score.tasks is not None
        np.testing.assert_allclose(score.tasks.loss, losses.mean(0), rtol=1e-5)
        np.testing.assert_allclose(score.tasks.error, errors.mean(0), rtol=1e-5)
        np.testing.assert_allclose(score.tasks.square, (errors**2).mean(0), rtol=1e-5)
        np.testing.assert_allclose(score.error, together.mean(), rtol=1e-5)


def test_the_trained_loss_is_the_weighted_sum_with_classes_smoothed_and_weighted():
    split = rows(20)
    outputs = jnp.asarray(np.random.default_rng(1).normal(size=(20, 4)).astype(np.float32))
    signature = SIGNATURE._replace(uses=("label_smoothing",), class_weights=((1.0, 2.0, 3.0), None))
    hyper = HYPER._replace(task_weights=(0.5, 4.0), label_smoothing=jnp.float32(0.3))
    found = trained_losses(signature, hyper, outputs, split.labels)
    losses, _ = by_hand(np.asarray(outputs), split.labels)
    even = -np.asarray(jax.nn.log_softmax(outputs[:, :3])).mean(1)
    weights = np.array([1, 2, 3])[split.labels[:, 0].astype(int)]
    of_class = weights * (0.7 * losses[:, 0] + 0.3 * even)
    np.testing.assert_allclose(found, 0.5 * of_class + 4 * losses[:, 1], rtol=1e-5)


def test_the_shared_trunk_gets_the_gradients_of_both_tasks():
    split, network = rows(), make_network(SPEC)
    parameters, others = network.init(jax.random.key(0))

    def trunk(*weights: float) -> np.ndarray:
        def loss(parameters):
            outputs = network.apply(type(network.init(jax.random.key(0)))(parameters, others), x)
            hyper = HYPER._replace(task_weights=weights)
            return trained_losses(SIGNATURE, hyper, outputs, split.labels).mean()

        x = split.inputs
        return np.asarray(jax.grad(loss)(parameters)["hidden"][0]["kernel"][...])

    one, other, both = trunk(1.0, 0.0), trunk(0.0, 1.0), trunk(1.0, 1.0)
    assert np.abs(one).max() > 1e-3 < np.abs(other).max()
    np.testing.assert_allclose(both, one + other, atol=1e-6)


@pytest.fixture(scope="module")
def trained():
    """Three lanes of other weights, and their networks' numbers before and after."""
    split, plan = rows(), LanePlan(3, "map", 1)
    lanes = Lanes(SIGNATURE, place_rows(split, split, split, plan), plan, 0, 3)
    weights = [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0)]
    trials = {n: Trial(7, HYPER._replace(task_weights=w)) for n, w in enumerate(weights)}
    begun = lanes.fill(lanes.empty(), trials)
    before = [lanes.variables_of(begun, lane).parameters["output"] for lane in range(3)]
    state, _ = lanes.train_segment(begun)
    again, _ = lanes.train_segment(lanes.fill(lanes.empty(), {0: Trial(8, HYPER)}))
    del again
    after = [lanes.variables_of(state, lane).parameters["output"] for lane in range(3)]
    return lanes, before, after


@pytest.mark.parametrize(("lane", "still"), [(1, "class"), (2, "quantity")])
def test_a_weight_of_0_leaves_a_head_at_its_initial_weights(trained, lane, still):
    _, before, after = trained
    for name, columns in HEADS.items():
        kernel = [np.asarray(p[lane]["kernel"][...])[:, columns] for p in (before, after)]
        bias = [np.asarray(p[lane]["bias"][...])[columns] for p in (before, after)]
        same = np.array_equal(*kernel) and np.array_equal(*bias)
        assert same == (name == still)
        moved = before[0]["kernel"][...] != after[0]["kernel"][...]
        assert np.asarray(moved)[:, columns].all()  # with a weight of 1 both heads move


def test_trials_of_other_weights_share_a_program(trained):
    lanes, *_ = trained
    assert len(lanes._programs.segment.made) == 1
    assert len(lanes._programs.fill.made) == 1


def test_a_saved_network_answers_each_task_by_name():
    outputs = np.array([[1.5, -1.0, 2.0], [-2.0, 3.0, -1.0]], np.float32)
    tasks = (
        {"name": "mood", "kind": "classification", "class_names": ["sad", "funny"], "scale": None},
        {"name": "length", "kind": "regression", "class_names": ["length"], "scale": [90.0, 10.0]},
    )
    around = Surroundings("s", 0, "f", ("mood", "length"), ("x",), (0.0,), (1.0,), "multitask")
    network = LoadedNetwork(lambda inputs: outputs, SPEC, around._replace(tasks=tasks))
    expected = [{"mood": "sad", "length": 110.0}, {"mood": "funny", "length": 80.0}]
    assert network.predict(np.zeros((2, 1))) == expected
