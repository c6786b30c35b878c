"""What each task makes of outputs and labels, against NumPy by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.models.checkpoint import LoadedNetwork, Surroundings
from netclinic.models.judging import NUMBERS_AT_ONCE, Rows, evaluate
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.tasks import TaskSpec, row_answers, row_errors, row_losses

REGRESSION, MULTILABEL = TaskSpec("regression"), TaskSpec("multilabel")
SPEC = NetworkSpec("mlp", 4, (5,), 3, "tanh", "xavier_normal")


def test_the_error_of_a_regression_is_the_square_and_so_is_its_loss():
    outputs, labels = jnp.array([[1.0], [-2.0]]), np.array([0.5, 1.0], np.float32)
    assert row_errors(REGRESSION, outputs, labels).tolist() == [0.25, 9.0]
    assert row_losses(REGRESSION, outputs, labels).tolist() == [0.25, 9.0]


def test_answers_are_classes_or_quantities():
    outputs = jnp.array([[1.0, 2.5], [-2.0, -3.0]])
    assert row_answers(TaskSpec(), outputs).tolist() == [1, 0]
    answers = row_answers(REGRESSION, outputs[:, 1:])
    assert answers.tolist() == [2.5, -3.0]
    assert answers.dtype == np.float32


def test_the_error_of_several_labels_is_the_share_that_is_wrong():
    outputs = jnp.array([[2.0, -1.0, 0.5, -3.0], [0.0, jnp.nan, 1.0, 1.0]])
    labels = np.array([[1, 0, 0, 1], [0, 0, 1, 1]], np.int32)
    assert row_errors(MULTILABEL, outputs, labels).tolist() == [0.5, 0.25]


def test_the_loss_of_several_labels_is_their_mean_binary_cross_entropy():
    outputs = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    labels = np.random.default_rng(1).integers(0, 2, (6, 3)).astype(np.int32)
    p = 1 / (1 + np.exp(-outputs.astype(np.float64)))
    by_hand = -(labels * np.log(p) + (1 - labels) * np.log(1 - p)).mean(axis=1)
    losses = row_losses(MULTILABEL, jnp.asarray(outputs), labels)
    np.testing.assert_allclose(losses, by_hand, rtol=1e-5)


@pytest.mark.parametrize("task", [REGRESSION, MULTILABEL])
def test_pieces_change_no_score_and_the_squares_are_those_of_the_rows(task):
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(101, 4)).astype(np.float32)
    labels = rng.normal(size=101).astype(np.float32)
    if task is MULTILABEL:
        labels = rng.integers(0, 2, (101, 3)).astype(np.int32)
    network = make_network(SPEC)
    variables = network.init(jax.random.key(0))
    wide = network._replace(widest=NUMBERS_AT_ONCE // 10)  # ten rows a piece
    whole = evaluate(network, task, variables, Rows(inputs, labels))
    pieces = evaluate(wide, task, variables, Rows(inputs, labels))
    errors = np.asarray(row_errors(task, network.apply(variables, inputs), labels), np.float64)
    assert whole.square is not None
    np.testing.assert_allclose(whole.square, (errors**2).mean(), rtol=1e-5)
    np.testing.assert_allclose(np.array(pieces[:3]), np.array(whole[:3]), rtol=1e-5)


def test_a_saved_network_answers_in_the_units_of_the_target_or_with_names_of_labels():
    outputs = np.array([[1.5, -1.0], [-2.0, 3.0], [-1.0, -1.0]], np.float32)
    around = Surroundings("s", 0, "f", ("sad", "funny"), ("x",), (0.0,), (1.0,))

    def answers(**changes):
        network = LoadedNetwork(lambda inputs: outputs, SPEC, around._replace(**changes))
        return network.predict(np.zeros((3, 1)))

    assert answers(task="multilabel") == [("sad",), ("funny",), ()]
    assert answers(task="regression", target_mean=10.0, target_scale=2.0) == [13.0, 6.0, 8.0]
    far = answers(task="regression", target_mean=1e9, target_scale=2.0)
    assert far == [1_000_000_003.0, 999_999_996.0, 999_999_998.0], "which 32 bits cannot hold"
    several = {"name": "y", "kind": "regression", "class_names": ("y",), "scale": (1e9, 2.0)}
    assert answers(task="multitask", tasks=(several,)) == [{"y": it} for it in far]
    logarithms = {"target_mean": 1.0, "target_scale": 0.2, "target_transform": "log"}
    assert answers(task="regression", **logarithms) == pytest.approx(np.exp([1.3, 0.6, 0.8]))
    assert answers() == ["sad", "funny", "sad"]
