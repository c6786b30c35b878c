"""What looking at layers costs: seconds beside the training of the same trials. Prints a table.

Run: python benchmarks/vitals_cost.py [EPOCHS]. Lanes train to their end and are looked at, in
turns, so that other work on the machine weighs on both alike. Compiling is told apart.
"""

import sys
import time
from pathlib import Path

import numpy as np
from netclinic.models.devices import prepare_devices
from netclinic.models.filling import Trial
from netclinic.models.lane_plan import plan_lanes
from netclinic.models.lane_rows import place_rows
from netclinic.models.lanes import Lanes, fetched
from netclinic.search.spec_file import load_spec
from netclinic.search.study_data import load_data
from netclinic.search.trial_shape import trial_hyperparameters, trial_signature

SPEC = Path(__file__).parents[1] / "examples" / "digits.toml"
ROUNDS = 9
PARAMETERS = {"learning_rate": 1e-2, "weight_decay": 1e-4, "momentum": 0.9}


def main() -> None:
    """Time both."""
    prepare_devices(2)
    epochs = [f"training.epochs={number}" for number in sys.argv[1:]]
    loaded = load_spec(SPEC, epochs)
    data = load_data(loaded.spec, loaded.folder)
    plan = plan_lanes(None, None)
    signature = trial_signature(loaded.spec, data, PARAMETERS)
    rows = place_rows(data.train, data.validation, data.test, plan)
    lanes = Lanes(signature, rows, plan, 0, signature.epochs)
    begun = time.process_time()
    state, _ = lanes.train_segment(lanes.fill(lanes.empty(), {}))
    lanes.test(state, np.zeros(plan.capacity, bool))
    between = time.process_time()
    lanes.vital_signs(state, {})
    compiled = time.process_time()
    hyper = trial_hyperparameters(loaded.spec, PARAMETERS)
    trials = {lane: Trial(lane, hyper) for lane in range(plan.lanes)}
    state = lanes.empty()
    spent: list[list[float]] = []
    for _ in range(ROUNDS + 1):
        state = lanes.fill(state, trials)
        started = both_clocks()
        state, curves = lanes.train_segment(state)
        fetched(curves)
        lanes.test(state, np.ones(plan.capacity, bool))
        trained = both_clocks()
        lanes.vital_signs(state, trials)
        looked = both_clocks()
        spent.append([*(trained - started), *(looked - trained)])
    wall, cpu, wall_look, cpu_look = np.array(spent[1:]).T  # the first warms up
    print(
        f"{SPEC.name}: {plan.lanes} trials of {signature.epochs} epochs, {ROUNDS} rounds; "
        "medians (range)"
    )
    for clock, train, look in (("wall clock", wall, wall_look), ("CPU", cpu, cpu_look)):
        share = look / train
        print(
            f"{clock}: training and testing {np.median(train):.3f} s, looking "
            f"{np.median(look):.3f} s: {np.median(share):.1%} ({share.min():.1%}–{share.max():.1%})"
        )
    train_seconds, look_seconds = between - begun, compiled - between
    print(
        f"CPU of compiling: {train_seconds:.1f} s to train and test, {look_seconds:.1f} s to look"
    )


def both_clocks() -> np.ndarray:
    """Wall clock and CPU time of all threads, seconds."""
    return np.array([time.perf_counter(), time.process_time()])


if __name__ == "__main__":
    main()
