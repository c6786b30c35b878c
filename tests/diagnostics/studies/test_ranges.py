"""Ranges: positions on their own scale, widening, and the option that the spec reads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.studies.ranges import override, position, share_at_end, widened
from netclinic.storage.records.study import SearchRange

RATE = SearchRange("learning_rate", "log", 1e-5, 1e-1)
MOMENTUM = SearchRange("momentum", "one_minus_log", 0.9, 0.999)


@pytest.mark.parametrize(
    ("searched", "value", "expected"),
    [
        (RATE, 1e-5, 0.0),
        (RATE, 1e-3, 0.5),
        (RATE, 1e-1, 1.0),
        (MOMENTUM, 0.9, 0.0),
        (MOMENTUM, 0.99, 0.5),
        (MOMENTUM, 0.999, 1.0),
        (SearchRange("x", "uniform", 2, 4), 3.5, 0.75),
        (SearchRange("layers", "int", 1, 5), 2, 0.25),
        (SearchRange("layers", "int", 3, 3), 3, 0.5),
        (SearchRange("units", "int", 8, 512, log=True), 64, 0.5),
    ],
)
def test_position(searched, value, expected):
    assert position(searched, value) == pytest.approx(expected)


@given(st.floats(-5, -1), st.floats(-5, -1))
def test_position_keeps_the_order(a, b):
    if a < b:
        assert position(RATE, 10**a) <= position(RATE, 10**b)
        assert position(MOMENTUM, 1 - 10**a) >= position(MOMENTUM, 1 - 10**b)


@pytest.mark.parametrize(
    ("searched", "lower", "upper"),
    [
        (RATE, 0.1, 0.1),
        (MOMENTUM, 0.1, 0.1),
        (SearchRange("layers", "int", 3, 3), 1, 1),
        (SearchRange("layers", "int", 1, 3), 1 / 3, 1 / 3),
        (SearchRange("units", "int", 1, 11), 2 / 11, 2 / 11),
        (SearchRange("units", "int", 16, 64, step=16), 1 / 4, 1 / 4),
        (SearchRange("x", "uniform", 0.1, 0.5, step=0.1), 1 / 5, 1 / 5),
        (SearchRange("units", "int", 1, 1_000_000_000), 0.1, 0.1),
        # 1 of 1 … 8 is drawn where exp of a uniform number lies between 0.5 and 1.5.
        (SearchRange("units", "int", 1, 8, log=True), np.log(3) / np.log(17), None),
        (SearchRange("units", "int", 1, 8, log=True), None, np.log(8.5 / 6.5) / np.log(17)),
    ],
)
def test_the_share_of_draws_at_an_end(searched, lower, upper):
    for expected, end in ((lower, False), (upper, True)):
        assert expected is None or share_at_end(searched, end, 0.1) == pytest.approx(expected)


def test_a_choice_has_no_ends():
    with pytest.raises(ValueError, match="choice 'activation'"):
        share_at_end(SearchRange("activation", "choice", None, None, ("relu",)), True, 0.1)


def test_a_choice_has_no_position():
    with pytest.raises(ValueError, match="choice 'activation'"):
        position(SearchRange("activation", "choice", None, None, ("relu",)), 0.0)


@pytest.mark.parametrize(
    ("searched", "upper", "expected"),
    [
        (RATE, True, (1e-5, 1.0)),
        (RATE, False, (1e-6, 1e-1)),
        (MOMENTUM, True, (0.9, 0.9999)),
        (MOMENTUM, False, (0.1, 0.999)),
        (SearchRange("momentum", "one_minus_log", 0.9, 0.9999), True, None),
        (SearchRange("momentum", "one_minus_log", 0.1, 0.9999), False, None),
        (SearchRange("momentum", "uniform", 0.0, 0.9), False, None),
        (SearchRange("momentum", "uniform", 0.5, 0.9), True, (0.5, 0.9999)),
        (SearchRange("weight_decay", "log", 1e-7, 1e-1), False, None),
        (SearchRange("weight_decay", "log", 1e-7, 1e-1), True, (1e-7, 1.0)),
        (SearchRange("layers", "int", 1, 4), False, None),
        (SearchRange("layers", "int", 1, 4), True, (1, 8)),
        (SearchRange("layers", "int", 1, 64), True, None),
        (SearchRange("units", "int", 16, 128), False, (8, 128)),
        (SearchRange("dropout", "uniform", 0.0, 0.9), True, (0.0, 0.95)),
        (SearchRange("arguments.width", "int", 1, 8), False, None),
        (SearchRange("arguments.width", "int", 4, 8), False, (2, 8)),
        (SearchRange("arguments.shift", "int", 0, 8), False, None),
        (SearchRange("activation", "choice", None, None, ("relu",)), True, None),
    ],
)
def test_widened(searched, upper, expected):
    wider = widened(searched, upper)
    assert wider == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("learning_rate", "log", 1e-6, 0.1), "-S search.learning_rate={log=[1e-06,0.1]}"),
        (
            ("momentum", "one_minus_log", 0.9, 0.9999),
            "-S search.momentum={one_minus_log=[0.0001,0.1]}",
        ),
        (("layers", "int", 1.0, 8.0), "-S search.layers={int=[1,8]}"),
        (("momentum", "uniform", 0.5, 0.95), "-S search.momentum={uniform=[0.5,0.95]}"),
    ],
)
def test_override(arguments, option):
    assert override(*arguments) == option
