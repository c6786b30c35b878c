"""The best in each part of a range: every trial in one part, chart and table with its numbers."""

import math

import pytest
from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.isolation_chart import isolation_chart, isolation_tables
from netclinic.diagnostics.statistics.intervals import wilson
from netclinic.diagnostics.studies.isolation import isolation
from netclinic.diagnostics.studies.trial_choice import shown_trials
from netclinic.storage.records.study import SearchRange

from tests.diagnostics import planted

RATE, _, MOMENTUM = planted.RANGES
LAYERS = SearchRange("layers", "int", 1, 3)
UNITS = SearchRange("units", "int", 16, 256)
DROPOUT = SearchRange("dropout", "uniform", 0.0, 0.5)
ACTIVATION = SearchRange("activation", "choice", None, None, ("relu", "tanh"))


def study_of(name, values, searched):
    trials = [
        planted.trial(n, validation=0.02 + 0.01 * n, parameters={**planted.MIDDLE, name: value})
        for n, value in enumerate(values)
    ]
    return planted.study(trials, ranges=(searched,))


def parts_of(name, values, searched):
    study = study_of(name, values, searched)
    return isolation(study, searched, shown_trials(study).ranked)


def test_a_logarithmic_range_is_cut_into_equal_parts_of_its_scale():
    parts = parts_of("learning_rate", [1e-5, 2e-2, 1.6e-2, 1e-1, 1e-3], RATE)
    assert len(parts) == 5
    widths = [math.log10(part.high / part.low) for part in parts]
    assert widths == pytest.approx([0.8] * 5)
    assert [part.trials for part in parts] == [1, 0, 1, 0, 3]
    last = parts[-1]
    assert (last.number, last.median) == (1, pytest.approx(0.04))
    assert last.best == wilson(60, 2000)
    assert parts[1].best is None


def test_momentum_is_cut_on_its_own_scale():
    parts = parts_of("momentum", [0.9, 0.999, 0.99], MOMENTUM)
    assert [part.trials for part in parts] == [1, 0, 1, 0, 1]
    assert parts[0].number == 1, "1 − momentum grows to the right, as on the axis"


@pytest.mark.parametrize(
    ("searched", "values", "counts"),
    [
        (LAYERS, [1, 2, 2, 3], [1, 2, 1]),
        (UNITS, [16, 256, 64, 255], [1, 1, 0, 0, 2]),
        (DROPOUT, [0.0, 0.1, 0.499, 0.5], [1, 1, 0, 0, 2]),
        (ACTIVATION, ["tanh", "relu", "tanh"], [1, 2]),
    ],
)
def test_every_trial_lies_in_one_part(searched, values, counts):
    parts = parts_of(searched.name, values, searched)
    assert [part.trials for part in parts] == counts
    assert sum(counts) == len(values)


def test_parts_of_whole_numbers_are_named_by_those_that_they_hold():
    labels = [part.label for part in parts_of("units", [16], UNITS)]
    assert labels == ["16 to 63", "64 to 111", "112 to 159", "160 to 207", "208 to 256"]
    assert [part.label for part in parts_of("layers", [1], LAYERS)] == ["1", "2", "3"]


def test_trials_without_the_parameter_are_left_out():
    study = planted.study([planted.trial(0)], ranges=(LAYERS,))
    assert all(p.trials == 0 for p in isolation(study, LAYERS, shown_trials(study).ranked))


@pytest.mark.parametrize(
    ("searched", "values"), [(RATE, [1e-4, 1e-2]), (ACTIVATION, ["tanh"]), (LAYERS, [])]
)
def test_the_chart_has_a_mark_for_each_part_that_holds_trials(searched, values):
    parts = parts_of(searched.name, values, searched)
    chart = isolation_chart(searched, parts)
    drawn = [layer["data"]["values"] for layer in chart["layer"]]
    held = [part for part in parts if part.trials]
    counts, medians, intervals, others, best = drawn[1:]
    assert [row["count"] for row in counts] == [str(part.trials) for part in parts]
    assert len(medians) == len(intervals) == len(held)
    assert len(others) + len(best) == len(held)
    assert "<svg" in draw(chart, "parts", "i")


def test_the_table_has_the_charts_numbers():
    study = study_of("learning_rate", [1e-2, 2e-2, 1e-5], RATE)
    ((name, table),) = isolation_tables(study, shown_trials(study))
    assert name == "learning rate"
    assert table.header[0] == name
    assert [row[1] for row in table.rows] == ["1", "0", "0", "1", "1"]
    assert ("6.3e-5 to 0.0004", "0", "–", "–", "–", "–") in table.rows
