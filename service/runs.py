"""Runs that requests ordered: each is ``netclinic run`` in a process of its own."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .answers import Refused
from .bodies import RunOrder

TAIL = 16_384  # bytes of a run's output that are shown
_CHECKING = 120.0  # seconds; modules of the user's may be imported
# -P: as with the program itself, the working directory is no place to import from.
_PYTHON = (sys.executable, "-P", "-m")
_SECRET = "NETCLINIC_TOKEN"


@dataclass
class Run:
    """One run."""

    id: str
    study: str
    started: datetime  # naive UTC
    process: subprocess.Popen[bytes]
    output: Path  # what it printed, progress and notes included
    asked: int = 0  # how often it was asked to end

    def document(self) -> dict[str, Any]:
        """How it stands, for JSON."""
        code = self.process.poll()
        running = "stopping" if self.asked else "running"
        return {
            "id": self.id,
            "study": self.study,
            "state": running if code is None else "ended",
            "exit_code": code if code is None or code >= 0 else 128 - code,  # as a shell has it
            "started": self.started,
        }

    def tail(self) -> str:
        """The end of what it printed, from the beginning of a line on."""
        with self.output.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            text = file.read().decode(errors="replace")
        return text if size <= TAIL else text.partition("\n")[2]

    def interrupt(self) -> None:
        """What Ctrl-C does: end after the segment in flight; the second time at once."""
        self._send(signal.SIGINT)
        self.asked += 1

    def kill(self) -> None:
        """End it whatever it does."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)


class Runs:
    """The runs of a service; they end with it."""

    def __init__(self, storage: str, folder: Path) -> None:
        """Run nothing yet.

        Args:
            storage: address of the database.
            folder: absolute; where runs work.
        """
        self._folder = folder
        environment = {k: v for k, v in os.environ.items() if k != _SECRET}
        # Not as an argument: those of all processes can be seen, and an address has a password.
        self._environment = {**environment, "OPTUNA_STORAGE": storage}
        self._outputs = tempfile.TemporaryDirectory(prefix="netclinic-runs-")
        self._runs: dict[str, Run] = {}
        self._checks: set[subprocess.Popen[bytes]] = set()  # of specs, which may run users' code
        self._lock = threading.Lock()
        self._closing = False

    def start(self, order: RunOrder) -> Run:
        """Check a spec and run it; raises ``Refused``."""
        try:
            return self._started(order)
        except OSError as error:  # a full disk, or no more processes
            raise Refused(
                503,
                f"The run cannot be started: {error.strerror}. What runs print is kept in "
                f"{self._outputs.name}; once there is room, order it again.",
            ) from error

    def _started(self, order: RunOrder) -> Run:
        study = self._study_of(order)
        changes = [word for override in order.overrides for word in ("-S", override)]
        name = secrets.token_hex(4)
        spec, output = (Path(self._outputs.name) / f"{name}.{it}" for it in ("toml", "txt"))
        spec.write_text(order.spec, encoding="utf-8")
        with self._lock:  # whoever closes sees the run, or the run is not started
            self._refuse_if_closing()
            with spec.open("rb") as given, output.open("wb") as printed:
                process = subprocess.Popen(
                    [*_PYTHON, "netclinic.cli", "run", "-", *changes],
                    cwd=self._folder,
                    env=self._environment,
                    stdin=given,
                    stdout=printed,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C at the service's terminal goes to the service
                )
            now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
            run = self._runs[name] = Run(name, study, now, process, output)
        # So that nothing is left of a process that has ended: others look whether it lives.
        threading.Thread(target=process.wait, name=f"netclinic-run-{name}", daemon=True).start()
        return run

    def all(self) -> list[Run]:
        """Every run, the oldest first."""
        with self._lock:
            return list(self._runs.values())

    def run(self, name: str) -> Run:
        """The run of an id; raises ``Refused``."""
        with self._lock:
            found = self._runs.get(name)
        if found is None:
            raise Refused(
                404, f"There is no run {name!r}; GET /runs lists those of this service's start."
            )
        return found

    def live(self) -> list[Run]:
        """Those that have not ended."""
        return [run for run in self.all() if run.process.poll() is None]

    def close(self) -> None:
        """Start no further run, and end what checks specs for one."""
        with self._lock:
            self._closing = True
            for check in self._checks:
                check.kill()

    def forget(self) -> None:
        """Remove what runs printed; all must have ended."""
        self._outputs.cleanup()

    def _study_of(self, order: RunOrder) -> str:
        """The name of the study that a spec describes."""
        with self._lock:
            self._refuse_if_closing()
            process = subprocess.Popen(
                [*_PYTHON, "netclinic.service.spec_check", *order.overrides],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # as for a run
            )
            self._checks.add(process)
        with process:
            try:
                printed, told = process.communicate(order.spec.encode(), _CHECKING)
            except subprocess.TimeoutExpired:
                raise Refused(
                    422, f"The spec's modules took more than {_CHECKING:g} s to be imported."
                ) from None
            finally:
                process.kill()
                with self._lock:
                    self._checks.remove(process)
        if process.returncode:
            with self._lock:
                self._refuse_if_closing()
            last = told.decode(errors="replace").strip().rpartition("\n")[2]
            raise Refused(422, f"The spec cannot be checked: {last}")
        found = json.loads(printed.decode().strip().rpartition("\n")[2])
        if "error" in found:
            raise Refused(422, found["error"])
        return found["study"]

    def _refuse_if_closing(self) -> None:
        if self._closing:
            raise Refused(503, "The service is being stopped, so it starts no run any more.")
