"""The parts of an expected loss add up to it, and are what brute force says."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from netclinic.diagnostics.statistics.decomposition import (
    decompose_squared,
    decompose_zero_one,
)


@st.composite
def answers(draw, *, noisy: bool):
    """Predictions (trainings, rows) and the targets' probabilities (rows, classes)."""
    trainings, rows, classes = (
        draw(st.integers(1, 9)),
        draw(st.integers(1, 6)),
        draw(st.integers(2, 5)),
    )
    predictions = draw(
        npst.arrays(np.int64, (trainings, rows), elements=st.integers(0, classes - 1))
    )
    if not noisy:
        labels = draw(npst.arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
        return predictions, np.eye(classes)[labels]
    weights = draw(npst.arrays(np.int64, (rows, classes), elements=st.integers(0, 9))) + 1e-3
    return predictions, weights / weights.sum(axis=1, keepdims=True)


@given(answers(noisy=True))
def test_zero_one_parts_add_up_to_the_loss(case) -> None:
    predictions, targets = case
    parts = decompose_zero_one(predictions, targets)
    classes = range(targets.shape[1])
    # The definition: every training against every target.
    expected = [
        np.mean([sum(p for c, p in zip(classes, targets[row], strict=True) if c != y) for y in ys])
        for row, ys in enumerate(predictions.T)
    ]
    np.testing.assert_allclose(parts.loss, expected, atol=1e-12)
    np.testing.assert_allclose(parts.noise + parts.bias + parts.variance, expected, atol=1e-12)


@given(answers(noisy=True))
def test_zero_one_parts_are_those_of_the_paper(case) -> None:
    """Theorem 3 with its conditional probabilities written out, row by row."""
    predictions, targets = case
    parts = decompose_zero_one(predictions, targets)
    for row, (ys, p) in enumerate(zip(predictions.T, targets, strict=True)):
        counts = np.bincount(ys, minlength=len(p))
        main, best = counts.argmax(), p.argmax()
        off = 1 - p[best]
        # P(y = t | t ≠ y*, y ≠ y*): both drawn off the best class.
        others = [c for c in range(len(p)) if c != best]
        missed = np.array([y for y in ys if y != best])
        meet = sum(p[c] / off * np.mean(missed == c) for c in others) if len(missed) else 0.0
        c1 = np.mean(ys == best) - np.mean(ys != best) * meet
        away = ys[ys != main]
        c2 = 1.0 if main == best else -(np.mean(away == best) if len(away) else 0.0)
        assert parts.noise[row] == pytest.approx(c1 * off, abs=1e-12)
        assert parts.bias[row] == (main != best)
        assert parts.variance[row] == pytest.approx(c2 * np.mean(ys != main), abs=1e-12)


@given(answers(noisy=False))
def test_a_known_label_has_no_noise(case) -> None:
    predictions, targets = case
    parts = decompose_zero_one(predictions, targets)
    assert not parts.noise.any()
    wrong = (predictions != targets.argmax(axis=1)).mean(axis=0)
    np.testing.assert_allclose(parts.loss, wrong, atol=1e-12)
    unbiased, biased = parts.unbiased_variance, parts.biased_variance
    np.testing.assert_allclose(parts.bias + unbiased - biased, wrong, atol=1e-12)


def test_in_three_classes_leaving_a_wrong_main_prediction_need_not_help() -> None:
    """Where -1 is taken for the factor of biased rows, this row's loss would come out as 0.5."""
    parts = decompose_zero_one([[1], [1], [0], [2]], [[1.0, 0.0, 0.0]])
    assert parts.loss == pytest.approx(0.75)
    assert parts.bias == 1
    assert parts.variance == pytest.approx(-0.25)


def test_every_small_case_in_two_classes_has_a_factor_of_one() -> None:
    for ys in itertools.product([0, 1], repeat=3):
        parts = decompose_zero_one([[y] for y in ys], [[1.0, 0.0]])
        away = min(sum(ys), 3 - sum(ys)) / 3
        assert parts.variance == pytest.approx(-away if parts.bias else away)


floats = st.floats(-1e3, 1e3)


@given(
    npst.array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=6).flatmap(
        lambda shape: st.tuples(
            npst.arrays(np.float64, shape, elements=floats),
            npst.arrays(np.float64, shape[1:], elements=floats),
            st.floats(0, 100),
        )
    )
)
def test_squared_parts_add_up_to_the_loss(case) -> None:
    predictions, targets, noise = case
    parts = decompose_squared(predictions, targets, noise)
    rows = ((predictions - targets) ** 2).mean(axis=0).reshape(len(targets), -1).mean(axis=1)
    np.testing.assert_allclose(parts.loss, rows + noise, rtol=1e-12, atol=1e-6)
    np.testing.assert_allclose(
        parts.noise + parts.bias + parts.variance, parts.loss, rtol=1e-9, atol=1e-6
    )


def test_squared_parts_are_unbiased_however_few_trainings() -> None:
    """Predictions f + 1 + N(0, 4): squared bias 1, variance 4."""
    draws = np.random.default_rng(0).normal(1.0, 2.0, (3, 20_000))
    parts = decompose_squared(draws, np.zeros(20_000))
    assert parts.bias.mean() == pytest.approx(1.0, abs=0.08)  # 3 standard errors
    assert parts.variance.mean() == pytest.approx(4.0, abs=0.09)


@pytest.mark.parametrize(
    ("predictions", "targets", "said"),
    [
        ([[0, 1]], [[1.0, 0.0]], "shapes|allowed are"),
        ([[2]], [[1.0, 0.0]], "classes outside"),
        ([[0]], [[0.5, 0.4]], "sum to 1"),
        (np.zeros((0, 1), int), [[1.0, 0.0]], "no predictions"),
    ],
)
def test_impossible_classes_are_refused(predictions, targets, said) -> None:
    with pytest.raises(ValueError, match=said):
        decompose_zero_one(predictions, targets)


@pytest.mark.parametrize("predictions", [[[1.0]], [[1.0, 2.0], [1.0, 2.0]], [1.0]])
def test_impossible_outputs_are_refused(predictions) -> None:
    with pytest.raises(ValueError, match="two trainings"):
        decompose_squared(predictions, [1.0])
