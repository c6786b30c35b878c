import numpy as np
import pytest
from netclinic.datasets import DataError, bayes_error_of
from netclinic.datasets.synthetic import draw_synthetic
from scipy import stats


@pytest.mark.parametrize(
    ("source", "dimensions", "expected"),
    [
        ("two_gaussians", None, 0.0942),
        ("two_gaussians", 2, 0.0942),
        ("two_gaussians", 10, 0.0569),
        ("twonorm", None, 0.0228),
        ("twonorm", 1, 0.0228),
        ("twonorm", 50, 0.0228),
    ],
)
def test_the_closed_form_gives_the_published_errors(source, dimensions, expected):
    assert bayes_error_of(source, dimensions) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("source", ["digits", "data.csv", "file.py:load"])
def test_other_sources_have_no_known_bayes_error(source):
    assert bayes_error_of(source, None) is None


@pytest.mark.parametrize("source", ["two_gaussians", "twonorm"])
@pytest.mark.parametrize("dimensions", [1, 3, 20])
def test_the_best_classifier_errs_as_often_as_the_closed_form_says(source, dimensions):
    # Halfway between the means: the sign of the coordinates' sum. Forty seeds in one bound.
    wrong = n = 0
    for seed in range(40):
        rows = draw_synthetic(source, 1000, dimensions, seed)
        wrong += int(((rows.inputs.sum(axis=1) > 0) != (rows.labels == 1)).sum())
        n += 1000
    error = bayes_error_of(source, dimensions)
    assert error is not None
    low, high = stats.binom.interval(0.9999, n, error)
    assert low <= wrong <= high


def test_the_classes_have_unit_covariance_and_equal_size():
    rows = draw_synthetic("two_gaussians", 20_001, 3, 0)
    assert np.bincount(rows.labels).tolist() == [10_001, 10_000]
    covariance = np.cov(rows.inputs[rows.labels == 0].T)
    np.testing.assert_allclose(covariance, np.eye(3), atol=0.06)  # standard error 0.014 or less


def test_the_seed_decides():
    first, again, other = (draw_synthetic("twonorm", 10, None, seed) for seed in (4, 4, 5))
    assert first.inputs.shape == (10, 20)
    np.testing.assert_array_equal(first.inputs, again.inputs)
    assert not np.array_equal(first.inputs, other.inputs)


def test_impossible_sizes_are_refused():
    with pytest.raises(DataError, match=r"^rows = 0; write how many rows to draw, at least 6\.$"):
        draw_synthetic("twonorm", 0, None, 0)
    with pytest.raises(DataError) as refused:
        bayes_error_of("twonorm", 0)
    assert str(refused.value) == (
        "dimensions = 0: twonorm cannot have 0 dimensions; write at least 1."
    )
    with pytest.raises(DataError, match=r"^seed = -1; write an integer of at least 0\.$"):
        draw_synthetic("twonorm", 10, None, -1)
