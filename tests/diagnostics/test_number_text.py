import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.number_text import (
    day,
    duration,
    percent,
    plain_number,
)


def test_what_is_missing_is_a_dash():
    assert {percent(None), plain_number(None), duration(None), day(None)} == {"–"}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.000012345, "1.234e-5"),
        (0.05, "0.05"),
        (128, "128"),
        (26122, "26,122"),
        (-3, "−3"),
        (-0.037, "−0.037"),
        (-0.000012345, "−1.234e-5"),
        (-math.inf, "not finite"),
        (-0.0, "0"),
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
    [
        (0, "0 s"),
        (7.8e-5, "0 s"),
        (0.0045, "0.0045 s"),
        (0.424, "0.42 s"),
        (12.4, "12 s"),
        (185, "3 min 5 s"),
        (7440, "2 h 4 min"),
    ],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_a_day_has_its_zone():
    assert day(datetime(2025, 11, 22, 21, 40, 9)) == "2025-11-22 21:40 UTC"


@given(st.floats(-1e300, 1e300))
def test_plain_numbers_keep_four_digits(number):
    assert float(plain_number(number).replace("−", "-")) == pytest.approx(number, rel=5.1e-4)
