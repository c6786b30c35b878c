"""The correction of the winner's curse, by hand, by enumeration and over many simulated studies."""

import itertools
import math

import numpy as np
import pytest
from netclinic.diagnostics.statistics.winners_curse import (
    best_of,
    chances_of_best,
    expected_best,
    redraw,
    sizes_up_to,
    winners,
)
from netclinic.diagnostics.studies.selection import correct
from netclinic.diagnostics.units import Task, Unit
from scipy.stats import binom, norm
from scipy.stats import t as student_t

pytestmark = pytest.mark.usefixtures("drawn_once")
SEEDS = 150
BOOTSTRAPS = 200


def test_the_chances_are_those_of_all_subsets() -> None:
    values = np.array([0.5, 0.1, 0.4, 0.1, 0.9, 0.2])
    sizes = range(1, 7)
    means, _ = expected_best(values, sizes)
    for m, mean in zip(sizes, means, strict=True):
        every = [min(chosen) for chosen in itertools.combinations(values, m)]
        assert mean == pytest.approx(np.mean(every), rel=1e-12)
    assert chances_of_best(6, sizes).sum(axis=1) == pytest.approx(np.ones(6))
    for m in (0, 7):
        with pytest.raises(ValueError, match="allowed are 1 … 6"):
            chances_of_best(6, [m])


def test_the_chances_of_many_trials_neither_overflow_nor_vanish() -> None:
    chances = chances_of_best(20_000, [1, 10_000, 19_999, 20_000])
    assert np.isfinite(chances).all()
    assert chances.sum(axis=1) == pytest.approx(np.ones(4))
    expected = math.comb(20_000 - 3, 9_999) / math.comb(20_000, 10_000)
    assert chances[1, 2] == pytest.approx(expected, rel=1e-9)


def test_the_expected_best_is_unbiased_over_many_seeds() -> None:
    """Of 40 uniform values the best of m is expected at 1/(m+1), not at what sampling with
    replacement gives; the mean over 2,000 studies lies within 4 standard errors."""
    sizes = (1, 5, 20, 40)
    random = np.random.default_rng(0)
    chances = chances_of_best(40, sizes)
    found = np.sort(random.random((2000, 40)), axis=1) @ chances.T
    error = found.std(axis=0) / math.sqrt(2000)
    assert (np.abs(found.mean(axis=0) - [1 / (m + 1) for m in sizes]) < 4 * error).all()


@pytest.mark.parametrize("law", ["uniform", "beta"])
def test_the_limits_of_the_expected_best_hold_it(law) -> None:
    """In 95 % of 400 studies of 64 trials, within a binomial bound, at every m."""
    sizes = (1, 4, 8, 32, 64)

    def study(seed: int) -> np.ndarray:
        random = np.random.default_rng(seed)
        return random.random(64) if law == "uniform" else 0.02 + random.beta(0.7, 2, 64)

    chances = chances_of_best(64, sizes)
    many = np.sort([study(seed) for seed in range(10_000, 14_000)], axis=1)
    truth = (many @ chances.T).mean(axis=0)
    held = np.zeros(len(sizes))
    for seed in range(400):
        _, (low, high) = expected_best(study(seed), sizes)
        held += (low <= truth) & (truth <= high)
    assert (held >= binom.ppf(0.005, 400, 0.95)).all()


def test_the_limits_are_those_of_leaving_each_trial_out() -> None:
    values = np.random.default_rng(0).random(9)
    sizes = (1, 2, 5, 9)
    means, (low, high) = expected_best(values, sizes)
    each = np.array([expected_best(np.delete(values, i), (1, 2, 5, 8))[0] for i in range(9)])
    error = np.sqrt(8 / 9 * ((each - each.mean(axis=0)) ** 2).sum(axis=0))
    degrees = np.maximum(9 / np.array(sizes) - 1, 1)
    half = student_t.ppf(0.975, degrees) * error
    assert high == pytest.approx(means + half)
    assert low == pytest.approx(np.maximum(means - half, 0))


def test_sizes_begin_at_one_and_end_at_all() -> None:
    assert [sizes_up_to(n) for n in (1, 2, 5)] == [(1,), (1, 2), (1, 2, 3, 5)]
    for trials in (24, 64, 1000, 20_000):
        sizes = sizes_up_to(trials)
        assert (sizes[0], sizes[-1]) == (1, trials)
        assert len(sizes) <= 25
        assert trials // 2 in sizes
        assert sizes == tuple(sorted(set(sizes)))


def test_errors_are_those_of_the_rows_drawn_and_of_those_left_out() -> None:
    random = np.random.default_rng(1)
    errors = random.random((3, 50)).astype(np.float32)
    found = redraw(errors, None, 40)
    for b in range(40):
        out = found.shares[b] > 0
        assert found.shares[b].sum() == pytest.approx(1)
        assert found.left_out[b] == pytest.approx(errors[:, out].mean(axis=1), rel=1e-5)
    mean_left_out = (found.shares > 0).mean()
    assert mean_left_out == pytest.approx((1 - 1 / 50) ** 50, abs=0.02)
    # Over all draws both are the mean over the rows.
    assert found.drawn.mean(axis=0) == pytest.approx(errors.mean(axis=1), abs=0.03)


def test_classes_that_count_alike_are_drawn_apart() -> None:
    random = np.random.default_rng(1)
    errors = (random.random((2, 60)) < 0.3).astype(np.float32)
    classes = (40, 0, 19, 1)
    found = redraw(errors, classes, 30)
    parts = slice(0, 40), slice(40, 59), slice(59, 60)
    for b in range(30):
        rates = []
        for part in parts:
            out = found.shares[b, part] > 0
            assert found.shares[b, part].sum() == pytest.approx(1 / 3)
            rates.append(errors[:, part][:, out].mean(axis=1))
        assert found.left_out[b] == pytest.approx(np.mean(rates, axis=0), rel=1e-5)
    # The only row of its class is always drawn, and so stands for it on both sides.
    assert (found.shares[:, 59] > 0).all()
    with pytest.raises(ValueError, match="classes"):
        redraw(errors, (40, 19), 30)


def test_the_first_of_equals_wins_and_rounding_makes_no_winner() -> None:
    errors = np.zeros((3, 30), np.float32)
    errors[:, ::3] = np.float32(0.1)
    errors[2] = errors[2, ::-1]
    found = redraw(np.repeat(errors[:1], 3, axis=0), None, 50)
    assert (winners(found) == 0).all()
    assert best_of(found, [3])[:, 0] == pytest.approx(found.left_out[:, 0])


@pytest.mark.parametrize("unit", [2.0**-40, 2.0**40], ids=["small", "large"])
def test_the_winners_are_the_same_in_every_unit(unit) -> None:
    """Squares of a target in metres are 1e-12 of those in micrometres."""
    _, errors, _ = planted("regression", 0)
    found = redraw(errors.astype(np.float32), None, 50)
    there = redraw((unit * errors).astype(np.float32), None, 50)
    assert len(set(winners(found).tolist())) > 2
    assert winners(there).tolist() == winners(found).tolist()
    sizes = (1, 5, 40)
    assert best_of(there, sizes) == pytest.approx(unit * best_of(found, sizes), rel=1e-6, abs=0)


KINDS = ["equal", "spread", "near", "alike", "balanced", "regression"]


def planted(kind: str, seed: int, trials: int = 40, rows: int = 250):
    """True errors of trials, and their errors on validation rows."""
    random = np.random.default_rng(seed)
    true = {
        "equal": np.full(trials, 0.1),
        "spread": 0.05 + 0.2 * random.random(trials),
        "near": 0.1 + 0.02 * random.random(trials),
        "alike": 0.08 + 0.06 * random.random(trials),
        "balanced": 0.1 + 0.1 * random.random(trials),
        "regression": 1.0 + 0.2 * random.random(trials),
    }[kind]
    if kind == "regression":  # squares of normal residuals, whose variance is the true error
        return true, (true[:, None] * random.normal(size=(trials, rows)) ** 2), None
    draws = random.normal(size=(trials, rows))
    if kind == "alike":  # some rows are hard for all trials
        draws = math.sqrt(0.7) * random.normal(size=rows) + math.sqrt(0.3) * draws
    rates = np.repeat(true[:, None], rows, axis=1)
    classes = None
    if kind == "balanced":  # a rare class, with as many errors again
        classes = (200, 50)
        rates[:, 200:] *= 2
        true = 1.5 * true
    return true, draws < norm.ppf(rates), classes


@pytest.mark.parametrize("kind", KINDS)
def test_the_corrected_error_holds_the_truth_and_is_not_optimistic(kind) -> None:
    """Over 150 studies: the interval holds the winner's true error in 95 %, within a binomial
    bound; the winner's own error is optimistic; the corrected one is not, within 2 standard errors.
    """
    unit = {"balanced": Unit(balanced=True), "regression": Unit(Task.REGRESSION)}.get(kind, Unit())
    held, own, corrected = 0, [], []
    for seed in range(SEEDS):
        true, errors, classes = planted(kind, seed)
        errors = errors.astype(np.float32)
        means = errors.mean(axis=1)
        if classes:
            means = (errors[:, :200].mean(axis=1) + errors[:, 200:].mean(axis=1)) / 2
        best = int(np.argmin(means))
        found = correct(redraw(errors, classes, BOOTSTRAPS), errors, best, classes, unit)
        assert found.own == pytest.approx(means[best], rel=1e-5)
        truth = true[best]
        held += found.error.low <= truth <= found.error.high
        own.append(found.own - truth)
        corrected.append(found.error.value - truth)
    bias, noise = np.mean(corrected), np.std(corrected) / math.sqrt(SEEDS)
    assert held >= binom.ppf(0.01, SEEDS, 0.95)
    assert np.mean(own) < -4 * np.std(own) / math.sqrt(SEEDS), "choosing flatters"
    assert bias > -2 * noise
    assert abs(bias) < abs(np.mean(own)) / 2
