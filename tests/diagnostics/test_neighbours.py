"""Nearest neighbours: counts against scikit-learn, exact thinning, dimension, extrapolation."""

import math

import numpy as np
import pytest
from netclinic.diagnostics.neighbours import (
    extrapolate_one_nearest,
    intrinsic_dimension,
    judge_best_k,
)
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors


def two_normals(rows, dimensions, separation, seed):
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(rows) % 2)
    offset = separation / 2 / math.sqrt(dimensions)
    inputs = rng.standard_normal((rows, dimensions))
    return inputs + np.where(labels, offset, -offset)[:, None], labels


def test_best_k_counts_what_scikit_learn_counts():
    inputs, labels = two_normals(600, 3, 2.0, seed=0)
    it = judge_best_k(inputs[:400], labels[:400], inputs[400:], labels[400:])
    peer = KNeighborsClassifier(it.k).fit(inputs[:400], labels[:400])
    assert it.wrong == (peer.predict(inputs[400:]) != labels[400:]).sum()
    assert it.n == 200
    left_out = [
        KNeighborsClassifier(it.k)
        .fit(np.delete(inputs[:400], i, 0), np.delete(labels[:400], i))
        .predict(inputs[i : i + 1])[0]
        != labels[i]
        for i in range(400)
    ]
    assert it.training_error == pytest.approx(np.mean(left_out))


def test_best_k_is_large_where_classes_overlap_and_small_where_they_do_not():
    inputs, labels = two_normals(1000, 2, 1.0, seed=1)
    assert judge_best_k(inputs[:700], labels[:700], inputs[700:], labels[700:]).k > 15
    fine = np.random.default_rng(2).random((1000, 1))
    stripes = (fine[:, 0] * 40).astype(int) % 2
    assert judge_best_k(fine[:700], stripes[:700], fine[700:], stripes[700:]).k < 7


def test_best_k_of_two_rows_is_the_nearest():
    inputs, labels = np.array([[0.0], [1.0]]), np.array([0, 1])
    it = judge_best_k(inputs, labels, np.array([[0.1], [0.8], [0.9]]), np.array([0, 1, 0]))
    assert (it.k, it.wrong, it.n, it.training_error) == (1, 1, 3, 1.0)


def test_error_with_half_the_rows_is_the_mean_over_random_halves():
    inputs, labels = two_normals(300, 4, 1.5, seed=3)
    it = extrapolate_one_nearest(inputs, labels, 0.975, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    simulated = []
    for _ in range(400):
        half = rng.random(300) < 0.5
        others = NearestNeighbors(n_neighbors=2).fit(inputs[half])
        nearest = others.kneighbors(inputs, return_distance=False)
        # The second where the row itself is in the half.
        nearest = np.where(half, nearest[:, 1], nearest[:, 0])
        simulated.append((labels[half][nearest] != labels).mean())
    standard_error = np.std(simulated) / math.sqrt(len(simulated))
    assert it.error_half == pytest.approx(np.mean(simulated), abs=4 * standard_error)


@pytest.mark.parametrize(("dimension", "features"), [(1, 1), (2, 2), (2, 30), (5, 30)])
def test_dimension_of_a_flat_sheet_is_its_own_and_not_that_of_the_space(dimension, features):
    rng = np.random.default_rng(4)
    sheet = rng.random((2000, dimension)) @ rng.standard_normal((dimension, features))
    distances, _ = NearestNeighbors(n_neighbors=2).fit(sheet).kneighbors()
    assert intrinsic_dimension(distances, features) == pytest.approx(dimension, rel=0.15)


def test_dimension_without_distinct_rows_is_the_number_of_features():
    assert intrinsic_dimension(np.zeros((50, 2)), 7) == 7
    assert intrinsic_dimension(np.ones((50, 2)), 7) == 7


def test_extrapolation_reaches_the_limit_in_ten_dimensions():
    """With Δ = √10 the 1-NN error falls to 0.0844 = E 2η(1 − η); 2,000 rows show about 0.10."""
    runs = [
        extrapolate_one_nearest(
            *two_normals(1000, 10, math.sqrt(10), seed), 0.975, np.random.default_rng(0)
        )
        for seed in range(20)
    ]
    assert np.mean([it.error for it in runs]) > 0.095
    standard_error = np.std([it.extrapolated for it in runs]) / math.sqrt(len(runs))
    mean = np.mean([it.extrapolated for it in runs])
    assert mean == pytest.approx(0.0844, abs=4 * standard_error)
    # The jackknife may be cautious, not rash.
    assert np.mean([it.standard_error for it in runs]) > 0.8 * np.std(
        [it.extrapolated for it in runs]
    )


def test_identical_inputs_do_not_break_the_extrapolation():
    labels = np.arange(60) % 2
    it = extrapolate_one_nearest(np.zeros((60, 3)), labels, 0.975, np.random.default_rng(0))
    assert it.dimension == 3
    assert 0 <= it.low <= 1
