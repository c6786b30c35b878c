"""The front door: parses, calls, prints."""

import time
from collections.abc import Sequence

_BEGAN = time.perf_counter()


def since_start() -> float:
    """Seconds since this package began to load, with which a command begins."""
    return time.perf_counter() - _BEGAN


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; ``netclinic`` and ``python -m netclinic.cli``.

    Args:
        arguments: as typed after ``netclinic``; by default those of this process.
    """
    try:
        from .errors import run_app  # here, so that Ctrl-C while it loads is no traceback

        return run_app(arguments)
    except KeyboardInterrupt:
        return 130
