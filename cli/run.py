"""``run`` and ``resume``: search, watch, and say what came out."""

import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from . import since_start
from .errors import NOTHING_COMPLETE
from .options import (
    DEFAULT_STORAGE,
    NoProgress,
    Now,
    Output,
    ProfileFolder,
    Storage,
    StudyName,
    Timeout,
    Trials,
    output_folder,
)
from .output import note, prints_aside
from .profiling import Profile
from .walk import Walk, walk_to_the_end

if TYPE_CHECKING:
    from ..search import Conclusion, LoadedSpec


def run(
    spec: Annotated[
        Path, typer.Argument(metavar="SPEC", help="The TOML file of the study; - for stdin.")
    ],
    change: Annotated[
        list[str] | None,
        typer.Option(
            "-S",
            metavar="TABLE.KEY=VALUE",
            help="Change a key of the spec, or remove one (-S '~TABLE.KEY'); repeatable.",
        ),
    ] = None,
    trials: Annotated[
        int | None, typer.Option("--trials", metavar="N", help="Like -S study.trials=N.")
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", help="Like -S study.timeout=SECONDS."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Like -S study.seed=N.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check spec and data, show the first trials, stop.")
    ] = False,
    storage: Storage = DEFAULT_STORAGE,
    output: Output = None,
    profile: ProfileFolder = None,
    no_progress: NoProgress = False,
) -> None:
    """Search, train and diagnose what a spec describes.

    Running the same spec again goes on where it was left; a finished trial is never trained
    again. Ctrl-C ends after the segment in flight, a second Ctrl-C at once.

    Relative paths in a spec start at its folder, in one from stdin at the working directory.
    """
    keys = (("study.trials", trials), ("study.timeout", timeout), ("study.seed", seed))
    changes = [*(change or ()), *(f"{key}={value}" for key, value in keys if value is not None)]
    with prints_aside():  # a package's network is imported
        loaded = _load(spec, changes)
    if dry_run:
        from .dry_run import print_preview

        print_preview(loaded)
        return
    folder = output_folder(output, loaded.spec.study.name)
    wanted = Profile(profile) if profile else None

    def steps(stop: Event) -> Walk:
        from ..search import run_study

        yield from run_study(loaded, storage, folder, stop, imported=since_start(), aside=True)

    _follow(steps, storage, wanted, quiet=no_progress)


def resume(
    study: StudyName,
    change: Now = None,
    trials: Trials = None,
    timeout: Timeout = None,
    storage: Storage = DEFAULT_STORAGE,
    output: Output = None,
    profile: ProfileFolder = None,
    no_progress: NoProgress = False,
) -> None:
    """Go on with a stored study; its spec is in the database.

    Trials that were cut short are trained first, finished ones never again. A study that is
    finished is only diagnosed anew; --trials asks it for more. -S takes what decides no trial.
    """
    folder = output_folder(output, study)
    wanted = Profile(profile) if profile else None

    def steps(stop: Event) -> Walk:
        from ..search import resume_study

        options = {"trials": trials, "timeout": timeout, "changes": change or ()}
        options |= {"imported": since_start(), "aside": True}
        yield from resume_study(study, storage, folder, stop, **options)

    _follow(steps, storage, wanted, quiet=no_progress)


def _load(spec: Path, changes: Sequence[str]) -> "LoadedSpec":
    """The spec of a file, or of stdin."""
    from ..search import load_spec, parse_spec

    if str(spec) != "-":
        return load_spec(spec, changes)
    read = sys.stdin.buffer.read()
    try:
        text = read.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise typer.BadParameter(
            f"stdin: byte 0x{read[error.start]:02x} is not UTF-8; send the spec in UTF-8",
            param_hint="SPEC",
        ) from None
    return parse_spec(text, file="stdin", folder=Path.cwd(), overrides=changes)


def _follow(
    steps: Callable[[Event], Walk], storage: str, profile: Profile | None, *, quiet: bool
) -> None:
    """Show a run to its end, print what came out and exit with its code."""
    followed = steps if profile is None else lambda stop: profile.follow(steps(stop))
    last, code, unwritten = walk_to_the_end(followed, quiet=quiet)
    assert last.conclusion is not None
    try:
        _conclude(last.conclusion, last.wanted, storage, code, reported=not unwritten)
        if unwritten:
            raise unwritten
    finally:  # most runs that were cut short exit here, and have a trace all the same
        if profile:
            profile.say_where()


def _conclude(
    conclusion: "Conclusion", wanted: int, storage: str, interrupted: int, *, reported: bool = True
) -> None:
    from ..search import Ending

    pruned = f"{conclusion.pruned:,} pruned, " if conclusion.pruned else ""
    of = max(wanted, conclusion.ended)  # who asks for fewer than there are loses none
    counted = (
        f"{conclusion.ended:,} of {of:,} trials: {conclusion.completed:,} completed, "
        f"{pruned}{conclusion.diverged:,} diverged."
    )
    name = shlex.quote(conclusion.study)
    usual = conclusion.folder == output_folder(None, conclusion.study)
    where = "" if usual else f" --output {shlex.quote(str(conclusion.folder))}"
    if conclusion.ending is Ending.INTERRUPTED:
        note(f"Interrupted. Stored: {counted}\nGo on with: netclinic resume {name}{where}")
        raise typer.Exit(interrupted)
    if conclusion.diagnosis is None:
        note(f"No trial was trained to its end. {counted}\n{_advice(conclusion, name)}")
        raise typer.Exit(NOTHING_COMPLETE)
    _print_verdict(conclusion, storage)
    note(f"\n{counted}")
    if conclusion.running:
        note(_others(conclusion, name))
    if conclusion.costs:
        from ..diagnostics.report.costs_text import costs_text

        note(f"Time     {costs_text(conclusion.costs)}")
    if conclusion.ending is Ending.TIMEOUT:
        note(f"The time was up. Go on with: netclinic resume {name}{where}")
    if not reported:  # the error that comes tells what to do
        return
    note(f"Report   {conclusion.folder / 'report.html'}")
    if any(remedy.change for remedy in conclusion.diagnosis.remedies):
        from ..search.resolved_text import RESOLVED

        note(f"SPEC     {shlex.quote(str(conclusion.folder / RESOLVED))}")
    note(f"Next     netclinic best {name}")
    # A pruned trial has a value, too, after fewer epochs.
    completed = " --state completed" if conclusion.pruned else ""
    note(f"         netclinic trials {name}{completed} --sort value --limit 10")
    note(f"         netclinic export {name}{where}")


def _print_verdict(conclusion: "Conclusion", storage: str) -> None:
    from ..diagnostics.report.report_content import report_content
    from ..storage import TrialStore
    from .diagnosis_view import print_diagnosis

    assert conclusion.diagnosis is not None
    with TrialStore(storage) as store:
        study = store.load_study(conclusion.study, curves_of=1)
    print_diagnosis(report_content(study, conclusion.diagnosis), conclusion.diagnosis)


def _advice(conclusion: "Conclusion", name: str) -> str:
    from ..search import Ending

    if conclusion.running:  # so nothing is known yet of what most trials do
        return _others(conclusion, name)
    if conclusion.pruned and conclusion.ending is Ending.FINISHED:
        return f"Let it train more trials: netclinic resume {name} --trials NUMBER"
    if conclusion.pruned:  # so not every trial diverges
        return f"Give it more time: netclinic resume {name} --timeout 600"
    if conclusion.diverged:
        return (
            "Search smaller learning rates in a study of another name, for example "
            "netclinic run SPEC -S study.name=NAME -S 'search.learning_rate.log=[1e-6,1e-3]'"
        )
    return f"Give it more time: netclinic resume {name} --timeout 600"


def _others(conclusion: "Conclusion", name: str) -> str:
    """What becomes of trials that another process trains."""
    held = conclusion.running
    trains = "trial is" if held == 1 else "trials are"
    return (
        f"{held:,} {trains} being trained by another process, which gives the verdict on all. "
        f"Should it have died, go on after a minute: netclinic resume {name}"
    )


def say_reports(study: str, *folders: Path) -> None:
    """Say where the reports were written, and what tells of the study again."""
    heads = ("\nReport   ", *["         "] * (len(folders) - 1))
    for head, folder in zip(heads, folders, strict=True):
        note(f"{head}{folder / 'report.html'}")
    note(f"Next     netclinic diagnose {shlex.quote(study)}")
