"""What takes from the worth of a verdict, as a sentence behind it."""

from ..findings import Diagnosis, Finding, FindingKind, Severity, Verdict

# Of findings that are problems: what they say of all errors.
_OF_THE_NUMBERS = {
    FindingKind.HIDDEN_GROUPS: "rows that belong together stand in several splits",
    FindingKind.DUPLICATES_ACROSS_SPLITS: "the same rows stand in several splits",
    FindingKind.FLOOR_ABOVE_HELD_OUT: "the Bayes error contradicts the held-out error",
}


def doubts(diagnosis: Diagnosis) -> str:
    """Why the verdict may not be taken as it reads, after a space; empty where nothing is known.

    Errors of rows that were dealt wrongly judge nothing; and who is told that a network is healthy
    thinks of all classes and labels, also of one so rare that all its rows are within the
    tolerance, and not of a column that may be made from the target. What is called variance is none
    where test rows are of another kind.
    """
    problems = {it.kind for it in diagnosis.findings if it.severity is Severity.PROBLEM}
    said = [text for kind, text in _OF_THE_NUMBERS.items() if kind in problems]
    sentence = f" But the errors are in doubt: {' and '.join(said)}." if said else ""
    shifted = any(it.kind is FindingKind.SHIFT for it in diagnosis.findings)
    if shifted and Verdict.HIGH_VARIANCE in (*diagnosis.verdict, *diagnosis.leaning):
        sentence += (
            " But a part of the variance may be data mismatch: simple models that learnt from "
            "training rows do worse on test rows, too."
        )
    if Verdict.HEALTHY in (*diagnosis.verdict, *diagnosis.leaning):
        missed = (it for it in diagnosis.findings if it.evidence.get("mostly_missed"))
        sentence += "".join(map(_missed, missed))
        labels = (it for it in diagnosis.findings if it.kind is FindingKind.MISSED_LABELS)
        sentence += "".join(map(_missed_labels, labels))
        sentence += "".join(
            _telling(it) for it in diagnosis.findings if it.kind is FindingKind.TELLING_COLUMN
        )
    return sentence


def _telling(column: Finding) -> str:
    """The finding's first clause: ``Column 'x' tells target 'y' on its own: of 353 rows …``."""
    subject, verb, _ = column.text.partition(" on its own")
    return f" But {subject[0].lower()}{subject[1:]}{verb}: that may be right, or all is too good."


def _missed_labels(found: Finding) -> str:
    it = found.evidence
    several = int(it["missed_labels"] or 0) > 1
    which = f"{it['missed_labels']} labels" if several else f"label {it['worst']!r}"
    share = f"{it['wrong']:,} of {it['held_out_rows']:,} held-out rows"
    return f" But {share} of the rarer answer to {which} are wrong."


def _missed(imbalance: Finding) -> str:
    it = imbalance.evidence
    several = int(it["rare_classes"] or 0) > 1
    which = f"the {it['rare_classes']} rare classes" if several else f"class {it['rarest']!r}"
    share = f"{it['wrong']:,} of {it['validation_rows']:,} validation rows"
    return f" But {share} of {which} are answered wrongly."
