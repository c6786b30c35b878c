"""Test rows for which what training rows teach does not hold, as a finding."""

from ...storage.records.data import SHIFT
from ...storage.records.study import StudyRecord
from ..error_text import error_text, range_in_full
from ..findings import Finding, FindingKind, Severity
from ..gaps import CONFIDENCE
from ..ladder import Gap, Gaps
from ..units import Unit

_ALPHA = 0.01


def shift(study: StudyRecord, gaps: Gaps, tolerance: float, unit: Unit) -> Finding | None:
    """Tell of a part of the variance that is, or may be, data mismatch.

    Told where models do worse on test rows by more than the tolerance, p < 0.01.

    Args:
        study: with its checks.
        gaps: of the best trial; one of the mismatch on test rows does not tell of validation rows.
        tolerance: what a gap may be, in the errors' unit.
        unit: of the errors; a balanced error is no mean over rows, as those of the models are.
    """
    it = next((check for check in study.data_checks if check.kind == SHIFT), None)
    if it is None or unit.balanced:
        return None
    if (it.p_value or 0) >= _ALPHA or it.value <= tolerance:
        return None
    if gaps.test_mismatch and gaps.judged_variance.low <= tolerance:
        return None  # the mismatch says all of it
    training, test = (float(it.details[f"{split}_error"]) for split in ("training", "test"))
    gap = Gap(it.value, it.low, it.high, CONFIDENCE, it.method)
    # Where test rows are shown to be harder than validation rows, variance is of validation rows.
    of_variance = (
        ": this part of what looks like variance is data mismatch"
        if gaps.test_mismatch is None
        else ". Validation rows may be so, too: of what looks like variance that is data mismatch"
    )
    text = (
        "Simple models that learnt from training rows have an error of "
        f"{error_text(training, unit)} on other training rows, but of {error_text(test, unit)} on "
        f"test rows, {range_in_full(gap, unit)} more. So test rows are of another kind, or the "
        f"same inputs mean another thing there{of_variance}, which more rows like the training "
        "rows do not cure."
    )
    evidence = {
        "shift": it.value,
        "low": it.low,
        "high": it.high,
        "p_value": it.p_value,
        "training_error": training,
        "test_error": test,
        "rows": it.n,
    }
    return Finding(FindingKind.SHIFT, Severity.WARNING, evidence, text)
