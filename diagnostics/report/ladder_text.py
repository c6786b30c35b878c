"""The ladder of errors drawn in characters, for pages without pictures."""

from collections.abc import Sequence

from ..error_text import error_text
from ..findings import Diagnosis
from .report_rungs import Rung

_PLOT = 34  # characters of the axis
_LINE = 79  # characters


def ladder_text(rungs: Sequence[Rung], gaps: Sequence[Rung], diagnosis: Diagnosis) -> str:
    """The ladder in characters: ``●`` the error, ``├─┤`` its interval, on one axis from 0.

    Args:
        rungs: names and values of the errors.
        gaps: of what lies between them.
        diagnosis: has the errors themselves.
    """
    errors = [error for _, error in diagnosis.errors.rungs()]
    end = max(0.01 * diagnosis.unit.whole, *(error.high for error in errors))

    def column(error: float) -> int:
        return round(error / end * (_PLOT - 1))

    lines = []
    for place, (rung, error) in enumerate(zip(rungs, errors, strict=True)):
        if place:
            gap = gaps[place - 1]
            # Of errors far beyond the target's variance, a line is longer.
            room = max(len(gap.name) + 1, min(_PLOT + 17, _LINE - 2 - len(gap.value)))
            lines.append(f"  {gap.name.lower():<{room}}{gap.value}")
        low, middle, high = (column(e) for e in (error.low, error.value, error.high))
        bar = " " * low + "├" + "─" * (high - low - 1) + ("┤" if high > low else "")
        bar = bar[:middle] + "●" + bar[middle + 1 :]
        lines.append(f"{rung.name:<18}{bar:<{_PLOT + 1}}{rung.value}")
    start, end_text = (error_text(e, diagnosis.unit) for e in (0.0, end))
    scale = start.replace("0.0", "0") + f"{end_text:>{_PLOT - len(start)}}"
    return "\n".join([*lines, " " * 18 + scale])
