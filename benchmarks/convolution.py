"""The forms of convolutions beside each other: milliseconds a training step, compile seconds.

Run: make bench-convolution. One trial on one single-threaded CPU device; the forms take turns.
"""

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

from netclinic.models.convolution_shapes import Convolutions
from netclinic.models.devices import prepare_devices

ROUNDS, BATCH, CLASSES = 15, 100, 10
FORMS = ("im2col", "chwn", "native")
# Name → training rows and layers.
PROBLEMS = {
    "MNIST-1D": (4000, Convolutions((40, 1), (25, 25, 25), (5, 3, 3), (2, 2, 2), (1, 1, 1))),
    "digits": (1000, Convolutions((8, 8, 1), (16, 32), (3, 3), (1, 2), (1, 1))),
    "digits, stride 1": (1000, Convolutions((8, 8, 1), (16, 32), (3, 3), (1, 1), (1, 1))),
    "MNIST": (1000, Convolutions((28, 28, 1), (16, 32), (3, 3), (2, 2), (1, 1))),
}


def program(rows: int, layers: Convolutions, form: str) -> tuple[Callable[[], Any], float]:
    """A call that trains one epoch and judges 100 rows, and the seconds that it took to compile."""
    import jax
    import jax.numpy as jnp
    import numpy as np
    from netclinic.models.hyperparameters import Hyperparameters
    from netclinic.models.judging import Rows
    from netclinic.models.network import NetworkSpec
    from netclinic.models.signature import Signature
    from netclinic.models.training import Data, make_training
    from netclinic.models.trial_keys import trial_key

    features = math.prod(layers.shape)
    network = NetworkSpec("cnn", features, (), CLASSES, "relu", "he_normal", layers)
    training = make_training(Signature(network, "sgd", "constant", 1, BATCH), rows, 1, form)
    rng = np.random.default_rng(0)
    inputs = jnp.asarray(rng.normal(size=(rows, features)), jnp.float32)
    labels = jnp.asarray(rng.integers(CLASSES, size=rows), jnp.int32)
    hyper = Hyperparameters(*map(jnp.float32, (1e-3, 1e-4, 0.9)))
    state = jax.jit(training.init)(hyper, trial_key(0, 0, 0))
    train, few = Rows(inputs, labels), Rows(inputs[:BATCH], labels[:BATCH])
    began = time.perf_counter()
    compiled = jax.jit(training.segment).lower(state, Data(train, few)).compile()
    seconds = time.perf_counter() - began
    return lambda: jax.block_until_ready(compiled(state, Data(train, few))), seconds


def main() -> None:
    """Print a row of a table for each problem and form."""
    prepare_devices(1)
    import jax

    jax.config.update("jax_enable_compilation_cache", False)
    print("| network | form | ms a step with its share of an epoch's judging | compile, s |")
    print("|---|---|---|---|")
    for name, (rows, layers) in PROBLEMS.items():
        programs = {form: program(rows, layers, form) for form in FORMS}
        found: dict[str, list[float]] = {form: [] for form in FORMS}
        for _ in range(ROUNDS):
            for form, (run, _) in programs.items():
                began = time.perf_counter()
                run()
                found[form].append((time.perf_counter() - began) * 1000 / (rows // BATCH))
        for form, times in found.items():
            cells = f"{statistics.median(times):.2f} ({min(times):.2f}–{max(times):.2f})"
            print(f"| {name} | {form} | {cells} | {programs[form][1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
