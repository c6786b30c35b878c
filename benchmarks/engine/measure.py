"""The rounds of one row, the sides in turn, and the file of what came out."""

import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from processes import run
from rows import Row

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def measure(row: Row, rounds: int, peer_python: str) -> dict[str, Any]:
    """Run every side once to warm up, then ``rounds`` times in turn.

    Returns:
        What the page needs to know of the row, as JSON can hold it.
    """
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = {
            "python": sys.executable,
            "peer": str(Path(peer_python).absolute()),
            "here": str(HERE),
            "peers": str(HERE.parent / "peers"),
            "given": str(folder / "given.npz"),
        }
        _run("{python} {here}/given.py " + row.workload.name + " {given} --draws", places, folder)
        sides: dict[str, list[dict[str, Any]]] = {side.name: [] for side in row.sides}
        for number in range(rounds):
            for side in row.sides:
                found = _run(side.command, places, folder)
                sides[side.name].append(found)
                print(f"{row.name}, round {number + 1}: {side.name} {found['seconds']:.2f} s")
                sys.stdout.flush()
    versions: dict[str, str] = {"netclinic": revision()}
    for measurements in sides.values():
        versions |= measurements[0].pop("versions", {})
        for later in measurements[1:]:  # one round's errors are enough for the page
            for surplus in ("versions", "training_errors", "validation_errors"):
                later.pop(surplus, None)
    return {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "load_before": load,
        "load_after": os.getloadavg(),
        "versions": versions,
        "sides": sides,
    }


def save(row: Row, results: dict[str, Any]) -> None:
    """Keep what was measured for the page."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{row.name}.json").write_text(json.dumps(results, indent=1) + "\n")


def saved(row: Row) -> dict[str, Any] | None:
    """What was last measured of a row; ``None`` before the first time."""
    file = RESULTS / f"{row.name}.json"
    return json.loads(file.read_text()) if file.exists() else None


def machine() -> str:
    """Cores and CPU model."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.exists() else ""
    models = [line.split(":")[1].strip() for line in text.splitlines() if "model name" in line]
    return f"{os.cpu_count()} cores ({models[0] if models else platform.processor()})"


def revision() -> str:
    """The commit that was measured, with + when files differ from it."""
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def _run(command: str, places: dict[str, str], parent: Path) -> dict[str, Any]:
    """Run one side in an empty folder."""
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        return run([part.format(**places) for part in command.split()], Path(folder))
