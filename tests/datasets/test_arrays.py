import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.datasets.arrays import LAYOUTS_TEXT, read_npz, rows_of
from netclinic.datasets.rows import ReadyMade

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 0, 1, 0, 1])


def parts(*names: str) -> dict[str, np.ndarray]:
    return {f"{a}_{name}": values for name in names for a, values in (("x", X), ("y", Y))}


def refusal(arrays: dict, where: str = "data.npz") -> str:
    with pytest.raises(DataError) as refused:
        rows_of(arrays, where)
    return str(refused.value)


def test_x_and_y_alone_are_one_pool_of_rows():
    rows = rows_of({"x": X, "y": Y, "note": "ignored"}, "data.npz")
    np.testing.assert_array_equal(rows.inputs, X)
    np.testing.assert_array_equal(rows.labels, Y)
    assert rows.columns == ("x0", "x1")
    assert rows.ready_made is None


def test_images_are_flattened_and_named_by_place():
    images = np.arange(6 * 2 * 3, dtype=np.uint8).reshape(6, 2, 3)
    rows = rows_of({"x": images, "y": Y}, "data.npz")
    assert rows.inputs.shape == (6, 6)
    assert rows.inputs.dtype == np.uint8
    assert rows.shape == (2, 3)
    assert rows.columns == ("x0_0", "x0_1", "x0_2", "x1_0", "x1_1", "x1_2")
    np.testing.assert_array_equal(rows.inputs[1], images[1].ravel())


def test_ready_made_splits_become_blocks():
    arrays = parts("train", "validation", "test")
    arrays["x_test"], arrays["y_test"] = X[:3], Y[:3]
    rows = rows_of(arrays, "data.npz")
    assert rows.ready_made == ReadyMade(6, 6, 3)
    np.testing.assert_array_equal(rows.inputs, np.concatenate([X, X, X[:3]]))
    np.testing.assert_array_equal(rows.labels.ravel(), np.concatenate([Y, Y, Y[:3]]))
    assert rows.labels_from == "data.npz: y_train, y_validation, y_test"


def test_a_missing_validation_split_is_left_to_be_cut():
    assert rows_of(parts("train", "test"), "data.npz").ready_made == ReadyMade(6, 0, 6)


def test_labels_of_splits_with_different_types_keep_their_names():
    arrays = parts("train", "test")
    arrays["y_train"] = Y.astype(float)
    labels = rows_of(arrays, "data.npz").labels
    assert set(labels.ravel().tolist()) == {0, 1}


@pytest.mark.parametrize(
    "arrays",
    [
        {"x": X},
        {"X": X, "y": Y},
        {},
        parts("train"),
        parts("train", "validation"),
        parts("validation", "test"),
        {"x": X, "y": Y, "x_test": X, "y_test": Y},
        {**parts("train", "test"), "x_validation": X},
    ],
)
def test_names_of_no_layout_are_refused(arrays):
    names = ", ".join(arrays) or "nothing"
    assert refusal(arrays) == f"data.npz has {names}; allowed are {LAYOUTS_TEXT}."


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X, Y[:5], "data.npz: x has 6 rows, but y has 5 rows; each row needs one label."),
        (X, np.array(1), "data.npz: x has 6 rows, but y has no rows; each row needs one label."),
        (
            X[:, 0],
            Y,
            "data.npz: x has shape (6,); it must be rows × features. Of a single feature take "
            "x.reshape(-1, 1).",
        ),
        (X[:, :0], Y, "data.npz: x has shape (6, 0), which holds no numbers."),
        (X[:0], Y[:0], "data.npz: x has shape (0, 2), which holds no numbers."),
        (
            X.astype(str),
            Y,
            "data.npz: x has type <U32; features must be real numbers. Encode text columns as "
            "numbers, or give a .csv or .parquet file, whose text columns are encoded.",
        ),
        (
            np.where(X == 7, np.nan, X),
            Y,
            "data.npz: x: column 'x1' is nan in row 3 (rows count from 0), which is not a finite "
            'number; 1 such value in all. Write, under [data], missing = "fill" (the median of the '
            "training rows, and marked as such), or drop the rows.",
        ),
    ],
)
def test_unusable_arrays_are_refused(x, y, message):
    assert refusal({"x": x, "y": y}) == message


def test_a_bad_value_is_found_in_its_own_split():
    arrays = parts("train", "test")
    arrays["x_test"] = np.where(X == 4, np.inf, X)
    assert refusal(arrays).startswith("data.npz: x_test: column 'x0' is inf in row 2 ")


def test_splits_of_different_width_are_refused():
    arrays = {**parts("train", "test"), "x_test": X[:, :1]}
    assert refusal(arrays) == (
        "data.npz: the splits' rows differ in shape: x_train (2,), x_test (1,)."
    )


def test_ragged_lists_are_refused():
    assert refusal({"x": [[1], [2, 3]], "y": [0, 1]}).startswith(
        "data.npz: x cannot be made an array: "
    )


def test_an_archive_is_read(tmp_path):
    np.savez_compressed(tmp_path / "data.npz", x=X, y=Y)
    np.testing.assert_array_equal(read_npz(tmp_path / "data.npz").inputs, X)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x93NUMPY\x01\x00"])
def test_another_file_under_the_name_is_refused(tmp_path, content):
    (tmp_path / "data.npz").write_bytes(content)
    with pytest.raises(DataError) as refused:
        read_npz(tmp_path / "data.npz")
    assert str(refused.value) == (
        "data.npz is not a .npz archive; write one with numpy.savez('data.npz', x=…, y=…)."
    )


def test_pickled_objects_are_refused_and_never_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    np.savez(tmp_path / "data.npz", x=X, y=np.array([Trap()] * 6, object))
    with pytest.raises(DataError) as refused:
        read_npz(tmp_path / "data.npz")
    assert str(refused.value) == (
        "data.npz cannot be read as .npz: Object arrays cannot be loaded when allow_pickle=False. "
        "Write it with numpy.savez, numbers and text only (no Python objects)."
    )
    assert not (tmp_path / "sprung").exists()


def test_a_damaged_archive_is_refused(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, x=X, y=Y)
    content = bytearray(path.read_bytes())
    content[150] ^= 0xFF  # within the numbers of x: the checksum no longer fits
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"^data\.npz cannot be read as \.npz: "):
        read_npz(path)
