"""``init`` and ``schema``: a spec to start from, and what editors check one with."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from .output import note, print_json


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path(
        "study.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented spec to start from."""
    from ..search.file_errors import write_file
    from ..search.spec_template import template

    if file.exists() and not force:
        raise typer.BadParameter(
            f"{file} exists already: name another file, or add --force to replace it",
            param_hint="FILE",
        )
    write_file(file, template())
    note(f"Wrote {file}. Change what you like in it, then: netclinic run {shlex.quote(str(file))}")


def schema() -> None:
    """Print the JSON Schema of a spec, for editors."""
    from ..search.spec import json_schema

    print_json(json_schema())
