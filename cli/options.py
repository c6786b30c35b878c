"""The options that several commands share, and what they default to."""

import hashlib
import math
import os
import re
import shlex
import unicodedata
from pathlib import Path
from typing import Annotated

import typer

from .commands import complete_with
from .output import Format

DEFAULT_STORAGE = "sqlite:///netclinic.db"
OUTPUT = Path("netclinic-out")
_NAME_BYTES = 80  # of a folder's name; file systems allow 255 with whatever is put behind it


def _seconds(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"got {value:g}; allowed is a number of seconds above 0")
    return value


def _database(value: str) -> str:
    """Remember a database that commands would not find without it, for those that are told."""
    if value == os.environ.get("OPTUNA_STORAGE", DEFAULT_STORAGE):
        complete_with("")
    else:
        from ..storage.urls import without_password

        complete_with(f" --storage {shlex.quote(without_password(value))}")
    return value


Storage = Annotated[
    str,
    typer.Option(
        "--storage",
        envvar="OPTUNA_STORAGE",
        metavar="URL",
        callback=_database,
        help="The database: a file (trials.db), or sqlite:///…, postgresql://…, mysql://….",
    ),
]
StudyName = Annotated[str, typer.Argument(metavar="STUDY", help="The study's name.")]
Now = Annotated[
    list[str] | None,
    typer.Option(
        "-S",
        metavar="TABLE.KEY=VALUE",
        help="Say where a file of the study lies that was moved, or change a key of [compute]; "
        "repeatable.",
    ),
]
To = Annotated[Format, typer.Option("--format", "-f", help="How to print the data.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="DIR",
        help="Folder of the best network and the reports.",
        show_default="netclinic-out/STUDY",
    ),
]
ProfileFolder = Annotated[
    Path | None,
    typer.Option(
        "--profile",
        metavar="DIR",
        help="Write a JAX trace of the training there; only for few trials, memory grows with it.",
    ),
]
NoProgress = Annotated[
    bool, typer.Option("--no-progress", help="Print no progress, only notes and the result.")
]
Trials = Annotated[
    int | None,
    typer.Option("--trials", metavar="N", min=1, help="How many trials the study shall have."),
]
Seeds = Annotated[
    int,
    typer.Option(
        "--seeds",
        metavar="N",
        min=2,
        max=1_000,
        help="Fresh trainings of each winner, at least; of those that are there all count.",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        callback=_seconds,
        help="Start no further trial after so many seconds.",
    ),
]


def output_folder(given: Path | None, study: str) -> Path:
    """The folder that ``--output`` names, or the study's own below ``netclinic-out``."""
    return given if given is not None else OUTPUT / folder_name(study)


def folder_name(study: str) -> str:
    """A study's name as the name of a folder, different for different studies.

    Letters, digits, ``.``, ``_`` and ``-`` stay; a name with anything else gets eight hexadecimal
    digits of its SHA-256 behind it.

    >>> folder_name("digits-mlp")
    'digits-mlp'
    >>> folder_name("a/b")
    'a_b-c14cddc0'
    """
    name = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", study)).lstrip(".-")
    name = name.encode()[:_NAME_BYTES].decode(errors="ignore")
    if name == study:
        return name
    return f"{name or 'study'}-{hashlib.sha256(study.encode()).hexdigest()[:8]}"
