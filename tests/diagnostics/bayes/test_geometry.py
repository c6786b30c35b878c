"""Rows of many columns, by their principal components."""

import numpy as np
import pytest
from netclinic.diagnostics.bayes.bayes_mixture import judge_by_mixture
from netclinic.diagnostics.bayes.geometry import compressed, squared_distances


def rows_in(dimensions: int, rows: int, columns: int) -> np.ndarray:
    """Rows (rows, columns) float32 that vary along a few directions alone."""
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(rows, dimensions)) * np.arange(1, dimensions + 1)
    return (3 + flat @ rng.normal(size=(dimensions, columns))).astype(np.float32)


@pytest.mark.parametrize(("rows", "columns"), [(300, 90), (300, 1_000), (300, 1_500), (30, 1_500)])
def test_components_keep_the_distances_of_rows_that_few_directions_tell_apart(
    rows: int, columns: int
) -> None:
    inputs = rows_in(12, rows, columns)
    found = compressed(inputs)
    assert found.dtype == np.float64
    assert found.shape == (rows, 64 if columns <= 1_000 else min(64, rows))
    centred = (inputs - inputs.mean(axis=0)).astype(np.float64)
    due = squared_distances(centred, centred)
    np.testing.assert_allclose(
        squared_distances(found, found), due, rtol=1e-3, atol=1e-5 * due.max()
    )


@pytest.mark.parametrize("columns", [3, 90, 1_500])
def test_rows_are_compressed_once(columns: int) -> None:
    inputs = rows_in(3, 80, columns)
    once = compressed(inputs)
    np.testing.assert_array_equal(compressed(inputs), once)
    np.testing.assert_array_equal(compressed(once), once)


@pytest.mark.parametrize("columns", [90, 1_500])
def test_rows_compressed_before_are_judged_alike_to_the_last_bit(columns: int) -> None:
    inputs = rows_in(4, 200, columns)
    labels = (inputs[:, 0] > np.median(inputs[:, 0])).astype(np.int32)
    as_they_are, before = (
        judge_by_mixture(rows, labels, 2, np.random.default_rng(1))
        for rows in (inputs, compressed(inputs))
    )
    for one, other in zip(as_they_are, before, strict=True):
        np.testing.assert_array_equal(one, other)
    assert as_they_are.wrong.mean() < 0.1
