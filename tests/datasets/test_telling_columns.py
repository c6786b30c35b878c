"""Columns that tell the answer on their own."""

import re
from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets.load import load_dataset
from netclinic.datasets.request import DataRequest
from netclinic.datasets.rows import Rows
from netclinic.datasets.telling_columns import telling_columns
from netclinic.datasets.telling_text import Answer

RNG = np.random.default_rng(0)
CLASSES = RNG.integers(0, 3, 3000).astype(np.int32)
NOISE, QUANTITY = RNG.normal(size=(2, 3000))


def quantity(values: np.ndarray) -> Answer:
    return Answer("the target", values, False)


def found(*columns: np.ndarray, of=CLASSES, categories=None, groups=None, **changes) -> list[str]:
    """Names of the columns that tell: c0, c1, …"""
    answer = of if isinstance(of, Answer) else Answer("the class", of, True)
    names = tuple(f"c{i}" for i in range(len(columns)))
    kinds = categories or (None,) * len(columns)
    rows = Rows(np.stack(columns, axis=1), names, kinds, np.zeros(1), "y")._replace(**changes)
    texts = [it.text for it in telling_columns([answer], rows, groups)]
    assert len(texts) <= 1
    return sorted(name for text in texts for name in re.findall(r"'(\w+)'", text))


def codes(categories: int) -> tuple[str, ...]:
    return tuple(map(str, range(categories)))


def test_what_was_made_from_the_class_is_named() -> None:
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
    assert found(NOISE, RNG.normal(size=3000), of=rare) == []
    assert found(NOISE, rare.astype(float), of=rare) == ["c1"]


def test_a_class_of_one_row_in_500_is_in_the_sample_that_rules_columns_out() -> None:
    rare = (np.arange(20_000) % 500 == 0).astype(np.int32)
    assert found(RNG.normal(size=20_000), rare.astype(float), of=rare) == ["c1"]


def test_what_tells_whose_rows_these_are_does_not_tell_the_class() -> None:
    """A patient's weight brings his 100 rows side by side, and they have one class."""
    patients = np.repeat(np.arange(30), 100)
    sick, weight = RNG.permuted(np.arange(30) % 2).astype(np.int32)[patients], RNG.normal(size=30)
    assert found(NOISE, weight[patients], of=sick) == ["c1"], "nothing tells of patients here"
    assert found(NOISE, weight[patients], of=sick, groups=patients) == []
    assert found(NOISE, weight[patients] + 9 * sick, of=sick, groups=patients) == ["c1"]
    assert found(NOISE, 7.0 * sick, of=sick, groups=np.char.mod("P%d", patients)) == ["c1"]


def test_categories_that_tell_whose_rows_these_are_do_not_tell_a_quantity() -> None:
    patients = np.repeat(np.arange(60), 50)
    risk, kinds = RNG.normal(size=60)[patients] + 0.001 * NOISE, (None, codes(60))
    names = RNG.permutation(60)[patients].astype(float)
    assert found(NOISE, names, of=quantity(risk), categories=kinds) == ["c1"], "as said of groups"
    assert found(NOISE, names, of=quantity(risk), categories=kinds, groups=patients) == []
    assert found(NOISE, 2 * risk, of=quantity(risk), groups=patients) == ["c1"]


def test_rows_that_were_copied_count_once() -> None:
    """As where a rare class was made common by copies."""
    copied = np.tile(np.arange(150), 100)
    classes = (copied % 2).astype(np.int32)
    assert found(NOISE[copied], NOISE[copied + 150], of=classes) == []
    assert found(NOISE[copied] > 0, classes, of=classes) == ["c1"], "alike, but no copies"


@pytest.mark.parametrize("law", ["normal", "lognormal", "zeros", "counts"])
def test_what_was_made_from_a_quantity_is_named(law: str) -> None:
    target = {
        "normal": QUANTITY,
        "lognormal": np.exp(2 * QUANTITY),
        "zeros": np.maximum(QUANTITY - 1, 0),
        "counts": RNG.poisson(np.full(3000, 30.0)).astype(float),
    }[law]
    filled = np.where(RNG.random(3000) < 0.01, np.median(target), target)
    rounded = np.searchsorted(np.quantile(target, np.arange(0.02, 1, 0.02)), target)
    made = (target, 32 - 1.8 * target, np.arctan(target), filled, rounded.astype(float))
    assert found(NOISE, *made, of=quantity(target)) == ["c1", "c2", "c3", "c4", "c5"]


def test_noise_in_a_copy_of_a_quantity_hides_it_from_5_percent_of_its_deviation_on() -> None:
    made = (QUANTITY + share * NOISE for share in (0.02, 0.04, 0.06, 0.1))
    assert found(RNG.normal(size=3000), *made, of=quantity(QUANTITY)) == ["c1", "c2"]


def test_a_column_that_turns_round_or_tells_only_the_time_is_not_one_made_from_a_quantity() -> None:
    assert found(NOISE, QUANTITY, of=quantity(np.sin(3 * QUANTITY))) == []
    assert found(NOISE, np.arange(3000.0), of=quantity(np.sin(np.arange(3000) / 300))) == []


def test_a_quantity_that_nearly_all_rows_share_is_told_from_nothing() -> None:
    assert found(NOISE, QUANTITY, of=quantity((np.arange(3000) < 9).astype(float))) == []


def test_categories_tell_what_each_of_them_does_whatever_their_order() -> None:
    # Thirty categories that follow one another in no order of classes or of the quantity.
    steps = np.searchsorted(np.quantile(QUANTITY, np.arange(1, 30) / 30), QUANTITY)
    mixed = np.random.default_rng(1).permutation(30)[steps]
    parts = RNG.integers(0, 10, 3000) * 3 + CLASSES
    both, kinds = (NOISE, parts.astype(float), mixed.astype(float)), (None, codes(30), codes(30))
    assert found(*both, categories=kinds) == ["c1"]
    assert found(*both, of=quantity(QUANTITY), categories=kinds) == ["c2"]
    # As numbers, codes of classes are no less telling; a quantity's are in no order.
    assert found(*both) == ["c1"]
    assert found(*both, of=quantity(QUANTITY)) == []


def test_categories_that_tell_less_or_have_too_few_rows_each_are_not_named() -> None:
    doubtful = np.where(RNG.random(3000) < 0.03, RNG.integers(0, 3, 3000), CLASSES)
    few = RNG.integers(0, 300, 3000) * 3 + CLASSES
    kinds = (None, codes(3), codes(900))
    assert found(NOISE, doubtful.astype(float), few.astype(float), categories=kinds) == []


def test_a_sole_column_few_rows_and_pixels_are_left_alone() -> None:
    copy = CLASSES.astype(float)
    assert found(copy) == []
    assert found(NOISE[:99], copy[:99], of=CLASSES[:99]) == []
    assert found(NOISE, copy, shape=(1, 2)) == []


@pytest.mark.parametrize("source", ["digits", "breast_cancer", "wine", "iris"])
def test_of_real_sets_none_has_one(source: str) -> None:
    loaded = load_dataset(DataRequest(source, None, 0.2, 0.2, True, 0, Path()))
    assert [it for it in loaded.warnings if it.kind == "telling_column"] == []


def told(folder: Path, header: str, columns, target, **changes) -> list[str]:
    """What is said of a table."""
    lines = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    (folder / "data.csv").write_text("\n".join([header, *lines]) + "\n")
    request = DataRequest("data.csv", target, 0.2, 0.2, True, 0, folder, **changes)
    return [it.text for it in load_dataset(request).warnings if it.kind == "telling_column"]


END = (
    " That may be right; but if it is made from the target, or is not known when the network is to "
    "be used, all errors here are too good."
)


def test_a_table_with_categories_that_tell_is_told(tmp_path) -> None:
    names = [("abc"[c], ("paid", "unpaid", "due")[c]) for c in CLASSES]
    kinds, states = zip(*names, strict=True)
    assert told(tmp_path, "x,state,kind", (NOISE, states, kinds), "kind") == [
        "Column 'state' tells the class on its own: of 3,000 rows sorted by it, those of one value "
        "compared, 0.0 % have another answer than the row before (mean over answers)." + END
    ]


def test_a_table_with_another_form_of_the_quantity_is_told(tmp_path) -> None:
    columns = (NOISE, 1.8 * QUANTITY + 32, QUANTITY)
    assert told(tmp_path, "x,fahrenheit,celsius", columns, "celsius", task="regression") == [
        "Column 'fahrenheit' tells target 'celsius' on its own: of 3,000 rows sorted by it, "
        "neighbours are 0.0 % as far apart in ranks as two at random." + END
    ]


def test_several_columns_that_tell_one_answer_are_one_finding() -> None:
    columns = (QUANTITY + 0.02 * NOISE, NOISE, QUANTITY, QUANTITY + 0.01 * NOISE)
    rows = Rows(np.stack(columns, axis=1), ("a", "b", "c", "d"), (None,) * 4, np.zeros(1), "y")
    (it,) = telling_columns([quantity(QUANTITY)], rows)
    assert it.text.startswith("Column 'c' tells the target on its own: ")
    assert "; so do 'd', 'a'. That may" in it.text


def test_of_several_answers_each_is_looked_at(tmp_path) -> None:
    labels = (RNG.random((2, 3000)) < 0.3).astype(int)
    columns, names = (NOISE, labels[1] * 2 + 0.1 * NOISE, *labels), ("a", "b")
    (text,) = told(tmp_path, "x,score,a,b", columns, names, task="multilabel")
    assert text.startswith(
        "Column 'score' tells label 'b' on its own: of 3,000 rows sorted by it, "
    )
    columns = (NOISE, np.exp(QUANTITY), labels[0], QUANTITY)
    kinds = (("a", "classification"), ("b", "regression"))
    (text,) = told(tmp_path, "x,power,a,b", columns, names, task="multitask", targets=kinds)
    assert text.startswith("Column 'power' tells target 'b' on its own: of 3,000 rows sorted by it")
