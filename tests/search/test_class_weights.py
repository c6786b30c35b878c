"""Class weights: their numbers, their gradient, and a rare class that is learnt with them."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from netclinic.datasets.dataset import DataError, Dataset, Preprocessing, Split
from netclinic.models.hyperparameters import Hyperparameters
from netclinic.models.objective import trained_losses
from netclinic.search import SpecError, parse_spec
from netclinic.search.class_weights import class_weights
from netclinic.search.trial_shape import trial_fingerprint, trial_signature

from .conftest import SMALL

RATES = {"learning_rate": 0.1, "weight_decay": 0.0, "momentum": 0.9}


def dataset(counts) -> Dataset:
    labels = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    part = Split(np.zeros((len(labels), 2), np.float32), labels)
    names = tuple("abc"[: len(counts)])
    scaling = Preprocessing(np.zeros(2), np.ones(2))
    return Dataset("drawn", part, part, part, names, ("x", "y"), scaling, "0" * 64)


def spec(*overrides):
    return parse_spec(SMALL, file="", folder=Path(), overrides=overrides).spec


def test_balanced_weights_are_those_of_scikit_learn():
    from sklearn.utils.class_weight import compute_class_weight

    data = dataset([80, 15, 5])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=data.train.labels)
    found = class_weights(spec("training.class_weights=balanced"), data)
    np.testing.assert_allclose(found, expected)


def test_a_table_is_divided_by_its_mean_over_the_training_rows():
    found = class_weights(spec("training.class_weights={c = 11.0}"), dataset([80, 15, 5]))
    np.testing.assert_allclose(found, np.array([1, 1, 11]) / 1.5)


def test_a_class_that_there_is_not_is_refused():
    with pytest.raises(DataError, match="names the class \"d\", which 'drawn' has not"):
        class_weights(spec("training.class_weights={d = 2.0}"), dataset([3, 3]))


def test_without_weights_a_trial_is_what_it_was():
    data, other = dataset([30, 20]), spec("training.class_weights=balanced")
    assert trial_signature(spec(), data, {}).class_weights is None
    assert trial_fingerprint(spec(), data, 0, RATES) != trial_fingerprint(other, data, 0, RATES)


def test_the_gradient_is_that_of_rows_repeated_as_often_as_they_weigh():
    data = dataset([3, 1])
    signature = trial_signature(spec("training.class_weights=balanced"), data, {})
    x, y = jnp.array([0.3, -1.0, 2.0, 0.7]), np.array([0, 0, 0, 1], np.int32)

    def loss(w, x, y, signature):
        logits = jnp.stack([jnp.zeros_like(x), w * x], axis=1)
        return trained_losses(signature, Hyperparameters(0.1, 0, 0), logits, y).mean()

    repeated = jnp.concatenate([x, x[3:], x[3:]]), np.concatenate([y, y[3:], y[3:]])
    one = jax.grad(loss)(jnp.float32(0.5), x, y, signature)
    plain = signature._replace(class_weights=None)
    np.testing.assert_allclose(one, jax.grad(loss)(jnp.float32(0.5), *repeated, plain), rtol=1e-5)


@pytest.mark.parametrize(
    ("override", "text"),
    [
        ("training.class_weights=balance", 'did you mean "balanced"?'),
        ("training.class_weights={a = 0.0}", "got {a = 0.0}; allowed: "),
    ],
)
def test_other_weights_are_refused(override, text):
    with pytest.raises(SpecError) as refused:
        spec(override)
    assert text in str(refused.value)


def test_a_quantity_has_no_weights():
    with pytest.raises(SpecError, match=r'\[data\] task = "regression" has no classes'):
        spec("data.source=friedman1", "data.task=regression", "training.class_weights=balanced")
