"""A search as a careful user of Optuna and PyTorch writes it.

Threads train a trial each, PyTorch itself with one thread. A sampler hands out the hyperparameters
of netclinic's trials.

Run: python optuna_torch.py GIVEN.npz [--storage URL] [--device cuda] [--jobs 2], which prints JSON.
Its ``seconds`` are those of the trials alone.
"""

import argparse
import json
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import torch
from torch_trial import Search

NAMES = ("learning_rate", "weight_decay", "momentum")
DIVERGED = 1.0  # the error of a trial whose loss is no longer finite


def objective(search: Search, trial: optuna.Trial) -> float:
    """Validation error after the last epoch."""
    learning_rate = trial.suggest_float("learning_rate", 1e-8, 1e2, log=True)
    weight_decay = trial.suggest_float("weight_decay", 0.0, 1e2)
    momentum = trial.suggest_float("momentum", 0.0, 1.0)
    trained = search.train_trial(trial.number, learning_rate, weight_decay, momentum)
    if trained is None:
        return DIVERGED
    trial.set_user_attr("curves", trained.curves)
    return trained.errors[1]


class GivenSampler(optuna.samplers.BaseSampler):
    """Samples what is given, by the number of the trial.

    To enqueue trials is no way to hand them to threads: two may take the same one (Optuna 5.0.0
    with SQLite, "Cannot tell a COMPLETE trial").
    """

    def __init__(self, hyperparameters: np.ndarray) -> None:
        self.rows = [dict(zip(NAMES, row, strict=True)) for row in hyperparameters.tolist()]

    def infer_relative_search_space(self, study: Any, trial: Any) -> dict[str, Any]:
        return {}

    def sample_relative(self, study: Any, trial: Any, search_space: Any) -> dict[str, Any]:
        return {}

    def sample_independent(self, study: Any, trial: Any, name: str, distribution: Any) -> float:
        return self.rows[trial.number][name]


def study_of(hyperparameters: np.ndarray, storage: str | None = None) -> optuna.Study:
    """A study whose next trials have the given numbers."""
    sampler = GivenSampler(hyperparameters)
    return optuna.create_study(sampler=sampler, storage=storage, study_name="peer")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("given", type=Path)
    parser.add_argument("--storage", help="the whole process counts, so nothing is warmed up")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    torch.set_num_threads(1)
    torch.backends.cudnn.benchmark = asked.device == "cuda"  # every batch has the same shape
    with np.load(asked.given) as file:
        search = Search(dict(file), asked.device)
    if not asked.storage:
        study_of(search.hyperparameters[:1]).optimize(lambda t: objective(search, t), n_trials=1)
    study = study_of(search.hyperparameters, asked.storage)
    began, began_cpu = time.perf_counter(), time.process_time()
    count = len(search.hyperparameters)
    study.optimize(lambda trial: objective(search, trial), n_trials=count, n_jobs=asked.jobs)
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    trials = [t.user_attrs.get("curves") for t in study.trials]
    versions = {"torch": torch.__version__, "optuna": optuna.__version__}
    result = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "training_errors": [c[-1][1] if c else None for c in trials],  # None: diverged
        "validation_errors": [c[-1][3] if c else None for c in trials],
        "versions": {"Python": platform.python_version(), **versions},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
