from netclinic.diagnostics.charts.chart_svg import draw
from netclinic.diagnostics.charts.curve_chart import ERROR, LOSS, curve_chart, with_curves
from netclinic.diagnostics.studies.trial_choice import Trained, shown_trials
from netclinic.storage.records.results import Curves


def _rows(chart):
    return [row for layer in chart["layer"] for row in layer["data"]["values"] if "y" in row]


def test_each_trial_has_a_dashed_and_a_solid_line(study, diagnosis):
    trials = with_curves(shown_trials(study).ranked, diagnosis.trial, 8)
    rows = _rows(curve_chart(trials, diagnosis.trial, LOSS))
    lines = {(row["line"], row["dashed"]) for row in rows}
    assert len(lines) == 16
    curves = trials[0].result.curves
    best = [row["y"] for row in rows if row["best"] and row["dashed"]]
    assert best == list(curves.training_loss)


def test_the_best_epoch_is_marked(study, diagnosis):
    trials = with_curves(shown_trials(study).ranked, diagnosis.trial, 8)
    chart = curve_chart(trials, diagnosis.trial, ERROR)
    marked = [
        row["epoch"]
        for layer in chart["layer"]
        for row in layer["data"]["values"]
        if "y" not in row
    ]
    assert marked == [trials[0].result.best_epoch]


def test_long_curves_are_thinned_to_their_ends(study_of):
    trials = shown_trials(study_of(4, epochs=5000)).ranked[:1]
    rows = _rows(curve_chart(trials, trials[0].trial.number, LOSS))
    epochs = [row["epoch"] for row in rows]
    assert len(rows) == 300
    assert (min(epochs), max(epochs)) == (1, 5000)


def test_a_single_epoch_is_drawn_as_points(study_of):
    trials = shown_trials(study_of(4, epochs=1)).ranked[:2]
    svg = draw(curve_chart(trials, trials[0].trial.number, LOSS), "", "c")
    assert svg.count('fill="var(--accent)"') == 2


def test_trials_without_curves_are_left_out(study):
    first, second = shown_trials(study).ranked[:2]
    bare = Trained(first.trial, first.result._replace(curves=Curves((), (), (), (), ())))
    assert with_curves([bare, second], first.trial.number, 8) == [second]


def test_the_diagnosed_trial_comes_first(study):
    ranked = shown_trials(study).ranked
    third = ranked[2].trial.number
    assert with_curves(ranked, third, 2) == [ranked[2], ranked[0]]
