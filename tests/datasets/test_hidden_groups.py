"""Columns by which rows belong together, where the split parts them."""

import csv
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets.hidden_groups import hidden_groups
from netclinic.datasets.load import load_dataset
from netclinic.datasets.request import DataRequest
from netclinic.datasets.rows import Rows
from netclinic.datasets.splits import SplitRows

RNG = np.random.default_rng(0)
N = 400
PERSON = np.arange(N) // 5
OWN = RNG.normal(size=(N // 5, 4))
ALIKE = OWN[PERSON] + 0.2 * RNG.normal(size=(N, 4))
SPLITS = SplitRows(*np.split(RNG.permutation(N), [240, 320]))


def found(*columns: np.ndarray, splits: SplitRows = SPLITS, **changes) -> list[str]:
    inputs = np.column_stack(columns).astype(float)
    names = tuple(f"c{i}" for i in range(inputs.shape[1]))
    rows = Rows(inputs, names, (None,) * len(names), np.zeros(len(inputs)), "y")
    return [it.text.split("'")[1] for it in hidden_groups(rows._replace(**changes), splits)]


def test_a_persons_number_is_named_whatever_numbers_persons_have() -> None:
    assert found(ALIKE, PERSON) == ["c4"]
    assert found(ALIKE, RNG.permutation(N // 5)[PERSON] + 1e6) == ["c4"]
    assert found(PERSON, ALIKE, PERSON) == ["c0"]  # of two as good as each other the first


def test_so_is_one_that_is_to_be_ignored() -> None:
    assert found(ALIKE, aside=(("age", np.zeros(N, int)), ("person", PERSON))) == ["person"]


def test_other_features_that_tell_the_same_are_to_be_left_out() -> None:
    inputs, names = np.column_stack([PERSON, ALIKE, -PERSON]).astype(float), tuple("abcdef")
    rows = Rows(inputs, names, (None,) * 6, np.zeros(N), "y", aside=(("name", PERSON),))
    (told,) = hidden_groups(rows, SPLITS)
    assert "So do 'f', 'name'." in told.text
    assert told.text.endswith("with these values as group, and leave 'f' out.")
    (told,) = hidden_groups(rows._replace(label_names=("y",)), SPLITS)
    assert told.text.endswith("group = \"a\", and leave 'f' out by ignore.")


def test_categories_are_alike_by_what_is_the_same() -> None:
    town = RNG.integers(0, 6, size=(N // 5, 4))[PERSON]
    categories = (*[tuple("abcdef")] * 4, None)
    assert found(town, PERSON, RNG.normal(size=N), categories=(*categories, None)) == ["c4"]
    assert found(RNG.integers(0, 6, size=(N, 4)), PERSON, categories=categories) == []


def test_persons_in_one_split_each_are_kept_together() -> None:
    dealt = SplitRows(*(np.flatnonzero(np.isin(PERSON % 5, it)) for it in ([0, 1, 2], [3], [4])))
    assert found(ALIKE, PERSON, splits=dealt) == []


@pytest.mark.parametrize(
    "column",
    [
        RNG.integers(0, 80, N),  # names nothing
        np.arange(N),  # one row each
        np.arange(N) % 4,  # too few values
        np.where(np.arange(N) < 60, 0, PERSON),  # one value has too many rows
        np.where(PERSON < 70, np.arange(N), PERSON),  # most rows have a value of their own
        np.round(4 * ALIKE[:, 0]),  # near, not the same
    ],
)
def test_what_is_no_name_of_things_is_not(column: np.ndarray) -> None:
    assert found(ALIKE, column) == []


def test_what_others_follow_from_is_no_name_though_rows_of_one_value_are_alike() -> None:
    size = np.round(5 * RNG.normal(size=N))
    follow = size[:, None] * [1, -2, 3, 4] + RNG.normal(size=(N, 4))
    assert found(size, follow) == []


def test_copies_few_rows_few_columns_and_pixels_are_left_alone() -> None:
    assert found(np.repeat(RNG.normal(size=(N // 5, 4)), 5, axis=0), PERSON) == []
    few = SplitRows(np.arange(60), np.arange(60, 80), np.arange(80, 99))
    assert found(ALIKE[:99], PERSON[:99], splits=few) == []
    assert found(ALIKE[:, 0], PERSON) == []
    assert found(ALIKE, PERSON, shape=(1, 5)) == []


def test_a_table_is_told_what_to_write_and_then_is_not_told_again(tmp_path: Path) -> None:
    with (tmp_path / "data.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "c", "d", "name", "kind"])
        for row, person in zip(ALIKE, PERSON, strict=True):
            writer.writerow([*row, f"P{person % 7}{person}", "xy"[person % 2]])
    request = DataRequest("data.csv", "kind", 0.2, 0.2, True, 0, tmp_path, ignore=("name",))
    (told,) = (it for it in load_dataset(request).warnings if it.kind == "hidden_groups")
    assert told.count == int(told.text.split(". ")[1].split(" of ")[0])
    assert told.text == (
        "Column 'name' tells which rows belong together: those of one of its 80 values differ in 4 "
        f"of 4 other columns by less than half as much as those of two. {told.count} of 160 "
        "held-out rows have a value that training rows have, too: where the network is to answer "
        "for new ones, as for a new patient, all errors here are too good. Then write, under "
        '[data], split = "grouped" and group = "name".'
    )
    grouped = load_dataset(request._replace(split="grouped", group="name", ignore=()))
    assert [it.kind for it in grouped.warnings if it.kind == "hidden_groups"] == []
