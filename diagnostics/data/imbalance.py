"""Classes that have so few rows that an error over all rows does not feel them."""

from typing import NamedTuple

import numpy as np

from ...storage.records.data import ClassRows
from ...storage.records.study import StudyRecord
from ..error_text import estimate_text
from ..findings import Finding, FindingKind, Severity
from ..ladder import Estimate
from ..number_text import percent
from ..statistics.intervals import clopper_pearson
from ..studies.selection import unpacked
from ..units import CLASSIFICATION

RATIO = 10  # of the rows of the commonest and of a rare class in the training rows
_LESS_RARE = 3  # the same, of a class that is surely missed in most of its rows
_UNKNOWN = 0.25  # an error that test rows without a single mistake do not exclude
_MISSED = 0.5  # of the rare classes' rows: more is surely wrong
_NAMED = 5


class _Answers(NamedTuple):
    """How the best trial's network does on the validation rows of each class."""

    who: str  # begins a sentence
    wrong: tuple[int, ...]
    rows: tuple[int, ...]


def class_imbalance(
    study: StudyRecord, tolerance: float, test: Estimate | None = None
) -> Finding | None:
    """Tell of classes with a tenth of the commonest one's training rows, or fewer.

    And of those with a third, or fewer, where the best trial surely misses most of their rows, or
    is not shown to have a lower test error than always answering the commonest class: nothing else
    that is told looks at single classes, or at constant answers.

    Args:
        study: a classification's; of others nothing is said.
        tolerance: what a gap may be, as a share of rows.
        test: the best trial's test error, where it is known.
    """
    rows = study.provenance and study.provenance.class_rows
    if not rows or max(rows.training) < _LESS_RARE * min(rows.training):
        return None
    most, total = max(rows.training), sum(rows.training)
    balanced = study.minimises_balanced
    answers = None if balanced else _answers(study, len(rows.names))
    missed = set() if answers is None or study.counts_groups else _surely_missed(rows, answers)
    one_answer = None if balanced else _no_better(study, rows, test)
    least = RATIO if one_answer is None else _LESS_RARE
    rare = sorted(
        (i for i, count in enumerate(rows.training) if least * count <= most or i in missed),
        key=lambda i: rows.training[i],
    )
    if not rare:
        return None
    unknown = [i for i in rare if _is_unknown(rows.test[i])]
    hidden = sum(rows.training[i] for i in rare) / total
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
        _text(rows, rare, unknown, hidden, tolerance, answers, one_answer, balanced=balanced),
    )


def seems_to_miss(finding: Finding) -> bool:
    """Whether more than half of the rare classes' validation rows are answered wrongly.

    As measured: of a class with one or two such rows more is never known, and an error that hardly
    feels it tells no trial that finds it from one that does not.

    Args:
        finding: of ``class_imbalance``.
    """
    wrong, rows = (int(finding.evidence.get(it) or 0) for it in ("wrong", "validation_rows"))
    return 2 * wrong > rows


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


def _surely_missed(rows: ClassRows, answers: _Answers) -> set[int]:
    """Classes between a tenth and a third of the commonest's rows, most of which are missed.

    That any of them is named wrongly has a chance of 2.5 % at most (Bonferroni).
    """
    most = max(rows.training)
    few = [
        i
        for i, count in enumerate(rows.training)
        if _LESS_RARE * count <= most < RATIO * count and answers.rows[i]
    ]
    confidence = 1 - 0.05 / max(1, len(few))
    limits = {i: clopper_pearson(answers.wrong[i], answers.rows[i], confidence) for i in few}
    return {i for i, limit in limits.items() if limit.low > _MISSED}


def _no_better(study: StudyRecord, rows: ClassRows, test: Estimate | None) -> str | None:
    """That one answer to all may be wrong in no more test rows; ``None`` where it surely is."""
    if test is None or not sum(rows.test):
        return None
    commonest = rows.training.index(max(rows.training))
    wrong = 1 - rows.test[commonest] / sum(rows.test)
    if test.high < wrong:
        return None
    return (
        f"That {study.network} is better than always answering {rows.names[commonest]!r} is not "
        f"shown: that is wrong in {percent(wrong)} of the test rows, and the network in "
        f"{estimate_text(test, CLASSIFICATION)}."
    )


def _is_unknown(test_rows: int) -> bool:
    return test_rows == 0 or clopper_pearson(0, test_rows).high > _UNKNOWN


def _text(
    rows: ClassRows,
    rare: list[int],
    unknown: list[int],
    hidden: float,
    tolerance: float,
    answers: _Answers | None,
    one_answer: str | None,
    *,
    balanced: bool,
) -> str:
    most = max(rows.training)
    commonest = rows.names[rows.training.index(most)]
    named = ", ".join(f"{rows.names[i]!r} ({rows.training[i]:,})" for i in rare[:_NAMED])
    more = f" and {len(rare) - _NAMED:,} more" if len(rare) > _NAMED else ""
    part = "tenth" if all(RATIO * rows.training[i] <= most for i in rare) else "third"
    parts = [
        f"Of {commonest!r} there are {most:,} training rows, of {named}{more} a {part} or fewer."
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
    if one_answer:
        parts.append(one_answer)
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
