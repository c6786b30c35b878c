"""Columns that tell the answer of the training rows alone."""

import re

import numpy as np
import pytest
from netclinic.datasets.load import load_dataset
from netclinic.datasets.request import DataRequest
from netclinic.datasets.rows import Rows
from netclinic.datasets.telling_columns import telling_columns
from netclinic.datasets.telling_text import Answer
from scipy.stats import binom

TRAINING, TEST = np.arange(600), np.arange(800, 1000)


def named(answer: Answer, *columns: np.ndarray, categories=None, apart=(TRAINING, TEST)):
    """Texts of what is told, the columns being c0, c1, …"""
    kinds = categories or (None,) * len(columns)
    names = tuple(f"c{i}" for i in range(len(columns)))
    rows = Rows(np.stack(columns, axis=1), names, kinds, np.zeros(1), "y")
    return [it.text for it in telling_columns([answer], rows, apart=apart)]


def in_training(column: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The column as it is in the training rows; in others any value of it."""
    return np.where(np.arange(len(column)) < len(TRAINING), column, rng.permutation(column))


@pytest.mark.parametrize("kind", ["classes", "categories", "quantity"])
def test_a_column_made_from_the_target_in_training_rows_alone_is_named(kind: str) -> None:
    rng = np.random.default_rng(0)
    noise, values = rng.normal(size=(2, 1000))
    classes = rng.integers(0, 3, 1000).astype(np.int32)
    answer = Answer("the class", classes, True)
    column, categories = 2.0 * classes + 0.2 * noise, None
    if kind == "categories":
        column, categories = classes.astype(float), (("a", "b", "c"), None)
    if kind == "quantity":
        answer, column = Answer("the target", values, False), np.exp(values)
    both = in_training(column, rng), rng.normal(size=1000)
    (text,) = named(answer, *both, categories=categories)
    assert text.startswith("Column 'c0' tells the ")
    assert "but of training rows alone: of 600 rows sorted by it" in text
    left = re.search(r"of test rows (\d+\.\d) %", text)
    assert left
    assert float(left.group(1)) > 40
    assert named(answer, *both, categories=categories, apart=None) == []


def test_what_tells_all_rows_is_told_of_all() -> None:
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 1000).astype(np.int32)
    columns = classes.astype(float), in_training(2.0 * classes, rng)
    (text,) = named(Answer("the class", classes, True), *columns)
    assert "on its own: of 1,000 rows" in text
    assert "c1" not in text


def test_test_rows_that_can_tell_nothing_accuse_no_column() -> None:
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 2, 1000).astype(np.int32)
    column = in_training(classes.astype(float), rng)
    one = np.where(np.arange(1000) < 800, classes, 0).astype(np.int32)
    assert named(Answer("the class", one, True), column, rng.normal(size=1000)) == []
    few = TRAINING, TEST[:99]
    answer = Answer("the class", classes, True)
    assert named(answer, column, rng.normal(size=1000), apart=few) == []


def test_columns_at_the_edge_that_tell_all_rows_alike_are_seldom_named() -> None:
    """A column that tells about as much as is asked for tells the training rows more by chance."""
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        classes = rng.integers(0, 2, 1000).astype(np.int32)
        share = rng.uniform(0.005, 0.03)
        column = np.where(rng.random(1000) < share, 1 - classes, classes) + 0.1 * rng.random(1000)
        texts = named(Answer("the class", classes, True), column, rng.normal(size=1000))
        alarms += any("of training rows alone" in text for text in texts)
    assert alarms <= binom.ppf(0.999, 200, 0.01)


@pytest.mark.parametrize("split", ["ordered", "random"])
def test_of_a_split_by_time_the_training_rows_are_looked_at_alone(tmp_path, split: str) -> None:
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 2, 1000)
    column = in_training(classes + 0.1 * rng.random(1000), rng)
    lines = (
        ",".join(map(str, it)) for it in zip(range(1000), column, column**2, classes, strict=True)
    )
    (tmp_path / "data.csv").write_text("\n".join(["day,code,square,paid", *lines]))
    more = {"order": "day"} if split == "ordered" else {"ignore": ("day",)}
    request = DataRequest("data.csv", "paid", 0.2, 0.2, True, 0, tmp_path, split=split, **more)
    texts = [it.text for it in load_dataset(request).warnings if it.kind == "telling_column"]
    assert len(texts) == (split == "ordered")
    assert all("of training rows alone" in text and "so does" in text for text in texts)
