from dataclasses import replace

from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.search_chart import TOP, search_chart
from netclinic.diagnostics.studies.trial_choice import shown_trials
from netclinic.storage.records.study import SearchRange


def _rows(chart, shape):
    return [
        row
        for layer in chart["layer"]
        if layer["mark"].get("shape") == shape and "y" in layer["encoding"]
        for row in layer["data"]["values"]
    ]


def test_every_finished_trial_is_drawn_once_and_the_best_apart(study):
    shown = shown_trials(study)
    chart = search_chart(study.ranges[0], shown)
    assert len(_rows(chart, "circle")) == len(shown.ranked) - 1
    best = shown.ranked[0].result.learning_rate
    assert {row["x"] for row in _rows(chart, "diamond")} == {best}
    solid = [la for la in chart["layer"] if la["mark"].get("shape") == "circle"]
    filled = [la for la in solid if la["mark"]["filled"]]
    assert [len(la["data"]["values"]) for la in filled] == [TOP - 1]


def test_diverged_trials_have_a_sign_of_their_own(study):
    shown = shown_trials(study)
    crosses = _rows(search_chart(study.ranges[0], shown), "cross")
    assert len(crosses) == shown.diverged_total
    assert {row["error"] for row in crosses} == {None}


def test_pruned_trials_are_ticks_above_the_scatter(pruned_study):
    shown = shown_trials(pruned_study)
    chart = search_chart(pruned_study.ranges[0], shown)
    ticks = {
        layer["encoding"]["y"]["value"]: len(layer["data"]["values"])
        for layer in chart["layer"]
        if layer["mark"]["type"] == "tick" and layer["encoding"]["y"]["value"] < 0
    }
    assert list(ticks.values()) == [shown.pruned_total]
    assert shown.pruned_total > 5
    assert len(_rows(chart, "circle")) == len(shown.ranked) - 1
    assert len(_rows(chart, "cross")) == shown.diverged_total


def test_without_pruned_trials_no_room_is_left_for_them(study, pruned_study):
    heights = [
        float(draw(search_chart(it.ranges[0], shown_trials(it)), "", "s").split('"')[3].split()[3])
        for it in (study, pruned_study)
    ]
    assert 5 < heights[1] - heights[0] < 25


def test_a_parameter_that_only_some_trials_have(study):
    first, *others = study.trials
    bare = replace(first, parameters={})
    chart = search_chart(study.ranges[0], shown_trials(replace(study, trials=(bare, *others))))
    drawn = len(_rows(chart, "circle")) + len(_rows(chart, "cross"))
    assert drawn == len(study.trials) - 2


def test_a_search_in_which_nothing_finished(study):
    diverged = tuple(t for t in study.trials if t.state == "FAIL")
    chart = search_chart(study.ranges[0], shown_trials(replace(study, trials=diverged)))
    assert "--alarm" in draw(chart, "", "s")


def test_a_choice_has_no_edges(study):
    searched = SearchRange("learning_rate", "choice", None, None, (0.1, 0.01))
    assert "--band" not in draw(search_chart(searched, shown_trials(study)), "", "s")
