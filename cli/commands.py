"""Commands that messages tell, so that they can be copied: with the program and database meant.

A message is made in a room that knows of no command line. Its commands look into the usual
database; where another was named, they are completed as all that is printed for people is. So is
the program's name, where a shell would not find it.
"""

import os
import re
import shlex
import shutil
import sys
from contextvars import ContextVar
from pathlib import Path

# With something behind it a command is one to type: "`netclinic treat` runs a study" names it only.
_TYPED = "best|compare|diagnose|export|learning-curve|resume|run|show|sql|treat|trials"
_COMMAND = re.compile(
    rf"\bnetclinic (?:(?:{_TYPED})(?= )|studies\b)"
    r"(?! --(?:curves|help|predictions)\b)(?![^`\n]* --storage )"
)
_PROGRAM = re.compile(
    rf"(?<![\w./-])netclinic(?= (?:(?:{_TYPED}|init|predict|serve)(?= )|studies\b))"
)
_option: ContextVar[str] = ContextVar("_option", default="")


def complete_with(option: str) -> None:
    """From now on complete commands by an option, `` --storage FILE``; by nothing if empty."""
    _option.set(option)


def completed(text: str) -> str:
    """A message, each of its commands with the option of ``complete_with``, and to be found.

    It stands in front of the arguments: where these end, a sentence does not tell.

    >>> complete_with(" --storage trials.db")
    >>> completed("finish it with `netclinic resume digits`: `netclinic treat` needs a winner")
    'finish it with `netclinic resume --storage trials.db digits`: `netclinic treat` needs a winner'
    >>> complete_with("")
    """
    option = _option.get()
    if option:
        text = _COMMAND.sub(lambda found: found[0] + option, text)
    return _PROGRAM.sub(lambda _: program(), text)


def program() -> str:
    """What to type to get this program again: its path where ``netclinic`` alone is not found."""
    started = Path(sys.argv[0])
    if started.name != "netclinic" or shutil.which("netclinic"):
        return "netclinic"
    return shlex.quote(os.path.relpath(started))
