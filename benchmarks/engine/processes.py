"""Fresh processes, what they print, and what they took."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Development settings that a user does not have: without bytecode every import is compiled anew.
UNSET = ("PYTHONDONTWRITEBYTECODE",)
STARTED = "ENGINE_STARTED"  # given to the process: time.monotonic() just before it began


def run(
    command: Sequence[str], folder: Path, more: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a command in ``folder``, with a compile cache beside it and ``more`` in the environment.

    Returns:
        The JSON in the last line that it printed, if it printed any, and what the system says of
        the process: ``process_seconds`` from its start to its end, ``process_cpu_seconds`` of all
        its threads and the children that it waited for, and ``resident_bytes``, the most that it
        had in memory at once.

    Raises:
        RuntimeError: the command failed.
    """
    environment = {name: value for name, value in os.environ.items() if name not in UNSET}
    environment |= {"XDG_CACHE_HOME": str(folder.parent / "cache"), **(more or {})}
    out, err = folder / "stdout", folder / "stderr"
    with out.open("w") as stdout, err.open("w") as stderr:
        began = time.monotonic()
        environment[STARTED] = str(began)
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=stdout, stderr=stderr
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = err.read_text()[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    *_, printed = ["", *out.read_text().splitlines()]
    return {
        "process_seconds": seconds,
        "process_cpu_seconds": usage.ru_utime + usage.ru_stime,
        "resident_bytes": usage.ru_maxrss * 1024,
        **(json.loads(printed) if printed.startswith("{") else {}),
    }
