"""What the check of the labels says: a finding, and the rows to look at."""

from collections.abc import Mapping
from typing import Any

from ...storage.records.data import DataCheck
from ...storage.records.study import StudyRecord
from ..findings import Finding, FindingKind, Severity
from ..number_text import percent

KIND = "label_errors"


def label_check(study: StudyRecord) -> DataCheck | None:
    """The newest check of the labels, if there is one."""
    return next((check for check in study.data_checks if check.kind == KIND), None)


def likely_label_errors(study: StudyRecord, tolerance: float) -> Finding | None:
    """Tell that labels seem wrong, where more do than overlapping classes explain.

    A problem where even the lower limit is more than the tolerance, here a share of rows.
    """
    it = label_check(study)
    if it is None or it.low <= 0:
        return None
    if "looks_like" in it.details:
        return _of_one_class(it, tolerance)
    count, low, high = _labels(it)
    text = (
        f"About {count:,} of {it.n:,} labels ({max(1, low):,} to {high:,}) look wrong. Far from "
        "the borders between classes, where overlap fades away, "
        f"{percent(it.details['sure_error'])} of labels still are other than what all rows like "
        f"them have (nearer to them {percent(it.details['middle_error'])}). Either they are wrong, "
        "or the inputs do not tell these rows apart."
    )
    evidence = _counted(it)
    severity = Severity.PROBLEM if it.low > tolerance else Severity.WARNING
    return Finding(FindingKind.LIKELY_LABEL_ERRORS, severity, evidence, text)


def _of_one_class(it: DataCheck, tolerance: float) -> Finding:
    """The finding where one class's labels look wrong; counts are of rows that look like it."""
    told = it.details
    looks, given = told["looks_like"], told["given"]
    count, low, high = _labels(it)
    text = (
        f"About {count:,} of {it.n:,} rows that look like {looks} ({low:,} to {high:,}) are "
        f"labelled otherwise, nearly all {given}. Overlap of classes would fade away from the "
        f"borders between them; here {percent(told['sure_error'])} of the labels contradict the "
        f"third of these rows that is farthest from any, and {percent(told['middle_error'])} the "
        f"next third, while of other classes {percent(told['others_error'])} of the farthest do. "
        f"Either labels of {looks} are wrong, or the inputs do not tell some rows of {given} from "
        "it: the numbers cannot say which, a look at the rows can."
    )
    evidence = {"looks_like": looks, "given": given, **_counted(it)}
    severe = it.low * it.n > tolerance * told["all_rows"]
    severity = Severity.PROBLEM if severe else Severity.WARNING
    return Finding(FindingKind.LIKELY_LABEL_ERRORS, severity, evidence, text)


def _labels(it: DataCheck) -> tuple[int, int, int]:
    """About how many labels look wrong, and the limits."""
    return round(it.value * it.n), round(it.low * it.n), round(it.high * it.n)


def _counted(it: DataCheck) -> dict[str, Any]:
    count, low, high = _labels(it)
    return {
        "count": count,
        "count_low": low,
        "count_high": high,
        "rows": it.n,
        "share": it.value,
        "share_low": it.low,
        "share_high": it.high,
    }


def suspects(study: StudyRecord) -> tuple[Mapping[str, Any], ...]:
    """The rows whose labels look wrong, the surest first: what ``diagnosis.json`` lists."""
    it = label_check(study)
    return () if it is None else tuple(it.details.get("rows", ()))
