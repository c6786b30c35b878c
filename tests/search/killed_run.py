"""Run as a process by test_kill.py: a study that kills itself (SIGKILL) at one SQL statement.

Arguments: the folder with study.toml, the SQL statement or commit (from 0) that it dies at, and the
phase from which on they are counted.
"""

import functools
import os
import signal
import sys
import threading
from pathlib import Path

from netclinic.models.devices import prepare_devices

prepare_devices(2)

from netclinic.search import load_spec, orchestrator, run_study, supply, writer  # noqa: E402
from sqlalchemy import Engine, event  # noqa: E402

# What shares a transaction must not depend on how fast the machine is.
supply.AHEAD = 0.0
orchestrator.ResultWriter = functools.partial(writer.ResultWriter, together=0.0)  # type: ignore


def main(folder: Path, fatal: int, phase: str = "TRAINING") -> None:
    loaded = load_spec(folder / "study.toml")
    url = f"sqlite:///{folder / 'trials.db'}"
    seen = 0
    armed = False

    def die(*_: object) -> None:
        nonlocal seen
        if armed:
            if seen == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    event.listen(Engine, "before_cursor_execute", die)
    event.listen(Engine, "commit", die)
    for progress in run_study(loaded, url, folder / "out", threading.Event()):
        # Armed once trials run: what comes before is one transaction, tested in storage.
        armed = armed or (progress.running > 0 and progress.phase.name == phase)
    print(seen)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
