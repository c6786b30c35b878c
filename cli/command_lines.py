"""Commands on a terminal of any width, on lines that a shell takes for one when they are copied."""

import re

from .commands import completed
from .output import stdout

WIDTH = 88  # longer lines are hard to read, however wide the terminal
_MARGIN = 5  # what stands at the left of a command: an indent, a mark, a blank
_GOES_ON = " \\"
# Words of a shell, quoted parts and all; an option stands with its value.
_WORD = r"""(?:'[^']*'|"[^"]*"|[^\s'"])+"""
_UNIT = re.compile(rf"-S {_WORD}|{_WORD}")


def folded_command(command: str) -> str:
    """A command, complete as of ``commands.completed``, on lines that fit the terminal."""
    return folded(completed(command), min(WIDTH, stdout().width) - _MARGIN)


def folded(command: str, room: int) -> str:
    """A command on lines of ``room`` letters at most, each of its changes on one of its own.

    A line that is too long would be broken where a shell ends the command, which then runs without
    what follows.

    >>> print(folded("netclinic run SPEC -S a.b=1 -S c.d=2", room=80))
    netclinic run SPEC -S a.b=1 \\
      -S c.d=2
    """
    lines: list[str] = []
    changes = 0
    for unit in _UNIT.findall(command):
        is_change = unit.startswith("-S ")
        changes += is_change
        begun = f"{lines[-1]} {unit}" if lines else unit
        own_line = is_change and changes > 1
        if lines and (own_line or len(begun) + len(_GOES_ON) > room):
            lines.append(f"  {unit}")
        else:
            lines[-1:] = [begun]
    return f"{_GOES_ON}\n".join(lines)
