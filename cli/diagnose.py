"""``diagnose``: what the best trial suffers from, from what is stored."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..diagnostics.findings import Diagnosis, Verdict
from .errors import FAILED
from .options import DEFAULT_STORAGE, Storage, To, output_folder
from .output import Format, note, print_csv, print_json

if TYPE_CHECKING:
    from ..search import Diagnosed
    from ..storage import StudyRecord

CSV_COLUMNS = ("quantity", "value", "low", "high")


def diagnose(
    study: Annotated[
        str | None, typer.Argument(metavar="STUDY", help="The study's name.", show_default=False)
    ] = None,
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
    curves: Annotated[
        Path | None,
        typer.Option(
            "--curves",
            metavar="LOG",
            help="Diagnose a training log of any framework instead of a study, see docs/logs.md.",
        ),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(
            "--predictions",
            metavar="FILE",
            help="Diagnose a network of any framework by what it predicted, a .npz file; see "
            "docs/predictions.md.",
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "-S",
            metavar="TABLE.KEY=VALUE",
            help="With --predictions: a key of a spec's [data] or [diagnosis]; repeatable.",
        ),
    ] = None,
    training_rows: Annotated[
        int | None,
        typer.Option("--training-rows", metavar="N", help="That a log's errors were measured on."),
    ] = None,
    validation_rows: Annotated[
        int | None,
        typer.Option("--validation-rows", metavar="N", help="The same of the validation rows."),
    ] = None,
    bayes_error: Annotated[
        float | None,
        typer.Option("--bayes-error", metavar="E", help="Lowest error possible, for a log."),
    ] = None,
    evaluated: Annotated[
        bool,
        typer.Option(
            "--evaluated",
            help="A log's training errors were measured in evaluation mode after each epoch.",
        ),
    ] = False,
    storage: Storage = DEFAULT_STORAGE,
    to: To = Format.TABLE,
) -> None:
    """Diagnose a stored study anew, another's predictions or training log: bias, variance, advice.

    The diagnosis is stored, unless the database is read-only or the disk full. Of a study that
    Optuna alone made: what its search tells; its database stays as it is.

    -f json prints diagnosis.json, -f csv the errors and gaps with their intervals.
    """
    sources = {"STUDY": study, "--predictions": predictions, "--curves": curves}
    if len(got := [name for name, it in sources.items() if it is not None]) != 1:
        raise typer.BadParameter(
            f"got {' and '.join(got) or 'none of them'}; write a STUDY, or --predictions FILE for "
            "the predictions of a network, or --curves LOG for a training log"
        )
    context = {
        "training_rows": training_rows,
        "validation_rows": validation_rows,
        "bayes_error": bayes_error,
        "evaluated": evaluated,
    }
    if curves is None:
        _refuse_given(context, "--curves only; a spec says it")
    if predictions is None and change:
        raise typer.BadParameter("-S is for --predictions only; a study has its spec")
    if study is not None:
        _diagnose_study(study, storage, to, html, markdown, fail_on or [])
    if predictions is not None:
        _diagnose_predictions(predictions, change or [], to, html, markdown, fail_on or [])
    if curves is not None:
        _refuse_given(
            {"html": html, "markdown": markdown},
            "studies and --predictions only; a log has no report",
        )
        _diagnose_log(curves, context, to, fail_on or [])


def _refuse_given(options: dict[str, Any], belongs: str) -> None:
    """Refuse options that mean nothing here, rather than ignore them."""
    for name, value in options.items():
        if value is not None and value is not False:
            raise typer.BadParameter(f"--{name.replace('_', '-')} is for {belongs}")


def _diagnose_log(file: Path, given: dict[str, Any], to: Format, fail_on: list[Verdict]) -> None:
    """Print what a training log says."""
    from ..diagnostics.logs.log_diagnosis import diagnose_log, log_sentence
    from ..diagnostics.logs.log_files import read_log
    from ..diagnostics.logs.training_log import LogContext

    context = LogContext(**given)
    diagnosis = diagnose_log(read_log(file), context)
    if to is Format.JSON:
        print_json(diagnosis.as_dict())
    elif to is Format.CSV:
        rows = [[name, q.value, q.low, q.high] for name, q in diagnosis.parts() if q]
        print_csv(CSV_COLUMNS, rows)
    else:
        from .log_view import print_log_diagnosis

        print_log_diagnosis(diagnosis, log_sentence(diagnosis, context.tolerance))
    _fail(fail_on, diagnosis.verdict)


def _diagnose_plain(study: "StudyRecord", to: Format) -> None:
    """Print what a study says that Optuna alone made."""
    from ..diagnostics.studies.plain_diagnosis import diagnose_plain

    diagnosis = diagnose_plain(study)
    if to is Format.JSON:
        print_json(diagnosis.as_dict())
    elif to is Format.CSV:
        best = diagnosis.best.parameters.items()
        print_csv(("quantity", "value"), [["value", diagnosis.value], *map(list, best)])
    else:
        from .plain_view import print_plain_diagnosis

        print_plain_diagnosis(diagnosis)


def _diagnose_study(
    study: str,
    storage: str,
    to: Format,
    html: Path | None,
    markdown: Path | None,
    fail_on: list[Verdict],
) -> None:
    """Print what a stored study says, and write its reports."""
    from ..search import diagnose_again, plain_study

    if (plain := plain_study(study, storage)) is not None:
        _refuse_given({"html": html, "markdown": markdown}, "studies that netclinic made")
        _refuse_given({"fail-on": fail_on or None}, "studies that netclinic made")
        _diagnose_plain(plain, to)
        return
    _tell(diagnose_again(study, storage, output_folder(None, study)), to, html, markdown, fail_on)


def _diagnose_predictions(
    file: Path,
    changes: list[str],
    to: Format,
    html: Path | None,
    markdown: Path | None,
    fail_on: list[Verdict],
) -> None:
    """Print what a network's predictions say, and write its reports."""
    from ..search import diagnose_predictions

    _tell(diagnose_predictions(file, changes), to, html, markdown, fail_on)


def _tell(
    found: "Diagnosed",
    to: Format,
    html: Path | None,
    markdown: Path | None,
    fail_on: list[Verdict],
) -> None:
    _print(found.study, found.diagnosis, to)
    _write_reports(found.study, found.diagnosis, html, markdown)
    if found.note:
        note(found.note)
    _fail(fail_on, found.diagnosis.verdict)


def _print(record: "StudyRecord", diagnosis: Diagnosis, to: Format) -> None:
    if to is Format.JSON:
        print_json(diagnosis.as_dict())
    elif to is Format.CSV:
        print_csv(CSV_COLUMNS, csv_rows(diagnosis))
    else:
        from ..diagnostics.report.report_content import report_content
        from .diagnosis_view import print_diagnosis

        print_diagnosis(report_content(record, diagnosis), diagnosis)


def _fail(fail_on: list[Verdict], verdict: tuple[Verdict, ...]) -> None:
    """Exit with 1 where the verdict holds what the user asks for."""
    found = [each.value for each in fail_on if each in verdict]
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
    from ..search.file_errors import write_file

    for file, render in ((html, render_html), (markdown, render_markdown)):
        if file is not None:
            write_file(file, render(record, diagnosis))
            note(f"Wrote {file}")
