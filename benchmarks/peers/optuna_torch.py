"""The digits search as a careful user of Optuna and PyTorch writes it.

Threads train a trial each, PyTorch itself with one thread; minibatches are rows indexed by hand,
since a DataLoader takes longer than such a network. On a GPU all data lies there from the start,
and an epoch waits for it once. ``engine.py`` gives the hyperparameters, initial weights and
minibatch orders of netclinic's trials.

Run: python optuna_torch.py GIVEN.npz [--device cuda] [--jobs 2], which prints JSON.
"""

import argparse
import json
import math
import platform
import time
from pathlib import Path

import numpy as np
import optuna
import torch
from torch import nn

DIVERGED = 1.0  # the error of a trial whose loss is no longer finite


class Search:
    """What the trials share, and the trials themselves."""

    def __init__(self, given: dict[str, np.ndarray], device: str) -> None:
        self.device = device
        self.hyperparameters = given["hyperparameters"]  # (trials, 3)
        self.orders = self._placed(given["orders"]).long()  # (trials, epochs, steps, batch)
        layers = sum(name.startswith("kernel") for name in given)
        # Kernels are (trials, in, out) in Flax, (out, in) in PyTorch.
        self.weights = [
            self._placed(np.ascontiguousarray(given[f"kernel{n}"].transpose(0, 2, 1)))
            for n in range(layers)
        ]
        self.biases = [self._placed(given[f"bias{n}"]) for n in range(layers)]
        self.train = self._split(given, "train")
        self.validation = self._split(given, "validation")

    def _split(self, given: dict[str, np.ndarray], name: str) -> tuple[torch.Tensor, torch.Tensor]:
        return self._placed(given[f"{name}_inputs"]), self._placed(given[f"{name}_labels"]).long()

    def _placed(self, values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(values).to(self.device)

    def network(self, number: int) -> nn.Sequential:
        """ReLU between linear layers, with the weights given for this trial."""
        layers: list[nn.Module] = []
        for weights, biases in zip(self.weights, self.biases, strict=True):
            outputs, inputs = weights.shape[1:]
            # skip_init: PyTorch's own random weights would be drawn for nothing.
            layer = nn.utils.skip_init(nn.Linear, inputs, outputs, device=self.device)
            with torch.no_grad():
                layer.weight.copy_(weights[number])
                layer.bias.copy_(biases[number])
            layers += [layer, nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    def objective(self, trial: optuna.Trial) -> float:
        """Validation error after the last epoch."""
        learning_rate = trial.suggest_float("learning_rate", 1e-8, 1e2, log=True)
        weight_decay = trial.suggest_float("weight_decay", 0.0, 1e2)
        momentum = trial.suggest_float("momentum", 0.0, 1.0)
        network = self.network(trial.number)
        kernels = [p for p in network.parameters() if p.ndim > 1]
        biases = [p for p in network.parameters() if p.ndim == 1]
        groups = [{"params": kernels, "weight_decay": weight_decay}, {"params": biases}]
        optimizer = torch.optim.SGD(groups, lr=learning_rate, momentum=momentum)
        curves = []
        for order in self.orders[trial.number]:
            self.train_epoch(network, optimizer, order)
            seen = evaluate(network, *self.train) + evaluate(network, *self.validation)
            curves.append(torch.stack(seen).tolist())
            if not math.isfinite(curves[-1][0] + curves[-1][2]):
                return DIVERGED
        trial.set_user_attr("curves", curves)
        return curves[-1][3]

    def train_epoch(
        self, network: nn.Module, optimizer: torch.optim.Optimizer, order: torch.Tensor
    ) -> None:
        inputs, labels = self.train
        for rows in order:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(inputs[rows]), labels[rows])
            loss.backward()
            optimizer.step()


@torch.inference_mode()
def evaluate(
    network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean loss (nats) and error (fraction) over all rows: scalars, where the data is."""
    logits = network(inputs)
    loss = nn.functional.cross_entropy(logits, labels)
    return loss, (logits.argmax(1) != labels).float().mean()


def study_of(hyperparameters: np.ndarray) -> optuna.Study:
    """A study in memory whose next trials have the given numbers."""
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(0))
    for learning_rate, weight_decay, momentum in hyperparameters.tolist():
        study.enqueue_trial(
            {"learning_rate": learning_rate, "weight_decay": weight_decay, "momentum": momentum}
        )
    return study


def main() -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("given", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with np.load(asked.given) as file:
        search = Search(dict(file), asked.device)
    count = len(search.hyperparameters)
    study_of(search.hyperparameters[:1]).optimize(search.objective, n_trials=1)  # warms up
    study = study_of(search.hyperparameters)
    began, began_cpu = time.perf_counter(), time.process_time()
    study.optimize(search.objective, n_trials=count, n_jobs=asked.jobs)
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
