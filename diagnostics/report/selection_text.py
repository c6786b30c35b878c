"""The choice of the best trial in words: how flattered it is, and what more trials bring."""

from collections.abc import Sequence
from typing import NamedTuple

from ...storage.records.study import StudyRecord
from ..error_text import (
    error_range,
    error_text,
    estimate_text,
    gap_in_points,
    signed_in_full,
    size_in_full,
)
from ..findings import Diagnosis
from ..studies.selection import BestOf, Corrected, Selection
from ..studies.stopping import patience_of
from ..units import Unit
from .report_tables import Table

_ROWS = 9  # of the table
_MEANING = (
    "The best of many trials is partly the best by luck on the validation rows: the more trials, "
    "the more luck. So {drawn} drawn anew, with replacement, and each time the trial that is best "
    "on the rows drawn was judged on those that were left out."
)
EXPECTED = (
    "What the best of fewer trials would have come to, were they drawn at random from those that "
    "finished: measured, by the validation error that chooses it; corrected, on rows that did not. "
    "Near all trials the interval over trials is wide, as but one such best was seen. Pruned and "
    "diverged trials come on top."
)


class ChoicePart(NamedTuple):
    """A report's section on the choice of the best trial."""

    sentences: tuple[str, ...]  # the first one says how optimistic the winner's error is
    table: Table
    corrected: bool


def choice_part(diagnosis: Diagnosis) -> ChoicePart | None:
    """The section's content; ``None`` where there was nothing to choose."""
    it, unit = diagnosis.selection, diagnosis.unit
    if it is None:
        return None
    if it.corrected is None:
        said = [_uncorrected(it)]
    else:
        said = [optimism_sentence(it, it.corrected, diagnosis), _meaning(it.corrected)]
    return ChoicePart((*said, *_gain(it, unit)), _table(it.curve, unit), it.corrected is not None)


def optimism_sentence(it: Selection, corrected: Corrected, diagnosis: Diagnosis) -> str:
    """How optimistic the winner's validation error is, by interval and rows."""
    unit, n = diagnosis.unit, corrected.error.n or 0
    drawn = "" if n == it.validation_rows else f", {n:,} of which were drawn anew"
    tested = (
        f" On the test rows it has {estimate_text(diagnosis.errors.test, unit)}."
        if it.trial == diagnosis.trial
        else f" Trial {diagnosis.trial} is diagnosed instead, as it did better when trained again."
    )
    return (
        f"Trial {it.trial} has the lowest validation error of {it.trials:,}, "
        f"{error_text(corrected.own, unit)} on {it.validation_rows:,} rows{drawn}; corrected for "
        f"that choice it is {estimate_text(corrected.error, unit)}, so the validation error is "
        f"optimistic by {gap_in_points(corrected.optimism, unit).lstrip('+')}.{tested}"
    )


def corrected_gap_text(name: str, diagnosis: Diagnosis) -> str:
    """What a gap that validation rows measured is after the correction; empty for other gaps."""
    selection = diagnosis.selection
    gap = selection.gaps.get(name) if selection else None
    if gap is None:
        return ""
    return f". Corrected for the choice of the trial: {gap_in_points(gap, diagnosis.unit)}"


def selection_caveats(study: StudyRecord, selection: Selection | None) -> tuple[str, ...]:
    """What choosing by validation rows leaves unsaid."""
    finished = len(study.finished())
    chosen = [f"the best of {finished:,} trials"] if finished > 1 else []
    epoch = ["the epoch whose weights were kept"] if patience_of(study.spec) else []
    if selection and selection.corrected:
        if not epoch:
            return ()
        return (
            "Selection: the epoch whose weights were kept was chosen by its validation error, too; "
            "the correction for choosing the best trial leaves that part in.",
        )
    chosen += epoch
    if not chosen:
        return ()
    why = f" This is not corrected: {selection.missing}." if selection else ""
    return (
        f"Selection: {' and '.join(chosen)} {'were' if chosen[1:] else 'was'} chosen by its "
        "validation error, which is therefore optimistic, and with it the variance; the test "
        f"error is the judge.{why}",
    )


def _meaning(corrected: Corrected) -> str:
    groups = corrected.error.grouped
    if groups is None:
        return _MEANING.format(drawn="these rows were")
    return _MEANING.format(drawn=f"the {groups.number:,} groups that these rows come in were")


def _uncorrected(it: Selection) -> str:
    return (
        f"Trial {it.trial} has the lowest validation error of {it.trials:,}, which flatters it; by "
        f"how much is not known: {it.missing}."
    )


def _gain(it: Selection, unit: Unit) -> list[str]:
    """What the second half of the trials brought."""
    half = next((b for b in reversed(it.curve) if 2 * b.trials <= it.trials), None)
    if half is None:
        return []
    last = it.curve[-1]
    measured = size_in_full(half.measured - last.measured, unit)
    text = (
        f"The best of {half.trials:,} trials instead of {it.trials:,} would have a validation "
        f"error {measured} higher on average"
    )
    if half.corrected is None or last.corrected is None:
        return [f"{text}."]
    fell = signed_in_full(half.corrected - last.corrected, unit)
    return [f"{text}; corrected, the difference is {fell}."]


def _table(curve: Sequence[BestOf], unit: Unit) -> Table:
    shown = _thinned(curve)
    header = ("best of", "measured (95 %, over trials)")
    rows = [
        (f"{b.trials:,}", _cell(b.measured, b.measured_low, b.measured_high, unit)) for b in shown
    ]
    if curve[-1].corrected is None:
        return Table(header, tuple(rows))
    header += ("corrected (95 %, over rows)",)
    cells = (
        _cell(b.corrected or 0.0, b.corrected_low or 0.0, b.corrected_high or 0.0, unit)
        for b in shown
    )
    return Table(header, tuple((*row, cell) for row, cell in zip(rows, cells, strict=True)))


def _thinned(curve: Sequence[BestOf]) -> list[BestOf]:
    """The ends and what lies evenly between them."""
    steps = min(_ROWS, len(curve))
    places = {round(i * (len(curve) - 1) / max(1, steps - 1)) for i in range(steps)}
    return [curve[place] for place in sorted(places)]


def _cell(value: float, low: float, high: float, unit: Unit) -> str:
    return f"{error_text(value, unit)} ({error_range(low, high, unit)})"
