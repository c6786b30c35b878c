"""Rows on stdout as a table for people, or as JSON or CSV with every digit for programs."""

import contextlib
import math
import re
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from ..diagnostics.error_text import error_text
from ..diagnostics.number_text import MISSING
from ..diagnostics.units import Task, Unit
from .commands import completed

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from ..storage import StudyRecord

SEPARATOR = 2  # blank columns between two columns of a table
UNBROKEN = "\ue000"  # printed as a blank, but no line is broken there (rich breaks at U+00A0)
UNLIMITED = 10_000  # columns of a table that no terminal shows: nothing is left out of a file


class Format(StrEnum):
    """What ``-f`` takes."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def three_digits(value: Any) -> str:
    """A number for people: three significant digits, ``1.2e-5`` rather than ``1.2e-05``."""
    if not isinstance(value, float):
        return shown(value)
    if not math.isfinite(value):
        return str(value)
    return re.sub(r"e([+-])0*", lambda m: "e-" if m[1] == "-" else "e", f"{value:.3g}")


def errors_of(task: str | None) -> Callable[[Any], str]:
    """How errors of a task are written: ``3.3 %``, or in regression ``2.93``.

    Of other workers any number may come, which is then no percentage; of a study of Optuna's alone,
    which has no task, no value is one.
    """
    if task is None:
        return three_digits
    unit = Unit(Task(task))

    def text(value: Any) -> str:
        fraction = unit.task not in (Task.REGRESSION, Task.MULTITASK)
        if isinstance(value, float) and math.isfinite(value) and not (fraction and value > 1):
            return error_text(value, unit) if value >= 0 else three_digits(value)
        return three_digits(value)

    return text


def task_of(study: "StudyRecord") -> str:
    """What a study's networks learn, by its spec."""
    return (study.spec or {}).get("data", {}).get("task", Task.CLASSIFICATION.value)


def moment(time: Any) -> str:
    """A naive UTC time to the minute."""
    return f"{time:%Y-%m-%d %H:%M}" if isinstance(time, datetime) else shown(time)


def shown(value: Any) -> str:
    """Any value on one line; whatever a terminal could take as a command is escaped."""
    if value is None:
        return MISSING
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value))
    return printable(str(value))


def printable(text: str) -> str:
    """``text`` with line breaks, escapes and the like written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Column(NamedTuple):
    """One column of what a command prints."""

    name: str  # its key in JSON, its heading in CSV
    title: str  # its heading in a table; "\n" where it may break
    text: Callable[[Any], str] = shown  # how a table writes a value
    right: bool = False  # numbers stand at the right
    optional: bool = False  # left out of a table that is wider than the terminal


def print_rows(columns: Sequence[Column], rows: Sequence[Sequence[Any]], to: Format) -> None:
    """Print rows on stdout; a row holds one raw value a column."""
    if to is Format.JSON:
        from ..search.json_text import as_objects

        print_json(as_objects([c.name for c in columns], rows))
    elif to is Format.CSV:
        print_csv([c.name for c in columns], rows)
    else:
        _print_table(columns, rows)


def print_json(thing: Any) -> None:
    """Print built-in types as indented JSON; numbers that are not finite become null."""
    from ..search.json_text import json_text

    print(json_text(thing), end="")


def print_csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as CSV."""
    from ..search.export import csv_text

    print(csv_text(header, rows), end="")


def stdout(width: int | None = None) -> "Console":
    """A console on this moment's stdout, as wide as its terminal if not said otherwise."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=width)


def stderr() -> "Console":
    """A console on this moment's stderr."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False)


def prose(text: str) -> "Text":
    """Sentences to draw, in which no line begins with a percent sign."""
    from rich.text import Text

    return Text(completed(text).replace(" %", f"{UNBROKEN}%"))


def room() -> int:
    """Columns that a line on stdout may take: a terminal's, or any number where it is a file."""
    console = stdout()
    return console.width if console.is_terminal else UNLIMITED


def print_picture(picture: "RenderableType", width: int | None = None) -> None:
    """Print what rich draws on stdout, without the blanks that it fills lines up with.

    Args:
        picture: a table, text, or a group of them.
        width: characters; by default the terminal's.
    """
    console = stdout(width)
    with console.capture() as captured:
        console.print(picture)
    for line in captured.get().splitlines():
        print(line.rstrip().replace(UNBROKEN, " "))


def note(text: str) -> None:
    """Say something on stderr that is not data."""
    print(completed(text), file=sys.stderr)


def prints_aside() -> contextlib.AbstractContextManager[object]:
    """Within the block, what a user's own code prints goes to stderr: stdout is for data."""
    return contextlib.redirect_stdout(sys.stderr)


def fitting(widths: Sequence[int], optional: Sequence[bool], limit: int) -> list[int]:
    """The places of the columns to show: optional ones are left out from the right."""
    kept = list(range(len(widths)))
    for place in [i for i in reversed(kept) if optional[i]]:
        if sum(widths[i] + SEPARATOR for i in kept) - SEPARATOR <= limit:
            break
        kept.remove(place)
    return kept


def aligned(
    cells: Sequence[Sequence[str]], right: Sequence[bool], widths: Sequence[int]
) -> list[str]:
    """Rows of cells as lines, each cell at the left or right of its column.

    rich's tables look the same, but take seconds for ten thousand rows.
    """
    from rich.cells import cell_len

    def line(row: Sequence[str]) -> str:
        blanks = (" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        placed = (b + c if r else c + b for c, r, b in zip(row, right, blanks, strict=True))
        return (" " * SEPARATOR).join(placed).rstrip()

    return [line(row) for row in cells]


def _print_table(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
    from rich.cells import cell_len

    console, limit = stdout(), room()
    cells = [[c.text(v) for c, v in zip(columns, row, strict=True)] for row in rows]
    titles = [column.title.split("\n") for column in columns]
    widths = [max(map(cell_len, [*t, *(row[i] for row in cells)])) for i, t in enumerate(titles)]
    kept = fitting(widths, [c.optional for c in columns], limit)
    total = sum(widths[i] + SEPARATOR for i in kept) - SEPARATOR
    if total > limit:
        _print_records(columns, cells)
        return
    height = max(len(title) for title in titles)
    heading = [[""] * (height - len(title)) + title for title in titles]
    shape = ([columns[i].right for i in kept], [widths[i] for i in kept])
    for line in aligned([[heading[i][h] for i in kept] for h in range(height)], *shape):
        console.print(line, style="bold", soft_wrap=True)
    print("\n".join(["─" * total, *aligned([[row[i] for i in kept] for row in cells], *shape)]))
    left_out = [column.name for i, column in enumerate(columns) if i not in kept]
    if left_out:
        note(f"The terminal is too narrow for {', '.join(left_out)}; -f csv has every column.")


def _print_records(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> None:
    """One line a value, for rows that are wider than the terminal."""
    titles = [column.title.replace("\n", " ") for column in columns]
    print("\n\n".join(record_text(titles, row) for row in cells))


def record_text(names: Sequence[str], values: Sequence[Any]) -> str:
    """One line for each value of a record, behind its name."""
    width = max(map(len, names))
    lines = (f"{n:<{width}}  {shown(v)}" for n, v in zip(names, values, strict=True))
    return "\n".join(lines)
