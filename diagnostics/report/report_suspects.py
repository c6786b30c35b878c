"""The rows whose labels look wrong, as a report lists them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..number_text import MISSING, percent
from .report_tables import Table

_SHOWN = 20  # rows


class SuspectsPart(NamedTuple):
    """Rows to look at."""

    caption: str
    table: Table


def suspects_part(rows: tuple[Mapping[str, Any], ...]) -> SuspectsPart | None:
    """The first rows whose labels look wrong, as text; ``None`` where there are none."""
    if not rows:
        return None
    header = ("split", "row", "source row", "label", "looks like", "probability")
    table = Table(header, tuple(_line(row) for row in rows[:_SHOWN]))
    return SuspectsPart(_caption(len(rows)), table)


def _line(row: Mapping[str, Any]) -> tuple[str, ...]:
    source = row["source_row"]
    return (
        row["split"],
        f"{row['row']:,}",
        MISSING if source is None else f"{source:,}",
        row["given"],
        row["suggested"],
        percent(row["probability_suggested"]),
    )


def _caption(count: int) -> str:
    rest = count - _SHOWN
    more = f"; {rest:,} more are in diagnosis.json" if rest > 0 else ""
    return (
        "The surest first; rows are counted from 0, in the split and in the source (of ready-made "
        "splits through all of them). The probability is that of classifiers that "
        f"never saw the row{more}."
    )
