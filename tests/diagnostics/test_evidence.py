"""Evidence: alarms about the floor, the test rows and the data, and the order of all findings."""

import pytest
from netclinic.diagnostics.evidence import (
    data_finding,
    floor_above_held_out,
    gather_evidence,
    selection_optimism,
)
from netclinic.diagnostics.findings import FindingKind, Severity
from netclinic.diagnostics.gaps import measure_errors, measure_gaps
from netclinic.storage.records.data import DataNote, SplitSizes

from tests.diagnostics import planted

ROWS = SplitSizes(1000, 400, 500)


def measured(validation=0.05, test=0.05, floor=None):
    result = planted.trial(training=0.03, validation=validation, test=test).result
    errors = measure_errors(result, ROWS, floor or planted.bayes())
    return errors, measure_gaps(errors)


def test_a_floor_above_the_test_error_is_an_alarm():
    errors, _ = measured(floor=planted.bayes(0.1, 0.08, 0.12, given=True))
    it = floor_above_held_out(errors)
    assert it.severity is Severity.PROBLEM
    assert it.evidence["bayes_low"] == 0.08
    assert it.evidence["test_high"] == errors.test.high < 0.08
    assert "One of them is wrong" in it.text


def test_a_floor_within_the_test_errors_interval_is_none():
    errors, _ = measured(floor=planted.bayes(0.06, 0.06, 0.06, given=True))
    assert errors.test.low < 0.06 < errors.test.high
    assert floor_above_held_out(errors) is None


def test_a_clearly_higher_test_error_is_selection_optimism():
    errors, gaps = measured(validation=0.02, test=0.10)
    it = selection_optimism(gaps.selection_optimism, errors)
    assert it.severity is Severity.WARNING
    assert it.evidence["low"] > 0
    assert "8.0 points above" in it.text
    errors, gaps = measured(validation=0.05, test=0.06)
    assert selection_optimism(gaps.selection_optimism, errors) is None


@pytest.mark.parametrize(
    ("kind", "count", "severity", "among"),
    [
        ("duplicates_across_splits", 3, Severity.WARNING, 400),
        ("duplicates_across_splits", 9, Severity.PROBLEM, 400),
        ("duplicates_across_splits", 1, Severity.WARNING, 400),
        ("conflicting_labels", 9, Severity.WARNING, 1900),
        ("conflicting_labels", 3, Severity.INFO, 1900),
        ("conflicting_labels", 39, Severity.PROBLEM, 1900),
        ("target_outliers", 1, Severity.PROBLEM, 1900),
        ("skewed_target", 95, Severity.WARNING, 1900),
        ("row_numbers", 1900, Severity.WARNING, 1900),
        ("hidden_groups", 300, Severity.PROBLEM, 1900),
        ("telling_column", 1900, Severity.WARNING, 1900),
        ("missing_values", 1900, Severity.INFO, 1900),
        ("missing_codes", 190, Severity.WARNING, 1900),
        ("mixed_units", 190, Severity.WARNING, 1900),
        ("equal_by_chance", 1200, Severity.INFO, 1900),
    ],
)
def test_data_notes_are_problems_when_they_can_move_an_error(kind, count, severity, among):
    provenance = planted.study(rows=ROWS).provenance
    it = data_finding(DataNote(kind, count, f"{count} rows."), provenance, 0.02)
    assert (it.kind, it.severity, it.text) == (FindingKind(kind), severity, f"{count} rows.")
    assert it.evidence == {"count": count, "rows": among, "share": count / among}


def test_a_note_that_is_not_known_here_is_passed_over():
    assert data_finding(DataNote("other", 1, ""), planted.study().provenance, 0.02) is None


def test_everything_is_gathered_in_a_fixed_order():
    epochs = 24
    curves = planted.flat_curves(0.03, 0.02, epochs)._replace(
        training_loss=tuple(2.0 * 0.9**e for e in range(epochs)),
        validation_loss=tuple(0.3 + 0.01 * abs(e - 8) for e in range(epochs)),
    )
    best = planted.trial(0, 0.03, 0.02, 0.10, {**planted.MIDDLE, "learning_rate": 0.09}, curves)
    diverged = planted.trial(
        1, parameters={**planted.MIDDLE, "learning_rate": 0.095}, diverged=True
    )
    study = planted.study(
        [best, diverged],
        rows=ROWS,
        floor=planted.bayes(0.3, 0.3, 0.3, given=True),
        notes=[("duplicates_across_splits", 1, "d"), ("conflicting_labels", 1, "c")],
    )
    errors = measure_errors(best.result, ROWS, study.bayes)
    gaps = measure_gaps(errors)
    found = gather_evidence(study, study.provenance, best.result, errors, gaps, 0.02)
    assert [f.kind.value for f in found] == [
        "floor_above_held_out",
        "selection_optimism",
        "still_improving",
        "overfitted_after",
        "best_at_edge",
        "diverged_trials",
        "duplicates_across_splits",
        "conflicting_labels",
    ]
    # The training error lies under the floor, so a loss that still falls is no warning.
    assert found[2].severity is Severity.INFO


def test_a_quiet_study_gives_nothing():
    best = planted.trial()
    study = planted.study([best])
    errors = measure_errors(best.result, study.provenance.rows, study.bayes)
    gaps = measure_gaps(errors)
    assert gather_evidence(study, study.provenance, best.result, errors, gaps, 0.02) == ()


@pytest.mark.parametrize(
    ("floor", "severity"),
    [
        (planted.bayes(0.01, 0.0, 0.29), Severity.WARNING),  # open, 29 points as measured
        (planted.bayes(0.29, 0.0, 0.30), Severity.INFO),  # open, a point
        (planted.bayes(0.30, 0.30, 0.30, given=True), Severity.INFO),  # low
    ],
)
def test_a_falling_training_loss_is_a_warning_where_the_bias_may_well_be_high(floor, severity):
    epochs = 24
    curves = planted.flat_curves(0.3, 0.3, epochs)._replace(
        training_loss=tuple(2.0 * 0.9**e for e in range(epochs))
    )
    best = planted.trial(0, 0.3, 0.3, 0.3, curves=curves)
    study = planted.study([best], rows=ROWS, floor=floor)
    errors = measure_errors(best.result, ROWS, study.bayes)
    found = gather_evidence(
        study, study.provenance, best.result, errors, measure_gaps(errors), 0.02
    )
    (it,) = [f for f in found if f.kind is FindingKind.STILL_IMPROVING]
    assert it.severity is severity
