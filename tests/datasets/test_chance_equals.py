"""Rows that are equal as columns have few values, and rows that were copied."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from netclinic.datasets.chance_equals import count_equal_pairs

SEEDS = range(20)


@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 15), st.integers(1, 4)),
        elements=st.sampled_from([-0.0, 0.0, 1.0, 2.0]),
    )
)
def test_pairs_are_those_of_all_pairs(inputs) -> None:
    unlike = (inputs[:, None, :] != inputs[None, :, :])[np.triu_indices(len(inputs), 1)]
    found = count_equal_pairs(inputs, np.arange(len(inputs)))
    assert found.equal == (unlike.sum(axis=1) == 0).sum()
    if found.equal and found.most_copies <= 0.9:
        assert found.nearly == (unlike.sum(axis=1) == 1).sum()
    if found.equal:
        alike = (~unlike).sum(axis=0)
        assert found.most_copies == pytest.approx((found.equal / alike).max())


def passengers(rng, rows: int = 800) -> np.ndarray:
    """Sex, class and age in years: classes are of unlike ages."""
    grade = rng.integers(1, 4, rows)
    return np.column_stack(
        [rng.integers(0, 2, rows), grade, np.rint(rng.normal(20 + 7 * grade, 12, rows))]
    ).astype(float)


def answers(rng, rows: int = 800) -> np.ndarray:
    """25 questions that are nearly all answered alike, so that many are equal in all."""
    return (rng.random((rows, 25)) < 0.06).astype(float)


def measured(rng, rows: int = 800) -> np.ndarray:
    """Two categories and a number that nobody else has."""
    return np.column_stack(
        [rng.integers(0, 2, rows), rng.integers(0, 3, rows), rng.normal(size=rows)]
    )


def pixels(rng, rows: int = 800) -> np.ndarray:
    return rng.integers(0, 17, (rows, 64)).astype(float)


def copied(inputs: np.ndarray, rng, share: float = 0.1) -> np.ndarray:
    chosen = rng.integers(0, len(inputs), int(share * len(inputs)))
    return np.concatenate([inputs, inputs[chosen]])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("made", [passengers, answers])
def test_few_values_make_rows_equal_by_chance(made, seed) -> None:
    rng = np.random.default_rng(seed)
    inputs = made(rng)
    assert count_equal_pairs(inputs, np.arange(800)).by_chance


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("made", [measured, pixels])
def test_copies_are_not(made, seed) -> None:
    rng = np.random.default_rng(seed)
    inputs = made(rng)
    assert not count_equal_pairs(inputs, np.arange(800)).by_chance  # none is equal
    for share in (0.01, 0.1, 1.0, 5.0):
        again = copied(inputs, rng, share)
        assert not count_equal_pairs(again, np.arange(len(again))).by_chance


def test_a_single_column_tells_nothing() -> None:
    assert not count_equal_pairs(np.arange(40.0)[:, None] % 3, np.arange(40)).by_chance


def test_of_many_numbers_some_rows_are_looked_at(monkeypatch) -> None:
    import netclinic.datasets.chance_equals as module

    monkeypatch.setattr(module, "_NUMBERS", 3 * 400)
    monkeypatch.setattr(module, "_LEAST_ROWS", 10)
    inputs = passengers(np.random.default_rng(0), 4000)
    part = count_equal_pairs(inputs, np.arange(4000))
    whole = count_equal_pairs(inputs[:400], np.arange(400))
    assert part.by_chance
    assert 0.5 < part.equal / whole.equal < 2
