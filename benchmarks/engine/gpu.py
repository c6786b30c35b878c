"""netclinic on a GPU: right, how fast by number of lanes, beside Optuna + PyTorch on the same GPU.

Run: make bench-gpu, which writes benchmarks/gpu.md in less than eight minutes. To try the script
where there is no GPU: python benchmarks/engine/gpu.py --platform cpu --small, which prints the
page.
"""

import argparse
import datetime
import json
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from figures import Agreement, agreement
from measure import HERE, machine
from problems import problem
from processes import run
from train_netclinic import train_batch
from workloads import DIGITS, SEED

TRIALS, SEGMENT = DIGITS.trials, DIGITS.segment
LANES = (1, 4, 16, 64, 256, 1024, 4096)
SMALL = (1, 4, 16)
ROUNDS, ENOUGH = 5, 3.0  # runs of each K; no further one after so many seconds
PATIENCE = 240.0  # seconds; no further K is begun after them
GOAL = 20.0  # trials/s, ours to the peer's
TOLERANCE = 0.005  # of the mean error, where the standard error says less
ON_CPU = {"JAX_PLATFORMS": "cpu"}


def device() -> dict[str, str]:
    """Where JAX would run."""
    import jax

    found = jax.devices()[0]
    return {"platform": found.platform, "kind": found.device_kind}


def measure(small: bool) -> dict[str, Any]:
    """Our side, in this process: errors of the peer's trials, the probe, and a row for each K."""
    began = time.monotonic()
    wanted = SMALL if small else LANES
    signature, data, trials = problem(DIGITS, max(wanted[-1], TRIALS))
    import jax
    from netclinic.models.lanes import LanePlan, Lanes, place_rows
    from netclinic.models.memory import memory_limit
    from netclinic.models.probe import choose_lanes, segment_seconds

    rows = place_rows(data.train, data.validation, data.test, LanePlan(1, "vmap", 1))

    def lanes_of(lanes: int) -> Lanes:
        return Lanes(signature, rows, LanePlan(lanes, "vmap", 1), SEED, SEGMENT)

    def row(lanes: int) -> dict[str, Any]:
        programs = lanes_of(lanes)
        needed = programs.device_bytes()
        if (limit := memory_limit()) is not None and needed > limit:
            return {"lanes": lanes, "needed": needed, "seconds": [], "peak": None}
        train_batch(programs, trials[:lanes], SEGMENT)  # compiles what is left
        seconds: list[float] = []
        while len(seconds) < ROUNDS and sum(seconds) < ENOUGH:
            started = time.perf_counter()
            train_batch(programs, trials[:lanes], SEGMENT)
            seconds.append(time.perf_counter() - started)
        stats = jax.devices()[0].memory_stats() or {}
        peak = stats.get("peak_bytes_in_use")
        return {"lanes": lanes, "needed": needed, "seconds": seconds, "peak": peak}

    together = min(TRIALS, wanted[-1])
    programs = lanes_of(together)
    batches = [trials[first : first + together] for first in range(0, TRIALS, together)]
    errors = [pair for batch in batches for pair in train_batch(programs, batch, SEGMENT)]
    probing = time.monotonic()
    tried = {}

    def seconds_of(lanes: int) -> float | None:
        plan = LanePlan(lanes, "vmap", 1)
        tried[lanes] = segment_seconds(signature, rows, plan, SEGMENT, memory_limit())
        return tried[lanes]

    chosen = choose_lanes(seconds_of, wanted[-1]).lanes
    probed = time.monotonic() - probing
    table = []
    for lanes in sorted({*wanted, chosen}):
        if time.monotonic() - began < PATIENCE or lanes == chosen:
            table.append(row(lanes))
    return {
        "training_errors": [pair and pair[0] for pair in errors],
        "validation_errors": [pair and pair[1] for pair in errors],
        "chosen": chosen,
        "tried": tried,
        "probe_seconds": probed,
        "table": table,
        "limit": memory_limit(),
        "versions": {"Python": platform.python_version(), "jax": jax.__version__},
    }


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Agreement]:
    """Final errors by split, ours − theirs."""
    splits = ("validation", "training")
    return {s: agreement(ours[f"{s}_errors"], theirs[f"{s}_errors"]) for s in splits}


def agree(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Whether the mean validation errors differ by no more than chance or rounding explain."""
    found = differences(ours, theirs)["validation"]
    return abs(found.mean) <= max(TOLERANCE, 3 * found.standard_error)


def speed(row: dict[str, Any]) -> float:
    """Trials a second of a row of the table that was measured."""
    return row["lanes"] / statistics.median(row["seconds"])


def size(count: int | None) -> str:
    """Bytes as MB."""
    return "–" if count is None else f"{count / 1e6:,.0f}"


def line(row: dict[str, Any]) -> str:
    """A line of the table of K."""
    memory = f"{size(row['needed'])} | {size(row['peak'])}"
    if not row["seconds"]:
        return f"| {row['lanes']} | does not fit | – | {memory} |"
    fast, slow = min(row["seconds"]), max(row["seconds"])
    spread = f"{row['lanes'] / slow:,.1f}–{row['lanes'] / fast:,.1f}"
    return f"| {row['lanes']} | {speed(row):,.1f} | {spread} | {memory} |"


def page(
    where: str, ours: dict[str, Any], cpu: dict[str, Any], peers: dict[int, dict[str, Any]]
) -> str:
    """benchmarks/gpu.md."""
    jobs, peer = min(peers.items(), key=lambda pair: pair[1]["seconds"])
    best = next(row for row in ours["table"] if row["lanes"] == ours["chosen"])
    ratio = speed(best) * peer["seconds"] / TRIALS
    versions = {**peer["versions"], **ours["versions"]}
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    tried = "".join(
        f"| {lanes} | {'does not fit' if s is None else f'{1000 * s:,.1f}'} "
        f"| {'–' if s is None else f'{int(lanes) / s:,.0f}'} |\n"
        for lanes, s in ours["tried"].items()
    )
    peer_lines = "".join(
        f"| Optuna + PyTorch, n_jobs={n} | {TRIALS / found['seconds']:,.2f} |\n"
        for n, found in peers.items()
    )
    missing = [k for k in LANES if k not in {row["lanes"] for row in ours["table"]}]
    skipped = f"\nNot measured: K = {', '.join(map(str, missing))}.\n" if missing else ""
    verdict = "agree" if agree(ours, cpu) else "**DISAGREE**"
    return f"""# The engine on a GPU

Written by `make bench-gpu`; the next run overwrites it.

{datetime.date.today()}, {where}, {machine()}, {said}.

{TRIALS} trials × 20 epochs of an MLP 64-128-128-10 on digits, batch 128, SGD with momentum and L2.
Compiling is not counted; each epoch's evaluation on all training and validation rows is.

## Right

The same trials under `vmap` here and under `map` on the CPU {verdict}: final errors, here − CPU,

- validation {differences(ours, cpu)["validation"]}
- training {differences(ours, cpu)["training"]}

## The probe

It chose K = {ours["chosen"]} in {ours["probe_seconds"]:.0f} s, compiling included.

| K | ms a segment of {SEGMENT} epochs | trial segments/s |
|---|---|---|
{tried}
## Trials a second by K

Memory in MB: what the compiler said the segment program needs, and the most that was in use at once
so far (data, initial weights and earlier K included). Allowed: {size(ours["limit"])}.

| K | trials/s, median | range | needed | in use at most |
|---|---|---|---|---|
{chr(10).join(line(row) for row in ours["table"])}
{skipped}
## Beside Optuna + PyTorch on the same device

The same hyperparameters, initial weights and minibatch orders; all data on the device, one wait an
epoch ([optuna_torch.py](peers/optuna_torch.py)).

| side | trials/s |
|---|---|
| netclinic, vmap, K = {ours["chosen"]} | {speed(best):,.2f} |
{peer_lines}
Ratio to the faster one, n_jobs={jobs}: **{ratio:.1f} ×**. The goal, {GOAL:.0f} ×, is \
{"reached" if ratio >= GOAL else "not reached"}.

Final errors, ours − the peer's:

- validation {differences(ours, peer)["validation"]}
- training {differences(ours, peer)["training"]}

## Not measured yet

The CNN (goal: 5 ×), several GPUs.
"""


def compare(small: bool, peer_python: str, where: dict[str, str], place: Path) -> int:
    """Run every side, one after the other; the exit code."""
    this = str(Path(__file__))
    options = ["--small"] if small else []
    torch = "cpu" if where["platform"] == "cpu" else "cuda"
    given = str(place.parent / "given.npz")
    work = [DIGITS.name, given]
    run([sys.executable, str(HERE / "given.py"), *work, "--draws"], place, ON_CPU)
    cpu = run([sys.executable, str(HERE / "train_netclinic.py"), *work], place, ON_CPU)
    print(f"CPU: {TRIALS / cpu['seconds']:.1f} trials/s", file=sys.stderr)
    environment = ON_CPU if torch == "cpu" else {}
    ours = run([sys.executable, this, "--measure", *options], place, environment)
    print(f"the probe chose K = {ours['chosen']}", file=sys.stderr)
    peer = str(HERE.parent / "peers" / "optuna_torch.py")
    command = [peer_python, peer, given, "--device", torch, "--jobs"]
    peers = {jobs: run([*command, str(jobs)], place) for jobs in (1, 2)}
    text = page(f"1 × {where['kind']}", ours, cpu, peers)
    if torch == "cpu":
        print(text)
    else:
        (HERE.parent / "gpu.md").write_text(text)
        print(f"written: {HERE.parent / 'gpu.md'}")
    return 0 if agree(ours, cpu) else 1


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--platform", choices=["gpu", "cpu"], default="gpu")
    parser.add_argument("--small", action="store_true", help="few lanes, to try the script")
    parser.add_argument("--peer-python", default=".venv-peers/bin/python")
    parser.add_argument("--device", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.device or asked.measure:
        print(json.dumps(device() if asked.device else measure(asked.small)))
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
        code = compare(asked.small, peer, where, place)
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
