"""netclinic's training phase beside that of Optuna + PyTorch, into benchmarks/engine.md.

Run: make bench-engine. 64 digits trials for 20 epochs with the same hyperparameters, initial
weights and minibatch orders. Each run is a fresh process, and the two sides take turns.
"""

import argparse
import datetime
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SPEC = """
study = {name = "engine"}
data = {source = "digits"}
network = {hidden = [128, 128], activation = "relu"}
training = {optimizer = "sgd", schedule = "constant", epochs = 20, batch_size = 128}
"""
TRIALS, LANES, DEVICES, SEGMENT, SEED = 64, 16, 2, 5, 0
GOAL = 6.0  # ratio of the medians that the engine is to reach
PEER = "Optuna + PyTorch, n_jobs=2"


def problem(count: int = TRIALS) -> tuple[Any, Any, list[Any]]:
    """Signature, data and so many trials of the search; prepares the devices."""
    from netclinic.models.devices import prepare_devices

    prepare_devices(DEVICES)
    from netclinic.models.lanes import Trial
    from netclinic.models.training import Hyperparameters
    from netclinic.search import parse_spec
    from netclinic.search.sampler import draw
    from netclinic.search.space import searched
    from netclinic.search.study_data import load_data
    from netclinic.search.trial_shape import trial_signature

    spec = parse_spec(SPEC, file="", folder=Path()).spec
    data = load_data(spec, Path())
    space = searched(spec.search)
    trials = [Trial(n, Hyperparameters(**draw(space, SEED, n))) for n in range(count)]
    return trial_signature(spec, data, {}), data, trials


def export(file: Path) -> None:
    """Write what the peer is given: data, hyperparameters, initial weights, minibatch orders."""
    signature, data, trials = problem()
    import jax
    import jax.numpy as jnp
    import numpy as np
    from netclinic.models.network import make_network
    from netclinic.models.training import initial_weights_key, minibatches, trial_key

    rows = len(data.train.labels)
    keys = [trial_key(SEED, 0, trial.number) for trial in trials]
    init = jax.jit(make_network(signature.network).init)
    weights = [jax.tree.leaves(init(initial_weights_key(key))) for key in keys]
    epochs = jnp.arange(signature.epochs)
    order = jax.jit(
        jax.vmap(lambda key, e: minibatches(key, e, rows, signature.batch_size), (None, 0))
    )
    arrays = {
        "train_inputs": data.train.inputs,
        "train_labels": data.train.labels,
        "validation_inputs": data.validation.inputs,
        "validation_labels": data.validation.labels,
        "hyperparameters": np.array([t.hyperparameters for t in trials]),
        "orders": np.stack([order(key, epochs) for key in keys]),
    }
    # The leaves are bias and kernel of each layer, from the inputs to the outputs.
    for place, leaves in enumerate(zip(*weights, strict=True)):
        name = "kernel" if leaves[0].ndim == 2 else "bias"
        arrays[f"{name}{place // 2}"] = np.stack(leaves)
    np.savez(file, **arrays)


def train_batch(programs: Any, trials: list[Any]) -> list[tuple[float, float] | None]:
    """Train trials, one a lane: (training, validation) error, None where diverged."""
    from netclinic.models.lanes import fetched

    state = programs.fill(programs.empty(), dict(enumerate(trials)))
    for _ in range(programs.signature.epochs // SEGMENT):
        state, seen = programs.train_segment(state)
        seen = fetched(seen)
    last = zip(
        seen.curves.training_error[: len(trials), -1],
        seen.curves.validation_error[: len(trials), -1],
        seen.diverged[: len(trials)],
        strict=True,
    )
    return [None if died else (float(t), float(v)) for t, v, died in last]


def train() -> dict[str, Any]:
    """One run of netclinic's side, in this process."""
    signature, data, trials = problem()
    import jax
    from netclinic.models.lanes import LanePlan, Lanes, place_rows

    plan = LanePlan(LANES, "map", DEVICES)
    rows = place_rows(data.train, data.validation, data.test, plan)
    programs = Lanes(signature, rows, plan, SEED, SEGMENT)

    train_batch(programs, trials[:LANES])  # compiles
    began, began_cpu = time.perf_counter(), time.process_time()
    batches = [trials[first : first + LANES] for first in range(0, TRIALS, LANES)]
    errors = [pair for batch in batches for pair in train_batch(programs, batch)]
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "training_errors": [pair and pair[0] for pair in errors],  # None: diverged
        "validation_errors": [pair and pair[1] for pair in errors],
        "versions": {"Python": platform.python_version(), "jax": jax.__version__},
    }


def run(*command: str, **environment: str) -> dict[str, Any]:
    """The JSON that a fresh process prints."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=os.environ | environment
    )
    return json.loads(done.stdout) if done.stdout else {}


def machine() -> str:
    """Cores and CPU model."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.exists() else ""
    models = [line.split(":")[1].strip() for line in text.splitlines() if "model name" in line]
    return f"{os.cpu_count()} cores ({models[0] if models else platform.processor()})"


def paired(ours: dict[str, Any], peers: dict[str, Any], split: str) -> list[float]:
    """Differences of final errors, ours − the peer's, of the trials that neither found diverged."""
    pairs = zip(ours[f"{split}_errors"], peers[f"{split}_errors"], strict=True)
    return [a - b for a, b in pairs if a is not None and b is not None]


def agreement(ours: dict[str, Any], peers: dict[str, Any], split: str) -> str:
    """Mean paired difference of final errors, ours − the peer's, where neither diverged."""
    differences = paired(ours, peers, split)
    error = statistics.stdev(differences) / math.sqrt(len(differences))
    mean = statistics.mean(differences)
    equal = sum(d == 0 for d in differences)
    return (
        f"{100 * mean:+.3f} ± {100 * error:.3f} percentage points (standard error; "
        f"{len(differences)} trials, {equal} of them exactly equal)"
    )


def row(name: str, results: list[dict[str, Any]]) -> str:
    """A side's line of the table."""
    seconds = [r["seconds"] for r in results]
    cpu = [r["cpu_seconds"] for r in results]
    errors = [e for e in results[0]["validation_errors"] if e is not None]
    return (
        f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} "
        f"| {statistics.median(cpu):.2f} | {min(cpu):.2f}–{max(cpu):.2f} "
        f"| {100 * statistics.mean(errors):.2f} % | {100 * min(errors):.2f} % "
        f"| {TRIALS - len(errors)} |"
    )


def page(ours: list[dict[str, Any]], peers: list[dict[str, Any]]) -> str:
    """benchmarks/engine.md."""
    ratios = [b["seconds"] / a["seconds"] for a, b in zip(ours, peers, strict=True)]
    spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
    medians = [statistics.median(r["seconds"] for r in side) for side in (ours, peers)]
    cpu = [statistics.median(r["cpu_seconds"] for r in side) for side in (ours, peers)]
    versions = {**peers[0]["versions"], **ours[0]["versions"]}
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    reached = "reached" if medians[1] / medians[0] >= GOAL else "not reached"
    return f"""# The engine beside its peers

Written by `make bench-engine`; the next run overwrites it.

{datetime.date.today()}, {machine()}, {said}.
{len(ours)} rounds, each a fresh process a side, in turn. Load averages at the end (1, 5, 15
minutes): {load}. Much above the number of cores, others were running too: then the
ratio is rough, and the seconds more so.

## Digits, training phase

{TRIALS} trials × 20 epochs of an MLP 64-128-128-10, batch 128, SGD with momentum and L2, with the
same hyperparameters, initial weights and minibatch orders. Imports, data and compiling are not
counted; each epoch's evaluation on all training and validation rows is, and so are the making of
the network, the drawing of weights and orders on our side (the peer is handed both), and Optuna's
bookkeeping in memory on the peer's. Both use two cores, and both stop a diverged trial.

| side | median s | range | median CPU s | range | mean validation error | best | diverged |
|---|---|---|---|---|---|---|---|
{row(f"netclinic, map, K = {LANES}, {DEVICES} devices", ours)}
{row(PEER, peers)}

Ratio of the medians: **{medians[1] / medians[0]:.2f} ×**; by round {spread}. The goal,
{GOAL:.0f} ×, is {reached}. Ratio of the median CPU seconds (all threads): {cpu[1] / cpu[0]:.2f} ×.

Final errors, ours − the peer's:

- validation {agreement(ours[0], peers[0], "validation")}
- training {agreement(ours[0], peers[0], "training")}

The peer is [optuna_torch.py](peers/optuna_torch.py), pinned in
[requirements.txt](peers/requirements.txt).

## Not measured yet

The whole process with storage and report, the CNN, the 60,000 × 784 MLP, the other peers, the time
to the best error, the share of the machine's peak, and the costs of long studies.
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-python", default=".venv-peers/bin/python")
    parser.add_argument("--export", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--train", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.export:
        export(asked.export)
    elif asked.train:
        print(json.dumps(train()))
    else:
        compare(asked.rounds, asked.peer_python)


def compare(rounds: int, peer_python: str) -> None:
    """Run both sides in turn and write the page."""
    ours, peers = [], []
    with tempfile.TemporaryDirectory() as folder:
        given = str(Path(folder) / "given.npz")
        run(sys.executable, __file__, "--export", given)
        for place in range(rounds):
            ours.append(run(sys.executable, __file__, "--train"))
            peers.append(run(peer_python, str(HERE / "peers" / "optuna_torch.py"), given))
            seconds = [f"{side[-1]['seconds']:.2f} s" for side in (ours, peers)]
            print(f"round {place + 1}: ours, peer:", *seconds, flush=True)
    (HERE / "engine.md").write_text(page(ours, peers))


if __name__ == "__main__":
    main()
