"""Rows counted class by class, in one piece and in several, and their balanced error."""

import jax
import jax.numpy as jnp
import numpy as np
from netclinic.models import judging
from netclinic.models.class_counts import ClassCounts, balanced_error, count_classes
from netclinic.models.judging import Rows, evaluate
from netclinic.models.network import NetworkSpec, make_network
from netclinic.models.tasks import TaskSpec
from netclinic.models.trial_keys import trial_key
from sklearn.metrics import balanced_accuracy_score


def test_the_balanced_error_is_one_less_the_balanced_accuracy() -> None:
    rng = np.random.default_rng(0)
    labels = rng.choice(4, 500, p=[0.7, 0.2, 0.08, 0.02]).astype(np.int32)
    answers = np.where(rng.random(500) < 0.6, labels, rng.integers(4, size=500))
    counts = count_classes(4, labels, jnp.float32(answers != labels))
    assert counts is not None
    np.testing.assert_array_equal(counts.rows, np.bincount(labels))
    expected = 1 - balanced_accuracy_score(labels, answers)
    np.testing.assert_allclose(balanced_error(counts), expected, rtol=1e-6)


def test_classes_without_rows_are_left_out() -> None:
    counts = ClassCounts(jnp.float32([9, 0, 1]), jnp.float32([90, 0, 2]))
    np.testing.assert_allclose(balanced_error(counts), 0.3, rtol=1e-6)


def test_pieces_count_each_row_once(monkeypatch) -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(3, size=101).astype(np.int32)
    rows = Rows(rng.normal(size=(101, 4)).astype(np.float32), labels)
    network = make_network(NetworkSpec("mlp", 4, (8,), 3, "relu", "he_normal"), "native")
    variables = network.init(trial_key(0, 0, 0))
    task = TaskSpec("classification", balanced=3)
    judge = jax.jit(lambda: evaluate(network, task, variables, rows))
    whole = judge()
    monkeypatch.setattr(judging, "NUMBERS_AT_ONCE", 8 * 25)
    jax.clear_caches()
    pieces = jax.jit(lambda: evaluate(network, task, variables, rows))()
    wrong = np.asarray(network.apply(variables, rows.inputs)).argmax(-1) != labels
    for counts in (whole.counts, pieces.counts):
        np.testing.assert_array_equal(counts.rows, np.bincount(labels))
        np.testing.assert_array_equal(counts.wrong, np.bincount(labels, wrong))
