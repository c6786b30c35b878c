"""Run in processes of their own: a study that kills itself (SIGKILL) at one SQL statement."""

import functools
import multiprocessing
import os
import signal
import threading
from pathlib import Path

from netclinic.models.devices import prepare_devices
from netclinic.search import load_spec, orchestrator, run_study, supply, writer
from sqlalchemy import Engine, event

# Each process is forked from one that has run nothing, but has imported what the search and the
# diagnosis need, which takes longer than the study.
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload([__name__, "netclinic.search.conclusion"])


def run_killed(folder: Path, fatal: int, phase: str = "TRAINING") -> int:
    """The exit code of a process that runs the study of ``folder``/study.toml.

    Args:
        folder: of the study; the file ``statements`` in it tells how many there were at the end.
        fatal: the SQL statement or commit, from 0, that it dies at; −1: none.
        phase: from which on they are counted.
    """
    process = _FORKED.Process(target=_run, args=(folder, fatal, phase))
    process.start()
    process.join(300)
    code = process.exitcode
    assert code is not None, "it has not ended"
    process.close()
    return code


def _run(folder: Path, fatal: int, phase: str) -> None:
    prepare_devices(2)
    # What shares a transaction must not depend on how fast the machine is.
    supply.AHEAD = 0.0
    orchestrator.ResultWriter = functools.partial(writer.ResultWriter, together=0.0)  # type: ignore
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
    (folder / "statements").write_text(str(seen))
