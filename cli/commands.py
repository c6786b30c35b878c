"""Commands that messages tell, with the database that was named, so that they can be copied.

A message is made in a room that knows of no command line. Its commands look into the usual
database; where another was named, they are completed as all that is printed for people is.
"""

import re
from contextvars import ContextVar

# With something behind it a command is one to type: "`netclinic treat` runs a study" names it only.
_TYPED = "best|compare|diagnose|export|learning-curve|resume|run|show|sql|treat|trials"
_COMMAND = re.compile(
    rf"\bnetclinic (?:(?:{_TYPED})(?= )|studies\b)"
    r"(?! --(?:curves|help|predictions)\b)(?![^`\n]* --storage )"
)
_option: ContextVar[str] = ContextVar("_option", default="")


def complete_with(option: str) -> None:
    """From now on complete commands by an option, `` --storage FILE``; by nothing if empty."""
    _option.set(option)


def completed(text: str) -> str:
    """A message, each of its commands with the option of ``complete_with``.

    It stands in front of the arguments: where these end, a sentence does not tell.

    >>> complete_with(" --storage trials.db")
    >>> completed("finish it with `netclinic resume digits`: `netclinic treat` needs a winner")
    'finish it with `netclinic resume --storage trials.db digits`: `netclinic treat` needs a winner'
    >>> complete_with("")
    """
    option = _option.get()
    return _COMMAND.sub(lambda found: found[0] + option, text) if option else text
