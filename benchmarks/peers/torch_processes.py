"""A search as a careful user of PyTorch spreads it over two cores: two processes of one thread.

Each process trains every second trial, with rows indexed by hand.

Run: python torch_processes.py GIVEN.npz, which prints JSON. Its ``seconds`` go from the moment at
which both are ready to the end of the later one.
"""

import json
import multiprocessing
import sys
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch_trial import Search

PROCESSES = 2


class Share(NamedTuple):
    """What one process did."""

    began: float  # monotonic seconds
    ended: float
    cpu: float
    errors: dict[int, tuple[float, float] | None]  # by trial number: training, validation


def train_share(file: Path, place: int, ready: Barrier) -> Share:
    """Train the trials of process ``place``, from when all are ready."""
    torch.set_num_threads(1)
    with np.load(file) as given:
        search = Search(dict(given))
    search.train_trial(place, *search.hyperparameters[place].tolist())  # warms up
    ready.wait()
    began, began_cpu = time.monotonic(), time.process_time()
    errors = {}
    for number in range(place, len(search.hyperparameters), PROCESSES):
        trained = search.train_trial(number, *search.hyperparameters[number].tolist())
        errors[number] = trained and trained.errors
    return Share(began, time.monotonic(), time.process_time() - began_cpu, errors)


def main() -> None:
    file = Path(sys.argv[1])
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(PROCESSES) as pool:
        ready = manager.Barrier(PROCESSES)
        shares = pool.starmap(train_share, [(file, n, ready) for n in range(PROCESSES)], 1)
    errors = {number: pair for share in shares for number, pair in share.errors.items()}
    ended = [errors[number] for number in sorted(errors)]
    result = {
        "seconds": max(s.ended for s in shares) - min(s.began for s in shares),
        "cpu_seconds": sum(s.cpu for s in shares),
        "training_errors": [pair and pair[0] for pair in ended],  # None: diverged
        "validation_errors": [pair and pair[1] for pair in ended],
        "versions": {"torch": torch.__version__},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
