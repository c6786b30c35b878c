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
from rows import Row, Side

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def measure(row: Row, rounds: int, peer_python: str) -> dict[str, Any]:
    """Run the sides in turn, ``rounds`` times.

    Returns:
        What the page needs to know of the row, as JSON can hold it.
    """
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = _places(folder, peer_python)
        _prepare(row, places, folder)
        for side in row.sides:
            if side.warm_up:
                _run(row, side, places, folder)
        sides: dict[str, list[dict[str, Any]]] = {side.name: [] for side in row.sides}
        for number in range(rounds):
            for side in row.sides:
                found = _run(row, side, places, folder)
                sides[side.name].append(found)
                said = f"{row.name}, round {number + 1}: {side.name} {found['seconds']:.2f} s"
                print(said, flush=True)
    versions = {"netclinic": revision(), "Python": platform.python_version()}
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
    """What was last measured of a row; ``None`` before the first time with the sides it has now."""
    file = RESULTS / f"{row.name}.json"
    results = json.loads(file.read_text()) if file.exists() else None
    if results and [*results["sides"]] != [side.name for side in row.sides]:
        return None
    return results


def machine() -> str:
    """Cores and kind of processor."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.exists() else ""
    said = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    about = {name.strip(): value.strip() for name, value in said.items()}
    model = about.get("model name", platform.processor())
    # A cloud's "AMD EPYC" has had vectors of 256 bits and of 512.
    family = f", family {about['cpu family']}" if "cpu family" in about else ""
    wide = ", AVX-512" if "avx512f" in about.get("flags", "") else ""
    return f"{os.cpu_count()} cores ({model}{family}{wide})"


def revision() -> str:
    """The commit that was measured, with + when files differ from it."""
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def _places(folder: Path, peer_python: str) -> dict[str, str]:
    """What the names in a side's command stand for."""
    return {
        "python": sys.executable,
        "netclinic": str(Path(sys.executable).with_name("netclinic")),
        "peer": str(Path(peer_python).absolute()),
        "here": str(HERE),
        "peers": str(HERE.parent / "peers"),
        "given": str(folder / "given.npz"),
        "data": str(folder / "data.npz"),
        "spec": str(folder / "study.toml"),
    }


def _prepare(row: Row, places: dict[str, str], folder: Path) -> None:
    """Write the files that the row's sides are given."""
    Path(places["spec"]).write_text(row.workload.spec)
    commands = "".join(side.command for side in row.sides)
    for place, more in (("given", ["--draws"]), ("data", [])):
        if f"{{{place}}}" in commands:
            program = [places["python"], f"{places['here']}/given.py"]
            run([*program, row.workload.name, places[place], *more], folder)


def _run(row: Row, side: Side, places: dict[str, str], parent: Path) -> dict[str, Any]:
    """Run one side in an empty folder."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        found = run([part.format(**places) for part in side.command.split()], Path(name))
        if side.reads:
            found |= side.reads(Path(name))
    found.setdefault("cpu_seconds", found["process_cpu_seconds"])
    if row.process:
        found |= {"seconds": found["process_seconds"], "cpu_seconds": found["process_cpu_seconds"]}
    if "loop_seconds" in found:
        found["seconds"] += found["loop_seconds"] * (row.workload.trials / found["trials"] - 1)
        del found["cpu_seconds"]  # those of the trials alone are not known, nor those of servers
    return found
