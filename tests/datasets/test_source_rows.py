"""Each row of a split is known by its number in the source, and how it came to its split."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataRequest, load_dataset

REQUEST = DataRequest(
    source="x.npz",
    target=None,
    validation=0.2,
    test=0.2,
    standardize=False,
    seed=3,
    folder=Path(),
)
INPUTS = np.arange(300.0, dtype=np.float32).reshape(100, 3)
LABELS = np.arange(100) % 2


def splits_of(data):
    return [s for s in (data.train, data.validation, data.test, data.bridge) if s is not None]


@pytest.mark.parametrize("changes", [{}, {"bridge": 0.1}, {"train_rows": 20}])
def test_rows_dealt_at_random_are_found_in_the_source(tmp_path, changes):
    np.savez(tmp_path / "x.npz", x=INPUTS, y=LABELS)
    data = load_dataset(REQUEST._replace(folder=tmp_path, **changes))
    assert data.dealt == "random"
    for split, numbers in zip(splits_of(data), data.source_rows, strict=False):
        assert np.array_equal(split.inputs, INPUTS[numbers])


def test_rows_of_ready_made_splits_are_counted_through_them(tmp_path):
    parts = {"train": slice(0, 60), "validation": slice(60, 80), "test": slice(80, 100)}
    arrays = {f"x_{name}": INPUTS[part] for name, part in parts.items()}
    labels = {f"y_{name}": LABELS[part] for name, part in parts.items()}
    np.savez(tmp_path / "x.npz", **arrays, **labels)
    data = load_dataset(REQUEST._replace(folder=tmp_path))
    assert data.dealt == "ready_made"
    assert min(data.source_rows[2]) == 80
    for split, numbers in zip(splits_of(data), data.source_rows, strict=False):
        assert np.array_equal(split.inputs, INPUTS[numbers])


def test_validation_rows_cut_from_ready_made_training_rows_say_so(tmp_path):
    parts = {"x_train": INPUTS[:80], "y_train": LABELS[:80]}
    np.savez(tmp_path / "x.npz", **parts, x_test=INPUTS[80:], y_test=LABELS[80:])
    data = load_dataset(REQUEST._replace(folder=tmp_path))
    assert data.dealt == "ready_made_test"


def test_rows_split_by_time_say_so(tmp_path):
    np.savez(tmp_path / "x.npz", x=INPUTS, y=LABELS, when=np.arange(100))
    request = REQUEST._replace(folder=tmp_path, split="ordered", order="when")
    assert load_dataset(request).dealt == "ordered"


def test_rows_split_by_group_know_their_group(tmp_path):
    people = np.repeat([f"p{i}" for i in range(20)], 5)
    np.savez(tmp_path / "x.npz", x=INPUTS, y=LABELS, who=people)
    request = REQUEST._replace(folder=tmp_path, split="grouped", group="who", bridge=0.1)
    data = load_dataset(request)
    for rows, groups in zip(data.source_rows, data.groups, strict=True):
        assert np.array_equal(people[rows], np.unique(people)[groups])
    assert load_dataset(REQUEST._replace(folder=tmp_path)).groups == ()
