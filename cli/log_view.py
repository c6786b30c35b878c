"""The diagnosis of another's training log on a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..diagnostics.findings import Finding, Severity
from ..diagnostics.ladder import Estimate, Gap
from .output import print_picture, prose, stdout

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..diagnostics.logs.log_diagnosis import LogDiagnosis

WIDTH = 88  # longer lines are hard to read, however wide the terminal
_SIGNS = {Severity.PROBLEM: "▲", Severity.WARNING: "!", Severity.INFO: "i"}


def log_view(diagnosis: "LogDiagnosis", sentence: str) -> "RenderableType":
    """The sentence, the errors and gaps, what was found, and what cannot be said."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from ..diagnostics.report.report_labels import REMEDIES

    log = diagnosis.log
    several = f"{log.points:,} points, {log.name_of(1)} to {log.at[-1]:g}"
    span = several if log.points > 1 else f"1 point, {log.name_of(1)}"
    parts: list[RenderableType] = [
        Text(f"{log.source} ({log.layout}; {span})", style="bold"),
        Text(),
        prose(sentence),
    ]
    numbers = Table.grid(padding=(0, 2))
    for name, shown, rows in _numbers(diagnosis):
        numbers.add_row(Text(f"  {name}"), prose(shown), Text(rows))
    if numbers.rows:
        parts += [Text(), numbers]
    titles = [REMEDIES[kind] for kind in diagnosis.remedies]
    advice = [(f"{rank}.", f"{title}.") for rank, title in enumerate(titles, 1)]
    unsaid = [("·", text) for text in diagnosis.not_said]
    sections = (
        ("What to do", advice),
        ("What was found", marked(diagnosis.findings)),
        ("What the log does not say", unsaid),
    )
    return Group(*parts, *listed(sections))


def marked(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Each finding's sign and text."""
    return [(_SIGNS[it.severity], it.text) for it in findings]


def listed(sections: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> "list[RenderableType]":
    """Titled lists, without those that are empty; an item has a sign and a text."""
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = []
    for title, lines in sections:
        if not lines:
            continue
        items = Table.grid(padding=(0, 1))
        for sign, text in lines:
            items.add_row(Text(f"  {sign}"), prose(text))
        parts += [Text(), Text(title, style="bold"), items]
    return parts


def print_log_diagnosis(diagnosis: "LogDiagnosis", sentence: str) -> None:
    """Print a log's diagnosis on stdout."""
    print_picture(log_view(diagnosis, sentence), min(WIDTH, stdout().width))


def _numbers(diagnosis: "LogDiagnosis") -> list[tuple[str, str, str]]:
    """Name, value and rows of each error and gap that there is."""
    from ..diagnostics.error_text import error_range, error_text, gap_range, points
    from ..diagnostics.units import CLASSIFICATION

    found = []
    for name, it in diagnosis.parts():
        title = name.replace("_", " ").capitalize()
        if isinstance(it, Estimate):
            shown = error_text(it.value, CLASSIFICATION)
            if it.n is not None:
                shown += f" ({error_range(it.low, it.high, CLASSIFICATION)})"
            found.append((title, shown, "" if it.n is None else f"{it.n:,} rows"))
        elif isinstance(it, Gap):
            limits = gap_range(it, CLASSIFICATION)
            found.append((title, f"{points(it.value, CLASSIFICATION)} ({limits})", ""))
    return found
