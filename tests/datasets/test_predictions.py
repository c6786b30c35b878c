"""What a network predicted, read beside the rows that it predicted for."""

import numpy as np
import pytest
from netclinic.datasets import DataRequest, load_dataset
from netclinic.datasets.dataset import DataError
from netclinic.datasets.predictions import SPLITS, as_arrays, read_archive, read_predictions

ROWS = {"train": 40, "validation": 15, "test": 12}


def arrays(labels=("b", "a", "c"), seed: int = 0) -> dict[str, np.ndarray]:
    """Rows whose first column numbers them, so that whoever is mixed up is found out."""
    rng, found = np.random.default_rng(seed), {}
    for split, rows in ROWS.items():
        found[f"x_{split}"] = np.column_stack([np.arange(rows) % 3, rng.normal(size=rows)])
        found[f"y_{split}"] = np.array(labels)[np.arange(rows) % 3]
        found[f"p_{split}"] = np.array(labels)[np.arange(rows) // 2 % 3]
    return found


def saved(tmp_path, found):
    path = tmp_path / "model.npz"
    np.savez(path, **found)
    return path


def loaded(path, task="classification", arrays=None):
    return load_dataset(
        DataRequest(
            str(path),
            None,
            0.2,
            0.2,
            standardize=False,
            seed=0,
            folder=path.parent,
            task=task,
            arrays=arrays,
        )
    )


def answered(path, dataset):
    return read_predictions(read_archive(path), path.name, dataset)


def test_predictions_go_with_their_rows(tmp_path) -> None:
    """The training rows are dealt in another order than the file has them in."""
    found = arrays()
    path = saved(tmp_path, found)
    dataset = loaded(path)
    assert dataset.class_names == ("a", "b", "c")
    for split, it in zip(SPLITS, answered(path, dataset), strict=True):
        part = getattr(dataset, split)
        names = np.array(dataset.class_names)
        answers = names[it.outputs.argmax(axis=1)]
        wrong = np.mean(answers != names[part.labels])
        assert wrong == np.mean(found[f"p_{split}"] != found[f"y_{split}"])
        where = {tuple(row): place for place, row in enumerate(found[f"x_{split}"])}
        for row, answer in zip(np.asarray(part.inputs), answers, strict=True):
            nearest = min(where, key=lambda it: np.abs(np.subtract(it, row)).sum())
            assert found[f"p_{split}"][where[nearest]] == answer
        assert it.activations is None


def test_probabilities_are_in_the_order_of_the_labels(tmp_path) -> None:
    found = arrays()
    order = np.array(["a", "b", "c"])
    for split in SPLITS:
        labels = found[f"p_{split}"]
        found[f"p_{split}"] = 0.2 + 0.4 * (labels[:, None] == order)
        found[f"h_{split}"] = np.ones((len(labels), 5))
    path = saved(tmp_path, found)
    dataset = loaded(path)
    training, *_ = answered(path, dataset)
    assert training.outputs.shape == (40, 3)
    assert training.activations is not None
    assert training.activations.shape == (40, 5)
    wrong = np.mean(training.outputs.argmax(axis=1) != dataset.train.labels)
    assert wrong == np.mean(arrays()["p_train"] != found["y_train"])


@pytest.mark.parametrize("kind", [np.int64, np.float32, np.bool_])
def test_numbers_are_labels_whatever_their_type(tmp_path, kind) -> None:
    found = {name: it.copy() for name, it in arrays((0, 1, 1)).items()}
    for split in SPLITS:
        found[f"p_{split}"] = found[f"p_{split}"].astype(kind)
    path = saved(tmp_path, found)
    dataset = loaded(path)
    if kind is np.bool_:
        with pytest.raises(DataError, match="'True', which is no label in y"):
            answered(path, dataset)
        return
    training, *_ = answered(path, dataset)
    wrong = np.mean(training.outputs.argmax(axis=1) != dataset.train.labels)
    assert wrong == np.mean(found["p_train"] != found["y_train"])


def test_quantities_are_scaled_as_the_target_is(tmp_path) -> None:
    rng, found = np.random.default_rng(0), arrays()
    for split, rows in ROWS.items():
        found[f"y_{split}"] = 100 + 10 * rng.normal(size=rows)
        found[f"p_{split}"] = (found[f"y_{split}"] + 3)[:, None]
    path = saved(tmp_path, found)
    dataset = loaded(path, "regression")
    assert dataset.target is not None
    for split, it in zip(SPLITS, answered(path, dataset), strict=True):
        missed = it.outputs[:, 0] - getattr(dataset, split).labels
        assert missed * dataset.target.scale == pytest.approx(3, abs=1e-4)


def read(path):
    found = read_archive(path)
    return read_predictions(found, path.name, loaded(path, arrays=found))


def changed(**arrays_of):
    return lambda found: {**found, **arrays_of}


def with_activations(**arrays_of):
    each = {split: np.ones((rows, 2)) for split, rows in ROWS.items()} | arrays_of
    return changed(**{f"h_{split}": it for split, it in each.items()})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: {k: v for k, v in found.items() if k != "p_test"}, "lacks p_test; it needs"),
        (
            lambda found: {k: v for k, v in found.items() if "validation" not in k},
            "let one half of those that it did not learn from be validation",
        ),
        (changed(p_test=np.array(["a"] * 11)), r"p_test has shape \(11,\)"),
        (changed(p_test=np.array(["d"] * 12)), "p_test holds 'd', which is no label in y"),
        (changed(p_test=np.ones((12, 2))), "must be a number for each of 3 classes"),
        (changed(p_test=np.ones((12, 2, 2))), "it must hold a prediction for each of 12 rows"),
        (changed(p_test=np.full((12, 3), np.nan)), "holds NaN or infinity in 12 rows of 12"),
        (changed(h_test=np.ones((12, 2))), "for all three splits, or for none"),
        (with_activations(validation=np.ones((15, 3))), "as many units in each split"),
        (with_activations(train=np.ones((40, 0))), "as many units in each split"),
        (with_activations(test=np.full((12, 2), 1e300)), "h_test holds NaN, infinity or more"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path, change, message) -> None:
    path = saved(tmp_path, change(arrays()))
    with pytest.raises(DataError, match=message):
        read(path)


def test_what_is_no_archive_is_told(tmp_path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_archive(tmp_path / "model.npz")
    (tmp_path / "model.npz").write_text("no")
    with pytest.raises(DataError, match=r"is no \.npz archive"):
        read_archive(tmp_path / "model.npz")
    np.save(tmp_path / "model.npy", np.ones(3))
    with pytest.raises(DataError, match=r"is no \.npz archive"):
        read_archive(tmp_path / "model.npy")
    path = saved(tmp_path, arrays() | {"p_train": np.array([{}] * 40, object)})
    with pytest.raises(DataError, match=r"cannot be read as \.npz"):
        read(path)


def test_one_probability_of_two_classes_is_told_how_to_be_given(tmp_path) -> None:
    found = arrays((0, 1, 1))
    found["p_train"] = np.linspace(0.01, 0.99, 40)
    path = saved(tmp_path, found)
    with pytest.raises(DataError, match=r"'0\.01', .* and 37 more.*column_stack\(\[1 - p, p\]\)"):
        read(path)


def test_bytes_are_labels_as_they_are_in_y(tmp_path) -> None:
    made = {name: it if name[0] == "x" else it.astype("S") for name, it in arrays().items()}
    path = saved(tmp_path, made)
    training, *_ = read(path)
    assert np.mean(training.outputs.argmax(axis=1) != loaded(path).train.labels) == np.mean(
        arrays()["p_train"] != arrays()["y_train"]
    )


def test_logits_that_differ_in_the_last_digit_only_keep_their_order(tmp_path) -> None:
    found = arrays()
    for split, rows in ROWS.items():
        found[f"p_{split}"] = 1e9 + np.tile([0.0, 1.0, 2.0], (rows, 1))
    training, *_ = read(saved(tmp_path, found))
    assert (training.outputs.argmax(axis=1) == 2).all()


def test_a_quantity_too_far_to_be_squared_is_refused(tmp_path) -> None:
    found = arrays()
    for split, rows in ROWS.items():
        found[f"y_{split}"] = np.arange(rows) % 7 + 0.5
        found[f"p_{split}"] = np.full(rows, 1e200)
    path = saved(tmp_path, found)
    with pytest.raises(DataError, match=r"up to .*e199 standard deviations.* has diverged"):
        answered(path, loaded(path, "regression"))


def test_arrays_in_memory_are_those_of_a_file(tmp_path) -> None:
    found = arrays()
    path = saved(tmp_path, found)
    given = as_arrays({name: it.tolist() for name, it in found.items()} | {"more": 1}, "arrays")
    assert given.keys() == found.keys()
    of_file, of_memory = loaded(path), loaded(tmp_path / "arrays", arrays=given)
    assert (of_memory.name, of_memory.fingerprint) == ("arrays", of_file.fingerprint)
    np.testing.assert_equal(read_predictions(given, "arrays", of_memory), answered(path, of_file))


def test_arrays_in_memory_that_cannot_be_used_are_told() -> None:
    found = arrays()
    del found["p_test"]
    with pytest.raises(DataError, match=r"^arrays lacks p_test; it needs"):
        as_arrays(found, "arrays")
    with pytest.raises(DataError, match=r"^arrays: p_test cannot be made an array"):
        as_arrays(found | {"p_test": [[1], [1, 2]]}, "arrays")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((12, 3)), "p_test has shape .12, 3. and type float64; of ones and zeros, proba"),
        (np.full((12, 2), np.nan), "p_test holds NaN or infinity in 12 rows of 12"),
    ],
)
def test_of_several_labels_each_needs_a_number(tmp_path, given, message) -> None:
    found = arrays()
    for split, rows in ROWS.items():
        found |= {f"{kind}_{split}": np.arange(2 * rows).reshape(rows, 2) % 2 for kind in "yp"}
    dataset = loaded(saved(tmp_path, found), "multilabel", found)
    with pytest.raises(DataError, match=message):
        read_predictions(found | {"p_test": given}, "model.npz", dataset)
