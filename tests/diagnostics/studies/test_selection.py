"""The choice of a study's best trial: corrected, put into words, drawn, and what it lacks."""

import json
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.charts.selection_chart import selection_chart
from netclinic.diagnostics.error_text import estimate_text
from netclinic.diagnostics.evidence import selection_optimism
from netclinic.diagnostics.findings import FindingKind
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.report.report_markdown import render_markdown
from netclinic.diagnostics.studies.selection import error_matrix, selection_of
from netclinic.diagnostics.units import CLASSIFICATION, Unit
from netclinic.storage.records.data import ClassRows
from netclinic.storage.records.results import RowErrors
from scipy.stats import binom

from tests.diagnostics import planted
from tests.diagnostics.page_text import as_read
from tests.diagnostics.planted import bayes, spec, study, trial

pytestmark = pytest.mark.usefixtures("drawn_once")
ROWS, TRIALS = 400, 20


def lucky(trials=TRIALS, rows=ROWS, error=0.1, **more):
    """Trials that are all equally good: the best of them is so by luck alone."""
    wrong = np.random.default_rng(3).random((trials, rows)) < error
    made = study(
        [trial(i, 0.1, float(row.mean()), error) for i, row in enumerate(wrong)],
        rows=(6000, rows, 2000),
        **more,
    )
    kept = {i: bits(row, rows) for i, row in enumerate(wrong)}
    return replace(made, row_errors=kept)


def bits(wrong, rows, classes=None):
    return RowErrors("bits", len(wrong), rows, np.packbits(wrong).tobytes(), classes)


def test_a_winner_by_luck_is_corrected_to_what_all_trials_are_worth():
    diagnosis = diagnose(lucky())
    found = diagnosis.selection
    assert found is not None
    corrected = found.corrected
    assert corrected is not None
    assert (found.trial, found.trials, found.missing) == (diagnosis.trial, TRIALS, None)
    assert corrected.own == pytest.approx(diagnosis.errors.validation.value)
    assert corrected.own < 0.09
    assert corrected.error.low < 0.1 < corrected.error.high
    assert corrected.error.value == pytest.approx(0.1, abs=0.02)
    assert corrected.optimism.value == pytest.approx(corrected.error.value - corrected.own)
    assert corrected.error.n == ROWS
    last = found.curve[-1]
    assert (last.trials, last.measured) == (TRIALS, pytest.approx(corrected.own))
    assert (last.corrected_low, last.corrected_high) == corrected.error[1:3]
    assert last.corrected == pytest.approx(corrected.error.value, rel=1e-5)
    first = found.curve[0]
    assert first.corrected == pytest.approx(first.measured, abs=0.005), "one trial is no choice"
    measured = [it.measured for it in found.curve]
    assert measured == sorted(measured, reverse=True)


def test_the_variance_is_said_with_the_corrected_error_too():
    diagnosis = diagnose(lucky())
    gaps = diagnosis.selection.gaps
    assert list(gaps) == ["variance"]
    corrected = diagnosis.selection.corrected.error
    assert gaps["variance"].value == pytest.approx(corrected.value - 0.1)
    assert gaps["variance"].low < 0 < gaps["variance"].high
    page = render_markdown(lucky(), diagnosis)
    (line,) = (line for line in page.splitlines() if line.startswith("- **Variance** "))
    assert "Corrected for the choice of the trial: " in line


def optimism(validation: float, test: float, seed: int) -> FindingKind | None:
    """What is said of 12 equally good trials' best one, with so many errors on either split."""
    rng = np.random.default_rng(seed)
    rows, tested = 300, 600
    wrong = rng.random((12, rows)) < validation
    found = rng.binomial(tested, test) / tested
    made = study(
        [trial(i, 0.1, float(row.mean()), found) for i, row in enumerate(wrong)],
        rows=(6000, rows, tested),
    )
    made = replace(made, row_errors={i: bits(row, rows) for i, row in enumerate(wrong)})
    best = made.best()
    assert best is not None
    assert best.result is not None
    errors = measure_errors(best.result, made.provenance.rows, made.bayes)
    selection = selection_of(made, CLASSIFICATION)
    gap = measure_gaps(errors).selection_optimism
    it = selection_optimism(gap, errors, CLASSIFICATION, selection.corrected)
    return it.kind if it else None


def test_harder_test_rows_are_told_from_luck():
    """Of splits that are alike, at most one in forty has test rows that seem harder beyond luck."""
    seeds = 80
    alike = [optimism(0.2, 0.2, seed) for seed in range(seeds)]
    assert alike.count(FindingKind.TEST_ROWS_HARDER) <= binom.ppf(0.999, seeds, 0.025)
    assert alike.count(FindingKind.SELECTION_OPTIMISM) > 10
    harder = [optimism(0.2, 0.4, seed) for seed in range(20)]
    assert harder.count(FindingKind.TEST_ROWS_HARDER) == 20


def test_a_diagnosis_says_that_luck_does_not_explain_it():
    made = lucky()
    trials = [replace(t, result=t.result._replace(test_error=0.3)) for t in made.trials]
    diagnosis = diagnose(replace(made, trials=tuple(trials)))
    kinds = {finding.kind: finding for finding in diagnosis.findings}
    assert FindingKind.SELECTION_OPTIMISM not in kinds
    it = kinds[FindingKind.TEST_ROWS_HARDER]
    corrected = diagnosis.selection.corrected.error
    assert it.evidence["beyond_value"] == pytest.approx(0.3 - corrected.value)
    assert estimate_text(corrected, CLASSIFICATION) in it.text
    assert "the test rows are harder than the validation rows" in it.text


def test_of_groups_it_may_be_those_that_came_into_a_split():
    made = lucky(resolved=spec(data={"split": "grouped", "group": "patient"}))
    trials = [replace(t, result=t.result._replace(test_error=0.3)) for t in made.trials]
    found = diagnose(replace(made, trials=tuple(trials))).findings
    (it,) = (finding for finding in found if finding.kind is FindingKind.SELECTION_OPTIMISM)
    assert "which of them came into which split matters, too" in it.text


def test_with_a_bridge_it_is_the_mismatch_that_validation_rows_measure():
    made = lucky()
    trials = [
        replace(t, result=t.result._replace(bridge_loss=0.2, bridge_error=0.1)) for t in made.trials
    ]
    rows = made.provenance.rows._replace(bridge=1000)
    made = replace(made, trials=tuple(trials), provenance=made.provenance._replace(rows=rows))
    assert list(diagnose(made).selection.gaps) == ["data_mismatch"]


def test_the_report_says_how_optimistic_the_winner_is_by_interval_and_rows():
    made = lucky()
    diagnosis = diagnose(made)
    for page in (render_markdown(made, diagnosis), render_html(made, diagnosis)):
        text = as_read(page)
        assert "How lucky the best trial is" in text
        assert f"Trial {diagnosis.trial} has the lowest validation error of 20, " in text
        assert "on 400 rows; corrected for that choice it is " in text
        assert "so the validation error is optimistic by " in text
        assert "On the test rows it has 10.0 % (8.8–11.4 %)" in text
        assert "The best of 10 trials instead of 20 would have " in text
    assert "Selection: " not in " ".join(diagnosis.not_checked)


def test_the_document_has_the_whole_curve():
    document = json.loads(json.dumps(diagnose(lucky()).as_dict()))
    found = document["selection"]
    assert found["trials"] == TRIALS
    assert found["corrected"]["error"]["n"] == ROWS
    assert [it["trials"] for it in found["curve"]][-1] == TRIALS
    assert set(found["curve"][0]) >= {"measured", "measured_low", "corrected", "corrected_high"}


def test_the_same_study_is_diagnosed_alike_twice():
    assert diagnose(lucky()).as_dict() == diagnose(lucky()).as_dict()


def test_studies_without_the_rows_errors_say_so():
    made = replace(lucky(), row_errors={})
    diagnosis = diagnose(made)
    found = diagnosis.selection
    assert (found.corrected, found.gaps) == (None, {})
    (sentence,) = (s for s in diagnosis.not_checked if s.startswith("Selection: "))
    assert sentence.endswith(
        "This is not corrected: of 20 of the 20 finished trials the errors on single validation "
        "rows were not kept, as they were trained by an earlier netclinic."
    )
    page = render_markdown(made, diagnosis)
    assert "which flatters it; by how much is not known: of 20 of the 20 " in page
    assert "corrected (95" not in page
    some = diagnose(replace(lucky(), row_errors=dict(list(lucky().row_errors.items())[1:])))
    assert some.selection.missing.startswith("of 1 of the 20 finished trials")


GROUPED = spec(data={"split": "grouped", "group": "patient"})


def of_patients(groups, **more):
    made = lucky(resolved=GROUPED, **more)
    return replace(made, provenance=made.provenance._replace(validation_groups=groups))


def test_whole_groups_are_drawn_anew():
    made = of_patients(tuple(np.arange(ROWS) // 20))
    diagnosis = diagnose(made)
    corrected = diagnosis.selection.corrected
    assert corrected.error.grouped.number == 20
    assert "of 20 groups, drawn whole, of the error" in corrected.error.method
    assert corrected.error.low < 0.1 < corrected.error.high
    page = render_markdown(made, diagnosis)
    assert "So the 20 groups that these rows come in were drawn anew" in page


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        (None, "which group each validation row is of was not kept, as an earlier netclinic ran"),
        ((7,) * ROWS, "all validation rows are of one group"),
        ((1, 2), "the trials' errors are of different validation rows"),
    ],
)
def test_rows_of_groups_are_not_drawn_as_if_they_were_independent(groups, why):
    diagnosis = diagnose(of_patients(groups))
    assert diagnosis.selection.corrected is None
    (sentence,) = (s for s in diagnosis.not_checked if s.startswith("Selection: "))
    assert f"This is not corrected: {why}" in sentence


def test_one_trial_was_not_chosen():
    diagnosis = diagnose(lucky(trials=1))
    assert diagnosis.selection is None
    assert "How lucky" not in render_markdown(lucky(trials=1), diagnosis)
    assert "selection" not in diagnosis.as_dict()


def test_rows_of_different_kinds_are_not_mixed():
    made = lucky()
    kept = {**made.row_errors, 3: bits(np.zeros(30, bool), 400)}
    found = diagnose(replace(made, row_errors=kept)).selection
    assert found.missing == "the trials' errors are of different validation rows"


def test_of_many_rows_those_drawn_anew_are_named():
    made = lucky()
    rows = made.provenance.rows._replace(validation=50_000)
    made = replace(made, provenance=made.provenance._replace(rows=rows))
    page = render_markdown(made, diagnose(made))
    assert "on 50,000 rows, 400 of which were drawn anew; corrected" in page


def test_early_stopping_leaves_the_choice_of_the_epoch():
    resolved = spec(training={"patience": 3})
    (sentence,) = (
        s for s in diagnose(lucky(resolved=resolved)).not_checked if s.startswith("Selection: ")
    )
    assert sentence.startswith("Selection: the epoch whose weights were kept was chosen by ")


def test_the_trial_that_was_trained_again_best_is_not_the_one_corrected():
    made = lucky()
    diagnosis = diagnose(made)
    other = replace(diagnosis, trial=diagnosis.trial + 1)
    page = render_markdown(made, other)
    assert f"Trial {other.trial} is diagnosed instead, as it did better when trained again." in page


def test_classes_that_count_alike_are_corrected_as_such():
    """A rare class: its rows count for as much as the others, and its luck, too."""
    random = np.random.default_rng(0)
    classes = (380, 20)
    rates = np.repeat([0.1, 0.3], classes)
    wrong = random.random((TRIALS, ROWS)) < rates
    trials = []
    for i, row in enumerate(wrong):
        counts = int(row[:380].sum()), int(row[380:].sum())
        value = (counts[0] / 380 + counts[1] / 20) / 2
        made = trial(i, 0.1, float(row.mean()), 0.1)
        result = made.result._replace(
            value=value,
            training_balanced_error=0.2,
            validation_balanced_error=value,
            test_balanced_error=0.2,
            wrong={"training": (570, 90), "validation": counts, "test": (190, 30)},
        )
        trials.append(replace(made, value=value, result=result))
    made = study(
        trials,
        rows=(6000, ROWS, 2000),
        resolved=spec(study={"objective": "balanced_error"}),
        floor=bayes(0.1, 0.0, 0.1),
    )
    rows = ClassRows(("a", "b"), (5700, 300), classes, (1900, 100))
    made = replace(
        made,
        provenance=made.provenance._replace(class_rows=rows, classes=2),
        row_errors={i: bits(row, ROWS, classes) for i, row in enumerate(wrong)},
    )
    corrected = diagnose(made).selection.corrected
    assert corrected.own == pytest.approx(min(t.value for t in trials))
    assert corrected.own < 0.14
    assert corrected.error.value == pytest.approx(0.2, abs=0.05)
    assert corrected.error.high - corrected.error.low > 0.15, "twenty rows tell little"


def test_squared_errors_are_corrected_in_their_own_units():
    random = np.random.default_rng(0)
    errors = (9 * random.normal(size=(TRIALS, ROWS)) ** 2).astype(np.float32)
    made = planted.regression([9.0, 9.0, 9.0], rows=(6000, ROWS, 2000))
    (one,) = made.trials
    trials = [
        replace(
            one,
            number=i,
            value=float(row.mean()),
            result=one.result._replace(validation_error=float(row.mean())),
        )
        for i, row in enumerate(errors)
    ]
    kept = {
        i: RowErrors("float32", ROWS, ROWS, row.astype("<f4").tobytes())
        for i, row in enumerate(errors)
    }
    corrected = diagnose(replace(made, trials=tuple(trials), row_errors=kept)).selection.corrected
    assert corrected.own == pytest.approx(errors.mean(axis=1).min(), rel=1e-5)
    assert corrected.own < 8.2
    assert corrected.error.low < 9 < corrected.error.high
    assert corrected.error.deviation == pytest.approx(9 * 2**0.5, rel=0.2)


def test_the_matrix_is_unpacked_in_the_order_of_the_trials():
    made = lucky(trials=3, rows=13)
    wrong = np.random.default_rng(3).random((3, 13)) < 0.1
    errors, classes = error_matrix(made.trials[::-1], made.row_errors, CLASSIFICATION)
    assert classes is None
    assert errors.dtype == np.float32
    assert errors.tolist() == wrong[::-1].astype(float).tolist()


def test_the_chart_has_both_curves_or_one():
    whole = selection_of(lucky(), Unit()).curve
    alone = selection_of(replace(lucky(), row_errors={}), Unit()).curve
    for curve, filled in ((whole, 5), (alone, 3)):
        layers = selection_chart(curve)["layer"]
        assert sum(bool(layer["data"]["values"]) for layer in layers) == filled
    rows = selection_chart(whole)["layer"][-1]["data"]["values"]
    assert [row["trials"] for row in rows] == [it.trials for it in whole]
