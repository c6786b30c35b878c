"""Columns that tell the answer on their own."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets.load import load_dataset
from netclinic.datasets.request import DataRequest
from netclinic.datasets.rows import Rows
from netclinic.datasets.telling_columns import telling_columns

RNG = np.random.default_rng(0)
CLASSES = RNG.integers(0, 3, 3000).astype(np.int32)
NOISE = RNG.normal(size=3000)


def found(
    *columns: np.ndarray, classes=CLASSES, task="classification", groups=None, **changes
) -> list[str]:
    inputs = np.stack(columns, axis=1)
    names = tuple(f"c{i}" for i in range(len(columns)))
    rows = Rows(inputs, names, (None,) * len(columns), classes, "y")._replace(**changes)
    return [it.text.split("'")[1] for it in telling_columns(task, rows, classes, groups)]


def test_what_was_made_from_the_target_is_named() -> None:
    copy, scaled = CLASSES.astype(float), 7 - 3.0 * CLASSES + RNG.uniform(0, 2.9, 3000)
    nearly = np.where(RNG.random(3000) < 0.002, NOISE, copy)
    assert found(NOISE, copy, scaled, nearly) == ["c1", "c2", "c3"]


@pytest.mark.parametrize(
    "column",
    [
        NOISE,
        np.zeros(3000),
        CLASSES % 2.0,
        np.where(RNG.random(3000) < 0.05, RNG.integers(0, 3, 3000), CLASSES).astype(float),
        CLASSES + 0.5 * RNG.normal(size=3000),
    ],
)
def test_what_tells_less_is_not(column: np.ndarray) -> None:
    assert found(NOISE, column) == []


def test_a_common_class_is_told_from_nothing_by_no_column() -> None:
    rare = (RNG.random(3000) < 0.02).astype(np.int32)
    assert found(NOISE, RNG.normal(size=3000), classes=rare) == []
    assert found(NOISE, rare.astype(float), classes=rare) == ["c1"]


def test_what_tells_whose_rows_these_are_does_not_tell_the_class() -> None:
    """A patient's weight brings his 100 rows side by side, and they have one class."""
    patients = np.repeat(np.arange(30), 100)
    sick, weight = RNG.permuted(np.arange(30) % 2).astype(np.int32)[patients], RNG.normal(size=30)
    assert found(NOISE, weight[patients], classes=sick) == ["c1"], "nothing tells of patients here"
    assert found(NOISE, weight[patients], classes=sick, groups=patients) == []
    assert found(NOISE, weight[patients] + 9 * sick, classes=sick, groups=patients) == ["c1"]
    assert found(NOISE, 7.0 * sick, classes=sick, groups=np.char.mod("P%d", patients)) == ["c1"]


def test_rows_that_were_copied_count_once() -> None:
    """As where a rare class was made common by copies."""
    copied = np.tile(np.arange(150), 100)
    classes = (copied % 2).astype(np.int32)
    assert found(NOISE[copied], NOISE[copied + 150], classes=classes) == []
    assert found(NOISE[copied] > 0, classes, classes=classes) == ["c1"], "alike, but no copies"


def test_a_sole_column_few_rows_pixels_and_quantities_are_left_alone() -> None:
    copy = CLASSES.astype(float)
    assert found(copy) == []
    assert found(NOISE[:99], copy[:99], classes=CLASSES[:99]) == []
    assert found(NOISE, copy, shape=(1, 2)) == []
    assert found(NOISE, copy, task="regression") == []


@pytest.mark.parametrize("source", ["digits", "breast_cancer", "wine", "iris"])
def test_of_real_sets_none_has_one(source: str) -> None:
    loaded = load_dataset(DataRequest(source, None, 0.2, 0.2, True, 0, Path()))
    assert [it for it in loaded.warnings if it.kind == "telling_column"] == []


def test_a_table_with_one_is_told(tmp_path) -> None:
    kinds = ["abc"[c] for c in CLASSES]
    lines = [f"{x},{c * 10},{k}" for x, c, k in zip(NOISE, CLASSES, kinds, strict=True)]
    (tmp_path / "data.csv").write_text("\n".join(["x,code,kind", *lines]) + "\n")
    (told,) = load_dataset(DataRequest("data.csv", "kind", 0.2, 0.2, True, 0, tmp_path)).warnings
    assert (told.kind, told.count) == ("telling_column", 3000)
    assert told.text == (
        "Column 'code' tells the class on its own: of 3000 rows sorted by it, 0.0 % have another "
        "class than the row before (mean over classes, the first of each aside). If it is made "
        "from the target, or is not known when the network is to be used, all errors "
        "here are too good."
    )
