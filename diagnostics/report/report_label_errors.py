"""A report's section on several labels: of which of them rows are missed, or wrongly claimed."""

from typing import NamedTuple

from ..data.label_standings import Counted, LabelStanding
from ..findings import Diagnosis
from ..number_text import MISSING, plain_number
from .report_tables import Table

MOST = 30  # labels that are shown: the worst ones
_HEADER = (
    "label",
    "rarer rows",
    "training: wrong of these",
    "held out: wrong of these",
    "interval",
    "held out: wrong of the others",
    "threshold",
    "test from it: missed",
    "wrongly claimed",
)


class LabelPart(NamedTuple):
    """What a report says of each label."""

    told: str  # in one line
    sentences: tuple[str, ...]
    table: Table


def label_part(diagnosis: Diagnosis) -> LabelPart | None:
    """The section's content; ``None`` where there are not several labels, or none were counted."""
    every = diagnosis.labels
    if not every:
        return None
    shown = every[:MOST]
    lines = tuple(map(_line, shown))
    return LabelPart(_told(every), _sentences(every, len(shown)), Table(_HEADER, lines))


def _told(every: tuple[LabelStanding, ...]) -> str:
    if all(it.error is None for it in every):
        return "Which labels are missed is counted; rows come in groups, so it has no intervals."
    missed = sum(it.missed for it in every)
    of = f"{missed:,} of {len(every):,} labels" if missed else "no label"
    told = f"Of {of} most of the rarer rows are surely missed."
    maybe = sum(not it.missed and 2 * it.held_out.wrong > it.held_out.rows for it in every)
    if not maybe:
        return told
    more = f"{maybe:,} more" if missed else f"{maybe:,} of {len(every):,} labels"
    return f"{told} Of {more} most held-out ones are, which are too few to be sure."


def _sentences(every: tuple[LabelStanding, ...], shown: int) -> tuple[str, ...]:
    fewer = f" Shown are the {shown} of {len(every):,} labels that are missed most."
    return (
        "The errors above are means over labels, which hardly feel the rarer answer of a label: "
        "mostly that a row has it, so that rows with it are the rarer ones. Held out are "
        "validation and test rows. Intervals are Clopper and Pearson’s and hold together with 95 % "
        "(Bonferroni over the labels)."
        f"{fewer if shown < len(every) else ''}",
        "The threshold is the probability from which on claiming the label has the highest F1 on "
        "the validation rows; what comes of it is counted on the test rows, which did not choose "
        "it. The network claims a label from 0.5 on.",
    )


def _line(it: LabelStanding) -> tuple[str, ...]:
    at = it.from_threshold
    ends = (MISSING, MISSING)
    if at is not None:
        ends = tuple(
            f"{_of(new)} (from 0.5: {old.wrong:,})" for new, old in zip(at, it.test, strict=True)
        )
    return (
        it.label,
        "with it" if it.has else "without it",
        _of(it.training),
        _of(it.held_out),
        f"{100 * it.error.low:.0f}–{100 * it.error.high:.0f} %" if it.error else MISSING,
        _of(it.others),
        MISSING if it.threshold is None else plain_number(it.threshold, 2),
        *ends,
    )


def _of(it: Counted) -> str:
    return f"{it.wrong:,} of {it.rows:,}"
