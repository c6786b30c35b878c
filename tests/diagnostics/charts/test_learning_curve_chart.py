from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.learning_curve_chart import learning_curve_chart
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import TargetVariance

from tests.diagnostics.learning_curves import FORECAST, RISING

SQUARED = Unit(Task.REGRESSION, 1, TargetVariance(1.0, 1.0, 1.0, 1.0))


def drawn(chart, mark):
    return [layer["data"]["values"] for layer in chart["layer"] if layer["mark"]["type"] == mark]


def test_what_was_measured_is_solid_and_what_is_forecast_is_dashed() -> None:
    chart = learning_curve_chart(FORECAST)
    training, forecast, measured = drawn(chart, "line")
    assert [row["y"] for row in measured] == [it.test_error for it in FORECAST.points]
    assert [row["y"] for row in training] == [it.training_error for it in FORECAST.points]
    # It begins at what was measured with all rows.
    assert [row["rows"] for row in forecast] == [1077, 2154, 4308, 8616]
    dashes = [x["mark"]["strokeDash"] for x in chart["layer"] if x["mark"]["type"] == "line"]
    assert dashes == [[], [5, 3], []]
    assert drawn(chart, "area") == [forecast]


def test_all_rows_and_the_asymptote_are_marked() -> None:
    rows, asymptote, _ = drawn(learning_curve_chart(FORECAST), "rule")
    assert (rows, asymptote) == ([{"rows": 1077}], [{"y": 0.01}])


def test_without_a_forecast_nothing_is_carried_on() -> None:
    chart = learning_curve_chart(RISING)
    rows, asymptote, intervals = drawn(chart, "rule")
    assert (rows, asymptote, drawn(chart, "area")) == ([], [], [[]])
    assert len(intervals) == 6


def test_every_mark_lies_within_the_axes() -> None:
    chart = learning_curve_chart(FORECAST)
    x, y = (chart["layer"][-1]["encoding"][name]["scale"]["domain"] for name in "xy")
    assert x[0] < 67
    assert x[1] > 8616
    assert y[0] == 0.0, "the training error is next to nothing"
    assert y[1] > max(it.high for it in FORECAST.points)


def test_it_is_drawn_for_every_unit_and_without_training_errors() -> None:
    bare = tuple(it._replace(training_error=None) for it in FORECAST.points)
    for curve in (FORECAST, RISING, FORECAST._replace(points=bare)):
        for unit in (Unit(), SQUARED):
            svg = draw(learning_curve_chart(curve, unit), "The curve.", "d")
            assert "training rows (log scale)" in svg
            assert "1,000" in svg
