"""netclinic on a GPU: right, how fast by number of lanes, beside Optuna + PyTorch on the same GPU.

Run: make bench-gpu, which writes benchmarks/gpu.md in less than eight minutes. To try the script
where there is no GPU: python benchmarks/engine/gpu.py --platform cpu --small, which prints the
page.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from gpu_page import Sides, agree, page
from measure import HERE
from problems import problem
from processes import run
from train_netclinic import train_batch
from workloads import CNN, DIGITS, SEED, WORKLOADS, Workload

COMPARED = (DIGITS, CNN)
LANES = (1, 4, 16, 64, 256, 1024, 4096)
SMALL = (1, 4, 16)
ROUNDS, ENOUGH = 5, 3.0  # runs of each K; no further one after so many seconds
PATIENCE = 75.0  # seconds of a workload's table; no further K is begun after them
ON_CPU = {"JAX_PLATFORMS": "cpu"}


def device() -> dict[str, str]:
    """Where JAX would run."""
    import jax

    found = jax.devices()[0]
    return {"platform": found.platform, "kind": found.device_kind}


def measure(workload: Workload, small: bool) -> dict[str, Any]:
    """Our side, in this process: errors of the peer's trials, the probe, and a row for each K."""
    wanted = SMALL if small else LANES
    signature, data, trials = problem(workload, max(wanted[-1], workload.trials))
    import jax
    from netclinic.models.convolution import ON_ACCELERATORS
    from netclinic.models.lane_plan import LanePlan
    from netclinic.models.lane_rows import place_rows
    from netclinic.models.lanes import Lanes
    from netclinic.models.memory import memory_limit
    from netclinic.models.probe import Work, choose_form, segment_seconds

    segment, limit = workload.segment, memory_limit()
    rows = place_rows(data.train, data.validation, data.test, LanePlan(1, "vmap", 1))

    def lanes_of(lanes: int, form: str) -> Lanes:
        return Lanes(signature, rows, LanePlan(lanes, "vmap", 1, form), SEED, segment)

    def row(lanes: int, form: str) -> dict[str, Any]:
        programs = lanes_of(lanes, form)
        needed = programs.device_bytes()
        if limit is not None and needed > limit:
            return {"lanes": lanes, "needed": needed, "seconds": [], "peak": None}
        train_batch(programs, trials[:lanes], segment)  # compiles what is left
        seconds: list[float] = []
        while len(seconds) < ROUNDS and sum(seconds) < ENOUGH:
            started = time.perf_counter()
            train_batch(programs, trials[:lanes], segment)
            seconds.append(time.perf_counter() - started)
        stats = jax.devices()[0].memory_stats() or {}
        peak = stats.get("peak_bytes_in_use")
        return {"lanes": lanes, "needed": needed, "seconds": seconds, "peak": peak}

    forms = [*ON_ACCELERATORS] if signature.network.convolutions else [ON_ACCELERATORS[0]]
    tried: list[tuple[str, int, float | None]] = []  # form, K, seconds a segment

    def seconds_of(form: str) -> Any:
        def seconds(lanes: int) -> float | None:
            plan = LanePlan(lanes, "vmap", 1, form)
            tried.append((form, lanes, segment_seconds(signature, rows, plan, segment, limit)))
            return tried[-1][2]

        return seconds

    began = time.monotonic()
    work = Work(1 << 30, signature.epochs // segment)  # so much that every K is worth trying
    choices = choose_form({form: seconds_of(form) for form in forms}, work, wanted[-1])
    form = max(forms, key=lambda form: choices[form].speed)
    chosen, probed = choices[form].lanes, time.monotonic() - began
    together = min(workload.trials, wanted[-1])
    programs = lanes_of(together, form)
    batches = [trials[n : n + together] for n in range(0, workload.trials, together)]
    errors = [pair for batch in batches for pair in train_batch(programs, batch, segment)]
    table, began = [], time.monotonic()
    for lanes in sorted({*wanted, chosen}):
        if time.monotonic() - began < PATIENCE or lanes == chosen:
            table.append(row(lanes, form))
    return {
        "training_errors": [pair and pair[0] for pair in errors],
        "validation_errors": [pair and pair[1] for pair in errors],
        "form": form if signature.network.convolutions else None,
        "chosen": chosen,
        "tried": tried,
        "probe_seconds": probed,
        "table": table,
        "skipped": [lanes for lanes in LANES if lanes not in {row["lanes"] for row in table}],
        "limit": limit,
        "versions": {"Python": platform.python_version(), "jax": jax.__version__},
    }


def compare(
    workload: Workload, small: bool, peer_python: str, where: dict[str, str], place: Path
) -> Sides:
    """Run every side of a workload, one after the other."""
    options = ["--small"] if small else []
    torch = "cpu" if where["platform"] == "cpu" else "cuda"
    given = str(place.parent / f"{workload.name}.npz")
    work = [workload.name, given]
    run([sys.executable, str(HERE / "given.py"), *work, "--draws"], place, ON_CPU)
    cpu = run([sys.executable, str(HERE / "train_netclinic.py"), *work], place, ON_CPU)
    speed = workload.trials / cpu["seconds"]
    print(f"{workload.name}: {speed:.1f} trials/s on the CPU", file=sys.stderr)
    environment = ON_CPU if torch == "cpu" else {}
    this = [sys.executable, str(Path(__file__)), "--measure", workload.name, *options]
    ours = run(this, place, environment)
    print(f"{workload.name}: the probe chose K = {ours['chosen']}", file=sys.stderr)
    peer = str(HERE.parent / "peers" / "optuna_torch.py")
    command = [peer_python, peer, given, "--device", torch, "--jobs"]
    peers = {jobs: run([*command, str(jobs)], place) for jobs in (1, 2)}
    return Sides(workload, ours, cpu, peers)


def write(measured: list[Sides], where: dict[str, str]) -> int:
    """Write the page, or print it where it is a trial; the exit code."""
    text = page(f"1 × {where['kind']}", measured)
    if where["platform"] == "cpu":
        print(text)
    else:
        (HERE.parent / "gpu.md").write_text(text)
        print(f"written: {HERE.parent / 'gpu.md'}")
    return 0 if all(agree(sides) for sides in measured) else 1


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--platform", choices=["gpu", "cpu"], default="gpu")
    parser.add_argument("--small", action="store_true", help="few lanes, to try the script")
    parser.add_argument("--peer-python", default=".venv-peers/bin/python")
    parser.add_argument("--device", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", choices=WORKLOADS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.device or asked.measure:
        found = device() if asked.device else measure(WORKLOADS[asked.measure], asked.small)
        print(json.dumps(found))
        return 0
    began = time.monotonic()
    trying = asked.platform == "cpu"
    if trying and not asked.small:
        parser.error("--platform cpu only tries the script: add --small")
    peer = str(Path(asked.peer_python).absolute())
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "runs"
        place.mkdir()
        # In a process of its own: this one must not hold the GPU's memory.
        where = run([sys.executable, __file__, "--device"], place, ON_CPU if trying else {})
        if where["platform"] == "cpu" and not trying:
            print(
                "no GPU: JAX finds only a CPU here, so nothing was measured. With a GPU, JAX needs "
                "pip install '.[cuda]'. To try the script: "
                "python benchmarks/engine/gpu.py --platform cpu --small",
                file=sys.stderr,
            )
            return 1
        ask = "import json, torch; print(json.dumps({'cuda': torch.cuda.is_available()}))"
        if not trying and not run([peer, "-c", ask], place)["cuda"]:
            print(f"PyTorch in {asked.peer_python} finds no GPU: nothing measured", file=sys.stderr)
            return 1
        measured = [compare(workload, asked.small, peer, where, place) for workload in COMPARED]
        code = write(measured, where)
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
