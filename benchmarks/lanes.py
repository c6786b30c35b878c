"""Seconds to train 64 digits trials for 20 epochs, by strategy, K and threads.

Run: make bench-lanes. Each row is a fresh process; compiling is not counted. The result is kept in
benchmarks/LOG.md.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

ROWS = [  # strategy, K, devices, XLA's own threads
    ("map", 64, 2, False),
    ("map", 16, 2, False),
    ("map", 2, 2, False),
    ("vmap", 16, 2, False),
    ("vmap", 64, 2, False),
    ("map", 16, 1, False),
    ("map", 16, 1, True),
    ("vmap", 64, 1, True),
]
TRIALS, EPOCHS, SEGMENT = 64, 20, 5


def measure(strategy: str, lanes: int, devices: int, threads: bool, rounds: int) -> list[float]:
    """Seconds of each round, in this process."""
    if threads:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=true"
    from netclinic.models.devices import prepare_devices

    prepare_devices(devices)
    from pathlib import Path

    from netclinic.models.filling import Trial
    from netclinic.models.hyperparameters import Hyperparameters
    from netclinic.models.lane_plan import LanePlan
    from netclinic.models.lane_rows import place_rows
    from netclinic.models.lanes import Lanes, fetched
    from netclinic.search import parse_spec
    from netclinic.search.sampler import draw
    from netclinic.search.space import searched
    from netclinic.search.study_data import load_data
    from netclinic.search.trial_shape import trial_signature

    text = 'study = {name = "lanes"}\ndata = {source = "digits"}'
    spec = parse_spec(text, file="", folder=Path()).spec
    data = load_data(spec, Path())
    plan = LanePlan(lanes, strategy, devices)
    splits = (data.train, data.validation, data.test)
    programs = Lanes(trial_signature(spec, data, {}), place_rows(*splits, plan), plan, 0, SEGMENT)
    space = searched(spec.search)
    trials = [Trial(n, Hyperparameters(**draw(space, 0, n))) for n in range(TRIALS)]

    def train(batch: list[Trial]) -> None:
        state = programs.fill(programs.empty(), dict(enumerate(batch)))
        for _ in range(EPOCHS // SEGMENT):
            state, curves = programs.train_segment(state)
            fetched(curves)

    train(trials[:lanes])  # compiles
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        for first in range(0, TRIALS, lanes):
            train(trials[first : first + lanes])
        seconds.append(time.perf_counter() - began)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--row", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    if asked.row is not None:
        print(*measure(*ROWS[asked.row], asked.rounds))
        return
    print("| strategy | K | devices | XLA threads | median s | range |\n|---|---|---|---|---|---|")
    for place, (strategy, lanes, devices, threads) in enumerate(ROWS):
        command = [sys.executable, __file__, "--row", str(place), "--rounds", str(asked.rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = [float(s) for s in done.stdout.split()]
        between = f"{min(seconds):.2f}–{max(seconds):.2f}"
        own = "many" if threads else "one"
        median = statistics.median(seconds)
        print(
            f"| {strategy} | {lanes} | {devices} | {own} | {median:.2f} | {between} |", flush=True
        )


if __name__ == "__main__":
    main()
