"""The ladder of errors and the gaps between them, in words."""

from typing import NamedTuple

from ...storage.records.study import StudyRecord
from ..error_text import (
    error_range,
    estimate_text,
    gap_in_points,
    points,
    r_squared_text,
    range_in_points,
    root_text,
)
from ..findings import Diagnosis
from ..leaning import likely_limits
from ..units import Task
from ..verdict import judged_gaps, open_gaps
from .report_labels import BALANCED_FLOOR, FLOORS, RUNGS, gap_labels
from .selection_text import corrected_gap_text

_LIKELY = "Likely {} (80 % on each side). "
_BELOW = "How it came about is told below"


class Rung(NamedTuple):
    """One error of the ladder, or one gap between two."""

    name: str
    meaning: str
    value: str  # with its interval
    basis: str  # rows or formula, and the method: for the small print
    # in regression: the root of the error and R² with its interval, or the gap in squared units
    share: str = ""


def bayes_method(study: StudyRecord) -> str:
    """How the Bayes error was estimated, if it was: too many words to stand in the ladder."""
    return _sentence(study.bayes.method) if study.bayes and not study.bayes.given else ""


def rungs(diagnosis: Diagnosis, *, told_below: bool, elsewhere: bool) -> tuple[Rung, ...]:
    """The errors, from the floor up.

    Args:
        diagnosis: has them.
        told_below: whether it is told elsewhere how the Bayes error came about.
        elsewhere: whether the network was trained elsewhere.
    """
    unit = diagnosis.unit
    meaning = {split: text for split, (_, text) in RUNGS.items()}
    if elsewhere:
        meaning["validation"] = "On rows that may have chosen the network among others"
    floor = BALANCED_FLOOR if unit.balanced else FLOORS[unit.task]
    return tuple(
        Rung(
            RUNGS[split][0],
            _sentence(": ".join([meaning[split], *([floor] if split == "bayes" else [])])),
            estimate_text(error, unit),
            ("" if error.n is None else f"n = {error.n:,} rows. ")
            + (_LIKELY.format(error_range(*error.likely, unit)) if error.likely else "")
            + (_BELOW if told_below and split == "bayes" else _sentence(error.method)),
            ", ".join(
                filter(None, (root_text(error.value, unit), r_squared_text(split, error, unit)))
            ),
        )
        for split, error in diagnosis.errors.rungs()
    )


def gaps(diagnosis: Diagnosis) -> tuple[Rung, ...]:
    """The gaps: those between neighbouring rungs, then the others.

    What is likely is told of those that the verdict leaves open alone: elsewhere it adds nothing.
    """
    labels, unit = gap_labels(diagnosis.gaps), diagnosis.unit
    opened = open_gaps(judged_gaps(diagnosis.gaps), diagnosis.tolerance).values()
    return tuple(
        Rung(
            labels[key][0],
            _sentence(": ".join(labels[key][1:])),
            gap_in_points(gap, unit),
            (_LIKELY.format(range_in_points(likely_limits(gap), unit)) if gap in opened else "")
            + _sentence(gap.method)
            + corrected_gap_text(key, diagnosis),
            points(gap.value, unit) if unit.task is Task.REGRESSION else "",
        )
        for key, gap in diagnosis.gaps.steps()
    )


def _sentence(text: str) -> str:
    """A method as one sentence without its full stop, which the report sets."""
    return (text[:1].upper() + text[1:]).rstrip(".")
