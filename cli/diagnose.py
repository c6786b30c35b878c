"""``diagnose``: what the best trial suffers from, from what is stored."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..diagnostics.findings import Diagnosis, Verdict
from .errors import FAILED
from .options import DEFAULT_STORAGE, Storage, StudyName, To
from .output import Format, note, print_csv, print_json

if TYPE_CHECKING:
    from ..storage import StudyRecord

CSV_COLUMNS = ("quantity", "value", "low", "high")


def diagnose(
    study: StudyName,
    fail_on: Annotated[
        list[Verdict] | None,
        typer.Option("--fail-on", help="Exit with 1 if this is in the verdict; repeatable."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write the page.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Also write it as Markdown.")
    ] = None,
    storage: Storage = DEFAULT_STORAGE,
    to: To = Format.TABLE,
) -> None:
    """Diagnose a stored study anew: bias, variance, what to do.

    -f json prints diagnosis.json, -f csv the errors and gaps with their intervals.
    """
    from ..search import diagnose_again
    from ..storage import TrialStore

    diagnosis = diagnose_again(study, storage)
    with TrialStore(storage) as store:
        record = store.load_study(study)
    _write_reports(record, diagnosis, html, markdown)
    if to is Format.JSON:
        print_json(diagnosis.as_dict())
    elif to is Format.CSV:
        print_csv(CSV_COLUMNS, csv_rows(diagnosis))
    else:
        from ..diagnostics.report_content import report_content
        from .diagnosis_view import print_diagnosis

        print_diagnosis(report_content(record, diagnosis), diagnosis)
    found = [verdict.value for verdict in fail_on or () if verdict in diagnosis.verdict]
    if found:
        note(f"The verdict holds {', '.join(found)}: exit 1, as --fail-on asks.")
        raise typer.Exit(FAILED)


def csv_rows(diagnosis: Diagnosis) -> list[list[Any]]:
    """The errors and gaps with their limits, as fractions."""
    errors = {f"{name}_error": error for name, error in diagnosis.errors.rungs()}
    quantities = {**errors, **dict(diagnosis.gaps.steps())}
    return [[name, q.value, q.low, q.high] for name, q in quantities.items()]


def _write_reports(
    record: "StudyRecord", diagnosis: Diagnosis, html: Path | None, markdown: Path | None
) -> None:
    from ..diagnostics import render_html, render_markdown

    for file, render in ((html, render_html), (markdown, render_markdown)):
        if file is not None:
            file.write_text(render(record, diagnosis), encoding="utf-8")
            note(f"Wrote {file}")
