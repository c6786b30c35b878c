import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netclinic.diagnostics.charts.chart_scales import (
    drawn_limits,
    drawn_value,
    edge_limits,
    error_axis,
    loss_axis,
    range_axis,
    stretched_error_axis,
)
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.study import SearchRange

errors = st.lists(st.floats(0, 1), max_size=20)
powers = st.tuples(st.floats(-9, 3), st.floats(0.05, 9))


def _limits(low_power, width):
    return 10**low_power, 10 ** (low_power + width)


@given(errors, st.floats(-1, 0))
def test_the_error_axis_holds_every_error_and_its_ticks(values, below):
    axis = error_axis([*values, below])
    low, high = axis["scale"]["domain"]
    assert all(low <= v <= high for v in [*values, below, *axis["axis"]["values"]])
    assert 1 <= len(axis["axis"]["values"]) <= 9


@given(errors)
def test_the_stretched_axis_holds_every_error(values):
    axis = stretched_error_axis(values, "validation error")
    low, high = axis["scale"]["domain"]
    assert all(low <= v <= high for v in values)
    assert axis["axis"]["values"][0] == low


@given(st.lists(st.floats(1e-6, 1e6), max_size=20))
def test_the_loss_axis_holds_every_loss(values):
    axis = loss_axis(values)
    low, high = axis["scale"]["domain"]
    assert 0 < low < high
    assert all(low <= v <= high for v in values)
    assert 2 <= len(axis["axis"]["values"]) <= 8


@given(powers)
def test_a_log_range_has_two_to_eight_ticks_inside_it(power):
    low, high = _limits(*power)
    ticks = range_axis(SearchRange("learning_rate", "log", low, high))["axis"]["values"]
    assert 1 <= len(ticks) <= 8
    assert all(low * 0.999 <= t <= high * 1.001 for t in ticks)


@pytest.mark.parametrize(("largest", "label"), [(4e6, "2e6"), (3000.0, "2000"), (0.4, "0.2")])
def test_squared_errors_are_written_as_in_sentences(largest, label):
    axis = error_axis([0.0, largest], Unit(Task.REGRESSION))["axis"]
    assert f"'{label}'" in axis["labelExpr"]
    assert "e+" not in axis["labelExpr"]


def test_large_squared_errors_are_labelled_as_in_sentences():
    axis = stretched_error_axis([1.2e9, 1.1e10], "error", Unit(Task.REGRESSION))["axis"]
    assert "'1e10'" in axis["labelExpr"]
    assert "+" not in axis["labelExpr"]


def test_relative_errors_are_percentages_as_in_sentences():
    axis = stretched_error_axis([0.03, 0.2, 70.0], "error", Unit(Task.MULTITASK, 2))["axis"]
    assert axis["title"] == "error (of a constant answer's)"
    assert "'10 %','100 %','1000 %'" in axis["labelExpr"]


def test_narrow_ranges_have_even_steps():
    """Of errors from 1.7 to 3.4 the axis had a single number, 2."""
    axis = stretched_error_axis([1.7, 3.4], "error", Unit(Task.REGRESSION))["axis"]
    assert axis["values"] == [2.0, 2.5, 3.0]


def test_the_documents_ranges_are_labelled_in_powers_of_ten():
    axis = range_axis(SearchRange("learning_rate", "log", 1e-5, 1e-1))["axis"]
    assert axis["values"] == [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
    assert "'10⁻⁵','10⁻⁴','10⁻³','10⁻²','10⁻¹'" in axis["labelExpr"]


def test_momentum_is_drawn_as_its_distance_from_one():
    momentum = SearchRange("momentum", "one_minus_log", 0.9, 0.999)
    assert drawn_limits(momentum) == pytest.approx((0.001, 0.1))
    assert drawn_value(momentum, 0.99) == pytest.approx(0.01)
    assert range_axis(momentum)["axis"]["title"] == "1 − momentum (log scale)"


def test_whole_numbers_have_whole_ticks():
    ticks = range_axis(SearchRange("layers", "int", 1, 4))["axis"]["values"]
    assert ticks == [1, 2, 3, 4]


def test_a_choice_keeps_its_order():
    activation = SearchRange("activation", "choice", None, None, ("tanh", "relu"))
    assert range_axis(activation)["sort"] == ["tanh", "relu"]
    assert drawn_value(activation, "relu") == "relu"


@given(powers)
def test_edges_are_a_tenth_on_the_scale_of_the_range(power):
    low, high = _limits(*power)
    inner = edge_limits(SearchRange("learning_rate", "log", low, high))
    shares = [math.log(edge / low) / math.log(high / low) for edge in inner]
    assert shares == pytest.approx([0.1, 0.9])
    inner = edge_limits(SearchRange("units", "uniform", low, high))
    assert [(e - low) / (high - low) for e in inner] == pytest.approx([0.1, 0.9])
