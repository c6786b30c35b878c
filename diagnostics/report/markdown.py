"""Text, lists, tables and code as Markdown that shows them as they are."""

import re
from collections.abc import Sequence

from .report_tables import Table


def as_list(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and values, one a line."""
    return "\n".join(f"- {as_text(name)}: {as_text(value)}" for name, value in pairs)


def as_table(table: Table) -> str:
    """The table, its cells as plain text."""
    lines = [table.header, tuple("---" for _ in table.header), *table.rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text if text == "---" else as_text(text)


def as_text(text: str) -> str:
    """Plain text that Markdown shows as it is, on one line."""
    return _bare(" ".join(text.split()))


def _bare(flat: str) -> str:
    """Nothing in the text means anything to Markdown."""
    flat = re.sub(r"([\\`*\[\]<>|#~&$])", r"\\\1", flat)
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", flat)


def as_prose(text: str) -> str:
    """Sentences of ours, as ``as_text`` but for commands between backticks, which are code."""
    parts = re.split(r"(`netclinic [^`]*`)", " ".join(text.split()))
    return "".join(part if place % 2 else _bare(part) for place, part in enumerate(parts))


def as_code(text: str, language: str = "") -> str:
    """A block that no line of the text ends."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def indented(block: str) -> str:
    """The block as part of an item of a list."""
    return "\n".join(f"   {line}" for line in block.split("\n"))
