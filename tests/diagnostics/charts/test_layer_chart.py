"""The pictures of a trial's layers show the numbers that were measured, each at its layer."""

import pytest
from netclinic.diagnostics.charts.chart_scales import magnitude_axis, share_axis
from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.layer_chart import MOST, drawn_layers, layer_charts, spread_of

from tests.diagnostics.vital_signs.test_vital_signs import END, LAYER, START, moment, unlike

NAMES = [layer.layer for layer in START.layers]


def _points(chart):
    """(place, moment, value) of every drawn point."""
    return [
        (row["place"], row["moment"], row["value"])
        for layer in chart["layer"]
        if layer["mark"]["type"] == "point"
        for row in layer["data"]["values"]
    ]


def _zeros(chart):
    return [
        (row["place"], row["text"])
        for layer in chart["layer"]
        if layer["mark"]["type"] == "text"
        for row in layer["data"]["values"]
    ]


def _charts(*moments, named=()):
    return [it.chart for it in layer_charts(moments, named)]


def test_each_chart_has_its_sign_at_both_moments() -> None:
    end = unlike(END, 1, variance=4.0, gradient_norm=0.25, update_ratio=0.5, dead=0.75)
    spread, gradient, update, flat = _charts(START, end)
    assert [value for _, when, value in _points(spread) if when == "end"] == [1, 2, 1, 1]
    assert _points(gradient) == [
        *((place, "start", 1.0) for place in (1, 2, 3)),
        (1, "end", 0.25),
        (2, "end", 1.0),
        (3, "end", 1.0),
    ]
    assert (1, "start", 0.01) in _points(update)
    assert (1, "end", 0.5) in _points(update)
    assert _points(flat) == [
        *((place, "start", 0.0) for place in (1, 2)),
        (1, "end", 0.75),
        (2, "end", 0.0),
    ]


def test_the_start_is_hollow_and_the_end_filled() -> None:
    for chart in _charts(START, END):
        points = [layer for layer in chart["layer"] if layer["mark"]["type"] == "point"]
        for layer in points:
            (when,) = {row["moment"] for row in layer["data"]["values"]}
            assert layer["mark"]["filled"] == (when == "end")
        assert len(points) == 2


def test_a_line_joins_what_was_measured_twice() -> None:
    _, gradient, *_ = _charts(START, unlike(END, 2, gradient_norm=None))
    (lines,) = [layer for layer in gradient["layer"] if layer["mark"]["type"] == "rule"]
    assert [(row["place"], row["value"], row["to"]) for row in lines["data"]["values"]] == [
        (1, 1.0, 1.0),
        (3, 1.0, 1.0),
    ]


def test_a_zero_stands_in_words_where_the_axis_is_logarithmic() -> None:
    start = unlike(unlike(START, 1, gradient_norm=0.0), 2, gradient_norm=1e-6)
    _, gradient, *_ = _charts(start, unlike(END, 1, gradient_norm=0.0))
    assert gradient["layer"][1]["encoding"]["x"]["scale"]["type"] == "log"
    assert _zeros(gradient) == [(1, "0 (start and end)")]
    assert 1 not in {place for place, _, _ in _points(gradient)}
    _, linear, *_ = _charts(unlike(START, 1, gradient_norm=0.0), END)
    assert _zeros(linear) == []
    assert (1, "start", 0.0) in _points(linear)


def test_what_was_not_measured_is_not_drawn() -> None:
    assert len(_charts(unlike(START, dead=None), unlike(END, dead=None))) == 3
    blind = unlike(START, dead=None, variance=None)
    (spread, *_) = _charts(blind, unlike(blind, moved=None)._replace(moment="end"))
    assert {place for place, _, _ in _points(spread)} == {0}
    (only, *_) = _charts(START)
    assert {when for _, when, _ in _points(only)} == {"start"}


def test_dead_and_saturated_lie_apart() -> None:
    *_, flat = _charts(unlike(START, 1, saturated=0.5), unlike(END, 1, saturated=0.25))
    points = [layer["mark"] for layer in flat["layer"] if layer["mark"]["type"] == "point"]
    offsets = {mark["shape"]: mark["yOffset"] for mark in points}
    assert offsets["circle"] < 0 < offsets["diamond"]
    assert _points(flat)[-1] == (1, "end", 0.25)


def test_a_named_layer_is_marked_and_its_name_is_that_of_the_findings() -> None:
    svg = draw(_charts(START, END, named=["hidden.1"])[0], "", "v")
    assert "▲ hidden.1" in svg
    assert "▲ hidden.0" not in svg
    assert [name for name in NAMES if f">{name}<" in svg] == ["inputs", "hidden.0", "output"]


def test_quotes_in_names_are_drawn_and_long_names_keep_their_ends() -> None:
    odd = unlike(unlike(START, 1, layer='it\'s "x"'), 2, layer="encoder.blocks.7.attention.3")
    svg = draw(_charts(odd)[0], "", "v")
    assert 'it\'s "x"' in svg.replace("&quot;", '"').replace("&apos;", "'")
    assert ">encode…attention.3<" in svg


def test_of_many_layers_the_named_and_an_even_choice_are_drawn() -> None:
    many = tuple(LAYER._replace(layer=f"hidden.{n}") for n in range(200))
    start = moment("start")._replace(layers=many)
    drawn = drawn_layers(start, ["hidden.77"])
    assert len(drawn) == MOST
    assert {"hidden.0", "hidden.77", "hidden.199"} <= set(drawn)
    assert drawn == [name.layer for name in many if name.layer in drawn]
    assert len(drawn_layers(start, [layer.layer for layer in many])) == MOST
    (chart, *_) = _charts(start, named=["hidden.77"])
    assert len(_points(chart)) == MOST


def test_the_label_tells_the_lowest_and_the_highest() -> None:
    _, gradient, *_ = layer_charts([START, unlike(END, 2, gradient_norm=3e-5)], ())
    assert "gradient norm: at the end from 3e-5 (hidden.1) to 1 (hidden.0)" in gradient.label


def test_the_spread_is_a_standard_deviation() -> None:
    assert spread_of(LAYER._replace(variance=0.25)) == 0.5
    assert spread_of(LAYER._replace(variance=None)) is None


@pytest.mark.parametrize(
    ("values", "law"),
    [([1.0, 9.9], "linear"), ([1.0, 10.0], "log"), ([0.0, 5.0], "linear"), ([0.0], "linear")],
)
def test_an_axis_is_logarithmic_where_values_span_a_power_of_ten(values, law) -> None:
    axis = magnitude_axis(values, "x")
    low, high = axis["scale"]["domain"]
    assert axis["scale"]["type"] == law
    assert all(low < value < high for value in values)
    assert all(low <= tick <= high for tick in axis["axis"]["values"])
    assert share_axis("x")["scale"]["domain"][0] < 0
