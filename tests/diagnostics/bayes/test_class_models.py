"""Every classifier gives probabilities, also where classes are missing or inputs all alike."""

import numpy as np
import pytest
from netclinic.diagnostics.bayes import class_models
from netclinic.diagnostics.bayes.geometry import geometry

KINDS = [
    class_models.discriminants,
    class_models.gaussian_parts,
    class_models.logistic,
    class_models.neighbours,
    class_models.component_neighbours,
    class_models.kernel_ridges,
]


def ring(rows, seed):
    """Two classes around the same centre, one twice as wide, in 12 dimensions."""
    rng = np.random.default_rng(seed)
    labels = np.arange(rows) % 2
    return rng.standard_normal((rows, 12)) * (1 + labels)[:, None], labels


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_rows_sum_to_one_when_a_class_is_missing(kind):
    inputs, labels = ring(60, 0)
    found = kind(geometry(inputs, ring(20, 1)[0]), labels, 4)
    assert found.shape[1:] == (20, 4)
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-5)
    assert found.min() >= 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("labels", [np.arange(10) % 2, np.zeros(10, int)], ids=["two", "one"])
def test_equal_inputs_give_finite_probabilities(kind, labels):
    found = kind(geometry(np.zeros((10, 7)), np.zeros((4, 7))), labels, 2)
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-5)


def test_quadratic_models_see_a_ring_and_linear_ones_do_not():
    inputs, labels = ring(1000, 2)
    judged, truth = ring(1000, 3)
    rows = geometry(inputs, judged)
    errors = {
        kind.__name__: (kind(rows, labels, 2).argmax(axis=2) != truth).mean(axis=1)
        for kind in KINDS
    }
    assert errors["discriminants"].min() < 0.1
    assert errors["gaussian_parts"].min() < 0.1
    assert errors["logistic"].min() > 0.4
    assert errors["kernel_ridges"].min() < 0.2


def test_kernels_see_a_checkerboard():
    rng = np.random.default_rng(4)
    inputs, judged = rng.random((1500, 2)), rng.random((500, 2))
    labels, truth = ((x * 4).astype(int).sum(axis=1) % 2 for x in (inputs, judged))
    rows = geometry(inputs, judged)
    found = class_models.kernel_ridges(rows, labels, 2).argmax(axis=2)
    assert (found != truth).mean(axis=1).min() < 0.12
    found = class_models.discriminants(rows, labels, 2).argmax(axis=2)
    assert (found != truth).mean(axis=1).min() > 0.3
