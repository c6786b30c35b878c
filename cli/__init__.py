"""The front door: parses, calls, prints."""

import gc
import time
from collections.abc import Sequence

_BEGAN = time.perf_counter()


def since_start() -> float:
    """Seconds since this package began to load, with which a command begins."""
    return time.perf_counter() - _BEGAN


def console() -> int:
    """``main`` as the one thing that this process does: the console script."""
    # Millions of objects are made, hardly any in cycles: looking for these took a tenth of a run.
    gc.set_threshold(100_000, 20, 50)
    code = main()
    gc.freeze()  # at the interpreter's end it would look for them once more, for most of a second
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: as typed after ``netclinic``; by default those of this process.
    """
    try:
        from .errors import run_app  # here, so that Ctrl-C while it loads is no traceback

        return run_app(arguments)
    except KeyboardInterrupt:
        return 130
