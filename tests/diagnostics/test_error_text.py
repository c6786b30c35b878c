"""Errors and gaps in words: fractions as percentages and points, squares as figures and R²."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.error_text import (
    between_in_full,
    error_range,
    error_text,
    estimate_text,
    gap_in_points,
    gap_limit,
    gap_range,
    gap_text,
    loss_text,
    points,
    r_squared_text,
    range_in_full,
    range_in_points,
    signed_in_full,
    size,
    size_in_full,
    size_in_points,
)
from netclinic.diagnostics.ladder import Estimate, Gap
from netclinic.diagnostics.units import CLASSIFICATION, Task, Unit
from netclinic.storage.records.data import TargetVariance

SQUARES = Unit(Task.REGRESSION, 1, TargetVariance(24.0, 25.0, 20.0))
LABELS = Unit(Task.MULTILABEL, 5)


@pytest.mark.parametrize("unit", [CLASSIFICATION, LABELS])
def test_a_fraction_is_written_with_its_interval(unit):
    assert estimate_text(Estimate(0.0334, 0.019, 0.0568, 360, ""), unit) == "3.3 % (1.9–5.7 %)"
    assert error_range(0.019, 0.0568, unit) == "1.9–5.7 %"


def test_a_gap_of_fractions_is_signed_and_its_limits_are_apart():
    up, down = Gap(0.021, 0.003, 0.0404, 0.95, ""), Gap(-0.021, -0.04, 0.001, 0.95, "")
    assert gap_text(up, CLASSIFICATION) == "+2.1 points (0.3 to 4.0)"
    assert gap_text(down, CLASSIFICATION) == "−2.1 points (−4.0 to 0.1)"
    assert gap_range(up, CLASSIFICATION) == "0.3–4.0 points"
    assert gap_range(down, CLASSIFICATION) == "−4.0 to 0.1 points"
    assert gap_in_points(up, CLASSIFICATION) == gap_text(up, CLASSIFICATION)
    assert range_in_points(down, CLASSIFICATION) == gap_range(down, CLASSIFICATION)
    assert size_in_full(0.02, CLASSIFICATION) == "2.0 points"


def test_a_mean_square_is_written_without_percent_and_with_r_squared():
    error = Estimate(2.934, 2.51, 3.4, 360, "")
    assert estimate_text(error, SQUARES) == "2.93 (2.51–3.40)"
    assert r_squared_text("test", error, SQUARES) == "R² 0.853 (0.830–0.875)"
    assert r_squared_text("training", error, SQUARES) == "R² 0.878 (0.858–0.895)"
    worse = Estimate(30.0, 25.0, 41.0, 360, "")
    assert r_squared_text("test", worse, SQUARES) == "R² −0.500 (−1.050 to −0.250)"
    assert r_squared_text("test", error, CLASSIFICATION) == ""


def test_a_gap_of_squares_has_no_points_but_of_r_squared():
    gap = Gap(0.6, -0.052, 1.21, 0.95, "")
    assert gap_text(gap, SQUARES) == "+0.60 (−0.05 to 1.21)"
    assert gap_range(gap, SQUARES) == "−0.05 to 1.21"
    assert gap_in_points(gap, SQUARES) == "+2.5 points of R² (−0.2 to 5.0)"
    assert range_in_points(gap, SQUARES) == "−0.2 to 5.0 points of R²"
    assert size_in_full(0.48, SQUARES) == "0.480 (2.0 points of R²)"
    assert signed_in_full(0.48, SQUARES) == "+0.480 (2.0 points of R²)"
    assert signed_in_full(0.02, CLASSIFICATION) == "+2.0 points"
    assert size_in_points(-0.48, SQUARES) == "−2.0 points of R²"
    assert range_in_full(gap, SQUARES) == "−0.05 to 1.21 (−0.2 to 5.0 points of R²)"
    assert range_in_full(gap._replace(low=0.021), CLASSIFICATION) == "2.1–121.0 points"
    assert between_in_full(gap, SQUARES) == (
        "+0.600, between −0.0520 and +1.21 (+2.5 points of R², −0.2 to 5.0)"
    )
    assert between_in_full(Gap(0.02, -0.01, 0.05, 0.95, ""), CLASSIFICATION) == (
        "+2.0 points, between −1.0 points and +5.0 points"
    )
    assert gap_limit(0.0, SQUARES) == "0"
    assert size(0.6, SQUARES) == "0.600"


@pytest.mark.parametrize(
    ("square", "text"),
    [(0.0, "0"), (2934.4, "2,934"), (0.0123, "0.0123"), (1.5e12, "1.5e12"), (3e-8, "3e-8")],
)
def test_squares_have_any_size(square, text):
    assert error_text(square, SQUARES) == text


@pytest.mark.parametrize("nothing", [0.0, -0.0, 0.0004, -0.0004])
def test_a_gap_that_rounds_to_zero_has_no_sign(nothing):
    assert points(nothing, CLASSIFICATION) == "0.0 points"


def test_what_is_missing_is_a_dash():
    assert {error_text(None, SQUARES), error_text(None, CLASSIFICATION), loss_text(None)} == {"–"}


@given(st.floats(-1, 1))
def test_points_keep_the_number_to_a_tenth(gap):
    text = points(gap, CLASSIFICATION).removesuffix(" points").replace("−", "-")
    assert abs(float(text) - 100 * gap) <= 0.05 + 1e-9


@given(st.floats(-1e300, 1e300))
def test_squares_keep_three_digits(gap):
    text = points(gap, SQUARES).replace("−", "-").replace(",", "")
    assert float(text) == pytest.approx(gap, rel=5.1e-3)
