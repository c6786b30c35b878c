"""Splits that a classifier tells apart, as findings."""

from ...storage.records.data import DataCheck
from ...storage.records.study import StudyRecord
from ..findings import Finding, FindingKind, Severity

KIND = "drift"
_ALPHA = 0.01
_CLEAR = 0.6  # an area under the ROC curve from which a difference is more than faint
_EXPECTED = {
    "ordered": " Rows are split by time, so later ones may well differ: this is what a network "
    "will meet.",
    "grouped": " Whole groups are in one split, and groups differ, if by chance alone: this is "
    "what a network will meet in new ones.",
}


def drift(study: StudyRecord) -> tuple[Finding, ...]:
    """Tell of validation or test rows that are unlike the training rows."""
    checks = (check for check in study.data_checks if check.kind == KIND)
    split = str((study.spec or {}).get("data", {}).get("split", "random"))
    return tuple(_finding(c, split) for c in checks if (c.p_value or 0) < _ALPHA and c.value > 0.5)


def _finding(check: DataCheck, split: str) -> Finding:
    features = ", ".join(check.details.get("features", ()))
    named = f" Most different are {features}." if features else ""
    text = (
        f"A classifier tells {check.split} rows from training rows: of one of each it names the "
        f"right one in {100 * check.value:.0f} % of pairs ({100 * check.low:.0f}–"
        f"{100 * check.high:.0f} %), where chance gives 50 %.{named}{_EXPECTED.get(split, '')}"
    )
    evidence = {
        "split": check.split,
        "area": check.value,
        "low": check.low,
        "high": check.high,
        "p_value": check.p_value,
        "rows": check.n,
        "features": features or None,
    }
    # Rows of one group hang together, so that groups without any drift are told apart, too.
    clear = check.value >= _CLEAR and split != "grouped"
    severity = Severity.WARNING if clear else Severity.INFO
    return Finding(FindingKind.DRIFT, severity, evidence, text)
