"""Classes that have so few rows that an error over all rows does not feel them."""

from typing import NamedTuple

import numpy as np

from ...storage.records.data import ClassRows
from ...storage.records.study import StudyRecord
from ..findings import Finding, FindingKind, Severity
from ..number_text import percent
from ..statistics.intervals import clopper_pearson
from ..studies.selection import unpacked

RATIO = 10  # of the rows of the commonest and of a rare class in the training rows
_UNKNOWN = 0.25  # an error that test rows without a single mistake do not exclude
_MISSED = 0.5  # of the rare classes' rows: more is surely wrong
_NAMED = 5


class _Answers(NamedTuple):
    """How the best trial's network does on the validation rows of each class."""

    who: str  # begins a sentence
    wrong: tuple[int, ...]
    rows: tuple[int, ...]


def class_imbalance(study: StudyRecord, tolerance: float) -> Finding | None:
    """Tell of classes with a tenth of the commonest one's training rows, or fewer.

    Args:
        study: a classification's; of others nothing is said.
        tolerance: what a gap may be, as a share of rows.
    """
    rows = study.provenance and study.provenance.class_rows
    if not rows or max(rows.training) < RATIO * min(rows.training):
        return None
    most, total = max(rows.training), sum(rows.training)
    rare = sorted(
        (i for i, count in enumerate(rows.training) if RATIO * count <= most),
        key=lambda i: rows.training[i],
    )
    unknown = [i for i in rare if _is_unknown(rows.test[i])]
    hidden = sum(rows.training[i] for i in rare) / total
    balanced = study.minimises_balanced
    answers = None if balanced else _answers(study, len(rows.names))
    evidence = {
        "ratio": most / max(1, min(rows.training)),
        "rarest": rows.names[rare[0]],
        "rarest_rows": rows.training[rare[0]],
        "rare_classes": len(rare),
        "share_of_rows": hidden,
        "unknown_classes": len(unknown),
    }
    if answers is not None:
        wrong, of = (sum(it[i] for i in rare) for it in (answers.wrong, answers.rows))
        mostly = of > 0 and clopper_pearson(wrong, of).low > _MISSED
        evidence |= {"wrong": wrong, "validation_rows": of, "mostly_missed": int(mostly)}
    severity = Severity.INFO if balanced else Severity.WARNING
    return Finding(
        FindingKind.CLASS_IMBALANCE,
        severity,
        evidence,
        _text(rows, rare, unknown, hidden, tolerance, answers, balanced=balanced),
    )


def _answers(study: StudyRecord, classes: int) -> _Answers | None:
    best = study.best()
    known = None if best is None else study.row_errors.get(best.number)
    if best is None or known is None or known.class_rows is None:
        return None
    sizes = known.class_rows
    if len(sizes) != classes:
        return None
    of_row = np.repeat(np.arange(classes), sizes)
    wrong = np.bincount(of_row, weights=unpacked(known), minlength=classes)
    who = "The network" if study.only_predictions else f"Trial {best.number}"
    return _Answers(who, tuple(int(it) for it in wrong), sizes)


def _is_unknown(test_rows: int) -> bool:
    return test_rows == 0 or clopper_pearson(0, test_rows).high > _UNKNOWN


def _text(
    rows: ClassRows,
    rare: list[int],
    unknown: list[int],
    hidden: float,
    tolerance: float,
    answers: _Answers | None,
    *,
    balanced: bool,
) -> str:
    most = max(rows.training)
    commonest = rows.names[rows.training.index(most)]
    named = ", ".join(f"{rows.names[i]!r} ({rows.training[i]:,})" for i in rare[:_NAMED])
    more = f" and {len(rare) - _NAMED:,} more" if len(rare) > _NAMED else ""
    parts = [
        f"Of {commonest!r} there are {most:,} training rows, of {named}{more} a tenth or fewer."
    ]
    if not balanced:
        parts.append(
            f"A network that never answers {'it' if len(rare) == 1 else 'them'} is wrong in "
            f"{percent(hidden)} of rows"
            + (
                f", within the {percent(tolerance)} that are tolerated."
                if hidden <= tolerance
                else ", however much each of them matters."
            )
        )
    if answers:
        each = (
            f"{answers.wrong[i]:,} of {answers.rows[i]:,}{'' if place else ' validation rows'} of "
            f"{rows.names[i]!r}"
            for place, i in enumerate(rare[:_NAMED])
        )
        parts.append(f"{answers.who} is wrong in {', '.join(each)}.")
    if unknown:
        have = "has" if len(unknown) == 1 else "have"
        which = f"{len(unknown):,} of the {len(rare):,} rare classes"
        if len(unknown) == len(rare):
            which = {1: "It", 2: "Both"}.get(len(rare), f"All {len(rare):,} rare classes")
        few = max(rows.test[i] for i in unknown)
        parts.append(
            f"{which} {have} {few:,} test rows or fewer: even without a mistake on them, the error "
            f"there could be more than {percent(_UNKNOWN)}."
        )
    return " ".join(parts)
