"""Values that are missing: medians of the training rows alone, and a feature that says where."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from netclinic.datasets import DataError, DataRequest, Dataset, load_dataset
from netclinic.datasets.dataset import MISSING
from netclinic.datasets.encoding import encode, fit_encoding
from netclinic.datasets.missing import feature_fills, fill_missing
from netclinic.datasets.rows import Rows

from .test_hugging_face import save

NAN = np.nan


def load(source: Path | str, target: str | None = None, **changes) -> Dataset:
    plain = DataRequest(str(source), target, 0.25, 0.25, standardize=False, seed=0, folder=Path())
    return load_dataset(plain._replace(missing="fill")._replace(**changes))


def rows_of(inputs: np.ndarray, **changes) -> Rows:
    names = tuple(f"x{i}" for i in range(inputs.shape[1]))
    labels = np.arange(len(inputs)) % 2
    return Rows(inputs, names, (None,) * len(names), labels, "a.npz: y", **changes)


def encoded(rows: Rows, train: np.ndarray):
    filled, medians = fill_missing(rows, train)
    encoding = fit_encoding(filled, train)
    return encode(encoding, filled.inputs), encoding, medians


def test_medians_are_of_the_training_rows_and_a_feature_says_where() -> None:
    rows = rows_of(np.array([[1.0, 5.0], [3.0, NAN], [100.0, NAN], [NAN, 7.0], [9.0, 6.0]]))
    inputs, encoding, medians = encoded(rows, np.array([4, 1, 3, 0]))
    assert encoding.names == ("x0", "x1", f"x0={MISSING}", f"x1={MISSING}")
    assert encoding.one_hot.tolist() == [False, False, True, True]  # so that none is scaled
    assert feature_fills(encoding, medians) == (3.0, 6.0, None, None)
    np.testing.assert_array_equal(
        inputs, [[1, 5, 0, 0], [3, 6, 0, 1], [100, 6, 0, 1], [3, 7, 1, 0], [9, 6, 0, 0]]
    )


def test_a_column_that_lacks_nothing_in_training_has_no_such_feature() -> None:
    rows = rows_of(np.array([[1.0], [2.0], [4.0], [NAN]]))
    inputs, encoding, _ = encoded(rows, np.arange(3))
    assert encoding.names == ("x0",)
    np.testing.assert_array_equal(inputs[:, 0], [1, 2, 4, 2])


@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
        elements=st.sampled_from([0.0, 1.0, 2.5, -3.0, NAN]),
    ),
    st.data(),
)
def test_what_is_there_stays_and_the_rest_is_marked(inputs, data) -> None:
    count = len(inputs)
    train = np.sort(data.draw(st.permutations(range(count)))[: max(1, count // 2)])
    lacking = np.isnan(inputs)
    if lacking[train].all(axis=0).any():
        with pytest.raises(DataError, match="no value in any of"):
            fill_missing(rows_of(inputs), train)
        return
    made, encoding, medians = encoded(rows_of(inputs), train)
    columns = inputs.shape[1]
    np.testing.assert_array_equal(medians, np.nanmedian(inputs[train], axis=0))
    np.testing.assert_array_equal(made[:, :columns], np.where(lacking, medians, inputs))
    for name, feature in zip(encoding.names[columns:], made.T[columns:], strict=True):
        place = int(name.partition("=")[0].removeprefix("x"))
        np.testing.assert_array_equal(feature, lacking[:, place])
    assert len(encoding.names) == columns + lacking[train].any(axis=0).sum()


def table(folder: Path, name: str) -> Path:
    """60 rows: age lacks in each fourth, colour in each third, both in the first."""
    rng = np.random.default_rng(0)
    ages, colours = rng.integers(1, 80, 60).tolist(), rng.choice(["red", "blue"], 60).tolist()
    age = [None if i % 4 == 0 else it for i, it in enumerate(ages)]
    colour = [None if i % 3 == 0 else str(it) for i, it in enumerate(colours)]
    columns = {
        "age": age,
        "colour": colour,
        "fit": [None if i == 5 else i % 2 == 0 for i in range(60)],
        "label": [i % 2 for i in range(60)],
    }
    path = folder / name
    if name.endswith(".csv"):
        told = zip(*columns.values(), strict=True)
        lines = [",".join("" if it is None else str(it) for it in row) for row in told]
        path.write_text("\n".join([",".join(columns), *lines]) + "\n")
    elif name.endswith(".parquet"):
        pq.write_table(pa.table(columns), path)
    else:
        classes = {"names": ["a", "b"], "_type": "ClassLabel"}
        save(path, columns, {"label": classes})
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "saved"])
def test_tables_of_every_kind_are_filled_in(tmp_path, name) -> None:
    path = table(tmp_path, name)
    loaded = load(f"{path}/") if name == "saved" else load(path, "label")
    assert loaded.feature_names == (
        "age",
        f"colour={MISSING}",
        "colour=blue",
        "colour=red",
        "fit",
        f"age={MISSING}",
        f"fit={MISSING}",
    )
    train = loaded.source_rows[0]
    np.testing.assert_array_equal(loaded.train.inputs[:, 1], train % 3 == 0)
    np.testing.assert_array_equal(loaded.train.inputs[:, 5], train % 4 == 0)
    age = loaded.train.inputs[:, 0]
    assert loaded.fills[0] == np.median(age[train % 4 != 0])
    assert set(age[train % 4 == 0]) == {loaded.fills[0]}
    assert loaded.fills[1:4] == (None,) * 3
    (warning,) = [it for it in loaded.warnings if it.kind == "missing_values"]
    assert warning.count == 31  # of 60: 15 + 20 − 5 in common, and the row 5
    assert "31 of 60 rows lack values, by column: 'colour' 20, 'age' 15, 'fit' 1." in warning.text


def test_arrays_and_functions_may_lack_numbers_in_any_split(tmp_path) -> None:
    x = np.arange(80.0).reshape(40, 2)
    x[7, 1] = NAN
    y = np.arange(40) % 2
    np.savez(tmp_path / "a.npz", x_train=x, y_train=y, x_test=x[:4], y_test=y[:4])
    loaded = load(tmp_path / "a.npz")
    assert np.isfinite(loaded.train.inputs).all()
    assert f"x1={MISSING}" in loaded.feature_names
    (tmp_path / "load.py").write_text(
        "import numpy\ndef rows():\n    x = numpy.arange(80.).reshape(40, 2)\n"
        "    x[::3, 0] = numpy.nan\n    return x, numpy.arange(40) % 2\n"
    )
    loaded = load(f"{tmp_path}/load.py:rows")
    assert loaded.feature_names == ("x0", "x1", f"x0={MISSING}")


def test_a_feature_step_gets_rows_without_gaps(tmp_path) -> None:
    path = table(tmp_path, "t.csv")
    (tmp_path / "steps.py").write_text("def same(inputs):\n    return inputs\n")
    loaded = load(path, "label", features=f"{tmp_path}/steps.py:same")
    assert loaded.features == 7
    assert loaded.fills == ()  # of what the step makes nothing is known


def test_that_a_value_is_missing_may_tell_the_answer(tmp_path) -> None:
    lines = [
        f"{i * i % 997},{'' if i % 2 else i},{'gone' if i % 2 else 'here'}" for i in range(400)
    ]
    (tmp_path / "t.csv").write_text("a,left,y\n" + "\n".join(lines) + "\n")
    told = [it.text for it in load(tmp_path / "t.csv", "y").warnings if it.kind == "telling_column"]
    assert len(told) == 1
    assert f"Column 'left={MISSING}' tells the class on its own" in told[0]


def test_the_same_rows_without_gaps_are_the_same_data_set(tmp_path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "a.npz", x=rng.normal(size=(40, 2)), y=np.arange(40) % 2)
    filled, plain = load(tmp_path / "a.npz"), load(tmp_path / "a.npz", missing=None)
    assert filled.fingerprint == plain.fingerprint
    assert filled.fills == pytest.approx(
        np.median(np.asarray(filled.train.inputs), axis=0), rel=1e-6
    )
    assert plain.fills == ()
    assert [it.kind for it in filled.warnings if it.kind == "missing_values"] == []


def test_rows_without_a_target_are_left_out_and_keep_their_numbers(tmp_path) -> None:
    told = [str(i % 2) if i % 5 else "" for i in range(50)]
    lines = [f"{i if i % 7 else ''},g{i // 5},{y}" for i, y in enumerate(told)]
    (tmp_path / "t.csv").write_text("a,who,y\n" + "\n".join(lines) + "\n")
    loaded = load(tmp_path / "t.csv", "y", split="grouped", group="who")
    assert sorted(np.concatenate(loaded.source_rows)) == [i for i in range(50) if i % 5]
    for part, numbers, of in zip(
        (loaded.train, loaded.validation, loaded.test),
        loaded.source_rows,
        loaded.groups,
        strict=False,
    ):
        assert part.labels.tolist() == [i % 2 for i in numbers]
        known = numbers % 7 > 0
        np.testing.assert_array_equal(part.inputs[known, 0], numbers[known])
        assert len({(int(n) // 5, int(g)) for n, g in zip(numbers, of, strict=True)}) == len(
            set(of.tolist())
        )
    (warning,) = [it for it in loaded.warnings if it.kind == "missing_values"]
    assert warning.count == 16
    assert warning.text.startswith(
        "10 of 50 rows lack their target and are left out. 6 of 40 rows lack values, by column: "
        "'a' 6."
    )


def test_a_target_that_is_nan_is_missing(tmp_path) -> None:
    y = [NAN if i == 3 else float(i % 9) for i in range(60)]
    pq.write_table(pa.table({"a": list(range(60)), "y": y}), tmp_path / "t.parquet")
    loaded = load(tmp_path / "t.parquet", "y", task="regression")
    assert 3 not in np.concatenate(loaded.source_rows)
    texts = [it.text for it in loaded.warnings if it.kind == "missing_values"]
    assert texts == ["1 of 60 rows lacks its target and is left out."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,y\n,p\n,q\n", "column 'a' has no value in any row. Leave it out: write, under [data]"),
        ("a,y\n1,\n2,\n", "t.csv: target 'y' is missing in every row: there is nothing to learn."),
        ("a,b,y\n1,inf,p\n,2,q\n", "column 'b' is inf in row 0 (rows count from 0), which is not"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(tmp_path, text, message) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError) as refused:
        load(tmp_path / "t.csv", "y")
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("spelt", "message"),
    [
        ("{}/6/2024", "holds dates, '1/6/2024' for one"),
        ('"{},5"', "holds numbers with commas, '1,5' for one"),
        ("{} months", "holds numbers with 'months', '1 months' for one"),
    ],
)
def test_text_that_is_none_is_known_as_such_where_a_value_is_missing(
    tmp_path, spelt: str, message: str
) -> None:
    """Dates became a feature each, and "(missing)" was called the one value that is no number."""
    source = tmp_path / "data.csv"
    values = [spelt.format(i % 25 + 1) for i in range(100)]
    values[3] = ""
    source.write_text("a,y\n" + "".join(f"{it},{i % 2}\n" for i, it in enumerate(values)))
    with pytest.raises(DataError) as caught:
        load(source, "y")
    assert message in str(caught.value)


def test_a_column_without_a_value_in_training_and_images_are_refused(tmp_path) -> None:
    rows = rows_of(np.array([[1.0, NAN], [2.0, NAN], [3.0, 4.0]]))
    with pytest.raises(DataError) as refused:
        fill_missing(rows, np.arange(2))
    assert str(refused.value) == (
        "a.npz: column 'x1' has no value in any of 2 training rows: leave it out, under [data] "
        "ignore."
    )
    images = np.zeros((20, 4, 4))
    images[3, 2, 1] = NAN
    np.savez(tmp_path / "a.npz", x=images, y=np.arange(20) % 2)
    with pytest.raises(DataError) as refused:
        load(tmp_path / "a.npz")
    assert "a.npz has rows of the shape (4, 4), and row 3" in str(refused.value)
