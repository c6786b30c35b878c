import re
from dataclasses import replace

import pytest
from netclinic.diagnostics.charts.chart_scales import error_meaning
from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.ladder_chart import ladder_chart
from netclinic.diagnostics.ladder import Likely
from netclinic.diagnostics.leaning import likely_limits
from netclinic.diagnostics.units import Task, Unit


def _rows(chart):
    return [row for layer in chart["layer"] for row in layer["data"]["values"]]


def test_gaps_start_where_the_lower_rung_stands(diagnosis):
    rows = {row["name"]: row for row in _rows(ladder_chart(diagnosis))}
    variance, training = rows["variance on test rows"], rows["Training error"]
    assert variance["start"] == rows["variance"]["start"] == training["value"]
    assert variance["low"] == training["value"] + diagnosis.gaps.test_variance.low
    assert variance["tolerated"] == training["value"] + 0.02


def test_the_axis_holds_every_interval_and_the_tolerance(diagnosis):
    chart = ladder_chart(replace(diagnosis, tolerance=0.5))
    across = chart["layer"][0]["layer"][0]["encoding"]["x"]["scale"]["domain"]
    ends = [row[key] for row in _rows(chart) for key in ("low", "high", "tolerated")]
    assert across[0] <= min(e for e in ends if e is not None)
    assert across[1] >= max(e for e in ends if e is not None)


def test_the_thicker_part_of_a_line_is_what_is_likely(diagnosis):
    bayes = diagnosis.errors.bayes._replace(likely=Likely(0.01, 0.012))
    told = replace(diagnosis, errors=diagnosis.errors._replace(bayes=bayes))
    rows = {row["name"]: row for row in _rows(ladder_chart(told))}
    floor, variance = rows["Bayes error (the floor)"], rows["variance on test rows"]
    assert (floor["likely_low"], floor["likely_high"]) == (0.01, 0.012)
    likely = likely_limits(diagnosis.gaps.test_variance)
    assert variance["likely_low"] == variance["start"] + likely.low
    assert variance["low"] < variance["likely_low"] < variance["likely_high"] < variance["high"]
    training = rows["Training error"]
    assert training["likely_low"] == training["low"], "its interval is chance's alone"


def test_rows_stand_in_the_order_of_the_ladder(diagnosis):
    names = [row["name"] for row in sorted(_rows(ladder_chart(diagnosis)), key=_row)]
    assert names == [
        "Bayes error (the floor)",
        "avoidable bias",
        "Training error",
        "variance",
        "Validation error",
        "selection optimism",
        "Test error",
        "variance on test rows",
    ]


def _row(row):
    return row["row"]


def test_only_the_gaps_that_the_verdict_uses_have_a_band(diagnosis):
    svg = draw(ladder_chart(diagnosis), "", "l")
    assert svg.count('"var(--band)"') == 2


@pytest.mark.parametrize(
    "unit",
    [Unit(balanced=True), Unit(Task.MULTILABEL), Unit(Task.REGRESSION), Unit(Task.MULTITASK)],
)
def test_what_errors_are_called_makes_no_chart_wider(diagnosis, unit):
    """All is drawn smaller then, to fit the page."""

    def width(axis):
        chart = ladder_chart(diagnosis)
        for layer in chart["layer"][0]["layer"]:
            if "axis" in layer["encoding"].get("x", {}):
                layer["encoding"]["x"]["axis"]["title"] = axis
        svg = draw(chart, "ladder", "ladder")
        return float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])

    assert width(error_meaning(unit)) == width("error")
