"""netclinic's training phase in this process, which prints JSON.

Run: python train_netclinic.py WORKLOAD GIVEN.npz
"""

import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

from workloads import DEVICES, SEED, WORKLOADS, Workload


def train_batch(programs: Any, trials: list[Any], segment: int) -> list[tuple[float, float] | None]:
    """Train trials, one a lane: (training, validation) error, None where diverged."""
    from netclinic.models.lanes import fetched

    state = programs.fill(programs.empty(), dict(enumerate(trials)))
    for _ in range(programs.signature.epochs // segment):
        state, seen = programs.train_segment(state)
        seen = fetched(seen)
    last = zip(
        seen.curves.training_error[: len(trials), -1],
        seen.curves.validation_error[: len(trials), -1],
        seen.diverged[: len(trials)],
        strict=True,
    )
    return [None if died else (float(t), float(v)) for t, v, died in last]


def train(workload: Workload, file: Path) -> dict[str, Any]:
    """Train every trial; imports, data and compiling are not counted."""
    from netclinic.models.devices import prepare_devices

    prepare_devices(DEVICES)
    import jax
    import numpy as np
    from netclinic.datasets.dataset import Split
    from netclinic.models.filling import Trial
    from netclinic.models.hyperparameters import Hyperparameters
    from netclinic.models.lane_plan import plan_lanes
    from netclinic.models.lane_rows import place_rows
    from netclinic.models.lanes import Lanes
    from netclinic.models.network import NetworkSpec
    from netclinic.models.signature import Signature
    from netclinic.search import parse_spec
    from netclinic.search.batch_size import batch_size

    with np.load(file) as given:
        train_rows = Split(given["train_inputs"], given["train_labels"])
        validation = Split(given["validation_inputs"], given["validation_labels"])
        trials = [
            Trial(number, Hyperparameters(*values))
            for number, values in enumerate(given["hyperparameters"].tolist())
        ]
        classes = int(given["classes"])
    spec = parse_spec(workload.spec, file="", folder=Path(__file__).parent).spec
    features = train_rows.inputs.shape[1]
    network = NetworkSpec(
        spec.network.kind,
        features,
        spec.network.hidden,
        classes,
        spec.network.activation,
        spec.network.initializer,
        spec.network.convolutions(features),
    )
    training, size = spec.training, batch_size(spec, len(train_rows.labels))
    signature = Signature(network, training.optimizer, training.schedule, training.epochs, size)
    plan = plan_lanes(workload.lanes, "map", DEVICES)
    rows = place_rows(train_rows, validation, validation, plan)  # test rows are not looked at
    programs = Lanes(signature, rows, plan, SEED, workload.segment)

    train_batch(programs, trials[:1], workload.segment)  # compiles
    began, began_cpu = time.perf_counter(), time.process_time()
    errors = [
        pair
        for first in range(0, len(trials), workload.lanes)
        for pair in train_batch(programs, trials[first : first + workload.lanes], workload.segment)
    ]
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    # Of a diverged trial nothing is counted, though it was trained for a while.
    epochs = signature.epochs * sum(pair is not None for pair in errors)
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "flops": epochs * programs.epoch_flops(programs.empty()),
        "training_errors": [pair and pair[0] for pair in errors],  # None: diverged
        "validation_errors": [pair and pair[1] for pair in errors],
        "versions": {"Python": platform.python_version(), "jax": jax.__version__},
    }


if __name__ == "__main__":
    print(json.dumps(train(WORKLOADS[sys.argv[1]], Path(sys.argv[2]))))
