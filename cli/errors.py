"""From a command line to an exit code: what went wrong in one line, tracebacks only on request."""

import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import typer

from .commands import complete_with
from .output import note, printable
from .plain_letters import NAME

OK = 0
FAILED = 1  # also: a missing study, `diagnose --fail-on` found what it looks for
MISUSED = 2  # wrong options, or a spec that cannot be used
NOTHING_COMPLETE = 3  # the run ended, but no trial was trained to its end
INTERRUPTED = 130  # by Ctrl-C; 143 by SIGTERM, 129 by SIGHUP

# Errors whose message is complete, by the module and name of their class: to import the classes
# would load whole rooms, jax among them, to say that a file is missing.
EXPECTED = {
    ("netclinic.search.spec_errors", "SpecError"): MISUSED,
    ("netclinic.search.same_study", "StudyError"): FAILED,
    ("netclinic.search.treatment_plan", "TreatmentError"): FAILED,
    ("netclinic.search.curve_sizes", "CurveError"): FAILED,
    ("netclinic.datasets.dataset", "DataError"): FAILED,
    ("netclinic.storage.errors", "StorageError"): FAILED,
    ("netclinic.diagnostics.findings", "DiagnosisError"): FAILED,
    ("netclinic.models.checkpoint", "CheckpointError"): FAILED,
    ("netclinic.models.own_code", "OwnCodeError"): FAILED,
    ("netclinic.models.transfer_source", "TransferError"): FAILED,
    ("netclinic.models.trace", "TraceError"): FAILED,
    ("netclinic.service.settings", "ServiceError"): MISUSED,
}
_UsageError = typer.BadParameter.__mro__[1]


def run_app(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    typed, debug = _debug_first(typed)
    complete_with("")
    if not debug:  # an exception tells what XLA writes there, and a lack of memory is no error
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _write_what_fits()
    try:
        from .app import app

        code = app(typed, prog_name="netclinic", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return _forget_output()
    except SystemExit as leaving:  # rich and typer leave so when the reader of a pipe has gone
        if leaving.code == FAILED:
            return _forget_output()
        raise
    except typer.Abort:  # Ctrl-C, as older typers tell it
        return INTERRUPTED
    except Exception as error:
        if debug:
            raise
        return _report(error)
    return code if isinstance(code, int) else OK


def explain(error: BaseException) -> tuple[str, int]:
    """What to print on stderr for an error, and the exit code."""
    if isinstance(error, _UsageError):
        return _misuse(error), MISUSED
    for kind in type(error).__mro__:
        code = EXPECTED.get((kind.__module__, kind.__qualname__))
        if code is not None:
            return _lines(str(error)), code
    if isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in str(error):  # XLA's own
        return _lines(_MEMORY), FAILED
    if _raised_in(error) == _JAXS_DEVICES:
        said = " ".join(str(error).split())
        platforms = os.environ.get("JAX_PLATFORMS", "")
        return _lines(_DEVICES.format(platforms, f" ({said})" if said else "")), FAILED
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        return _lines(_BYTES.format(error.object[:80])), MISUSED
    if isinstance(error, OSError) and error.strerror:
        files = [str(f) for f in (error.filename, error.filename2) if f is not None]
        return _lines(": ".join([*files, error.strerror])), FAILED
    text = printable(f"{type(error).__name__}: {error}")
    return f"internal error: {text}; re-run with --debug", FAILED


_BYTES = (
    "{!r} holds bytes that are no text in this locale. Type it in UTF-8, and let the locale say "
    "so: LC_ALL=C.UTF-8"
)
_ALLOWED = {  # by pydantic's names of errors
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "greater_than_equal": "a number from {ge}",
    "less_than_equal": "a number up to {le}",
}
_MEMORY = (
    "not enough memory. Train fewer trials at once (-S compute.lanes=1) or a smaller network, "
    "or use less data (-S data.train_rows=N)"
)
_JAXS_DEVICES = "xla_bridge.py"  # jax's own, of which an error may be an assertion without a word
_DEVICES = (
    "jax finds no device of JAX_PLATFORMS={!r} here{}. Unset it, and jax takes what there is; an "
    "NVIDIA GPU needs pip install 'netclinic[cuda]'"
)


def _raised_in(error: BaseException) -> str:
    """The name of the file whose code raised an error; empty where none did."""
    frames = list(traceback.walk_tb(error.__traceback__))
    return Path(frames[-1][0].f_code.co_filename).name if frames else ""


def _report(error: Exception) -> int:
    text, code = explain(error)
    note(text)
    return code


def _misuse(error: BaseException) -> str:
    context = getattr(error, "ctx", None)
    _say_what_was_got(error)
    say: str = getattr(error, "format_message", lambda: str(error))()
    if type(error).__name__ == "NoArgsIsHelpError":
        return say  # the help itself: nothing was typed that could be wrong
    path = context.command_path if context is not None else "netclinic"
    return f"{_lines(say)}\n`{path} --help` says what can be typed."


def _say_what_was_got(error: BaseException) -> None:
    """Put pydantic's words, which do not tell the value, into ours."""
    problems = getattr(error.__cause__, "errors", None)
    if problems is None:
        return
    first = problems()[0]
    allowed = _ALLOWED.get(first["type"])
    if allowed:
        said = f"got {first['input']!r}; allowed is {allowed.format(**first.get('ctx', {}))}"
    else:
        said = first["msg"].removeprefix("Value error, ")
    error.message = said  # pyright: ignore[reportAttributeAccessIssue]


def _lines(message: str) -> str:
    """``error:`` and the message; a message of several lines begins below it."""
    lines = [printable(line).rstrip() for line in message.splitlines()] or ["no reason was given"]
    return "error: " + "\n       ".join(lines)


def _debug_first(typed: list[str]) -> tuple[list[str], bool]:
    """``--debug`` from wherever it was typed to the front, where typer takes it."""
    end = typed.index("--") if "--" in typed else len(typed)
    rest = [word for i, word in enumerate(typed) if i >= end or word != "--debug"]
    debug = len(rest) < len(typed)
    return (["--debug", *rest] if debug else rest), debug


def _write_what_fits() -> None:
    """Let a terminal that knows no Unicode show what it can instead of failing.

    A stream that is closed (``>&-``) is opened on nothing: its place would else go to the next file
    that is opened, such as the database.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=NAME)


def _forget_output() -> int:
    """The reader of the pipe has gone (``… | head``): be silent about it, now and at the end."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(devnull, stream.fileno())
    return FAILED
