"""A spec checked in a process of its own, ``python -m netclinic.service.spec_check OVERRIDE …``.

A spec may name a user's module, which is imported to be checked: in a service that runs on, an
older state of it would stay, as would jax. The spec comes from stdin; stdout gets one JSON object,
with the name of the ``study``, or the ``error`` in the words of the command line.
"""

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path


def main(overrides: Sequence[str]) -> None:
    """Check the spec on stdin; relative paths start in the working directory."""
    from ..search import SpecError, parse_spec

    text = sys.stdin.buffer.read().decode()
    with contextlib.redirect_stdout(sys.stderr):  # what a module prints is no answer
        try:
            loaded = parse_spec(text, file="spec", folder=Path.cwd(), overrides=overrides)
        except SpecError as error:
            found = {"error": str(error)}
        else:
            found = {"study": loaded.spec.study.name}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
