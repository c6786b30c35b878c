"""The mixture: judged by rows that it never saw, and its limits on made-up judgements."""

import numpy as np
import pytest
from netclinic.diagnostics.bayes.bayes_mixture import Judged, judge_by_mixture, read_mixture


def judgement(n, wrong, small, doubt, unlearnt=0.0):
    """Errors spread evenly over n rows: what the mixture, and one fit on a fifth, get wrong."""
    at = np.arange(n)
    errs = at < wrong
    few = (at < small).astype(float)
    return Judged(errs, np.full(n, doubt), errs.astype(float), few, np.full(n, unlearnt))


LABELS = np.arange(1000) % 2


def test_labels_without_a_pattern_are_wrong_half_of_the_time():
    """Were a row judged by what saw its label, nearest neighbours would be right here."""
    rng = np.random.default_rng(0)
    inputs, labels = rng.standard_normal((400, 3)), rng.integers(2, size=400)
    judged = judge_by_mixture(inputs, labels, 2, np.random.default_rng(0))
    assert judged.wrong.mean() == pytest.approx(0.5, abs=0.1)
    assert judged.wrong_small.mean() == pytest.approx(0.5, abs=0.1)
    assert judged.doubt.mean() > 0.4
    assert read_mixture(judged, labels, 0.975).low == 0


def test_more_features_than_rows_are_replaced_by_principal_components():
    rng = np.random.default_rng(1)
    labels = np.arange(100) % 2
    inputs = rng.standard_normal((100, 300)) + 1.5 * labels[:, None]
    judged = judge_by_mixture(inputs, labels, 2, np.random.default_rng(0))
    assert judged.wrong.mean() < 0.05


def test_a_flat_error_is_the_point_and_its_binomial_limit_the_lower_one():
    it = read_mixture(judgement(1000, 100, 100, 0.1), LABELS, 0.975)
    assert (it.wrong, it.n, it.fall) == (100, 1000, 0)
    assert it.value == pytest.approx(0.1)
    assert it.low == pytest.approx(0.0821, abs=1e-4)  # Clopper and Pearson's


def test_a_falling_error_lowers_both():
    flat = read_mixture(judgement(1000, 100, 100, 0.1), LABELS, 0.975)
    falling = read_mixture(judgement(1000, 100, 115, 0.1), LABELS, 0.975)
    assert falling.fall == pytest.approx(0.015)
    assert 0.085 < falling.value < 0.09
    assert falling.low < flat.low - 0.045
    assert read_mixture(judgement(1000, 100, 140, 0.1), LABELS, 0.975).low == 0


def test_an_error_that_rises_with_rows_counts_as_flat():
    it = read_mixture(judgement(1000, 100, 90, 0.1), LABELS, 0.975)
    assert it.fall == 0
    assert it.value == pytest.approx(0.1)


def test_doubt_beyond_the_error_is_not_believed():
    assert read_mixture(judgement(1000, 100, 100, 0.2), LABELS, 0.975).value == pytest.approx(0.1)
    assert read_mixture(judgement(1000, 100, 100, 0.08), LABELS, 0.975).value == pytest.approx(0.09)


def test_a_mixture_that_learnt_less_than_half_says_nothing_of_the_lower_limit():
    assert read_mixture(judgement(1000, 249, 249, 0.25), LABELS, 0.975).low > 0.2
    assert read_mixture(judgement(1000, 251, 251, 0.25), LABELS, 0.975).low == 0


def test_what_is_unlearnt_is_taken_off_where_it_is_more_than_three_falls():
    flat = read_mixture(judgement(1000, 100, 100, 0.1), LABELS, 0.975)
    unlearnt = read_mixture(judgement(1000, 100, 100, 0.1, 0.05), LABELS, 0.975)
    assert unlearnt.unlearnt == pytest.approx(0.05)
    assert unlearnt.low == pytest.approx(flat.low - 0.05)
    assert unlearnt.value == flat.value
    falling = read_mixture(judgement(1000, 100, 115, 0.1), LABELS, 0.975)
    both = read_mixture(judgement(1000, 100, 115, 0.1, 0.01), LABELS, 0.975)
    assert both.low == falling.low


def test_residuals_that_neighbours_do_not_share_raise_no_limit():
    flat = read_mixture(judgement(1000, 100, 100, 0.1), LABELS, 0.975)
    assert read_mixture(judgement(1000, 100, 100, 0.1, -0.05), LABELS, 0.975).low == flat.low


PLANE = np.random.default_rng(0).standard_normal((1000, 2))


def test_in_the_plane_less_than_half_may_be_learnt():
    """Of 500 wrong answers by the commoner class 349 are left, or 351."""
    space = np.random.default_rng(0).standard_normal((1000, 5))
    nearly, over = judgement(1000, 349, 349, 0.3), judgement(1000, 351, 351, 0.3)
    assert read_mixture(nearly, LABELS, 0.975, inputs=PLANE).low > 0.3
    assert read_mixture(nearly, LABELS, 0.975, inputs=space).low == 0
    assert read_mixture(nearly, LABELS, 0.975).low == 0
    assert read_mixture(over, LABELS, 0.975, inputs=PLANE).low == 0


def test_the_chance_of_what_is_unlearnt_counts_where_less_than_half_is_learnt():
    spread = 0.05 + np.where(np.arange(1000) % 2, 1.0, -1.0)
    for wrong, counted in ((249, False), (300, True)):
        even = read_mixture(judgement(1000, wrong, wrong, 0.3, 0.05), LABELS, 0.975, inputs=PLANE)
        its = judgement(1000, wrong, wrong, 0.3)._replace(unlearnt=spread)
        it = read_mixture(its, LABELS, 0.975, inputs=PLANE)
        assert it.unlearnt == pytest.approx(even.unlearnt)
        assert (it.low < even.low - 0.02) is counted
