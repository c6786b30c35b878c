"""``export``: a study as files."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from .options import DEFAULT_STORAGE, Output, Storage, StudyName, folder_name, output_folder
from .output import note


def export(
    study: StudyName,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="DIR",
            help="The folder to write to.",
            show_default="netclinic-export/STUDY",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    output: Output = None,
    storage: Storage = DEFAULT_STORAGE,
) -> None:
    """Write a study as files: tables, reports, best network.

    These are spec.toml (as it was written), spec_resolved.toml (as it was run), trials.csv,
    curves.csv, diagnosis.json, report.html, report.md and the folder best/, which is copied from
    the folder that `run` wrote to; of several tasks also task_curves.csv. The path of each is
    printed.
    """
    from ..search.export import export_study

    target = to if to is not None else Path("netclinic-export") / folder_name(study)
    try:
        written = export_study(
            study, storage, output_folder(output, study), target, overwrite=force
        )
    except FileExistsError as error:
        raise typer.BadParameter(
            f"{error.filename} exists already: name another folder with --to, or add --force to "
            "replace it",
            param_hint="--to",
        ) from None
    for path in written:
        print(path)
    names = {path.name for path in written}
    command = f"netclinic diagnose {shlex.quote(study)}"
    if "spec.toml" not in names:
        note(
            f"Optuna alone made {study!r}, so it has neither reports nor a network here. "
            f"`{command}` says what its search tells."
        )
        return
    if "report.html" not in names:
        note(f"No diagnosis is stored that could be exported: {command}")
    if "best" not in names:
        note(
            f"No network of the best trial lies in {output_folder(output, study)}: name its folder "
            f"by --output, or train it again: netclinic resume {shlex.quote(study)}"
        )
