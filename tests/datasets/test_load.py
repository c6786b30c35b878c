import subprocess
import sys
import tracemalloc
from pathlib import Path

import netclinic.datasets
import numpy as np
import pytest
from netclinic.datasets import DataError, DataRequest, Dataset, load_dataset
from netclinic.datasets.arrays import read_npy


def request(source: str, folder: Path = Path(), **changes) -> DataRequest:
    plain = DataRequest(source, None, 0.2, 0.2, standardize=True, seed=0, folder=folder)
    return plain._replace(**changes)


def refusal(asked: DataRequest) -> str:
    with pytest.raises(DataError) as refused:
        load_dataset(asked)
    return str(refused.value)


def arrays(n: int = 60, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {"x": rng.normal(5, 3, (n, 2)), "y": np.arange(n) % 2}


@pytest.mark.parametrize(
    ("source", "rows", "features", "class_names"),
    [
        ("digits", 1797, 64, tuple("0123456789")),
        ("breast_cancer", 569, 30, ("benign", "malignant")),
        ("wine", 178, 13, ("class_0", "class_1", "class_2")),
        ("iris", 150, 4, ("setosa", "versicolor", "virginica")),
        ("two_gaussians", 2000, 2, ("0", "1")),
        ("twonorm", 2000, 20, ("0", "1")),
    ],
)
def test_every_named_set_is_loaded_and_split(source, rows, features, class_names):
    dataset = load_dataset(request(source))
    held_out = int(0.2 * rows + 0.5)
    parts = (dataset.train, dataset.validation, dataset.test)
    assert [len(part.labels) for part in parts] == [rows - 2 * held_out, held_out, held_out]
    assert dataset.name == source
    assert dataset.class_names == class_names
    assert dataset.classes == len(class_names)
    assert dataset.features == features == len(dataset.feature_names)
    for part in parts:
        assert part.inputs.shape == (len(part.labels), features)
        assert part.inputs.dtype == np.float32
        assert part.labels.dtype == np.int32
        assert set(part.labels) == set(range(len(class_names)))
    assert len(dataset.fingerprint) == 64


def test_the_named_sets_keep_their_labels():
    # By a property of the data, not by order: malignant tumours are the larger ones.
    dataset = load_dataset(request("breast_cancer", standardize=False))
    area = dataset.train.inputs[:, dataset.feature_names.index("mean area")]
    malignant = dataset.train.labels == dataset.class_names.index("malignant")
    assert area[malignant].mean() > 1.5 * area[~malignant].mean()


def test_the_same_request_gives_the_same_data_and_another_seed_does_not():
    first, again = (load_dataset(request("twonorm", rows=100)) for _ in range(2))
    np.testing.assert_array_equal(first.train.inputs, again.train.inputs)
    assert first.fingerprint == again.fingerprint
    seeds = {load_dataset(request("iris", seed=seed)).fingerprint for seed in range(5)}
    assert len(seeds) == 5


def test_the_fingerprint_is_the_same_in_another_process():
    program = (
        "from pathlib import Path; from netclinic.datasets import DataRequest, load_dataset; "
        "print(load_dataset(DataRequest('twonorm', None, 0.2, 0.2, True, 0, Path('.')))"
        ".fingerprint)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == load_dataset(request("twonorm")).fingerprint


def write_splits(folder: Path, **changed: np.ndarray) -> DataRequest:
    made = {
        f"{name}_{part}": values
        for seed, part in enumerate(("train", "validation", "test"))
        for name, values in arrays(30, seed).items()
    }
    np.savez(folder / "data.npz", **{**made, **changed})
    return request("data.npz", folder)


def test_scaling_never_sees_validation_or_test_rows(tmp_path):
    plain = load_dataset(write_splits(tmp_path))
    far = 1000 * arrays(30, 7)["x"]
    moved = load_dataset(write_splits(tmp_path, x_validation=far, x_test=-far))
    np.testing.assert_array_equal(plain.train.inputs, moved.train.inputs)
    np.testing.assert_array_equal(plain.preprocessing.mean, moved.preprocessing.mean)
    np.testing.assert_array_equal(plain.preprocessing.scale, moved.preprocessing.scale)
    assert plain.validation.inputs.std() < 2 < 100 < moved.validation.inputs.std()
    other = load_dataset(write_splits(tmp_path, x_train=far))
    assert (plain.preprocessing.mean != other.preprocessing.mean).all()


def test_ready_made_splits_are_kept_whatever_the_seed_and_sizes(tmp_path):
    asked = write_splits(tmp_path)
    for changes in ({}, {"seed": 3}, {"validation": 5, "test": 0.4}):
        dataset = load_dataset(asked._replace(standardize=False, **changes))
        expected = arrays(30, 1)["x"].astype(np.float32)
        np.testing.assert_array_equal(dataset.validation.inputs, expected)
        assert len(dataset.train.labels) == len(dataset.test.labels) == 30


def test_a_validation_split_is_cut_from_the_training_rows_when_only_a_test_is_given(tmp_path):
    train, test = arrays(40, 0), arrays(10, 1)
    np.savez(
        tmp_path / "data.npz",
        x_train=train["x"],
        y_train=train["y"],
        x_test=test["x"],
        y_test=test["y"],
    )
    dataset = load_dataset(request("data.npz", tmp_path, standardize=False))
    assert [len(p.labels) for p in (dataset.train, dataset.validation)] == [30, 10]
    np.testing.assert_array_equal(dataset.test.inputs, test["x"].astype(np.float32))


def test_categories_of_a_table_are_those_of_the_training_rows(tmp_path):
    lines = [f"{i},{'rare' if i == 7 else 'often' if i % 3 else 'some'},{i % 2}" for i in range(60)]
    (tmp_path / "data.csv").write_text("a,kind,y\n" + "\n".join(lines))
    seen = set()
    for seed in range(12):
        dataset = load_dataset(request("data.csv", tmp_path, target="y", seed=seed))
        hot = [name.startswith("kind=") for name in dataset.feature_names]
        rare_in_train = "kind=rare" in dataset.feature_names
        sums = {
            "train": dataset.train.inputs[:, hot].sum(axis=1),
            "held out": np.concatenate(
                [
                    dataset.validation.inputs[:, hot].sum(axis=1),
                    dataset.test.inputs[:, hot].sum(axis=1),
                ]
            ),
        }
        assert (sums["train"] == 1).all()
        assert (sums["held out"] == 0).sum() == (0 if rare_in_train else 1)
        assert (dataset.preprocessing.scale[hot] == 1).all()
        seen.add(rare_in_train)
    assert seen == {True, False}


def test_fewer_training_rows_leave_the_held_out_rows_alone(tmp_path):
    np.savez(tmp_path / "data.npz", **arrays(100))
    full, few = (
        load_dataset(request("data.npz", tmp_path, standardize=False, train_rows=n))
        for n in (None, 20)
    )
    np.testing.assert_array_equal(full.validation.inputs, few.validation.inputs)
    np.testing.assert_array_equal(full.test.inputs, few.test.inputs)
    assert np.bincount(few.train.labels).tolist() == [10, 10]
    assert {row.tobytes() for row in few.train.inputs} < {r.tobytes() for r in full.train.inputs}
    assert full.fingerprint != few.fingerprint


def test_warnings_are_part_of_the_data_set(tmp_path):
    data = arrays(60)
    data["x"][:] = data["x"][0]
    np.savez(tmp_path / "data.npz", **data)
    dataset = load_dataset(request("data.npz", tmp_path))
    assert [(w.kind, w.count) for w in dataset.warnings] == [
        ("duplicates_across_splits", 24),
        ("conflicting_labels", 60),
        ("constant_columns", 36),
    ]
    assert load_dataset(request("twonorm", rows=100)).warnings == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": -1}, "seed = -1; write an integer of at least 0."),
        (
            {"train_rows": 91},
            "train_rows = 91; the training split has 90 rows and 3 classes: write a number from 3 "
            "to 90.",
        ),
    ],
)
def test_numbers_that_make_no_sense_are_refused(changes, message):
    assert refusal(request("iris", **changes)) == message


def test_a_target_that_is_a_quantity_is_refused(tmp_path):
    lines = [f"{i % 5},{i / 7}" for i in range(60)]
    (tmp_path / "data.csv").write_text("a,price\n" + "\n".join(lines))
    assert refusal(request("data.csv", tmp_path, target="price")) == (
        "data.csv: target 'price' has 60 distinct fractional values: a quantity, not classes. "
        'Write task = "regression", cut the quantity into classes, or choose another target.'
    )


def test_importing_the_room_imports_no_heavy_library():
    program = (
        "import sys, netclinic.datasets; from netclinic.datasets import DataRequest, load_dataset; "
        "print(sorted({'sklearn', 'pyarrow', 'jax', 'scipy'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_every_public_name_is_there_and_no_other():
    for name in netclinic.datasets.__all__:
        assert getattr(netclinic.datasets, name) is not None
    assert netclinic.datasets.Dataset is Dataset
    with pytest.raises(AttributeError, match=r"has no attribute 'load_data'$"):
        _ = netclinic.datasets.load_data


def rows_of(split) -> set:
    return {row.tobytes() for row in split.inputs}


def test_bridge_rows_come_out_of_the_training_rows_and_leave_the_others_alone():
    plain = load_dataset(request("iris", standardize=False))
    bridged = load_dataset(request("iris", standardize=False, bridge=0.1))
    assert plain.bridge is None
    assert bridged.bridge is not None
    assert len(bridged.bridge.labels) == 15
    assert np.bincount(bridged.bridge.labels).tolist() == [5, 5, 5]
    for name in ("validation", "test"):
        np.testing.assert_array_equal(getattr(plain, name).inputs, getattr(bridged, name).inputs)
    assert len(bridged.train.labels) == 75
    assert rows_of(bridged.bridge) | rows_of(bridged.train) == rows_of(plain.train)
    assert plain.fingerprint != bridged.fingerprint
    fewer = load_dataset(request("iris", standardize=False, bridge=0.1, train_rows=30))
    assert fewer.bridge is not None
    np.testing.assert_array_equal(fewer.bridge.inputs, bridged.bridge.inputs)


def test_the_bridge_of_ready_made_splits_is_held_out_from_their_training_rows(tmp_path):
    parts = {"train": 60, "validation": 20, "test": 20}
    made = {name: arrays(n, seed) for seed, (name, n) in enumerate(parts.items())}
    np.savez(
        tmp_path / "parts.npz",
        **{f"{k}_{name}": v for name, part in made.items() for k, v in part.items()},
    )
    asked = request("parts.npz", tmp_path, standardize=False, bridge=12)
    dataset = load_dataset(asked)
    assert dataset.bridge is not None
    given = made["train"]["x"].astype(np.float32)
    held_out = np.concatenate([dataset.train.inputs, dataset.bridge.inputs])
    np.testing.assert_array_equal(np.sort(held_out[:, 0]), np.sort(given[:, 0]))
    np.testing.assert_array_equal(dataset.test.inputs, made["test"]["x"].astype(np.float32))
    message = refusal(asked._replace(bridge=59))
    assert message.startswith("the training split gets 1 of 60 rows (59 for bridge)")


def test_bridge_rows_that_also_occur_in_training_are_told(tmp_path):
    x = np.repeat(np.arange(40.0), 2)[:, None]
    np.savez(tmp_path / "twice.npz", x=x, y=np.arange(80) % 2)
    warning = load_dataset(request("twice.npz", tmp_path, bridge=20)).warnings[0]
    assert (
        " of 20 bridge rows also occur, with equal inputs, in the training split, " in warning.text
    )


def write_visits(folder: Path) -> None:
    """Write 90 visits of 30 patients, one a day, as arrays and as tables with either column."""
    rng = np.random.default_rng(0)
    day = np.datetime64("2024-01-01") + rng.permutation(90)
    patient = rng.permutation(np.repeat(np.arange(30), 3))
    x, y = rng.normal(size=(90, 2)), np.arange(90) % 2
    for name, column in {"patient": [f"p{p}" for p in patient], "day": day}.items():
        lines = [f"{a},{b},{k},{c}" for (a, b), k, c in zip(x, column, y, strict=True)]
        (folder / f"{name}.csv").write_text("\n".join([f"a,b,{name},ill", *lines]))
    np.savez(folder / "visits.npz", x=x, y=y, patient=patient, day=day)


def visits(folder: Path, file: str, **changes) -> DataRequest:
    target = "ill" if file.endswith("csv") else None
    return request(file, folder, target=target, standardize=False, **changes)


@pytest.mark.parametrize(
    ("key", "split"),
    [
        ("patient", {"split": "grouped", "group": "patient"}),
        ("day", {"split": "ordered", "order": "day"}),
    ],
)
def test_rows_are_split_by_a_column_that_is_no_feature(tmp_path, key, split):
    write_visits(tmp_path)
    table = load_dataset(visits(tmp_path, f"{key}.csv", **split))
    assert table.feature_names == ("a", "b")
    found = load_dataset(visits(tmp_path, "visits.npz", **split))
    assert found.features == 2
    stored = np.load(tmp_path / "visits.npz")
    pairs = zip(stored["x"].astype(np.float32), stored[key], strict=True)
    of_row = {tuple(row): value for row, value in pairs}
    for dataset in (table, found):
        parts = (dataset.train, dataset.validation, dataset.test)
        held = [[of_row[tuple(row)] for row in part.inputs] for part in parts]
        assert [len(part) for part in held] == [54, 18, 18]
        assert sum(len(set(part)) for part in held) == len(set(stored[key]))
        if key == "day":
            assert max(held[0]) < min(held[1]) <= max(held[1]) < min(held[2])
    bridged = load_dataset(visits(tmp_path, "visits.npz", **split, bridge=0.1))
    assert bridged.bridge is not None
    np.testing.assert_array_equal(bridged.test.inputs, found.test.inputs)
    assert rows_of(bridged.bridge) | rows_of(bridged.train) == rows_of(found.train)


def test_text_that_is_a_date_has_an_order_in_time(tmp_path):
    """As a parquet file or a function holds it; of a CSV file Arrow makes times."""
    head = "import numpy as np\nx = np.arange(120.0).reshape(60, 2)\nt = np.arange(60)[::-1]\n"
    made = "    return {'x': x, 'y': t % 2, 'day': np.array([str(d) for d in days])}\n"
    for days in ("np.datetime64('2024-01-28') + t", "np.datetime64('2024-01-28T10:00:00') + t"):
        text = f"{head}def load():\n    days = {days}\n{made}"
        (tmp_path / "make.py").write_text(text)
        dataset = load_dataset(request("make.py:load", tmp_path, split="ordered", order="day"))
        train, validation, test = dataset.source_rows[:3]
        assert train.min() > validation.max() > test.max(), "the last rows are the earliest"
    (tmp_path / "make.py").write_text(text.replace("str(d)", "f'{d}+02:00'"))
    assert "no order in time" in refusal(
        request("make.py:load", tmp_path, split="ordered", order="day")
    )


def test_a_function_gives_groups_beside_x_and_y(tmp_path):
    (tmp_path / "make.py").write_text(
        "import numpy as np\n"
        "def load():\n"
        "    x = np.random.default_rng(0).normal(size=(60, 2))\n"
        "    return {'x': x, 'y': np.arange(60) % 2, 'who': np.arange(60) // 4}\n"
    )
    dataset = load_dataset(request("make.py:load", tmp_path, split="grouped", group="who"))
    parts = (dataset.train, dataset.validation, dataset.test)
    assert [len(part.labels) for part in parts] == [36, 12, 12]


@pytest.mark.parametrize(
    ("file", "changes", "message"),
    [
        (
            "patient.csv",
            {"split": "grouped", "group": "pateint"},
            "patient.csv: the column 'pateint', by which rows are to be split, is not there (did "
            "you mean 'patient'?); the others are a, b, patient.",
        ),
        (
            "patient.csv",
            {"split": "ordered", "order": "patient"},
            "patient.csv: order 'patient' is text, which has no order in time. Write numbers, or "
            "dates like 2024-05-31.",
        ),
        (
            "visits.npz",
            {"split": "grouped", "group": "who"},
            "visits.npz has no array 'who', by which rows are to be split; it has x, y, patient, "
            "day.",
        ),
        (
            "visits.npz",
            {"split": "grouped", "group": "x"},
            "visits.npz has x, y, patient, day; allowed are x, y; or x_train, y_train, "
            "x_validation, y_validation, x_test, y_test; or x_train, y_train, x_test, y_test.",
        ),
    ],
)
def test_columns_that_cannot_split_rows_are_refused(tmp_path, file, changes, message):
    write_visits(tmp_path)
    assert refusal(visits(tmp_path, file, **changes)) == message


def test_ready_made_splits_cannot_be_split_by_a_group(tmp_path):
    made = {name: arrays(20) for name in ("train", "test")}
    np.savez(
        tmp_path / "parts.npz",
        who=np.arange(20),
        **{f"{k}_{name}": v for name, part in made.items() for k, v in part.items()},
    )
    assert refusal(request("parts.npz", tmp_path, split="grouped", group="who")) == (
        "parts.npz brings its own splits (x_train, x_test), so it cannot be split by 'who'. "
        "Remove split, or give x and y alone."
    )


def test_a_distinct_split_keeps_copies_together_and_counts_them_as_groups(tmp_path):
    content = arrays(40)
    numpy_rows = {"x": np.repeat(content["x"], 5, axis=0), "y": np.repeat(content["y"], 5)}
    np.savez(tmp_path / "copied.npz", **numpy_rows)
    asked = request("copied.npz", tmp_path)
    assert [it.kind for it in load_dataset(asked).warnings] == ["duplicates_across_splits"]
    dataset = load_dataset(asked._replace(split="distinct"))
    assert (dataset.warnings, dataset.dealt) == ((), "distinct")
    assert [len(part.labels) for part in (dataset.train, dataset.test)] == [120, 40]
    assert [np.bincount(part).tolist() for part in dataset.groups[:3]][1][-1] == 5
    assert set(np.bincount(dataset.groups[0])) == {0, 5}
    again = load_dataset(asked._replace(split="distinct"))
    assert again.fingerprint == dataset.fingerprint
    unscaled = asked._replace(split="distinct", standardize=False)
    plain, bridged = load_dataset(unscaled), load_dataset(unscaled._replace(bridge=0.25))
    assert bridged.bridge is not None
    assert len(bridged.bridge.labels) == 50
    assert rows_of(bridged.bridge).isdisjoint(rows_of(bridged.train))
    assert rows_of(bridged.bridge) | rows_of(bridged.train) == rows_of(plain.train)


def test_equal_rows_of_ready_made_splits_are_not_moved(tmp_path):
    x, y = arrays()["x"], arrays()["y"]
    np.savez(tmp_path / "parts.npz", x_train=x, y_train=y, x_test=x[:20], y_test=y[:20])
    assert refusal(request("parts.npz", tmp_path, split="distinct")) == (
        'parts.npz brings its own splits, so split = "distinct" cannot bring equal rows into one. '
        'Remove split, and write copies = "leave_out".'
    )


@pytest.mark.parametrize("bridge", [None, 10])
@pytest.mark.parametrize("validated", [True, False])
def test_copies_of_held_out_rows_are_left_out_of_ready_made_splits(tmp_path, validated, bridge):
    x, y = arrays(100)["x"], arrays(100)["y"]
    made = {"train": slice(0, 80), "test": slice(60, 100)}
    made |= {"validation": slice(40, 70)} if validated else {}
    parts = {f"{k}_{name}": v[part] for name, part in made.items() for k, v in (("x", x), ("y", y))}
    np.savez(tmp_path / "parts.npz", **parts)
    asked = request("parts.npz", tmp_path, standardize=False, bridge=bridge)
    before, after = load_dataset(asked), load_dataset(asked._replace(copies="leave_out"))
    assert "duplicates_across_splits" in {it.kind for it in before.warnings}
    (told,) = after.warnings
    gone = [
        len(getattr(before, name).labels) - len(getattr(after, name).labels)
        for name in ("train", "validation")
    ]
    assert (told.kind, told.count) == ("copies_left_out", sum(gone))
    splits = [after.train, after.validation, after.test, *([after.bridge] if after.bridge else [])]
    sets = [rows_of(part) for part in splits]
    assert sets[0].isdisjoint(set.union(*sets[1:]))
    assert sets[1].isdisjoint(sets[2])
    assert rows_of(before.test) == sets[2]
    assert np.array_equal(before.source_rows[2], after.source_rows[2])
    if validated and bridge is None:
        assert told.text == (
            "40 of 80 training rows and 10 of 30 validation rows are left out: they equal held-out "
            "rows."
        )
        assert load_dataset(asked._replace(copies="leave_out", train_rows=20)).classes == 2


def test_copies_are_left_out_of_ordered_splits(tmp_path):
    x, y = arrays(50)["x"], arrays(50)["y"]
    x[49] = x[0]  # the last in time repeats the first
    np.savez(tmp_path / "times.npz", x=x, y=y, when=np.arange(50))
    asked = request("times.npz", tmp_path, split="ordered", order="when", copies="leave_out")
    (told,) = load_dataset(asked).warnings
    assert told.text == "1 of 30 training rows is left out: it equals a held-out row."
    x[49] = 99
    np.savez(tmp_path / "times.npz", x=x, y=y, when=np.arange(50))
    dataset = load_dataset(asked)
    assert not dataset.warnings
    assert dataset.fingerprint == load_dataset(asked._replace(copies=None)).fingerprint


def test_copies_that_cannot_be_left_out_are_refused(tmp_path):
    assert refusal(request("iris", copies="leave_out")) == (
        'copies = "leave_out" is for splits that a source brings along, that are grouped or '
        'ordered; iris is split at random: write split = "distinct", which keeps equal rows in one '
        "split and loses none, and remove copies."
    )
    x, y = arrays()["x"], arrays()["y"]
    np.savez(tmp_path / "all.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    assert refusal(request("all.npz", tmp_path, copies="leave_out")).startswith(
        "each training row equals one that is held out from it, so none is left. Remove copies"
    )
    part = {"x_train": x, "y_train": y, "x_test": [*x[y == 1], [0, 0]], "y_test": [*y[y == 1], 0]}
    np.savez(tmp_path / "ones.npz", **part)
    assert refusal(request("ones.npz", tmp_path, copies="leave_out")).startswith(
        "class '1' is absent from the training split"
    )


def test_a_class_that_a_grouped_split_lacks_is_named(tmp_path):
    x = np.random.default_rng(0).normal(size=(30, 2))
    np.savez(tmp_path / "one.npz", x=x, y=np.arange(30) // 28, who=np.arange(30))
    message = refusal(request("one.npz", tmp_path, split="ordered", order="who"))
    assert message.startswith("class '1' is absent from the training split: it has 0 training")
    assert message.endswith("Write other sizes, drop the class, or split at random.")


def save_arrays(folder: Path, **given: np.ndarray) -> DataRequest:
    for name, array in given.items():
        np.save(folder / f"{name}.npy", array)
    return request("x.npy", folder, labels="y.npy")


def test_arrays_in_files_of_their_own_are_loaded_as_in_an_archive(tmp_path):
    made = {**arrays(), "who": np.arange(60) // 3}
    asked = save_arrays(tmp_path, **made)
    np.savez(tmp_path / "xy.npz", **made)
    archive = request("xy.npz", tmp_path)
    assert load_dataset(asked).fingerprint == load_dataset(archive).fingerprint
    grouped = asked._replace(split="grouped", group="who.npy")
    same = archive._replace(split="grouped", group="who")
    assert load_dataset(grouped).fingerprint == load_dataset(same).fingerprint
    for group in ("who.npy", f"{tmp_path}/who.npy"):  # as a spec has it, once it is read
        marked = load_dataset(grouped._replace(group=group, marks="who.npy")).marked
        assert marked is not None
        assert (marked.column, len(marked.values)) == ("who.npy", 20)
    assert load_dataset(grouped._replace(marks="where.npy")).marked is None


def test_a_mapped_array_is_not_copied_but_for_what_is_made_of_it(tmp_path):
    rows, features = 20_000, 500
    x = np.random.default_rng(0).integers(0, 255, (rows, features), np.uint8)
    asked = save_arrays(tmp_path, x=x, y=np.arange(rows) % 2)
    del x
    tracemalloc.start()
    loaded = read_npy(tmp_path / "x.npy", tmp_path / "y.npy")
    assert loaded.inputs.shape == (rows, features)
    assert tracemalloc.get_traced_memory()[1] < rows * features / 2
    tracemalloc.reset_peak()
    load_dataset(asked)
    # 32-bit floats, and two blocks of 64-bit ones.
    assert tracemalloc.get_traced_memory()[1] < 4 * rows * features + 4 * 8 * 4096 * features
    tracemalloc.stop()


def test_npy_files_that_cannot_be_used_are_refused(tmp_path):
    asked = save_arrays(tmp_path, x=np.zeros((20, 3)), y=np.arange(10) % 2)
    assert refusal(asked) == (
        "x.npy, y.npy: x has 20 rows, but y has 10 rows; each row needs one label."
    )
    assert 'labels = "y.npy"' in refusal(asked._replace(labels=None))
    assert "there is no file" in refusal(asked._replace(labels="z.npy"))
    np.save(tmp_path / "y.npy", np.array([object()] * 20), allow_pickle=True)
    assert "y.npy cannot be read as .npy: " in refusal(asked)
    (tmp_path / "x.npy").write_text("text")
    assert "x.npy cannot be read as .npy: " in refusal(asked)
