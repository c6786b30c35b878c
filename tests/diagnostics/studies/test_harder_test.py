"""Test rows of another kind: what they add to the error is data mismatch, and no variance."""

import json
from dataclasses import replace

import numpy as np
import pytest
from netclinic.diagnostics import diagnose
from netclinic.diagnostics.findings import FindingKind, RemedyKind, Verdict
from netclinic.diagnostics.report.report_content import report_content
from netclinic.diagnostics.report.report_html import render_html
from netclinic.diagnostics.report.report_json import render_json
from netclinic.diagnostics.report.report_markdown import render_markdown
from netclinic.storage.records.data import DataCheck
from netclinic.storage.records.regions import RegionsRecord
from netclinic.storage.records.results import RowErrors

from tests.diagnostics.planted import bayes, study, trial
from tests.storage.test_regions import REGION

pytestmark = pytest.mark.usefixtures("drawn_once")
ROWS, TRIALS = 3000, 12


def made(training: float, validation: float, test: float, *, by_time: bool = True):
    """Trials that are all equally good on validation rows, and have ``test`` on test rows."""
    wrong = np.random.default_rng(3).random((TRIALS, ROWS)) < validation
    trials = [trial(i, training, float(row.mean()), test) for i, row in enumerate(wrong)]
    found = study(trials, rows=(6000, ROWS, ROWS), floor=bayes(0.05, 0.045, 0.055))
    drift = DataCheck("drift", "test", ROWS, 0.9, 0.88, 0.92, 1e-6, "planted", {})
    kept = {
        i: RowErrors("bits", ROWS, ROWS, np.packbits(row).tobytes()) for i, row in enumerate(wrong)
    }
    return replace(found, row_errors=kept, data_checks=(drift,) if by_time else ())


def test_what_test_rows_alone_add_is_mismatch_and_no_variance():
    record = made(0.05, 0.055, 0.2)
    found = diagnose(record)
    assert found.verdict == (Verdict.DATA_MISMATCH,)
    kinds = {it.kind: it for it in found.findings}
    assert FindingKind.HIGH_VARIANCE not in kinds
    assert FindingKind.TEST_ROWS_HARDER not in kinds, "the mismatch says it"
    corrected = found.selection.corrected.error
    assert found.gaps.judged_variance.value == pytest.approx(corrected.value - 0.05)
    mismatch = found.gaps.test_mismatch
    assert mismatch.value == pytest.approx(0.2 - corrected.value)
    assert mismatch.high - mismatch.low > 1.2 * (corrected.high - corrected.low)
    assert all(gap["likely"] for gap in found.as_dict()["gaps"].values())
    assert mismatch.low < mismatch.likely.low < mismatch.value < mismatch.likely.high
    assert "test rows are unlike them: later, say" in kinds[FindingKind.DATA_MISMATCH].text
    advised = {it.kind: it for it in found.remedies}
    assert RemedyKind.MORE_DATA not in advised
    assert "hundred test rows" in advised[RemedyKind.COMPARE_SOURCES].reason
    assert "whether validation rows come from the same source" in " ".join(found.not_checked)
    headline = report_content(record, found).headline
    assert headline.startswith("Data mismatch: test error 20.0 % is ")
    assert headline.endswith("above validation error, more than the tolerated 2.0.")


@pytest.mark.parametrize(("validation", "told"), [(0.2, True), (0.055, False)])
def test_validation_rows_may_be_of_another_kind_too(validation: float, told: bool) -> None:
    record = made(0.05, validation, 0.4)
    errors = {"training_error": 0.1, "test_error": 0.4}
    shift = DataCheck("shift", "test", 600, 0.3, 0.25, 0.35, 1e-9, "planted", errors)
    found = diagnose(replace(record, data_checks=(*record.data_checks, shift)))
    assert (Verdict.HIGH_VARIANCE in found.verdict) == told
    assert Verdict.DATA_MISMATCH in found.verdict
    texts = [it.text for it in found.findings if it.kind is FindingKind.SHIFT]
    assert [("Validation rows may be so, too" in text) for text in texts] == [True] * told
    if told:
        kinds = [remedy.kind for remedy in found.remedies]
        assert kinds.index(RemedyKind.ADD_BRIDGE) < kinds.index(RemedyKind.MORE_DATA)


def test_variance_and_mismatch_may_both_be_high():
    found = diagnose(made(0.0, 0.1, 0.3))
    assert found.verdict == (Verdict.HIGH_VARIANCE, Verdict.DATA_MISMATCH)
    (variance,) = (f for f in found.findings if f.kind is FindingKind.HIGH_VARIANCE)
    assert variance.text.startswith("The validation error of ")


def test_mismatch_that_is_most_of_the_error_is_looked_into_first():
    """0.1 of variance or more would be as much as 0.2 of mismatch is, for all that is sure."""
    first, *_ = diagnose(made(0.0, 0.1, 0.5)).remedies
    assert first.kind is RemedyKind.COMPARE_SOURCES
    first, *_ = diagnose(made(0.0, 0.1, 0.2)).remedies
    assert first.kind is RemedyKind.MORE_DATA


def test_test_rows_of_another_kind_tell_no_variance_of_a_region():
    known = REGION._replace(verdict=("high_variance",), reported=("high_variance", "high_bias"))

    def told(test: float) -> tuple[set[FindingKind], bool]:
        record = made(0.05, 0.055, test)
        best = record.best().number
        regions = RegionsRecord(best, 0.99, 0.02, {"slice": 9}, 4, 900, 800, (known,))
        found = diagnose(replace(record, regions=regions))
        said = any(it.startswith("Variance by region") for it in found.not_checked)
        return {it.kind for it in found.findings}, said

    kinds, said = told(0.2)
    assert said
    assert FindingKind.REGION_HIGH_BIAS in kinds
    assert FindingKind.REGION_HIGH_VARIANCE not in kinds
    kinds, said = told(0.055)
    assert not said
    assert FindingKind.REGION_HIGH_VARIANCE in kinds


def test_of_splits_dealt_at_random_the_test_rows_go_on_to_judge_the_variance():
    found = diagnose(made(0.05, 0.055, 0.2, by_time=False))
    assert found.verdict == (Verdict.HIGH_VARIANCE,)
    assert found.gaps.test_variance is not None
    assert FindingKind.TEST_ROWS_HARDER in {it.kind for it in found.findings}


def test_test_rows_that_are_no_harder_judge_as_ever():
    found = diagnose(made(0.05, 0.1, 0.1))
    assert found.verdict == (Verdict.HIGH_VARIANCE,)
    assert found.errors.corrected is None


def test_reports_name_what_judges():
    record = made(0.05, 0.055, 0.2)
    found = diagnose(record)
    gaps = json.loads(render_json(found))["gaps"]
    assert list(gaps) == ["avoidable_bias", "variance", "selection_optimism", "test_mismatch"]
    for page in (render_markdown(record, found), render_html(record, found)):
        assert "Mismatch on test rows" in page
        assert "Test above validation" in page
        assert "Selection optimism" not in page
        assert "corrected validation" in page.lower()
        assert "bridge_error" not in page
        assert "validation_error - training_error" not in page, "that is not the variance told"
