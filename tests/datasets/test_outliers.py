"""Targets so far out that the squared error is mostly theirs."""

from collections.abc import Callable

import numpy as np
import pytest
from netclinic.datasets.load import load_dataset
from netclinic.datasets.outliers import far_targets
from netclinic.datasets.request import DataRequest
from scipy import stats

LAWS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "uniform": lambda rng, n: rng.uniform(size=n),
    "counts": lambda rng, n: rng.poisson(3, n).astype(float),
    "t5": lambda rng, n: rng.standard_t(5, n),
    "lognormal": lambda rng, n: rng.lognormal(0, 0.5, n),
}


def told(values: np.ndarray) -> tuple[str, ...]:
    return tuple(it.text for it in far_targets("price", values, np.arange(len(values))))


def test_the_rows_and_what_they_make_up_are_told() -> None:
    values = np.append(np.arange(-200.0, 201.0), [30_000, -20_000])
    (text,) = told(values)
    assert text == (
        f"2 rows of 403 lie more than 10 robust deviations of {1.4826 * 101:.3g} from the median 0 "
        "of price (the farthest: 30,000 in source row 401, −20,000 in source row 402), and they "
        f"make up {1.3e11 / np.square(values).sum():.0f} % of its squared deviations: mean squared "
        "errors tell mostly of those rows."
    )


def test_rows_in_no_split_do_not_count_and_source_rows_are_named() -> None:
    values = np.append(np.random.default_rng(0).normal(size=300), [1e6, 50])
    used = np.append(np.arange(300)[::-1], 301)
    (warning,) = far_targets("y", values, used)
    assert (warning.kind, warning.count) == ("target_outliers", 1)
    assert "50 in source row 301)" in warning.text
    numbers = np.arange(302) + 5  # as where the first five rows of the source are left out
    (warning,) = far_targets("y", values, used, numbers)
    assert "50 in source row 306)" in warning.text


@pytest.mark.parametrize("law", LAWS)
def test_usual_targets_are_not_told_of(law: str) -> None:
    """At most 1 % of draws: 8 of 300 by a binomial bound of 1 in 1,000."""
    rng = np.random.default_rng(0)
    alarms = sum(bool(told(LAWS[law](rng, 1000))) for _ in range(300))
    assert alarms <= stats.binom.isf(0.001, 300, 0.01)


@pytest.mark.parametrize("rows", [200, 1000])
def test_one_row_far_out_is_found(rows: int) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        values = rng.normal(size=rows)
        values[rng.integers(rows)] = rng.choice((-1, 1)) * 30
        assert told(values)


@pytest.mark.parametrize(
    "values",
    [
        np.zeros(100),
        np.append(np.zeros(99), 1e6),  # half are equal: no scale
        np.append(np.random.default_rng(0).normal(size=99), [40, 40]),  # more than 1 %
        np.append(np.random.default_rng(0).normal(size=9999), 30),  # a drop in the sea
    ],
)
def test_nothing_is_told_where_nothing_follows(values: np.ndarray) -> None:
    assert told(values) == ()


def test_the_largest_numbers_that_are_taken_do_not_overflow() -> None:
    values = np.append(np.random.default_rng(0).normal(size=300) * 1e-30, 1e38)
    with np.errstate(all="raise"):
        (text,) = told(values)
    assert "it makes up 100 % of" in text


def test_they_are_part_of_the_data_set(tmp_path) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(300, 3)), rng.normal(size=300)
    y[5] = 500
    np.savez(tmp_path / "data.npz", x=x, y=y)
    request = DataRequest("data.npz", None, 0.2, 0.2, True, 0, tmp_path, task="regression")
    (warning,) = load_dataset(request).warnings
    assert warning.kind == "target_outliers"
    assert "500 in source row 5" in warning.text
