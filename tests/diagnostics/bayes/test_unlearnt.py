"""What neighbours' residuals tell: nothing of noise, and what a fit has not learnt."""

import math

import numpy as np
import pytest
from netclinic.diagnostics.bayes.bayes_mixture import judge_by_mixture, read_mixture
from netclinic.diagnostics.bayes.unlearnt import neighbourhoods, unlearnt
from scipy.stats import binom

FITS = 5


def residuals_of(fold, labels, expected):
    """Of fits that all expect the same probabilities (n, 2) of rows that they did not see."""
    unseen = np.arange(FITS)[:, None] != fold
    return unseen[:, :, None] * (np.eye(2)[labels] - expected)


def in_the_plane(rows, seed):
    rng = np.random.default_rng(seed)
    return rng, rng.standard_normal((rows, 2)), rng.integers(FITS, size=rows)


def test_noise_alone_leaves_nothing_to_learn():
    """A half where every label is a coin's, and a fit that says so: the mean is 0 over seeds."""
    found = []
    for seed in range(40):
        rng, inputs, fold = in_the_plane(300, seed)
        residuals = residuals_of(fold, rng.integers(2, size=300), 0.5)
        found.append(unlearnt(neighbourhoods(inputs), fold, residuals).mean())
    assert abs(np.mean(found)) < 4 * np.std(found) / math.sqrt(40)


@pytest.mark.parametrize("flipped", [0.0, 0.2])
def test_a_border_that_a_fit_has_not_seen_is_told_whatever_the_noise(flipped):
    """It expects a half everywhere, so ‖η − p‖² is 2·(½ − flipped)²: 0.5 or 0.18."""
    rng, inputs, fold = in_the_plane(2000, 0)
    labels = (inputs[:, 0] > 0) ^ (rng.random(2000) < flipped)
    it = unlearnt(neighbourhoods(inputs), fold, residuals_of(fold, labels.astype(int), 0.5)).mean()
    # Neighbours are on the same side, so products are due in full and are taken for a part alone.
    assert 2 * (0.5 - flipped) ** 2 < it < 5 * 2 * (0.5 - flipped) ** 2


def test_equal_rows_tell_it_without_extrapolation():
    """Each row stands there twice; labels are noise, alike in both: nothing but structure."""
    rng = np.random.default_rng(0)
    once = rng.standard_normal((200, 3))
    inputs, labels = np.repeat(once, 2, axis=0), np.repeat(rng.integers(2, size=200), 2)
    fold = rng.integers(FITS, size=400)
    residuals = residuals_of(fold, labels, 0.5)
    assert unlearnt(neighbourhoods(inputs), fold, residuals).mean() == pytest.approx(0.5)
    # Rows of one group are no neighbours, as what is alike in them may be noise.
    apart = unlearnt(neighbourhoods(inputs, np.repeat(np.arange(200), 2)), fold, residuals).mean()
    assert abs(apart) < 0.3


def test_a_fit_that_saw_a_row_is_not_asked_about_it():
    """Residuals of fits on their own fold are given as 0 and count for none."""
    _, inputs, _ = in_the_plane(100, 1)
    fold = np.arange(100) % FITS
    residuals = residuals_of(fold, (inputs[:, 0] > 0).astype(int), 0.5)
    alone = residuals_of(np.full(100, FITS), (inputs[:, 0] > 0).astype(int), 0.5)
    everywhere = unlearnt(neighbourhoods(inputs), np.full(100, FITS), alone)
    assert unlearnt(neighbourhoods(inputs), fold, residuals) == pytest.approx(everywhere)


def test_too_few_rows_to_compare_tell_nothing():
    inputs, fold = np.zeros((4, 1)), np.array([0, 0, 1, 1])
    residuals = residuals_of(fold, fold, 0.5)
    assert not unlearnt(neighbourhoods(inputs, np.zeros(4)), fold, residuals).any()


def test_skewed_columns_are_compared_by_ranks_too():
    """By values most rows lie at one end, and a few far ones say how far rows usually are."""
    rng = np.random.default_rng(0)
    normal, fold = rng.standard_normal((1000, 5)), rng.integers(FITS, size=1000)
    residuals = residuals_of(fold, (normal[:, 0] > 0).astype(int), 0.5)
    skewed = unlearnt(neighbourhoods(np.exp(3 * normal)), fold, residuals).mean()
    assert skewed >= 0.95 * unlearnt(neighbourhoods(normal), fold, residuals).mean()


def network(rows, seed):
    """A random network of 20 units in ten dimensions says the class; nothing is noise."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((rows, 10))
    into, offset, out = rng.standard_normal((10, 20)), rng.standard_normal(20), np.ones(20)
    score = np.tanh(inputs @ into * 0.5 + offset / 2) @ (out * rng.standard_normal(20))
    return inputs, (score > np.median(score)).astype(int)


def board(rows, seed):
    """Half of the plane is a board of 16 × 16, the other half is learnt at once; no noise."""
    rng = np.random.default_rng(seed)
    inputs = rng.random((rows, 2))
    cells = (inputs * 16).astype(int).sum(axis=1) % 2
    return inputs - 0.5, np.where(inputs[:, 0] < 0.5, inputs[:, 1] > 0.5, cells).astype(int)


@pytest.mark.parametrize(("draw", "rows", "seeds"), [(network, 1000, 8), (board, 500, 20)])
def test_where_nothing_is_noise_the_lower_limit_is_nought(draw, rows, seeds):
    """By what the error fell alone it was above 0 in 8 of 8 networks and 4 of 20 boards."""
    over = 0
    for seed in range(seeds):
        inputs, labels = draw(rows, seed)
        judged = judge_by_mixture(inputs, labels, 2, np.random.default_rng(0))
        over += read_mixture(judged, labels, 0.975).low > 0
    assert over <= binom.ppf(0.99, seeds, 0.025)


def test_noise_keeps_its_lower_limit():
    """Two round clouds that overlap: 9 % of labels are on the border's far side."""
    rng = np.random.default_rng(0)
    labels = np.arange(2000) % 2
    inputs = rng.standard_normal((2000, 2)) + np.where(labels, 0.93, -0.93)[:, None]
    judged = judge_by_mixture(inputs, labels, 2, np.random.default_rng(0))
    assert read_mixture(judged, labels, 0.975).low > 0.05


def test_in_the_plane_a_border_that_is_not_half_learnt_is_no_noise_either():
    """The board with 10 % of its labels flipped: by falls alone it was exceeded in 18 of 20."""
    seeds, over = 20, 0
    for seed in range(seeds):
        inputs, labels = board(500, seed)
        labels ^= np.random.default_rng(seed + 100).random(500) < 0.1
        judged = judge_by_mixture(inputs, labels, 2, np.random.default_rng(0))
        over += read_mixture(judged, labels, 0.975, inputs=inputs).low > 0.1
    assert over <= binom.ppf(0.99, seeds, 0.025)


def test_in_the_plane_noise_keeps_its_limit_where_less_than_half_is_learnt():
    """Two round clouds that overlap more: 30 % of labels are on the border's far side."""
    rng = np.random.default_rng(1)
    labels = np.arange(2000) % 2
    inputs = rng.standard_normal((2000, 2)) + np.where(labels, 0.37, -0.37)[:, None]
    judged = judge_by_mixture(inputs, labels, 2, np.random.default_rng(0))
    assert 0.2 < read_mixture(judged, labels, 0.975, inputs=inputs).low < 0.3
