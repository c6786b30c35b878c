from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.findings import Estimate, Gap
from netclinic.diagnostics.number_text import (
    day,
    duration,
    estimate_text,
    gap_text,
    nats,
    percent,
    plain_number,
    points,
)


def test_an_error_is_written_with_its_interval():
    assert estimate_text(Estimate(0.0334, 0.019, 0.0568, 360, "")) == "3.3 % (1.9–5.7 %)"


def test_a_gap_is_signed_and_its_limits_are_apart():
    assert gap_text(Gap(0.021, 0.003, 0.0404, 0.95, "")) == "+2.1 points (0.3 to 4.0)"
    assert gap_text(Gap(-0.021, -0.04, 0.001, 0.95, "")) == "−2.1 points (−4.0 to 0.1)"


@pytest.mark.parametrize("nothing", [0.0, -0.0, 0.0004, -0.0004])
def test_a_gap_that_rounds_to_zero_has_no_sign(nothing):
    assert points(nothing) == "0.0 points"


def test_what_is_missing_is_a_dash():
    assert {percent(None), nats(None), plain_number(None), duration(None), day(None)} == {"–"}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.000012345, "1.234e-5"),
        (0.05, "0.05"),
        (128, "128"),
        (26122, "26,122"),
        (1.5e12, "1.5e12"),
        ("relu", "relu"),
        (True, "True"),
        (float("nan"), "not finite"),
    ],
)
def test_plain_numbers(number, text):
    assert plain_number(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.424, "0.42 s"), (12.4, "12 s"), (185, "3 min 5 s"), (7440, "2 h 4 min")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_a_day_has_its_zone():
    assert day(datetime(2025, 11, 22, 21, 40, 9)) == "2025-11-22 21:40 UTC"


@given(st.floats(-1, 1))
def test_points_keep_the_number_to_a_tenth(gap):
    text = points(gap).removesuffix(" points").replace("−", "-")
    assert abs(float(text) - 100 * gap) <= 0.05 + 1e-9


@given(st.floats(-1e300, 1e300))
def test_plain_numbers_keep_four_digits(number):
    assert float(plain_number(number)) == pytest.approx(number, rel=5.1e-4)
