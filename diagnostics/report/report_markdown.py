"""The report as Markdown: for repositories, pull requests and the terminal."""

import re
from collections.abc import Sequence

from ...storage.records.study import StudyRecord
from ..error_text import error_text
from ..findings import Diagnosis
from .report_content import Advice, ReportContent, Rung, report_content
from .report_findings import Meaning, Remark
from .report_queries import Query
from .report_tables import Table
from .selection_text import EXPECTED
from .task_table import JUDGED, NOTE, TaskPart
from .wording import DATABASE

_PLOT = 34  # characters of the ladder's axis; a line stays below 80


def render_markdown(study: StudyRecord, diagnosis: Diagnosis) -> str:
    """The page's content without its pictures; names and texts are escaped.

    Args:
        study: As the storage gives it back.
        diagnosis: Of that study. Nothing in it is computed anew.
    """
    content = report_content(study, diagnosis)
    blocks = [
        f"# {_text(content.headline)}",
        " ".join(f"**{badge.sign} {badge.word}**" for badge in content.badges),
        _pairs(content.facts),
        "## Where the error comes from",
        _code(_ladder(content, diagnosis)),
        f"A gap is high when its whole interval lies above the tolerated {content.tolerance}, and "
        "low when its whole interval lies below.",
        "\n".join(_rungs(content)),
        *(
            [f"How the Bayes error came about: {_text(content.bayes_method)}."]
            if content.bayes_method
            else []
        ),
        *_classes(content),
        _text(content.units),
        *_tasks(content),
        "## What to do next",
        *_advice(content.advice, content.try_all),
        *_tried(content),
        *_spoken_against(content),
        *_more_data(content),
        "## Findings",
        *_remarks(content.remarks),
        *_suspects(content),
        *_regions(content),
        *_again(content),
        *_search(content),
        *_curves(content),
        *_layers(content),
        *_meanings(content.meanings),
        "## What was not checked",
        "\n".join(f"- {_text(text)}" for text in content.not_checked),
        *_origin(content),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _search(content: ReportContent) -> list[str]:
    if not content.search:
        return []
    return [
        "## The search",
        " ".join([content.search, content.drawn]).strip(),
        *([_table(content.ranges)] if content.ranges.rows else []),
        *_choice(content),
        "## The ten best trials",
        "Ranked by validation error after the last epoch (with early stopping: the best one); the "
        "test error chose nothing.",
        _table(content.top),
    ]


def _queries(queries: Sequence[Query]) -> list[str]:
    if not queries:
        return []
    return [
        "## Where each number comes from",
        'Run a query with `netclinic sql "…"` or any SQL client.',
        *(
            block
            for it in queries
            for block in (f"{_text(it.what)}: {_text(it.value)}", _code(it.sql, "sql"))
        ),
    ]


def _origin(content: ReportContent) -> list[str]:
    return [
        *_queries(content.queries),
        "## Provenance",
        _pairs(content.provenance) if content.provenance else "Not made by netclinic.",
        *_spec(content.spec_text),
    ]


def _spec(text: str | None) -> list[str]:
    if text is None:
        return []
    return ["The spec as it was written, without what `-S` changed:", _code(text, "toml")]


def _ladder(content: ReportContent, diagnosis: Diagnosis) -> str:
    """The ladder in characters: ``●`` the error, ``├─┤`` its interval, on one axis from 0."""
    errors = [error for _, error in diagnosis.errors.rungs()]
    end = max(0.01 * diagnosis.unit.whole, *(error.high for error in errors))

    def column(error: float) -> int:
        return round(error / end * (_PLOT - 1))

    lines = []
    for place, (rung, error) in enumerate(zip(content.rungs, errors, strict=True)):
        if place:
            gap = content.gaps[place - 1]
            lines.append(f"  {gap.name.lower():<{_PLOT + 17}}{gap.value}")
        low, middle, high = (column(e) for e in (error.low, error.value, error.high))
        bar = " " * low + "├" + "─" * (high - low - 1) + ("┤" if high > low else "")
        bar = bar[:middle] + "●" + bar[middle + 1 :]
        lines.append(f"{rung.name:<18}{bar:<{_PLOT + 1}}{rung.value}")
    start, end_text = (error_text(e, diagnosis.unit) for e in (0.0, end))
    scale = start.replace("0.0", "0") + f"{end_text:>{_PLOT - len(start)}}"
    return "\n".join([*lines, " " * 18 + scale])


def _rungs(content: ReportContent) -> list[str]:
    steps: list[Rung] = [content.rungs[0]]
    *between, judged = content.gaps  # the last one is no step between neighbours
    for gap, rung in zip(between, content.rungs[1:], strict=True):
        steps += [gap, rung]
    steps.append(judged)
    return [
        f"- **{it.name}** {', '.join(t for t in (it.value, it.share) if t)}: "
        f"{_text(it.meaning)}. {_text(it.basis)}."
        for it in steps
    ]


def _classes(content: ReportContent) -> list[str]:
    part = content.classes
    return [] if part is None else ["### The classes", _text(part.sentence), _table(part.table)]


def _regions(content: ReportContent) -> list[str]:
    part = content.regions
    if part is None:
        return []
    table = [_table(part.table)] if part.table.rows else []
    return ["## By region", *map(_text, part.sentences), *table]


def _advice(advice: Sequence[Advice], try_all: str | None) -> list[str]:
    if not advice:
        return ["Nothing: no finding asks for a change."]
    every = f" All are tried, one after the other, by `{try_all}`." if try_all else ""
    order = "In the order in which to try them."
    blocks = [
        f"{order} {_text(DATABASE)} `netclinic treat` runs a study with the remedy beside "
        f"this one, and compares the two.{every} The other command only runs it; SPEC is "
        "`spec_resolved.toml`, in the folder where `netclinic run` or `export` wrote this page: "
        "the spec as this study was run, with what `-S` changed."
        if any(it.command for it in advice)
        else order
    ]
    for it in advice:
        title = f"{it.rank}. **{it.title}** (against: {it.against.lower()}). {_text(it.reason)}"
        commands = [_indented(_code(text, "sh")) for text in (it.trial, it.command) if text]
        numbers = f"   - Predicted: {_text(it.gain)}."
        if it.cost:
            numbers += f"\n   - Cost: {_text(it.cost)}."
        blocks.append("\n\n".join([title, numbers, *commands]))
    return blocks


def _tried(content: ReportContent) -> list[str]:
    part = content.tried
    if part is None:
        return []
    each = "\n".join(
        f"- **{it.badge.word}: {it.title}**, study {_text(it.study)} ({_text(it.changes)}): "
        f"{_text(it.told)} {_text(it.doubt)} {_text(it.beside)}"
        for it in part.each
    )
    onward = [text for it in part.onward for text in (_text(it.text), _code(it.command, "sh"))]
    return ["### What was tried", each, *onward, _text(part.how), _table(part.table)]


def _spoken_against(content: ReportContent) -> list[str]:
    if not content.spoken_against:
        return []
    lines = [f"- **{title}.** {_text(reason)}" for title, reason in content.spoken_against]
    return ["### What the evidence speaks against", "\n".join(lines)]


def _more_data(content: ReportContent) -> list[str]:
    part = content.more_data
    if part is None:
        return []
    headline = f"**{part.badge.sign} {part.badge.word}.** {_text(part.headline)}"
    notes = "\n".join(f"- {_text(note)}" for note in part.notes)
    return ["## What more data would bring", headline, notes, _table(part.table), _text(part.how)]


def _remarks(remarks: Sequence[Remark]) -> list[str]:
    if not remarks:
        return ["Nothing stood out."]
    return [
        "\n".join(
            f"- **{it.badge.word}: {it.title}.** {_text(it.text)}"
            + "".join(f"\n  - {_text(name)}: {_text(value)}" for name, value in it.evidence)
            for it in remarks
        )
    ]


def _suspects(content: ReportContent) -> list[str]:
    part = content.suspects
    if part is None:
        return []
    return ["### Rows whose labels look wrong", _text(part.caption), _table(part.table)]


def _meanings(meanings: Sequence[Meaning]) -> list[str]:
    if not meanings:
        return []
    blocks = ["## What these findings mean"]
    for it in meanings:
        lines = (
            f"How it was found: {it.text.found}",
            f"What would make it wrong: {it.text.wrong}",
            f"What to do: {it.text.do}",
        )
        told = "\n".join(f"- {_text(line)}" for line in lines)
        blocks += [f"### {it.title}", _text(it.text.means), told]
    return blocks


def _tasks(content: ReportContent) -> list[str]:
    if content.tasks is None:
        return []
    table = _table(Table(*content.tasks))
    parts = [block for part in content.task_parts for block in _task(part)]
    curves = ["### Each task's error by epoch", _table(content.task_curves)]
    shown = curves if content.task_curves.rows else []
    return ["## Each task", *parts, _text(JUDGED), *shown, _text(NOTE), table]


def _task(part: TaskPart) -> list[str]:
    found = "\n".join(f"- {_text(text)}" for text in part.findings)
    ranked = "\n".join(f"{rank}. {_text(it)}" for rank, it in enumerate(part.remedies, start=1))
    to_do = ["What to do about it, in this order:", ranked] if ranked else []
    blocks = [f"### {_text(part.name)}", _text(part.verdict), found, *to_do]
    return [block for block in blocks if block]


def _again(content: ReportContent) -> list[str]:
    part = content.again
    if part is None:
        return []
    blocks = ["## Trained again", *map(_text, part.sentences), _table(part.finalists)]
    return [*blocks, _pairs(part.parts), _text(part.caveat)] if part.parts else blocks


def _choice(content: ReportContent) -> list[str]:
    part = content.choice
    if part is None:
        return []
    return [
        "## How lucky the best trial is",
        *map(_text, part.sentences),
        _text(EXPECTED),
        _table(part.table),
    ]


def _curves(content: ReportContent) -> list[str]:
    if not content.curves.rows:
        return []
    return [f"## Training curves of trial {content.trial}", _table(content.curves)]


def _layers(content: ReportContent) -> list[str]:
    part = content.layers
    if part is None:
        return []
    return [
        "## The layers of the best trial",
        _text(part.lead),
        f"Each number: {part.told}.",
        _table(part.table),
    ]


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"- {_text(name)}: {_text(value)}" for name, value in pairs)


def _table(table: Table) -> str:
    lines = [table.header, tuple("---" for _ in table.header), *table.rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text if text == "---" else _text(text)


def _text(text: str) -> str:
    """Plain text that Markdown shows as it is, on one line."""
    flat = " ".join(text.split())
    flat = re.sub(r"([\\`*\[\]<>|#~&$])", r"\\\1", flat)
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", flat)


def _code(text: str, language: str = "") -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _indented(block: str) -> str:
    return "\n".join(f"   {line}" for line in block.split("\n"))
