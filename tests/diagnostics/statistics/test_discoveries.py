"""The false-discovery rate, and the level of the intervals that goes with it."""

import numpy as np
import pytest
from netclinic.diagnostics.statistics.discoveries import FALSE, discoveries
from scipy.stats import false_discovery_control, norm


@pytest.mark.parametrize("seed", range(5))
def test_the_adjusted_p_values_are_those_of_scipy(seed: int) -> None:
    p = np.random.default_rng(seed).random(30) ** 3
    it = discoveries(p.tolist())
    np.testing.assert_allclose(it.adjusted, false_discovery_control(p, method="by"))
    assert it.found == (np.array(it.adjusted) <= FALSE).tolist()


def test_what_is_found_lies_below_the_level() -> None:
    p = [1e-6, 1e-4, 0.3, 0.9]
    it = discoveries(p)
    assert it.found == [one <= it.level for one in p]


def test_without_hypotheses_nothing_is_found() -> None:
    assert discoveries([]) == ([], [], FALSE)


def test_of_dependent_hypotheses_few_discoveries_are_false() -> None:
    """20 with a common part, ten of them true: the mean share of false ones stays below 5 %."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0.0, 3.0], 10)
    shares = []
    for _ in range(400):
        z = truth + 0.7 * rng.normal() + 0.71 * rng.normal(size=20)
        found = np.array(discoveries(norm.sf(z).tolist()).found)
        shares.append(found[:10].sum() / max(1, found.sum()))
    assert np.mean(shares) < FALSE
