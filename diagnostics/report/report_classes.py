"""The classes of a study whose verdict counts them alike: their rows and errors, as a table."""

from typing import NamedTuple

from ...storage.records.study import StudyRecord
from ..error_text import error_range, error_text
from ..findings import Diagnosis
from ..ladder import Estimate
from ..number_text import MISSING
from ..statistics.rates import ClassCounts, intervals_of_each
from .report_tables import Table

MOST = 30  # classes that are shown: the worst ones


class ClassPart(NamedTuple):
    """A report's section on the classes."""

    sentence: str
    table: Table


def class_part(study: StudyRecord, diagnosis: Diagnosis) -> ClassPart | None:
    """The section's content, the class with the highest test error first.

    ``None`` where the verdict counts rows.
    """
    rows = study.provenance and study.provenance.class_rows
    if not diagnosis.unit.balanced or rows is None:
        return None
    splits = [(split, error) for split, error in diagnosis.errors.rungs() if error.classes]
    cells = {split: _cells(error, diagnosis) for split, error in splits}
    counts = diagnosis.errors.test.classes
    assert counts is not None
    order = sorted(range(len(rows.names)), key=lambda place: (-_rate(counts, place), place))
    shown = order[:MOST]
    fewer = f" Shown are the {MOST} of {len(order):,} with the highest test error."
    counted = ", rows counted as their groups tell" if diagnosis.errors.test.grouped else ""
    sentence = (
        "The verdict counts classes alike: each rung of the ladder is the mean of a column here, "
        f"over the classes that have rows. Intervals are Clopper and Pearson’s"
        f"{counted}, and those of one column hold together with 95 % (Bonferroni)."
        f"{fewer if len(shown) < len(order) else ''}"
    )
    header = ("class", *(f"{split}: wrong of rows, error" for split in cells))
    lines = ((rows.names[place], *(cells[s][place] for s in cells)) for place in shown)
    return ClassPart(sentence, Table(header, tuple(lines)))


def _rate(counts: ClassCounts, place: int) -> float:
    return counts.wrong[place] / counts.rows[place] if counts.rows[place] else -1.0


def _cells(error: Estimate, diagnosis: Diagnosis) -> list[str]:
    assert error.classes is not None
    unit = diagnosis.unit
    each = zip(*error.classes, intervals_of_each(error.classes, error.grouped), strict=True)
    return [
        f"{round(wrong):,} of {round(rows):,}: {error_text(it.value, unit)} "
        f"({error_range(it.low, it.high, unit)})"
        if it
        else MISSING
        for wrong, rows, it in each
    ]
