"""Rows far from those that a network learnt from, and what is none of them."""

from types import SimpleNamespace

import numpy as np
import pytest
from netclinic.datasets.arrays import column_names
from netclinic.models.far_rows import FAR, far_rows, scaled_for
from sklearn.datasets import load_breast_cancer, load_digits, load_wine


def fitted(rows: np.ndarray, names: tuple[str, ...]) -> SimpleNamespace:
    constant = rows.min(axis=0) == rows.max(axis=0)
    scale = np.where(constant, 1.0, rows.std(axis=0))
    return SimpleNamespace(feature_names=names, mean=rows.mean(axis=0), scale=scale)


@pytest.mark.parametrize(
    ("load", "shape"), [(load_digits, (8, 8)), (load_breast_cancer, (30,)), (load_wine, (13,))]
)
def test_ordinary_held_out_rows_are_not_far(load, shape) -> None:
    """Nor are those with a pixel that hardly any training row had: digits reach 263 deviations."""
    rows = load().data
    for seed in range(50):
        dealt = np.random.default_rng(seed).permutation(rows)
        train, held_out = np.split(dealt, [3 * len(rows) // 5])
        assert far_rows(fitted(train, column_names(shape)), held_out) is None


def test_rows_beyond_the_bound_are_counted_and_the_farthest_named() -> None:
    scaling = SimpleNamespace(feature_names=("a", "b", "c=x"), mean=(1, 2, 0), scale=(2, 1, 1))
    rows = np.zeros((5, 3))
    rows[:, 2] = 1000  # a category is not scaled
    rows[1, 0], rows[2, 0] = 1 + 2 * FAR, 1 - 2.01 * FAR
    rows[3] = 1 + 3 * FAR, 300, 0
    told = far_rows(scaling, rows)
    assert told == (2, "a", 301.0, 1.0, 2)
    assert far_rows(scaling, rows[:2]) is None
    np.testing.assert_array_equal(scaled_for(scaling, rows[:2])[:, 0], [-0.5, 100])
    rows[3, 1] = -1e39
    with pytest.raises(ValueError, match="'b' holds -1e\\+39, too large a number to answer for"):
        scaled_for(scaling, rows)
