"""Several targets of a row: columns of a table or of y, classes beside quantities."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataError, DataRequest, load_dataset

KINDS = (("mood", "classification"), ("length", "regression"), ("genre", "classification"))


def request(folder: Path, **changes):
    default = DataRequest("t.csv", None, 0.2, 0.2, True, 0, folder, task="multitask", targets=KINDS)
    return default._replace(**changes)


@pytest.fixture(autouse=True)
def table(tmp_path):
    rng = np.random.default_rng(0)
    moods, genres = rng.choice(["sad", "funny"], 80), rng.integers(1, 4, 80)
    lines = [
        f"{x:.3f},{mood},{length:.3f},{genre},one"
        for x, mood, length, genre in zip(
            rng.normal(size=80), moods, 90 + 10 * rng.normal(size=80), genres, strict=True
        )
    ]
    (tmp_path / "t.csv").write_text("\n".join(["x,mood,length,genre,same", *lines]))


def test_columns_of_a_table_become_numbers_of_classes_and_standardised_quantities(tmp_path):
    dataset = load_dataset(request(tmp_path))
    assert dataset.feature_names[0] == "x"
    assert not {"mood", "length", "genre"} & set(dataset.feature_names)
    assert dataset.class_names == ("mood", "length", "genre")
    assert [task.class_names for task in dataset.tasks] == [
        ("funny", "sad"),
        ("length",),
        ("1", "2", "3"),
    ]
    assert dataset.outputs == 6
    labels = dataset.train.labels
    assert (labels.dtype, labels.shape) == (np.float32, (48, 3))
    assert (labels[:, 1].mean(), labels[:, 1].std()) == (
        pytest.approx(0, abs=1e-6),
        pytest.approx(1, rel=1e-5),
    )
    assert set(labels[:, 2]) == {0.0, 1.0, 2.0}


def test_rows_are_split_by_the_first_classes_as_of_one_target(tmp_path):
    several = load_dataset(request(tmp_path))
    alone = request(tmp_path, task="classification", target="mood", targets=())
    single = load_dataset(alone)
    np.testing.assert_array_equal(several.test.labels[:, 0], single.test.labels)


def test_another_name_of_a_target_is_another_data_set(tmp_path):
    np.savez(tmp_path / "y.npz", x=np.arange(60.0)[:, None], y=np.arange(120).reshape(60, 2) % 31)
    pairs = [(("a", "regression"), ("b", "regression")), (("a", "regression"), ("c", "regression"))]
    one, other = (load_dataset(request(tmp_path, source="y.npz", targets=t)) for t in pairs)
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ((("moods", "classification"),), "no column 'moods' (did you mean 'mood'?)"),
        ((("same", "classification"),), "target 'same' has only one class"),
        ((("mood", "regression"), ("length", "regression")), "target 'mood' is no number"),
        ((("length", "classification"),), "a quantity, not classes"),
    ],
)
def test_other_columns_are_refused(tmp_path, targets, message):
    with pytest.raises(DataError) as refused:
        load_dataset(request(tmp_path, targets=targets))
    assert message in str(refused.value)
