"""What the sides are given: data, hyperparameters and, for equal numbers, weights and orders.

Run: python given.py WORKLOAD FILE.npz [--draws]
"""

import argparse
from pathlib import Path
from typing import Any

from problems import problem
from workloads import SEED, WORKLOADS, Workload

GIVEN = ("learning_rate", "weight_decay", "momentum")


def write_given(workload: Workload, file: Path, draws: bool) -> None:
    """Write the arrays of a workload.

    Args:
        workload: the search.
        file: the .npz archive to write.
        draws: with netclinic's initial weights and minibatch orders of every trial.
    """
    signature, data, trials = problem(workload)
    import numpy as np

    arrays = {
        "train_inputs": data.train.inputs,
        "train_labels": data.train.labels,
        "validation_inputs": data.validation.inputs,
        "validation_labels": data.validation.labels,
        # (trials, 3): the numbers that SGD with momentum and L2 has
        "hyperparameters": np.array(
            [[getattr(t.hyperparameters, n) for n in GIVEN] for t in trials]
        ),
        "hidden": np.array(signature.network.hidden),
        "classes": np.array(signature.network.outputs),
        "epochs": np.array(signature.epochs),
        "batch_size": np.array(signature.batch_size),
    }
    if layers := signature.network.convolutions:
        # (*axes, channels) of a row; the others have a number for each convolution, the paddings
        # the zeros at both ends: "same" is not a number and refused.
        arrays |= {name: np.array(numbers, int) for name, numbers in layers._asdict().items()}
    if draws:
        arrays |= _draws(signature, len(data.train.labels), workload.trials)
    np.savez(file, **arrays)


def _draws(signature: Any, rows: int, trials: int) -> dict[str, Any]:
    """Initial weights, one array (trials, …) a layer, and orders (trials, epochs, steps, batch)."""
    import jax
    import jax.numpy as jnp
    import numpy as np
    from netclinic.models.minibatches import minibatches
    from netclinic.models.network import make_network
    from netclinic.models.trial_keys import initial_weights_key, trial_key

    keys = [trial_key(SEED, 0, number) for number in range(trials)]
    init = jax.jit(make_network(signature.network).init)
    weights = [jax.tree.leaves(init(initial_weights_key(key)).parameters) for key in keys]
    epochs = jnp.arange(signature.epochs)
    order = jax.jit(
        jax.vmap(lambda key, e: minibatches(key, e, rows, signature.batch_size), (None, 0))
    )
    arrays = {"orders": np.stack([order(key, epochs) for key in keys])}
    # The leaves are bias and kernel of each layer, from the inputs to the outputs.
    for place, leaves in enumerate(zip(*weights, strict=True)):
        name = "kernel" if leaves[0].ndim > 1 else "bias"
        arrays[f"{name}{place // 2}"] = np.stack(leaves)
    return arrays


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--draws", action="store_true")
    asked = parser.parse_args()
    write_given(WORKLOADS[asked.workload], asked.file, asked.draws)
