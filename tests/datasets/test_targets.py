"""Quantities and several labels: read from every form, refused in words, split and scaled."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError, DataRequest, bayes_error_of, load_dataset
from netclinic.datasets.rows import Rows
from netclinic.datasets.synthetic import draw_synthetic
from netclinic.datasets.targets import read_targets


def request(source, folder=Path(), **changes):
    default = DataRequest(source, None, 0.2, 0.2, True, 0, folder, task="regression")
    return default._replace(**changes)


def rows_with(labels):
    inputs = np.arange(len(labels), dtype=np.float64)[:, None]
    return Rows(inputs, ("x",), (None,), labels, "y.npz: y")


def test_a_target_is_standardised_by_the_training_rows():
    dataset = load_dataset(request("diabetes"))
    assert (dataset.task, dataset.class_names, dataset.classes) == ("regression", ("target",), 1)
    labels = dataset.train.labels
    assert labels.dtype == np.float32
    assert (labels.mean(), labels.std()) == (pytest.approx(0, abs=1e-6), pytest.approx(1))
    assert dataset.target is not None
    parts = (dataset.train, dataset.validation, dataset.test)
    raw = np.concatenate([part.labels for part in parts]) * dataset.target.scale
    raw = np.sort(raw + dataset.target.mean)
    assert (raw[0], raw[-1]) == (pytest.approx(25, abs=1e-3), pytest.approx(346, abs=1e-3))


def test_the_logarithm_of_a_target_is_learnt(tmp_path):
    rng = np.random.default_rng(0)
    y = np.exp(rng.normal(5, 2, 100))
    np.savez(tmp_path / "a.npz", x=rng.normal(size=(100, 2)), y=y)
    dataset = load_dataset(request("a.npz", tmp_path, target_transform="log"))
    assert dataset.class_names == ("log(target)",)
    assert dataset.target is not None
    train = np.log(y[dataset.source_rows[0]])
    assert dataset.target == (pytest.approx(train.mean()), pytest.approx(train.std()))
    np.testing.assert_allclose(
        dataset.train.labels * dataset.target.scale + dataset.target.mean, train, rtol=1e-5
    )
    np.savez(tmp_path / "a.npz", x=rng.normal(size=(100, 2)), y=np.where(y < 50, 0, y))
    with pytest.raises(DataError) as refused:
        load_dataset(request("a.npz", tmp_path, target_transform="log"))
    first, many = int((y < 50).argmax()), int((y < 50).sum())
    assert str(refused.value).startswith(
        f"a.npz: y is 0 in row {first} (rows count from 0), and {many} such value"
    )


def test_another_unit_of_the_target_is_another_data_set(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(100, 2)), rng.normal(size=100)
    for name, scale in (("a", 1.0), ("b", 8.0)):
        np.savez(tmp_path / f"{name}.npz", x=x, y=scale * y)
    one, other = (load_dataset(request(f"{name}.npz", tmp_path)) for name in "ab")
    np.testing.assert_array_equal(one.train.labels, other.train.labels)
    assert one.fingerprint != other.fingerprint


def test_the_noise_of_friedman1_has_the_variance_it_is_said_to_have():
    x, y = (lambda rows: (rows.inputs, rows.labels))(draw_synthetic("friedman1", 20_000, None, 0))
    mean = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    noise = y - mean - 10 * x[:, 3] - 5 * x[:, 4]
    assert x.shape == (20_000, 10)
    assert noise.var() == pytest.approx(bayes_error_of("friedman1", None), abs=0.04)
    with pytest.raises(DataError, match="write at least 5"):
        draw_synthetic("friedman1", None, 4, 0)


def test_labels_are_columns_of_a_table(tmp_path):
    rng = np.random.default_rng(0)
    x, a, b = rng.normal(size=60), rng.integers(0, 2, 60), rng.integers(0, 2, 60)
    lines = [f"{u},{v},{'true' if w else 'false'}" for u, v, w in zip(x, a, b, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["x,sad,funny", *lines]))
    target = ("sad", "funny")
    dataset = load_dataset(request("t.csv", tmp_path, task="multilabel", target=target))
    assert (dataset.class_names, dataset.feature_names) == (target, ("x",))
    parts = (dataset.train, dataset.validation, dataset.test)
    labels = np.concatenate([part.labels for part in parts])
    assert (labels.dtype, labels.shape) == (np.int32, (60, 2))
    assert labels.sum(axis=0).tolist() == [a.sum(), b.sum()]
    quantity = load_dataset(request("t.csv", tmp_path, target="x"))
    assert (quantity.class_names, quantity.feature_names) == (("x",), ("sad", "funny"))


def test_equal_inputs_conflict_by_all_their_labels_and_never_in_a_regression(tmp_path):
    x = np.repeat(np.arange(30.0), 2)[:, None]
    y = np.zeros((60, 2), np.int64)
    y[0] = [0, 1]  # the other row of these inputs has neither label
    np.savez(tmp_path / "m.npz", x=x, y=y)
    np.savez(tmp_path / "q.npz", x=x, y=np.arange(60.0))
    kinds = {
        warning.kind: warning.count
        for warning in load_dataset(request("m.npz", tmp_path, task="multilabel")).warnings
    }
    assert kinds["conflicting_labels"] == 2
    found = load_dataset(request("q.npz", tmp_path)).warnings
    assert [warning.kind for warning in found] == ["duplicates_across_splits"]


@pytest.mark.parametrize(
    ("task", "labels", "message"),
    [
        ("regression", np.array(["a", "b"]), "y.npz: y is no number, but text, and"),
        ("regression", np.array([1.0, np.nan]), "1 missing value, the first in row 1"),
        ("regression", np.array([1.0, 1e300]), "1e+300 in row 1"),
        ("regression", np.ones((3, 2)), "shape (3, 2)"),
        ("regression", np.ones((3, 2)), 'several quantities at once write task = "multitask"'),
        ("multilabel", np.array([0, 1]), "it must be rows × labels"),
        ("multilabel", np.array([[0, 1], [0, 2]]), "holds 2 in row 1"),
        ("multilabel", np.array([[0, 1], [np.nan, 1]]), "the first in row 1"),
    ],
)
def test_other_labels_are_refused(task, labels, message):
    with pytest.raises(DataError) as refused:
        read_targets(task, rows_with(labels))
    assert message in str(refused.value)


def test_a_constant_target_and_a_single_row_are_refused(tmp_path):
    x = np.arange(40.0)[:, None]
    np.savez(tmp_path / "c.npz", x=x, y=np.full(40, 3.0))
    np.savez(tmp_path / "q.npz", x=x, y=np.arange(40.0))
    with pytest.raises(DataError, match="is 3 in each of 24 training rows"):
        load_dataset(request("c.npz", tmp_path))
    with pytest.raises(DataError, match="the test split has 1 row"):
        load_dataset(request("q.npz", tmp_path, test=1))


@pytest.mark.parametrize(
    ("unit", "said"),
    [(1e22, "by 1e+23"), (1e-25, "by 1e-24"), (1e-300, "by 1e-299")],
)
def test_a_target_whose_squares_32_bits_do_not_hold_is_refused(tmp_path, unit, said):
    x = np.arange(40.0)[:, None]
    np.savez(tmp_path / "q.npz", x=x, y=unit * np.arange(40.0))
    with pytest.raises(DataError, match="allowed is one from 1e-15 to 1e\\+15") as refused:
        load_dataset(request("q.npz", tmp_path))
    assert said in str(refused.value)
    np.savez(tmp_path / "q.npz", x=x, y=1e13 * np.arange(40.0))
    assert load_dataset(request("q.npz", tmp_path)).target is not None
