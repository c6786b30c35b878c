"""A diagnosis on a terminal: the sentence, the ladder, the gaps, what to do, what was found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..diagnostics.charts.chart_scales import error_meaning
from ..diagnostics.error_text import root_text
from ..diagnostics.findings import Diagnosis
from ..diagnostics.ladder import Estimate
from ..diagnostics.units import Task
from .command_lines import WIDTH, folded_command
from .fitted_rows import FittedRows
from .output import print_picture, prose, stdout

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ..diagnostics.report.learning_curve_text import CurveText
    from ..diagnostics.report.report_advice import Advice
    from ..diagnostics.report.report_content import ReportContent
    from ..diagnostics.report.report_findings import Remark
    from ..diagnostics.report.report_labels import Badge
    from ..diagnostics.report.treatment_text import TriedPart, TriedText

BAR = 22  # characters of an interval's picture
REMEDIES = 3  # that are shown; the report has all
_HEAD = 30  # characters of a sentence's subject at most
_STYLES = {"bad": "bold red", "good": "bold green", "open": "bold yellow", "quiet": "bold"}


def diagnosis_view(content: "ReportContent", diagnosis: Diagnosis) -> "RenderableType":
    """Everything in the order in which it is read; colour only repeats what signs and words say.

    Args:
        content: the words and numbers that the report's pages show.
        diagnosis: that they were made from.
    """
    from rich.console import Group
    from rich.text import Text

    signs = " ".join(dict.fromkeys(badge.sign for badge in content.badges))  # each once
    tone = content.badges[0].tone if content.badges else "quiet"
    parts: list[RenderableType] = [
        Text(content.subject, style="bold"),
        Text(),
        listed([(Text(signs, style=_STYLES[tone]), prose(content.headline))], indent=0),
        Text(),
        _ladder(content, diagnosis),
        Text(),
        _gaps(content),
    ]
    if diagnosis.unit.balanced or diagnosis.unit.task is not Task.CLASSIFICATION:
        lines = [error_meaning(diagnosis.unit), _roots(diagnosis)]
        parts += [Text(), *(Text(f"  {line}", style="dim") for line in lines if line)]
    if content.task_parts:
        judged = [(Text("·"), prose(f"{it.name}: {it.verdict}")) for it in content.task_parts]
        parts += [Text(), Text("Each task", style="bold"), listed(judged)]
    if content.again:
        lines = [(Text("·"), prose(text)) for text in content.again.sentences]
        parts += [Text(), Text("Trained again", style="bold"), listed(lines)]
    if content.labels:
        lines = [(Text("·"), prose(content.labels.told))]
        parts += [Text(), Text("By label", style="bold"), listed(lines)]
    if content.regions:
        lines = [(Text("·"), prose(content.regions.told))]
        parts += [Text(), Text("By region", style="bold"), listed(lines)]
    if content.choice:
        lines = [(Text("·"), prose(content.choice.sentences[0]))]
        parts += [Text(), Text("How lucky the best trial is", style="bold"), listed(lines)]
    for title, rows in (
        ("What to do", _remedies(content.advice, content.try_all)),
        ("What was tried", _tried(content)),
        ("What the evidence speaks against", _spoken_against(content.spoken_against)),
        ("What more data would bring", more_data_lines(content.more_data)),
        ("What was found", _remarks(content.remarks)),
    ):
        if rows:
            parts += [Text(), Text(title, style="bold"), listed(rows)]
    parts += [Text(), Text(not_checked_text(content.not_checked))]
    return Group(*parts)


def print_diagnosis(content: "ReportContent", diagnosis: Diagnosis) -> None:
    """Print a diagnosis on stdout."""
    print_picture(diagnosis_view(content, diagnosis), min(WIDTH, stdout().width))


def not_checked_text(sentences: Sequence[str]) -> str:
    """What a diagnosis did not check, by the subjects of its sentences; the report has them all.

    >>> not_checked_text(["Labels: whether they are right.", "Regions of the data: too few."])
    'Not checked: labels, regions of the data; the report says more.'
    """
    heads = [s.partition(":")[0] for s in sentences if 0 < s.find(":") <= _HEAD]
    listed = ", ".join(_within(head) for head in heads)
    further = len(sentences) - len(heads)
    if further:
        listed += f"{' and ' if listed else ''}{further} more"
    return f"Not checked: {listed}; the report says more." if sentences else ""


def _within(head: str) -> str:
    """A subject as it stands within a sentence: ``labels``, but ``R²``."""
    return head[0].lower() + head[1:] if head[1:2].islower() else head


def interval_bar(estimate: Estimate, top: float, width: int = BAR) -> str:
    """An interval between 0 and ``top`` in characters: ``  ├──●────┤``.

    Args:
        estimate: value and limits, as fractions.
        top: what the right end stands for; above 0.
        width: characters.
    """

    def place(fraction: float) -> int:
        return min(width - 1, max(0, round(fraction / top * (width - 1))))

    low, value, high = place(estimate.low), place(estimate.value), place(estimate.high)
    cells = [" "] * width
    cells[low : high + 1] = "─" * (high - low + 1)
    cells[low], cells[high] = "├", "┤"
    cells[value] = "●"
    return "".join(cells)


def _ladder(content: "ReportContent", diagnosis: Diagnosis) -> "RenderableType":
    from rich.text import Text

    errors = [error for _, error in diagnosis.errors.rungs()]
    top = max(error.high for error in errors) or 1.0
    lines = []
    for rung, error in zip(content.rungs, errors, strict=True):
        rows = "" if error.n is None else f"{error.n:,} rows"
        picture = Text(interval_bar(error, top).rstrip(), style="cyan")
        lines.append((Text(f"  {rung.name}"), Text(rung.value), Text(rows), picture))
    return FittedRows(lines, right=2)


def _roots(diagnosis: Diagnosis) -> str:
    """Roots of the errors, which are in units of the target; empty where they mean nothing."""
    told = [
        f"{'Bayes' if split == 'bayes' else split} {root.removeprefix('root ')}"
        for split, error in diagnosis.errors.rungs()
        if (root := root_text(error.value, diagnosis.unit))
    ]
    return f"roots: {', '.join(told)}" if told else ""


def _gaps(content: "ReportContent") -> "RenderableType":
    from rich.text import Text

    return FittedRows(
        [
            (Text(f"  {gap.name}"), Text(gap.value), Text(gap.meaning.split(":")[0], style="dim"))
            for gap in content.gaps
        ]
    )


def _spoken_against(those: Sequence[tuple[str, str]]) -> list[tuple["Text", "Text"]]:
    from rich.text import Text

    return [
        (Text("–"), Text.assemble((f"{title}. ", "bold"), prose(reason))) for title, reason in those
    ]


def _remedies(advice: Sequence["Advice"], try_all: str | None) -> list[tuple["Text", "Text"]]:
    from rich.text import Text

    rows = []
    for item in advice[:REMEDIES]:
        text = Text.assemble((f"{item.title}. ", "bold"), prose(item.reason))
        cost = f"; cost: {item.cost}" if item.cost else ""
        predicted = prose(f"\nPredicted: {item.gain.partition(':')[0]}{cost}")
        predicted.stylize("dim")
        text.append_text(predicted)
        if item.trial:
            text.append(f"\n{folded_command(item.trial)}", style="cyan")
        if item.command:
            text.append(f"\n{folded_command(item.command)}", style="dim cyan")
        rows.append((Text(f"{item.rank}."), text))
    further = len(advice) - REMEDIES
    if further > 0:
        more = f"{further} more in the report: " + ", ".join(a.title for a in advice[REMEDIES:])
        rows.append((Text("+"), Text(f"{more}.")))
    if try_all:
        command = folded_command(try_all)
        rows.append((Text("→"), Text(f"To try them one after the other:\n{command}", style="cyan")))
    return rows


def _tried(content: "ReportContent") -> list[tuple["Text", "Text"]]:
    if content.tried is None:
        return []
    each = [(sign_of(it.badge), tried_lines(it)) for it in content.tried.each]
    return [*each, *onward_lines(content.tried)]


def tried_lines(it: "TriedText") -> "Text":
    """A remedy that was tried: what it is called, and what came out."""
    from rich.text import Text

    text = Text.assemble((f"{it.badge.word}: {it.title}. ", "bold"), prose(it.told))
    return text.append(f"\nStudy {it.study}: {it.changes}", style="dim")


def onward_lines(part: "TriedPart") -> list[tuple["Text", "Text"]]:
    """How to go on from what was tried."""
    from rich.text import Text

    return [
        (Text("→"), prose(it.text).append(f"\n{folded_command(it.command)}", style="cyan"))
        for it in part.onward
    ]


def more_data_lines(part: "CurveText | None") -> list[tuple["Text", "Text"]]:
    """What a learning curve forecasts, and what else it tells; nothing where none was measured."""
    from rich.text import Text

    if part is None:
        return []
    headline = Text.assemble((f"{part.badge.word}. ", "bold"), prose(part.headline))
    notes = [(Text("·"), prose(note)) for note in part.notes]
    return [(sign_of(part.badge), headline), *notes]


def _remarks(remarks: Sequence["Remark"]) -> list[tuple["Text", "Text"]]:
    """Problems and warnings; mere notes are counted."""
    from rich.text import Text

    rows = [(sign_of(r.badge), prose(r.text)) for r in remarks if r.badge.tone != "quiet"]
    notes = len(remarks) - len(rows)
    if notes:
        rows.append((Text("i"), Text(f"{notes} note{'s' if notes > 1 else ''} more in the report")))
    return rows


def sign_of(badge: "Badge") -> "Text":
    """A badge's sign in its colour."""
    from rich.text import Text

    return Text(badge.sign, style=_STYLES[badge.tone])


def listed(rows: Sequence[tuple["Text", "Text"]], indent: int = 2) -> "RenderableType":
    """Lines with a mark before them, the text beside it."""
    from rich.padding import Padding
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")  # of a command nothing may be missing, however narrow it is
    for row in rows:
        table.add_row(*row)
    return Padding(table, (0, 0, 0, indent))
