"""The report as Markdown: for repositories, pull requests and the terminal."""

from collections.abc import Sequence

from ...storage.records.study import StudyRecord
from ..findings import Diagnosis
from .ladder_text import ladder_text
from .markdown import as_code, as_list, as_prose, as_table, as_text, indented
from .report_advice import Advice
from .report_content import ReportContent, report_content
from .report_findings import Meaning, Remark
from .report_queries import Query
from .report_rungs import Rung
from .report_tables import Table
from .selection_text import EXPECTED
from .task_table import JUDGED, NOTE, TaskPart
from .wording import DATABASE


def render_markdown(study: StudyRecord, diagnosis: Diagnosis) -> str:
    """The page's content without its pictures; names and texts are escaped.

    Args:
        study: As the storage gives it back.
        diagnosis: Of that study. Nothing in it is computed anew.
    """
    content = report_content(study, diagnosis)
    blocks = [
        f"# {as_text(content.headline)}",
        " ".join(f"**{badge.sign} {badge.word}**" for badge in content.badges),
        as_list(content.facts),
        "## Where the error comes from",
        as_code(ladder_text(content.rungs, content.gaps, diagnosis)),
        f"A gap is high when its whole interval lies above the tolerated {content.tolerance}, and "
        "low when its whole interval lies below.",
        "\n".join(_rungs(content)),
        *(
            [f"How the Bayes error came about: {as_text(content.bayes_method)}."]
            if content.bayes_method
            else []
        ),
        *_classes(content),
        *_labels(content),
        as_text(content.units),
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
        "\n".join(f"- {as_prose(text)}" for text in content.not_checked),
        *_origin(content),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _search(content: ReportContent) -> list[str]:
    if not content.search:
        return []
    return [
        "## The search",
        " ".join([content.search, content.drawn]).strip(),
        *([as_table(content.ranges)] if content.ranges.rows else []),
        *_choice(content),
        "## The ten best trials",
        "Ranked by validation error after the last epoch (with early stopping: the best one); the "
        "test error chose nothing.",
        as_table(content.top),
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
            for block in (f"{as_text(it.what)}: {as_text(it.value)}", as_code(it.sql, "sql"))
        ),
    ]


def _origin(content: ReportContent) -> list[str]:
    return [
        *_queries(content.queries),
        "## Provenance",
        as_list(content.provenance) if content.provenance else "Not made by netclinic.",
        *_spec(content.spec_text),
    ]


def _spec(text: str | None) -> list[str]:
    if text is None:
        return []
    return ["The spec as it was written, without what `-S` changed:", as_code(text, "toml")]


def _rungs(content: ReportContent) -> list[str]:
    steps: list[Rung] = [content.rungs[0]]
    *between, judged = content.gaps  # the last one is no step between neighbours
    for gap, rung in zip(between, content.rungs[1:], strict=True):
        steps += [gap, rung]
    steps.append(judged)
    return [
        f"- **{it.name}** {', '.join(t for t in (it.value, it.share) if t)}: "
        f"{as_text(it.meaning)}. {as_text(it.basis)}."
        for it in steps
    ]


def _classes(content: ReportContent) -> list[str]:
    part = content.classes
    return [] if part is None else ["### The classes", as_text(part.sentence), as_table(part.table)]


def _labels(content: ReportContent) -> list[str]:
    part = content.labels
    if part is None:
        return []
    said = [as_text(sentence) for sentence in (part.told, *part.sentences)]
    return ["### The labels", *said, as_table(part.table)]


def _regions(content: ReportContent) -> list[str]:
    part = content.regions
    if part is None:
        return []
    table = [as_table(part.table)] if part.table.rows else []
    return ["## By region", *map(as_text, part.sentences), *table]


def _advice(advice: Sequence[Advice], try_all: str | None) -> list[str]:
    if not advice:
        return ["Nothing: no finding asks for a change."]
    every = f" All are tried, one after the other, by `{try_all}`." if try_all else ""
    order = "In the order in which to try them."
    blocks = [
        f"{order} {as_text(DATABASE)} `netclinic treat` runs a study with the remedy beside "
        f"this one, and compares the two.{every} The other command only runs it; SPEC is "
        "`spec_resolved.toml`, in the folder where `netclinic run` or `export` wrote this page: "
        "the spec as this study was run, with what `-S` changed."
        if any(it.command for it in advice)
        else order
    ]
    for it in advice:
        title = f"{it.rank}. **{it.title}** (against: {it.against.lower()}). {as_prose(it.reason)}"
        commands = [indented(as_code(text, "sh")) for text in (it.trial, it.command) if text]
        numbers = f"   - Predicted: {as_text(it.gain)}."
        if it.cost:
            numbers += f"\n   - Cost: {as_text(it.cost)}."
        blocks.append("\n\n".join([title, numbers, *commands]))
    return blocks


def _tried(content: ReportContent) -> list[str]:
    part = content.tried
    if part is None:
        return []
    each = "\n".join(
        f"- **{it.badge.word}: {it.title}**, study {as_text(it.study)} ({as_text(it.changes)}): "
        f"{as_prose(it.told)} {as_text(it.doubt)} {as_text(it.beside)}"
        for it in part.each
    )
    onward = [text for it in part.onward for text in (as_text(it.text), as_code(it.command, "sh"))]
    return ["### What was tried", each, *onward, as_text(part.how), as_table(part.table)]


def _spoken_against(content: ReportContent) -> list[str]:
    if not content.spoken_against:
        return []
    lines = [f"- **{title}.** {as_prose(reason)}" for title, reason in content.spoken_against]
    return ["### What the evidence speaks against", "\n".join(lines)]


def _more_data(content: ReportContent) -> list[str]:
    part = content.more_data
    if part is None:
        return []
    headline = f"**{part.badge.sign} {part.badge.word}.** {as_prose(part.headline)}"
    notes = "\n".join(f"- {as_prose(note)}" for note in part.notes)
    return [
        "## What more data would bring",
        headline,
        notes,
        as_table(part.table),
        as_text(part.how),
    ]


def _remarks(remarks: Sequence[Remark]) -> list[str]:
    if not remarks:
        return ["Nothing stood out."]
    return [
        "\n".join(
            f"- **{it.badge.word}: {it.title}.** {as_prose(it.text)}"
            + "".join(f"\n  - {as_text(name)}: {as_text(value)}" for name, value in it.evidence)
            for it in remarks
        )
    ]


def _suspects(content: ReportContent) -> list[str]:
    part = content.suspects
    if part is None:
        return []
    return ["### Rows whose labels look wrong", as_text(part.caption), as_table(part.table)]


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
        told = "\n".join(f"- {as_text(line)}" for line in lines)
        blocks += [f"### {it.title}", as_text(it.text.means), told]
    return blocks


def _tasks(content: ReportContent) -> list[str]:
    if content.tasks is None:
        return []
    table = as_table(Table(*content.tasks))
    parts = [block for part in content.task_parts for block in _task(part)]
    curves = ["### Each task's error by epoch", as_table(content.task_curves)]
    shown = curves if content.task_curves.rows else []
    return ["## Each task", *parts, as_text(JUDGED), *shown, as_text(NOTE), table]


def _task(part: TaskPart) -> list[str]:
    found = "\n".join(f"- {as_prose(text)}" for text in part.findings)
    ranked = "\n".join(f"{rank}. {as_prose(it)}" for rank, it in enumerate(part.remedies, start=1))
    to_do = ["What to do about it, in this order:", ranked] if ranked else []
    blocks = [f"### {as_text(part.name)}", as_text(part.verdict), found, *to_do]
    return [block for block in blocks if block]


def _again(content: ReportContent) -> list[str]:
    part = content.again
    if part is None:
        return []
    blocks = ["## Trained again", *map(as_text, part.sentences), as_table(part.finalists)]
    return [*blocks, as_list(part.parts), as_text(part.caveat)] if part.parts else blocks


def _choice(content: ReportContent) -> list[str]:
    part = content.choice
    if part is None:
        return []
    return [
        "## How lucky the best trial is",
        *map(as_text, part.sentences),
        as_text(EXPECTED),
        as_table(part.table),
    ]


def _curves(content: ReportContent) -> list[str]:
    if not content.curves.rows:
        return []
    return [f"## Training curves of trial {content.trial}", as_table(content.curves)]


def _layers(content: ReportContent) -> list[str]:
    part = content.layers
    if part is None:
        return []
    return [
        "## The layers of the best trial",
        as_text(part.lead),
        f"Each number: {part.told}.",
        as_table(part.table),
    ]
