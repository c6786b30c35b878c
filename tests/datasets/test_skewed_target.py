"""Targets that range over orders of magnitude are told, others are not."""

import numpy as np
import pytest
from netclinic.datasets.load import load_dataset
from netclinic.datasets.request import DataRequest
from netclinic.datasets.skewed_target import skewed_target
from scipy import stats

USUAL = {
    "normal": lambda rng, n: rng.normal(10, 1, n),
    "uniform": lambda rng, n: rng.uniform(0.01, 1, n),
    "lognormal, 0.5": lambda rng, n: rng.lognormal(0, 0.5, n),
    "exponential": lambda rng, n: rng.exponential(size=n),
    "gamma, ½": lambda rng, n: rng.gamma(0.5, size=n),
    "normal around 0": lambda rng, n: rng.normal(size=n),
    "t3": lambda rng, n: rng.standard_t(3, n) + 1000,
}
SKEWED = {
    "lognormal, 1.2": lambda rng, n: rng.lognormal(3, 1.2, n),
    "Pareto": lambda rng, n: 1 + rng.pareto(1.5, n),
}


def told(values: np.ndarray) -> tuple[str, ...]:
    return tuple(it.text for it in skewed_target("price", values, np.arange(len(values))))


@pytest.mark.parametrize("law", USUAL)
def test_usual_targets_are_not_told_of(law: str) -> None:
    """At most 5 % of draws: 21 of 200 by a binomial bound of 1 in 1,000."""
    rng = np.random.default_rng(0)
    alarms = sum(bool(told(USUAL[law](rng, 500))) for _ in range(200))
    assert alarms <= stats.binom.isf(0.001, 200, 0.05)


@pytest.mark.parametrize("law", SKEWED)
def test_what_ranges_over_orders_of_magnitude_is_told(law: str) -> None:
    rng = np.random.default_rng(0)
    assert sum(bool(told(SKEWED[law](rng, 500))) for _ in range(100)) >= 85


def test_the_numbers_are_told() -> None:
    of_logarithms = 4 + 1.5 * stats.norm.ppf((np.arange(200) + 0.5) / 200)
    values = np.exp(of_logarithms)
    (text,) = told(values)
    squares, logarithms = np.square(values - values.mean()), np.square(of_logarithms - 4)
    part, of_logarithm = (100 * it[-10:].sum() / it.sum() for it in (squares, logarithms))
    assert text == (
        f"The 10 rows of 200 with the largest price, {values[-10]:.3f} to {values[-1]:.2f} "
        f"beside a median of {np.median(values):.4f}, make up {part:.0f} % of its squared "
        "deviations from the mean: mean squared errors tell mostly of these. Of its logarithm they "
        f"make up {of_logarithm:.0f} %."
    )


@pytest.mark.parametrize("values", [np.ones(200), np.exp(np.linspace(0, 8, 99))])
def test_nothing_is_told_of_constants_and_few_rows(values: np.ndarray) -> None:
    assert told(values) == ()


def test_rows_in_no_split_do_not_count_and_no_number_overflows() -> None:
    values = np.append(np.exp(np.linspace(-600, 600, 200)), -1.0)
    with np.errstate(over="raise", invalid="raise"):
        assert skewed_target("y", values, np.arange(200))
    assert not skewed_target("y", values, np.arange(201)), "no logarithm of a number below 0"


def test_it_is_told_of_a_regression_unless_the_logarithm_is_learnt(tmp_path) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(300, 3)), rng.lognormal(0, 1.5, 300)
    np.savez(tmp_path / "data.npz", x=x, y=y)
    request = DataRequest("data.npz", None, 0.2, 0.2, True, 0, tmp_path, task="regression")
    kinds = [it.kind for it in load_dataset(request).warnings]
    assert "skewed_target" in kinds
    learnt = load_dataset(request._replace(target_transform="log")).warnings
    assert not learnt
