"""The normal parts of classes: fitted together as they would be alone, and found where they are."""

import numpy as np
from netclinic.diagnostics.bayes.normal_parts import fit_parts, log_density


def test_classes_are_fitted_together_as_each_alone() -> None:
    rng = np.random.default_rng(0)
    of_class = [rng.standard_normal((rows, 3)) * (1 + i) for i, rows in enumerate((40, 47, 5, 1))]
    together = fit_parts(of_class, 4)
    judged = rng.standard_normal((30, 3))
    for place, rows in enumerate(of_class):
        alone = fit_parts([rows], 4)
        for values, own in zip(together, alone, strict=True):
            np.testing.assert_allclose(values[place], own[0], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(
            log_density(together, judged)[place], log_density(alone, judged)[0], rtol=1e-9
        )
    # One part more for every eight rows; the share of those that a class does not have is 0.
    assert np.isfinite(together.log_shares).sum(axis=1).tolist() == [4, 4, 1, 1]


def test_two_heaps_become_two_parts() -> None:
    rng = np.random.default_rng(1)
    heaps = np.concatenate([rng.standard_normal((60, 2)) - 5, 2 * rng.standard_normal((20, 2)) + 5])
    means, variances, log_shares = fit_parts([heaps], 2)
    order = np.argsort(means[0, :, 0])
    np.testing.assert_allclose(means[0, order], [[-5, -5], [5, 5]], atol=1)
    np.testing.assert_allclose(variances[0, order], [1, 4], rtol=0.5)
    np.testing.assert_allclose(np.exp(log_shares[0, order]), [0.75, 0.25], atol=0.02)
