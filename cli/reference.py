"""The commands told from the app itself: the text of ``docs/cli.md``."""

import inspect
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, NamedTuple, get_args, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo

from .app import app

PREFACE = """\
# The command line

<!-- Made by `python -m netclinic.cli.reference > docs/cli.md`; a test compares. -->

Data go to stdout; progress, notes and errors go to stderr. Where stderr is no terminal, progress
comes as plain lines. `NO_COLOR` is respected, and no meaning hangs on colour. A table is for
people: errors in percent, three significant digits. `-f json` and `-f csv` give every digit:
errors as fractions from 0 to 1, losses in nats, times in UTC.

The database is the one of `--storage`, else of the variable `OPTUNA_STORAGE`, else
`sqlite:///netclinic.db`. `netclinic --debug …` shows the traceback of an error.

| exit code | meaning |
|---|---|
| 0 | all went well; a run that ended at its timeout counts if a trial is complete |
| 1 | failed: bad data, the database, no such study or trial; or `diagnose --fail-on` struck |
| 2 | wrong options, or a spec that cannot be used |
| 3 | the run ended, but no trial was trained to its end |
| 130 | interrupted by Ctrl-C, after what was finished was stored |
| 129, 143 | the same by SIGHUP (the terminal was closed), by SIGTERM |
"""


REQUIRED = "required"  # in place of a default


class Parameter(NamedTuple):
    """What can be typed behind a command."""

    typed: str  # as Markdown: "`-f`, `--format` `table` or `json`"
    default: str
    meaning: str
    metavar: str | None  # of an argument; None for an option


def reference() -> str:
    """The text of ``docs/cli.md``."""
    return PREFACE + "".join(_section(*named) for named in commands())


def commands(group: typer.Typer = app, words: str = "netclinic") -> Iterator[tuple[str, Callable]]:
    """Every command: the words that call it, and its function; groups come last."""
    for command in group.registered_commands:
        assert command.callback is not None
        yield f"{words} {command.name}", command.callback
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, f"{words} {inner.name}")


def parameters(function: Callable) -> Iterator[Parameter]:
    """The arguments and options of a command's function."""
    hints = get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        kind, info = get_args(hints[name])
        required = parameter.default is inspect.Parameter.empty
        default = REQUIRED if required else _default(parameter.default, info)
        if isinstance(info, ArgumentInfo):
            yield Parameter(f"`{info.metavar}`", default, info.help or "", info.metavar)
        else:
            yield Parameter(_typed(kind, info), default, info.help or "", None)


def _section(words: str, function: Callable) -> str:
    typed = list(parameters(function))
    arguments = [
        p.metavar if p.default == REQUIRED else f"[{p.metavar}]" for p in typed if p.metavar
    ]
    usage = " ".join([words, *arguments, *(["[OPTIONS]"] if len(typed) > len(arguments) else [])])
    text = f"\n## {words}\n\n`{usage}`\n\n{inspect.cleandoc(function.__doc__ or '')}\n"
    rows = "".join(f"| {p.typed} | {p.default} | {p.meaning} |\n" for p in typed)
    return f"{text}\n| typed | default | meaning |\n|---|---|---|\n{rows}" if rows else text


def _typed(kind: Any, info: OptionInfo) -> str:
    # Within Annotated, typer keeps the first name where a default would otherwise stand.
    written = [str(name) for name in (info.default, *(info.param_decls or ()))]
    names = ", ".join(f"`{name}`" for name in sorted(written, key=len))
    for part in _kinds(kind):
        if isinstance(part, type) and issubclass(part, Enum):
            return f"{names} {' or '.join(f'`{choice.value}`' for choice in part)}"
    return f"{names} `{info.metavar}`" if info.metavar else names


def _kinds(kind: Any) -> Iterator[Any]:
    """A type and those that it is made of: ``list[Verdict] | None`` holds ``Verdict``."""
    yield kind
    for inner in get_args(kind):
        yield from _kinds(inner)


def _default(default: Any, info: OptionInfo | ArgumentInfo) -> str:
    if isinstance(info.show_default, str):
        default = info.show_default
    return "–" if default is None or default is False else f"`{default}`"


if __name__ == "__main__":
    print(reference(), end="")
