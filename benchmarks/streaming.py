"""Rows that are streamed beside rows that lie on the devices: the same trials, in turn.

Run: python benchmarks/streaming.py, which prints a table in two minutes.
"""

import statistics
import time

ROUNDS, LANES, DEVICES = 7, 8, 2
# Name → training rows, features, hidden layers, epochs a segment.
SETS = {
    "1,079 × 64": (1079, 64, (128, 128), 5),
    "20,000 × 784": (20_000, 784, (128, 128), 1),
}


def main() -> None:
    from netclinic.models.devices import prepare_devices

    prepare_devices(DEVICES)
    import numpy as np
    from netclinic.datasets.dataset import Split
    from netclinic.models.filling import Trial
    from netclinic.models.hyperparameters import Hyperparameters
    from netclinic.models.lane_plan import LanePlan
    from netclinic.models.lanes import fetched
    from netclinic.models.network import NetworkSpec
    from netclinic.models.placement import hold_rows, make_lanes
    from netclinic.models.signature import Signature

    rng = np.random.default_rng(0)

    def split(rows: int, features: int) -> Split:
        labels = rng.integers(10, size=rows).astype(np.int32)
        return Split(rng.normal(size=(rows, features)).astype(np.float32), labels)

    trials = {lane: Trial(lane, Hyperparameters(0.01, 1e-4, 0.9)) for lane in range(LANES)}
    print(f"Seconds a segment of {LANES} lanes on {DEVICES} devices, {ROUNDS} rounds in turn.\n")
    print(
        "| training rows | resident, median | streamed | ratio, median (range) |\n|---|---|---|---|"
    )
    for name, (rows, features, hidden, epochs) in SETS.items():
        splits = split(rows, features), split(rows // 5, features), split(rows // 5, features)
        network = NetworkSpec("mlp", features, hidden, 10, "relu", "he_normal")
        signature = Signature(network, "sgd", "constant", epochs, 128)
        both = []
        for stream in (False, True):
            plan = LanePlan(LANES, "map", DEVICES, stream=stream)
            both.append(make_lanes(signature, hold_rows(*splits, plan), plan, 0, epochs))
            both[-1].compile()
        seconds: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for lanes, times in zip(both, seconds, strict=True):
                state = lanes.fill(lanes.empty(), trials)
                began = time.perf_counter()
                state, curves = lanes.train_segment(state)
                fetched(curves)
                times.append(time.perf_counter() - began)
        resident, streamed = map(statistics.median, seconds)
        ratios = [s / r for r, s in zip(*seconds, strict=True)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        print(f"| {name} | {resident:.3f} | {streamed:.3f} | {spread} |", flush=True)


if __name__ == "__main__":
    main()
