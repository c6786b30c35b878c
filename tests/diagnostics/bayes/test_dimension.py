"""The dimension that inputs live in."""

import numpy as np
import pytest
from netclinic.diagnostics.bayes.dimension import dimension_of, intrinsic_dimension
from sklearn.neighbors import NearestNeighbors


@pytest.mark.parametrize(("dimension", "features"), [(1, 1), (2, 2), (2, 30), (5, 30)])
def test_dimension_of_a_flat_sheet_is_its_own_and_not_that_of_the_space(dimension, features):
    rng = np.random.default_rng(4)
    sheet = rng.random((2000, dimension)) @ rng.standard_normal((dimension, features))
    distances, _ = NearestNeighbors(n_neighbors=2).fit(sheet).kneighbors()
    assert intrinsic_dimension(distances, features) == pytest.approx(dimension, rel=0.15)


def test_dimension_without_distinct_rows_is_the_number_of_features():
    assert intrinsic_dimension(np.zeros((50, 2)), 7) == 7
    assert intrinsic_dimension(np.ones((50, 2)), 7) == 7


def test_the_dimension_of_rows_is_that_of_their_neighbours_distances():
    rng = np.random.default_rng(5)
    sheet = rng.random((500, 2)) @ rng.standard_normal((2, 9))
    assert dimension_of(sheet) == pytest.approx(2, rel=0.15)
