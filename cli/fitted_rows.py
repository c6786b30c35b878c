"""Rows of names and numbers that a narrow terminal does not cut."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .output import SEPARATOR, fitting

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.text import Text

_INDENT = 4  # of a number below its name


class FittedRows:
    """Names, their numbers and what explains these, in columns.

    Where the terminal is too narrow, what explains is left out from the right; where a name and its
    number do not fit beside each other, the number stands below. No number is ever cut.
    """

    def __init__(self, rows: Sequence[Sequence["Text"]], right: int | None = None) -> None:
        """Take rows of a name, its number and what explains; and which column is flush right."""
        self._rows = rows
        self._right = right

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Draw what fits."""
        from rich.table import Table
        from rich.text import Text

        widths = [max(cell.cell_len for cell in column) for column in zip(*self._rows, strict=True)]
        limit = options.max_width
        kept = fitting(widths, [place > 1 for place in range(len(widths))], limit)
        if widths[0] + SEPARATOR + widths[1] > limit:
            for name, number, *_ in self._rows:
                yield name
                yield Text.assemble(" " * _INDENT, number)
            return
        table = Table.grid(padding=(0, SEPARATOR))
        for place in kept:
            table.add_column(justify="right" if place == self._right else "left", no_wrap=True)
        for row in self._rows:
            table.add_row(*(row[place] for place in kept))
        yield table
