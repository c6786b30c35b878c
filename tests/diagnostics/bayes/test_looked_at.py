"""The rows that small models look at, scaled whatever networks get."""

from pathlib import Path

import numpy as np
import pytest
from netclinic.datasets import DataRequest, Dataset, load_dataset
from netclinic.diagnostics.bayes.data_reading import see_by_mixture
from netclinic.diagnostics.bayes.looked_at import look_at

SCALES = np.array([1, 1000, 0.01, 10], np.float32)


def loaded(folder: Path, x: np.ndarray, y: np.ndarray, *, standardize: bool) -> Dataset:
    np.savez(folder / "rows.npz", x=x, y=y)
    return load_dataset(DataRequest("rows.npz", None, 0.2, 0.2, standardize, 0, folder))


def drawn(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """A class by the product of the first and the third column, all of one scale."""
    x = np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)
    return x, (x[:, 0] * x[:, 2] > 0).astype(int)


def looked_at(data: Dataset) -> np.ndarray:
    return look_at(data, np.random.default_rng(0)).inputs


def test_columns_of_unlike_scales_are_brought_to_one(tmp_path: Path) -> None:
    x, y = drawn(0)
    binary = (x[:, :1] > 1).astype(np.float32)
    rows = np.hstack([x * SCALES + 5 * SCALES, binary, np.full((len(x), 1), 7, np.float32)])
    found = looked_at(loaded(tmp_path, rows, y, standardize=False))
    assert np.allclose(found[:, :4].mean(axis=0), 0, atol=1e-3)
    assert np.allclose(found[:, :4].std(axis=0), 1, atol=1e-3)
    assert set(np.unique(found[:, 4])) == {0.0, 1.0}
    assert np.all(found[:, 5] == 7)


def test_scaled_rows_and_pixels_stay_as_they_are(tmp_path: Path) -> None:
    x, y = drawn(0)
    data = loaded(tmp_path, x * SCALES, y, standardize=True)
    both = np.concatenate([it.inputs for it in (data.train, data.validation, data.test)])
    assert np.array_equal(looked_at(data), both)
    pixels = loaded(tmp_path, (x * SCALES).reshape(-1, 2, 2), y, standardize=False)
    assert looked_at(pixels).max() > 1000


@pytest.mark.parametrize("seed", range(3))
def test_what_the_mixture_learns_does_not_hang_on_scales(tmp_path: Path, seed: int) -> None:
    """Of unscaled rows it had learnt nothing here: the column in thousands decided what is near."""
    x, y = drawn(seed)
    wrong = []
    for standardize in (True, False):
        data = loaded(tmp_path, x * SCALES, y, standardize=standardize)
        rows = look_at(data, np.random.default_rng(0))
        seen = see_by_mixture(rows, 2, np.random.default_rng(0))
        assert seen is not None
        wrong.append(float(seen.judged.wrong.mean()))
    assert wrong[0] < 0.15
    assert abs(wrong[0] - wrong[1]) < 0.03
