"""A learning curve in the words of reports."""

import re
from dataclasses import replace

import pytest
from netclinic.diagnostics import diagnose, render_html, render_json, render_markdown
from netclinic.diagnostics.report.learning_curve_text import learning_curve_text
from netclinic.diagnostics.units import Task, Unit
from netclinic.storage.records.data import TargetVariance
from netclinic.storage.records.learning_curves import Target

from ..conftest import make_study
from ..learning_curves import FLAT, FORECAST, RISING, UNSURE

TITLE = "What more data would bring"
REFUSED = FORECAST._replace(forecasts=(), target=None)


def text_of(curve):
    told = learning_curve_text(replace(diagnose(make_study()), learning_curve=curve))
    assert told is not None
    return told


def test_what_was_not_measured_is_not_told() -> None:
    study = make_study()
    diagnosis = diagnose(study)
    assert learning_curve_text(diagnosis) is None
    assert TITLE not in render_markdown(study, diagnosis)
    assert TITLE not in render_html(study, diagnosis)
    assert "learning_curve" not in diagnosis.as_dict()


@pytest.mark.parametrize(
    ("curve", "word", "headline"),
    [
        (
            FORECAST,
            "More rows help",
            "With twice the rows (2,154) the test error is forecast to be 4.0 % (3.2–5.0 %); 5.5 % "
            "was measured with all there are. Between the two the fitted curve falls by 1.5 points "
            "(0.6 to 2.3).",
        ),
        (
            FLAT._replace(measure="balanced_error"),
            "More rows gain little",
            "With twice the rows (2,154) the balanced test error is forecast to be 4.0 % "
            "(3.2–5.0 %); 5.5 % was measured with all there are. Between the two the fitted curve "
            "falls by 0.3 points (0.1 to 0.5). That is at most the tolerated 2.0 points.",
        ),
        (
            UNSURE,
            "Left open",
            "With twice the rows (2,154) the test error is forecast to be 4.0 % (3.2–5.0 %); 5.5 % "
            "was measured with all there are. Between the two the fitted curve falls by 1.5 points "
            "(−0.4 to 2.3). That leaves open whether more rows help.",
        ),
        (
            RISING,
            "Nothing is forecast",
            "What more rows would bring cannot be told: the test error is clearly higher with more "
            "rows than with fewer, 17.0 % with 353 and 13.4 % with 203. Curves that fall do not "
            "tell how such a one goes on.",
        ),
    ],
)
def test_one_sentence_says_what_more_rows_bring(curve, word, headline) -> None:
    told = text_of(curve)
    assert (told.badge.word, told.headline) == (word, headline)


@pytest.mark.parametrize(
    ("low", "word"), [(4e-6, "Left open"), (0.0009, "Left open"), (0.001, "More rows help")]
)
@pytest.mark.parametrize("variance", [None, 400.0])
def test_a_fall_that_may_be_next_to_nothing_is_no_help(low, word, variance) -> None:
    """The limit lies above 0 of any curves that fall."""
    unit = Unit(Task.REGRESSION, 1, TargetVariance(*[variance] * 3)) if variance else Unit()
    whole = unit.whole
    twice = FORECAST.forecasts[0]._replace(fall_low=low * whole, fall_high=0.03 * whole)
    curve = FORECAST._replace(forecasts=(twice, *FORECAST.forecasts[1:]))
    diagnosis = replace(diagnose(make_study()), learning_curve=curve, unit=unit)
    told = learning_curve_text(replace(diagnosis, tolerance=0.02 * whole))
    assert told is not None
    assert told.badge.word == word


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        ("missed", "the curve missed. Fitted to half of the rows at most, it did not foretell"),
        ("no_better", "worse than plainer guesses do: that the error stays as it was, or falls by"),
        ("unfit", "no curve of the kinds that errors follow fits what was measured"),
    ],
)
def test_why_nothing_is_forecast_is_told(refused, why) -> None:
    told = text_of(REFUSED._replace(refused=refused))
    assert why in told.headline
    assert not told.forecast
    assert "approaches" not in " ".join(told.notes)
    assert "Beyond 8 times" not in told.how


def test_a_floor_above_what_was_measured_is_told() -> None:
    told = text_of(REFUSED._replace(refused="unfit", floor=0.08))
    assert told.headline == (
        "What more rows would bring cannot be told: no curve is taken to end below the lower limit "
        "of the Bayes error, 8.0 %, and 5.5 % was measured already. One of the two is off."
    )


def test_the_notes_tell_the_target_the_end_and_the_test() -> None:
    assert text_of(FORECAST).notes == (
        "An error of 3.0 % takes about 4,300 rows (2,700 to 11,000, the middle 80 % of the fitted "
        "curves that get there; 90 % do). Beyond 8 times the rows there are, 8,616, that is "
        "speculation.",
        "With ever more rows the error approaches 1.0 % (0.4–2.0 %); what is left then is no "
        "matter of rows.",
        "Put to the test: fitted to at most 353 rows, the curve foretold 5.8 % (4.5–7.5 %) with "
        "all of them; 5.5 % was measured.",
    )


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (
            Target(0.03, 0.9, 1_500, 2_000, 3_000),
            "An error of 3.0 % takes about 2,000 rows (1,500 to 3,000, the middle 80 % of the "
            "fitted curves that get there; 90 % do).",
        ),
        (
            Target(0.03, 0.12, 1_500, 2_000, 3_000),
            "Most fitted curves never get to an error of 3.0 %; the 12 % that do take about 2,000 "
            "rows (1,500 to 3,000, the middle 80 % of these).",
        ),
        (
            Target(0.001, 0.04, None, None, None),
            "No number of rows is likely to bring an error of 0.1 %: only 4 % of the fitted curves "
            "get there.",
        ),
        (
            Target(0.001, 0.0, None, None, None),
            "No number of rows is likely to bring an error of 0.1 %: no fitted curve gets there.",
        ),
    ],
)
def test_how_many_rows_an_error_takes(target, told) -> None:
    assert text_of(FORECAST._replace(target=target)).notes[0] == told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (1.0, "An error of 100.0 % is reached already: 25.1 % was measured with 67 rows."),
        (0.07, "An error of 7.0 % is reached already: 5.5 % was measured with 1,077 rows."),
    ],
)
def test_an_error_that_was_measured_takes_no_more_rows(error, told) -> None:
    target = Target(error, 1.0, 240, 240, 240)
    assert text_of(FORECAST._replace(target=target)).notes[0] == told


def test_no_fewer_rows_are_told_than_those_whose_error_is_higher() -> None:
    """Of iris 65 rows were said to bring 1 %, and 90 had 4 %."""
    target = Target(0.05, 0.49, 31, 1_077, 1_905)
    assert text_of(FORECAST._replace(target=target)).notes[0] == (
        "An error of 5.0 % is within the noise of the 5.5 % that was measured with all rows: 49 % "
        "of the fitted curves get there, most of these without more rows. How many rows it takes "
        "cannot be told."
    )


def test_a_curve_that_could_not_be_tested_says_so() -> None:
    told = text_of(FORECAST._replace(target=None, backtest=None))
    assert told.notes[-1] == (
        "The curve could not be put to the test: too few of its points have half of the rows or "
        "fewer, or no curve fits those."
    )
    assert len(told.notes) == 2


def test_another_trials_curve_is_told_as_that() -> None:
    told = text_of(FORECAST._replace(trial=7))
    assert told.notes[0] == (
        "The curve is trial 7's, which was the winner when it was measured; trial 50 is diagnosed "
        "now."
    )


def test_how_it_was_measured() -> None:
    diverged = FORECAST.points[0]._replace(trainings=10, diverged=2)
    told = text_of(FORECAST._replace(points=(diverged, *FORECAST.points[1:]), test_groups=12))
    for words in (
        "hyperparameters of trial 50 were trained on 6 numbers of rows up to all 1,077",
        "12 times each, every time with rows and a seed of its own, always in as many optimiser",
        "the same 360 test rows of 12 groups, which chose nothing",
        "2 that diverged are left out",
        "families of curves that fit (pow3, pow4), none of which ends below 0.4 %",
        "Beyond 8 times the rows it would be speculation.",
    ):
        assert words in told.how


def test_the_table_has_what_was_measured_and_what_is_forecast() -> None:
    table = text_of(FORECAST).table
    assert table.header[:3] == ("training rows", "test error", "would fall by")
    assert table.rows[5] == ("1,077", "5.5 % (4.5–6.7 %)", "–", "0.1 %", "5.8 %", "12")
    assert table.rows[6] == (
        *("2,154", "4.0 % (3.2–5.0 %)", "1.5 points (0.6 to 2.3)"),
        *("–", "–", "forecast"),
    )
    assert "would fall by" not in text_of(RISING).table.header
    assert {len(row) for row in text_of(RISING).table.rows} == {5}


def test_every_form_of_the_report_has_it() -> None:
    study = replace(make_study(), learning_curve=FORECAST)
    diagnosis = diagnose(study)
    page, text = render_html(study, diagnosis), render_markdown(study, diagnosis)
    for form in (page, text):
        assert TITLE in form
        assert "falls by 1.5 points (0.6 to 2.3)" in form
        assert "which chose nothing" in form
    assert "Test error against the training rows: 25.1 % with 67, 5.5 % with all 1,077" in page
    assert '"families": [\n      "pow3",\n      "pow4"\n    ]' in render_json(diagnosis)
    bare = tuple(it._replace(training_error=None) for it in RISING.points)
    curve = RISING._replace(points=bare)
    page = render_html(study, replace(diagnosis, learning_curve=curve))
    legend = page.split("Legend of the learning curve")[1].split("</ul>")[0]
    assert "test error" in legend
    assert "training error" not in legend
    assert "forecast" not in legend


def test_more_data_says_how_to_measure_the_curve_until_it_is() -> None:
    study = make_study(name="my digits")
    command = "`netclinic learning-curve 'my digits'` forecasts what they would bring."
    told = diagnose(study)
    assert told.remedies[0].reason.endswith(command)
    page = render_html(study, told)  # "'" is escaped there
    assert re.search(r"<code>netclinic learning-curve \S+my digits\S+</code> forecasts what", page)
    assert "`" not in page.split("<body>")[1].replace("```", "")
    other = replace(study, learning_curve=FORECAST._replace(trial=7))
    assert diagnose(other).remedies[0].reason.endswith(command)
    for measured in (FORECAST, RISING):
        told = diagnose(replace(study, learning_curve=measured)).remedies[0].reason
        assert "learning-curve" not in told
