"""The figures of make bench-engine, from measurements made by hand."""

import pytest


def test_a_ratio_is_that_of_the_medians_with_the_range_of_the_rounds(engine) -> None:
    sides = {
        "slow": [{"seconds": 8.0}, {"seconds": 12.0}, {"seconds": 9.0}],
        "fast": [{"seconds": 2.0}, {"seconds": 6.0}, {"seconds": 3.0}],
    }
    assert engine("figures").ratio("slow", "fast")(sides) == (3.0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("value", "at_most", "reached"),
    [(2.0, False, True), (1.9, False, False), (2.0, True, True), (2.1, True, False)],
)
def test_a_goal_is_judged_in_its_direction(engine, value, at_most, reached) -> None:
    figures = engine("figures")
    figure = figures.Figure(value, 0.0, 9.0)
    goal = figures.Goal("seconds", lambda sides: figure, 2.0, at_most=at_most)
    assert goal.reached(figure) is reached


def test_errors_agree_over_the_trials_that_both_completed(engine) -> None:
    found = engine("figures").agreement([0.1, 0.2, None, 0.4, 0.9], [0.1, 0.3, 0.5, 0.2])
    assert found.trials == 3
    assert found.equal == 1
    assert found.mean == pytest.approx((0.0 - 0.1 + 0.2) / 3)
    assert found.standard_error == pytest.approx(0.1527525 / 3**0.5)


def test_as_many_wrong_rows_are_equal_errors_however_their_mean_was_rounded(engine) -> None:
    """801 of 1,000 as two programs gave it, and one row of 60,000."""
    ours, peers = [0.8010000586509705, 0.5 + 1 / 60_000], [0.8009999990463257, 0.5]
    assert engine("figures").agreement(ours, peers).equal == 1


def test_a_share_is_that_of_the_median_speeds(engine) -> None:
    sides = {
        "ours": [{"flops": 60, "seconds": s, "cpu_seconds": 1.0} for s in (2.0, 3.0, 6.0)],
        "peak": [{"flops": 100, "seconds": s, "cpu_seconds": 1.0} for s in (2.0, 2.0, 4.0)],
    }
    found = engine("figures").share_of_peak("ours", "peak")(sides)
    assert found == pytest.approx((40.0, 40.0, 60.0))
