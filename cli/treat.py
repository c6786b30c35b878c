"""``treat``: try a remedy in a study beside another one, and say whether it helps."""

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ..search.progress import Phase
from . import since_start
from .errors import FAILED, NOTHING_COMPLETE
from .options import (
    DEFAULT_STORAGE,
    NoProgress,
    Output,
    Seeds,
    Storage,
    StudyName,
    To,
    folder_name,
    output_folder,
)
from .output import Format, note, prints_aside
from .run import say_reports
from .treatment_view import print_all_tried, print_tried
from .walk import Walk, leave_interrupted, walk_to_the_end

if TYPE_CHECKING:
    from ..search import Progress


def treat(
    study: StudyName,
    remedy: Annotated[
        str | None,
        typer.Argument(
            metavar="REMEDY",
            help="What to try, as the report names it, for example l2; without it the first that "
            "is advised.",
            show_default=False,
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "-S",
            metavar="TABLE.KEY=VALUE",
            help="Also change or remove a key, as of run; without REMEDY an idea of your own; "
            "repeatable. A file that was moved is no change.",
        ),
    ] = None,
    each: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Try every advised remedy that a change of the spec can try, one after the other.",
        ),
    ] = False,
    seeds: Seeds = 8,
    storage: Storage = DEFAULT_STORAGE,
    output: Output = None,
    to: To = Format.TABLE,
    no_progress: NoProgress = False,
) -> None:
    """Try a remedy: run a study with it, and compare its winner with that of the study without.

    Both winners are trained with fresh seeds and judged on the same test rows. What is there is not
    trained again: after Ctrl-C, the same command goes on.
    """
    changes = tuple(change or ())
    if not each:
        _treat_one(study, remedy, changes, storage, output, to, seeds=seeds, quiet=no_progress)
    elif remedy is None:
        _treat_all(study, changes, storage, output, to, seeds=seeds, quiet=no_progress)
    else:
        raise typer.BadParameter(
            f"tries {remedy!r}, too: leave one of them out", param_hint="--all"
        )


def _treat_one(
    study: str,
    remedy: str | None,
    changes: tuple[str, ...],
    storage: str,
    output: Path | None,
    to: Format,
    *,
    seeds: int,
    quiet: bool,
) -> None:
    from ..search import Folders, Wanted, plan_of, treat_study

    with prints_aside():  # a package's network is imported
        plan = plan_of(study, storage, Wanted(remedy, changes))
    folders = Folders(output_folder(output, study), _treated_folder(output, study, plan.name))
    options = {"seeds": seeds, "imported": since_start(), "aside": True}

    def steps(stop: Event) -> Walk:
        yield from treat_study(study, plan, storage, folders, stop, **options)

    last, code, unwritten = walk_to_the_end(steps, quiet=quiet)
    if last.treated is None or last.diagnosis is None:
        _say_why_not(last, code)
    print_tried(last.treated, last.diagnosis, to)
    if unwritten:
        raise unwritten
    if to is Format.TABLE:
        say_reports(study, *folders)


def _treat_all(
    study: str,
    changes: tuple[str, ...],
    storage: str,
    output: Path | None,
    to: Format,
    *,
    seeds: int,
    quiet: bool,
) -> None:
    from ..search import plans_of, treat_all

    with prints_aside():
        plans, left_out = plans_of(study, storage, changes)
    for why in left_out:
        note(f"Left out is {why}")
    folder = output_folder(output, study)
    each = [(it, _treated_folder(output, study, it.name)) for it in plans]
    options = {"seeds": seeds, "imported": since_start(), "aside": True}

    def steps(stop: Event) -> Walk:
        yield from treat_all(study, each, storage, folder, stop, **options)

    last, code, unwritten = walk_to_the_end(steps, quiet=quiet)
    if last.phase is not Phase.DONE:
        leave_interrupted(code)
    if last.diagnosis is None:
        note("No remedy could be compared.")
        raise typer.Exit(NOTHING_COMPLETE)
    print_all_tried(last.diagnosis, to)
    if unwritten:
        raise unwritten
    if to is Format.TABLE:
        say_reports(study, folder)
    if last.failed:
        note("\n".join(f"Not tried is {why}" for why in last.failed))
        raise typer.Exit(FAILED)


def _treated_folder(output: Path | None, study: str, treated: str) -> Path:
    """The folder of the study with the remedy, beside that of the study without it."""
    if output is None:
        return output_folder(None, treated)
    ending = treated.removeprefix(study).lstrip("-")
    return output.with_name(f"{output.name}-{folder_name(ending)}")


def _say_why_not(last: "Progress", code: int) -> NoReturn:
    """Say that nothing was compared, and exit."""
    from ..search import Ending

    conclusion = last.conclusion
    if conclusion is not None and conclusion.ending is Ending.FINISHED:
        note(conclusion.nothing_to_compare)
        raise typer.Exit(NOTHING_COMPLETE)
    in_time = conclusion is None or conclusion.ending is Ending.INTERRUPTED
    stored = f" Stored: {conclusion.ended:,} trials of {conclusion.study}." if conclusion else ""
    why = "Interrupted." if in_time else "The time was up."
    note(f"{why}{stored} What is finished stays; the same command goes on.")
    raise typer.Exit(code if in_time else FAILED)
