"""Files of class probabilities: what is read, and every refusal."""

import numpy as np
import pytest
from netclinic.datasets import DataError
from netclinic.datasets.soft_labels import read_soft_labels

SHARES = np.array([[0.7, 0.2, 0.1], [0.05, 0.9, 0.05]])


def saved(folder, array):
    np.save(folder / "soft.npy", array)
    return folder / "soft.npy"


@pytest.mark.parametrize("names", ["", "a,b,c\n", "\ufeffa,b,c\n"])
def test_npy_and_csv_give_the_same_numbers(tmp_path, names):
    lines = "\n".join(",".join(map(str, row)) for row in SHARES)
    (tmp_path / "soft.csv").write_text(f"{names}{lines}\n", encoding="utf-8")
    of_text = read_soft_labels(tmp_path / "soft.csv", 3)
    assert np.array_equal(of_text, read_soft_labels(saved(tmp_path, SHARES), 3))
    assert of_text == pytest.approx(SHARES, rel=1e-12)


def test_rounded_shares_are_made_to_sum_to_one(tmp_path):
    rounded = np.array([[0.33, 0.33, 0.33], [0.9, 0.05, 0.05]], np.float32)
    found = read_soft_labels(saved(tmp_path, rounded), 3)
    assert found.dtype == np.float64
    assert found.sum(axis=1) == pytest.approx([1, 1], abs=1e-15)


REFUSED = [
    (SHARES[:, :2], r"has shape \(2, 2\); it needs two rows or more of a probability for each"),
    (SHARES[:1], r"has shape \(1, 3\)"),
    (SHARES[0], r"has shape \(3,\)"),
    (np.array([["a"] * 3] * 2), "holds <U1; write numbers"),
    (np.array([[0.5, 0.5, 0.0], [np.nan, 0.5, 0.5]]), "column 0 is nan in row 1"),
    (np.array([[0.5, 0.5, 0.0], [1.2, -0.2, 0.0]]), "column 0 is 1.2 in row 1"),
    (np.array([[3, 2, 1], [1, 0, 0]]), r"column 0 is 3 .* take counts / counts.sum"),
    (np.array([[0.5, 0.5, 0.0], [0.5, 0.3, 0.1]]), "probabilities of row 1 .* sum to 0.9"),
    (np.eye(3), "hard labels, which do not tell"),
]


@pytest.mark.parametrize(("array", "message"), REFUSED)
def test_what_is_no_soft_label_is_refused(tmp_path, array, message):
    with pytest.raises(DataError, match=message):
        read_soft_labels(saved(tmp_path, array), 3)


@pytest.mark.parametrize(
    ("name", "content"), [("x.npy", b"no array"), ("x.csv", b"1,2\n1\n"), ("x.csv", b"\xff\xfe")]
)
def test_an_unreadable_file_says_how_to_write_one(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=r"cannot be read: .*\. Write it with numpy\.save"):
        read_soft_labels(tmp_path / name, 3)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no file .*gone\.npy of soft labels"):
        read_soft_labels(tmp_path / "gone.npy", 3)
