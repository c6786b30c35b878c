import importlib.metadata
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from netclinic.datasets import DataError, DataRequest, Dataset, load_dataset
from PIL import Image

CLASSES = {"names": ["cat", "dog"], "_type": "ClassLabel"}


def png(value: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((4, 6), value, np.uint8)).save(file, "PNG")
    return file.getvalue()


def save(folder: Path, columns: dict, features: dict, shards: int = 1) -> Path:
    """Write a set as ``datasets`` 5.2 does in ``save_to_disk``."""
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table(columns)
    names = [f"data-{i:05}-of-{shards:05}.arrow" for i in range(shards)]
    size = -(-len(table) // shards)
    for i, name in enumerate(names):
        part = table.slice(i * size, size)
        with (
            pa.OSFile(str(folder / name), "wb") as file,
            pa.ipc.new_stream(file, part.schema) as to,
        ):
            to.write_table(part)
    state = {"_data_files": [{"filename": name} for name in names], "_split": None}
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "dataset_info.json").write_text(json.dumps({"features": features}))
    return folder


def pictures(folder: Path, count: int = 20, begin: int = 0, **changes) -> Path:
    values = range(begin, begin + count)
    images = [{"bytes": png(10 * (v % 25)), "path": None} for v in values]
    columns = {"image": images, "label": [v % 2 for v in values], **changes}
    return save(folder, columns, {"image": {"_type": "Image"}, "label": CLASSES}, shards=2)


def load(folder: Path, **changes) -> Dataset:
    plain = DataRequest(f"{folder}/", None, 0.25, 0.25, False, 0, Path("/nowhere"))
    return load_dataset(plain._replace(**changes))


def refusal(folder: Path, **changes) -> str:
    with pytest.raises(DataError) as refused:
        load(folder, **changes)
    return str(refused.value)


def every_row(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.train.inputs, dataset.validation.inputs, dataset.test.inputs])


def test_pictures_and_names_of_classes(tmp_path):
    dataset = load(pictures(tmp_path / "pets"))
    assert dataset.name == "pets"
    assert dataset.class_names == ("cat", "dog")
    assert dataset.row_shape == (4, 6)
    assert sorted(every_row(dataset)[:, 0]) == [10 * v for v in range(20)]
    np.testing.assert_array_equal(dataset.test.labels, dataset.test.inputs[:, 0] / 10 % 2)
    assert load(tmp_path / "pets", image_size=(2, 2), image_mode="rgb").row_shape == (2, 2, 3)


def test_splits_that_the_set_brings_are_used(tmp_path):
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["test", "train"]}')
    pictures(tmp_path / "train", 18)
    pictures(tmp_path / "test", 6, begin=18)
    dataset = load(tmp_path)
    assert sorted(dataset.test.inputs[:, 0]) == [180, 190, 200, 210, 220, 230]
    assert len(dataset.train.labels) + len(dataset.validation.labels) == 18
    assert refusal(tmp_path, split="grouped", group="who").startswith(
        f"{tmp_path.name} brings its own splits"
    )


def test_other_columns_are_features_as_in_a_table(tmp_path):
    columns = {
        "a": [float(v) for v in range(24)],
        "kind": ["x", "y", "z"] * 8,
        "who": [v // 2 for v in range(24)],
        "label": [0, 1] * 12,
    }
    save(tmp_path / "rows", columns, {"label": CLASSES})
    dataset = load(tmp_path / "rows", split="grouped", group="who")
    assert dataset.feature_names == ("a", "kind=x", "kind=y", "kind=z")
    held = [set(s.inputs[:, 0] // 2) for s in (dataset.train, dataset.validation, dataset.test)]
    assert sum(map(len, held)) == 12


def test_columns_are_ignored_and_one_tells_rows_apart(tmp_path):
    columns = {"a": [float(v) for v in range(24)], "who": [f"p{v % 3}" for v in range(24)]}
    save(tmp_path / "rows", {**columns, "label": [0, 1] * 12}, {"label": CLASSES})
    seen = pictures(tmp_path / "pets", who=[f"p{v % 3}" for v in range(20)])
    for folder, step in ((tmp_path / "rows", 1), (seen, 10)):
        dataset = load(folder, ignore=("who",), marks="who")
        assert dataset.marked is not None
        assert dataset.marked.values == ("p0", "p1", "p2")
        for name in ("train", "validation", "test"):
            numbers = getattr(dataset, name).inputs[:, 0] / step % 3
            np.testing.assert_array_equal(dataset.marked.of_rows[name], numbers)
    assert "'whom', to be ignored, is not there (did you mean 'who'?)" in refusal(
        seen, ignore=("whom",)
    )


SEVERAL = {"task": "multitask", "targets": (("kind", "classification"), ("mass", "regression"))}


def test_several_targets_are_columns_and_no_features(tmp_path):
    columns = {
        "a": [float(v) for v in range(24)],
        "kind": [v % 2 for v in range(24)],
        "mass": [2.0 * v for v in range(24)],
    }
    save(tmp_path / "rows", columns, {"kind": CLASSES})
    dataset = load(tmp_path / "rows", **SEVERAL)
    assert dataset.feature_names == ("a",)
    assert [task.class_names for task in dataset.tasks] == [("cat", "dog"), ("mass",)]
    for split in (dataset.train, dataset.validation, dataset.test):
        np.testing.assert_array_equal(split.labels[:, 0], split.inputs[:, 0] % 2)
        scale = dataset.tasks[1].scale
        assert scale is not None
        masses = split.labels[:, 1] * scale.scale + scale.mean
        np.testing.assert_allclose(masses, 2 * split.inputs[:, 0], atol=1e-4)
    wrong = (("kind", "classification"), ("mas", "regression"))
    said = refusal(tmp_path / "rows", task="multitask", targets=wrong)
    assert "has no column 'mas' (did you mean 'mass'?), which [data.targets] names" in said


def test_pictures_may_have_several_targets(tmp_path):
    folder = pictures(tmp_path / "pets", mass=[2.0 * v for v in range(20)])
    targets = (("label", "classification"), ("mass", "regression"))
    dataset = load(folder, task="multitask", targets=targets)
    assert dataset.row_shape == (4, 6)
    scale = dataset.tasks[1].scale
    assert scale is not None
    masses = dataset.test.labels[:, 1] * scale.scale + scale.mean
    np.testing.assert_allclose(masses, dataset.test.inputs[:, 0] / 5, atol=1e-4)


def test_rows_without_a_target_are_left_out_where_values_may_be_missing(tmp_path):
    labels = [-1 if v in (3, 4) else None if v == 7 else v % 2 for v in range(24)]
    columns = {"a": [None if v == 5 else float(v) for v in range(24)], "label": labels}
    rows = save(tmp_path / "rows", columns, {"label": CLASSES})
    assert "have no class (null or −1), as" in refusal(rows)
    kept = [v for v in range(24) if v not in (3, 4, 7)]
    dataset = load(rows, missing="fill")
    assert sorted(np.concatenate(dataset.source_rows)) == kept
    (told,) = [it.text for it in dataset.warnings if it.kind == "missing_values"]
    assert told.startswith("3 of 24 rows lack their target and are left out.")
    labels = [-1 if v in (3, 4) else v % 2 for v in range(20)]
    seen = load(pictures(tmp_path / "pets", label=labels), missing="fill")
    assert sorted(every_row(seen)[:, 0]) == [10 * v for v in range(20) if v not in (3, 4)]


def test_splits_keep_their_rows_where_some_have_no_target(tmp_path):
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["test", "train"]}')
    mass = [None if v == 2 else 2.0 * v for v in range(18)]
    numbers = [float(v) for v in range(18)]
    save(tmp_path / "train", {"a": numbers, "label": mass}, {})
    save(tmp_path / "test", {"a": numbers[:6], "label": mass[3:9]}, {})
    dataset = load(tmp_path, missing="fill", task="regression")
    assert (len(dataset.train.labels) + len(dataset.validation.labels)) == 17
    assert sorted(dataset.test.inputs[:, 0]) == numbers[:6]
    save(tmp_path / "test", {"a": numbers[:6], "label": pa.array([None] * 6, pa.float64())}, {})
    said = refusal(tmp_path, missing="fill", task="regression")
    assert said.startswith(f"{tmp_path / 'test'} has no row with a target")
    bare = save(tmp_path / "bare", {"a": numbers, "label": [-1] * 18}, {"label": CLASSES})
    assert refusal(bare, missing="fill").startswith("bare: target 'label' is missing in every row")


def test_sets_that_cannot_be_used_are_refused(tmp_path):
    unlabelled = pictures(tmp_path / "unlabelled", label=[-1] * 20)
    assert "have no class (null or −1)" in refusal(unlabelled)
    nameless = save(tmp_path / "nameless", {"a": [1.0], "fine": [0]}, {})
    assert "allowed is at least one row with a column 'label' of classes" in refusal(nameless)
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "unsupervised"]}')
    assert "has the splits train, unsupervised; allowed are" in refusal(tmp_path)
    pictures(tmp_path / "torn")
    (tmp_path / "torn" / "data-00001-of-00002.arrow").write_bytes(b"")
    assert "cannot be read: " in refusal(tmp_path / "torn")
    empty = pictures(tmp_path / "empty", image=[{"bytes": None, "path": None}] * 20)
    assert refusal(empty) == "empty: column 'image' has no picture in row 0 (from 0)."


REAL = """
import numpy as np
from datasets import ClassLabel, Dataset, DatasetDict, Features, Image
from PIL import Image as Pillow
images = [Pillow.fromarray(np.full((4, 6), 10 * v, np.uint8)) for v in range(20)]
labels = [v % 2 for v in range(20)]
features = Features({"image": Image(), "label": ClassLabel(names=["cat", "dog"])})
made = Dataset.from_dict({"image": images, "label": labels}, features=features)
made.save_to_disk("pets", num_shards=2)
DatasetDict(train=made, test=made.select(range(3, 12))).save_to_disk("split")
"""


def test_what_the_library_itself_saves_is_read(tmp_path):
    try:
        importlib.metadata.version("datasets")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("Hugging Face datasets is not installed")
    # -I: the folder that pytest runs in holds a package of that name, too.
    subprocess.run(
        [sys.executable, "-I", "-c", REAL], cwd=tmp_path, check=True, capture_output=True
    )
    assert load(tmp_path / "pets").fingerprint == load(pictures(tmp_path / "mine")).fingerprint
    assert len(load(tmp_path / "split").test.labels) == 9
