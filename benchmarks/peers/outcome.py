"""What the peers that draw their own weights read and print."""

import json
import time
from itertools import pairwise
from typing import NamedTuple

import numpy as np


class Given(NamedTuple):
    """The data and the trials."""

    train: tuple[np.ndarray, np.ndarray]  # inputs (rows, features) float32, labels (rows,) int32
    validation: tuple[np.ndarray, np.ndarray]
    hyperparameters: list[list[float]]  # a trial: learning rate, weight decay, momentum
    widths: list[int]  # of the network, from the inputs to the logits
    epochs: int
    batch_size: int

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Inputs and outputs of each layer."""
        return list(pairwise(self.widths))


def read_given(file: str, trials: int) -> Given:
    """The first ``trials`` trials of the file that the benchmark wrote."""
    with np.load(file) as arrays:
        train, validation = (
            (arrays[f"{split}_inputs"], arrays[f"{split}_labels"])
            for split in ("train", "validation")
        )
        widths = [train[0].shape[1], *arrays["hidden"].tolist(), int(arrays["classes"])]
        return Given(
            train,
            validation,
            arrays["hyperparameters"][:trials].tolist(),
            widths,
            int(arrays["epochs"]),
            int(arrays["batch_size"]),
        )


class Outcome:
    """Final errors by trial, and the seconds of the trials alone."""

    def __init__(self) -> None:
        """The first trial begins."""
        self._began = time.perf_counter()
        self._errors: list[tuple[float | None, float | None]] = []

    def add(self, training: float | None, validation: float | None) -> None:
        """A trial has ended; ``None`` for an error that is not known or not a number."""
        self._errors.append((training, validation))

    def say(self, **versions: str) -> None:
        """Print it all as JSON."""
        training, validation = zip(*self._errors, strict=True)
        measured = {
            "trials": len(self._errors),
            "loop_seconds": time.perf_counter() - self._began,
            "validation_errors": validation,
            "versions": versions,
        }
        if None not in training:
            measured["training_errors"] = training
        print("\n" + json.dumps(measured))
