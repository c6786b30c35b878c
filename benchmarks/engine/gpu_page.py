"""benchmarks/gpu.md, from what gpu.py measured."""

import datetime
import statistics
from typing import Any, NamedTuple

from figures import Agreement, agreement
from measure import machine
from workloads import CNN, DIGITS, Workload

GOALS = {DIGITS.name: 20.0, CNN.name: 5.0}  # trials/s, ours to the peer's
TOLERANCE = 0.005  # of the mean error, where the standard error says less


class Sides(NamedTuple):
    """What was measured of one workload, as each process printed it."""

    workload: Workload
    ours: dict[str, Any]  # on the GPU, under vmap
    cpu: dict[str, Any]  # ours on the CPU, under map
    peers: dict[int, dict[str, Any]]  # Optuna + PyTorch on the GPU, by n_jobs


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Agreement]:
    """Final errors by split, ours − theirs."""
    splits = ("validation", "training")
    return {s: agreement(ours[f"{s}_errors"], theirs[f"{s}_errors"]) for s in splits}


def agree(sides: Sides) -> bool:
    """Whether GPU and CPU differ in the mean validation error by no more than chance explains."""
    found = differences(sides.ours, sides.cpu)["validation"]
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


def probe_line(form: str, lanes: int, seconds: float | None) -> str:
    """A line of the table of what the probe tried."""
    if seconds is None:
        return f"| {form} | {lanes} | does not fit | – |"
    return f"| {form} | {lanes} | {1000 * seconds:,.1f} | {lanes / seconds:,.0f} |"


def section(sides: Sides) -> str:
    """What the page says of one workload."""
    workload, ours, cpu, peers = sides
    jobs, peer = min(peers.items(), key=lambda pair: pair[1]["seconds"])
    best = next(row for row in ours["table"] if row["lanes"] == ours["chosen"])
    ratio = speed(best) * peer["seconds"] / workload.trials
    form = f", convolutions by {ours['form']}" if ours["form"] else ""
    tried = "\n".join(
        probe_line(form if ours["form"] else "–", lanes, seconds)
        for form, lanes, seconds in ours["tried"]
    )
    peer_lines = "\n".join(
        f"| Optuna + PyTorch, n_jobs={n} | {workload.trials / found['seconds']:,.2f} |"
        for n, found in peers.items()
    )
    missing = ", ".join(map(str, ours["skipped"]))
    skipped = f"\nNot measured: K = {missing}.\n" if missing else ""
    goal = GOALS[workload.name]
    return f"""## {workload.name}

{workload.told}.

### Right

The same trials under `vmap` here and under `map` on the CPU \
{"agree" if agree(sides) else "**DISAGREE**"}: final errors, here − CPU,

- validation {differences(ours, cpu)["validation"]}
- training {differences(ours, cpu)["training"]}

### The probe

It chose K = {ours["chosen"]}{form}, in {ours["probe_seconds"]:.0f} s, compiling included.

| form | K | ms a segment of {workload.segment} epochs | trial segments/s |
|---|---|---|---|
{tried}

### Trials a second by K

Memory in MB: what the compiler said the segment program needs, and the most that was in use at once
so far (data, initial weights and all that ran before included). Allowed: {size(ours["limit"])}.

| K | trials/s, median | range | needed | in use at most |
|---|---|---|---|---|
{chr(10).join(line(row) for row in ours["table"])}
{skipped}
### Beside Optuna + PyTorch on the same device

| side | trials/s |
|---|---|
| netclinic, vmap, K = {ours["chosen"]}{form} | {speed(best):,.2f} |
{peer_lines}

Ratio to the faster one, n_jobs={jobs}: **{ratio:.1f} ×**. The goal, {goal:.0f} ×, is \
{"reached" if ratio >= goal else "not reached"}.

Final errors, ours − the peer's:

- validation {differences(ours, peer)["validation"]}
- training {differences(ours, peer)["training"]}
"""


def page(where: str, measured: list[Sides]) -> str:
    """The page: what is true of all workloads, then a section for each."""
    versions = {**measured[0].peers[1]["versions"], **measured[0].ours["versions"]}
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    sections = "\n".join(section(sides) for sides in measured)
    return f"""# The engine on a GPU

Written by `make bench-gpu`; the next run overwrites it.

{datetime.date.today()}, {where}, {machine()}, {said}.

Compiling is not counted; each epoch's evaluation on all training and validation rows is. The peer
has the same hyperparameters, initial weights and minibatch orders, all data on the device, and one
wait an epoch ([optuna_torch.py](peers/optuna_torch.py)); cuDNN tries its algorithms first.

{sections}
Several GPUs have not been measured.
"""
