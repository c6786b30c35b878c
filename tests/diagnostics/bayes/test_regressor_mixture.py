"""The noise's lower limit out of a mixture of regressions: what is not learnt is no noise."""

import numpy as np
import pytest
from netclinic.diagnostics.bayes.regressor_mixture import (
    Predicted,
    noise_limit,
    predict_by_mixture,
    read_noise,
)
from netclinic.diagnostics.statistics.intervals import mean_square
from scipy.stats import binom


def board(rng):
    """8 × 8 cells of 0 and 1 in the plane: 8 rows a cell, so half of it is learnt."""
    inputs = rng.random((500, 2))
    return inputs, (inputs * 8).astype(int).sum(axis=1) % 2


def half_board(rng):
    """Half of the plane is a board of 16 × 16 cells, the other half a slope, learnt at once."""
    inputs = rng.random((500, 2))
    cells = (inputs * 16).astype(int).sum(axis=1) % 2
    return inputs, np.where(inputs[:, 0] < 0.5, 3 * inputs[:, 1], cells)


def network_sign(rng):
    """On which side of its median a random network of 20 units in ten dimensions lies."""
    inputs = rng.standard_normal((500, 10))
    into, offset = rng.standard_normal((10, 20)) / 2, rng.standard_normal(20) / 2
    score = np.tanh(inputs @ into + offset) @ rng.standard_normal(20)
    return inputs, score > np.median(score)


def judged(inputs, targets, groups=None):
    scaled = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    return predict_by_mixture(scaled, targets, np.random.default_rng(0), groups)


def test_what_is_not_learnt_is_not_taken_for_noise():
    """The Gamma test's limit was above 0 in 10 of these 18, and so was the one by falls alone."""
    seeds, over = 6, 0
    for draw in (board, half_board, network_sign):
        for seed in range(seeds):
            inputs, targets = draw(np.random.default_rng(seed))
            targets = targets.astype(float)
            over += read_noise(judged(inputs, targets), targets, 0.975).low > 0
    assert over <= binom.ppf(0.99, 3 * seeds, 0.025)


def wave(rows, seed):
    """Noise of variance 1 is more than half of the variance."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((rows, 2))
    return inputs, np.sin(inputs).sum(axis=1) + rng.standard_normal(rows)


def test_noise_keeps_its_limit_in_any_unit():
    inputs, targets = wave(1000, 0)
    limits = [read_noise(judged(inputs, u * targets), u * targets, 0.975).low for u in (1, 1e3)]
    assert 0.5 < limits[0] < 1
    assert limits[1] == pytest.approx(1e6 * limits[0], rel=0.02)


TARGETS = np.random.default_rng(1).standard_normal(1000)


def predicted(error, unlearnt=0.0, fall=0.0):
    """Residuals of ± √error, and how much is unlearnt of each row's square."""
    signs = np.where(np.arange(1000) % 2, 1, -1)
    squares = np.full(1000, error)
    values = TARGETS - np.sqrt(error) * signs
    return Predicted(values, squares, squares + fall, np.broadcast_to(unlearnt, 1000))


def test_the_larger_of_three_falls_and_of_what_is_unlearnt_is_taken_off():
    """Every square is alike, so that chance allows nothing."""
    assert read_noise(predicted(0.5), TARGETS, 0.975).low == pytest.approx(0.5)
    assert read_noise(predicted(0.5, 0.1), TARGETS, 0.975).low == pytest.approx(0.4)
    assert read_noise(predicted(0.5, 0.1, 0.05), TARGETS, 0.975).low == pytest.approx(0.35)
    assert read_noise(predicted(0.5, -0.1), TARGETS, 0.975).low == pytest.approx(0.5)
    # Where rows do not agree on it, it may be more than its mean.
    spread = 0.1 + 0.5 * np.where(np.arange(1000) % 2, 1, -1)
    it = read_noise(predicted(0.5, spread), TARGETS, 0.975)
    assert it.left.unlearnt_error == pytest.approx(0.5 / np.sqrt(1000))
    assert it.low == pytest.approx(0.4 - 1.96 * 0.5 / np.sqrt(1000), abs=1e-4)


def test_without_a_fifth_of_the_variance_learnt_there_is_no_limit():
    variance = float(TARGETS.var())
    assert read_noise(predicted(0.79 * variance), TARGETS, 0.975).low > 0
    assert read_noise(predicted(0.81 * variance), TARGETS, 0.975).low == 0
    # A region's rows, of which neighbours tell too little, must have learnt half.
    assert noise_limit(predicted(0.49 * variance), TARGETS, 0.975) > 0
    assert noise_limit(predicted(0.51 * variance), TARGETS, 0.975) == 0


def test_rows_of_a_person_tell_less_than_as_many_others():
    """Each noise stands there six times: chance and folds deal with people."""
    inputs, targets = (np.repeat(it, 6, axis=0) for it in wave(200, 2))
    groups = np.repeat(np.arange(200), 6)
    found = judged(inputs, targets, groups)
    squares = (targets - found.values) ** 2
    assert squares.mean() > 1  # rows that know their twins would come near to 0
    low = read_noise(found, targets, 0.975, groups).low
    assert low < mean_square(squares.mean(), squares.std(), 200, 0.95).low + 0.01


def test_many_columns_are_replaced_by_principal_components():
    rng = np.random.default_rng(3)
    inputs = rng.standard_normal((200, 3)) @ rng.standard_normal((3, 300))
    found = judged(inputs, inputs[:, 0])
    assert ((found.values - inputs[:, 0]) ** 2).mean() < 0.05 * inputs[:, 0].var()
