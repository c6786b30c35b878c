"""The front door: parses, calls, prints."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; ``netclinic`` and ``python -m netclinic.cli``.

    Args:
        arguments: as typed after ``netclinic``; by default those of this process.
    """
    from .errors import run_app  # only here: whoever imports the package may not need the app

    return run_app(arguments)
