"""One trial as a careful user of PyTorch writes it, for all peers that use PyTorch.

Minibatches are rows indexed by hand, since a DataLoader takes longer than a small network. On a GPU
all data lies there from the start, and an epoch waits for it once. With
``orders``, ``kernel0``, ``bias0`` … among what is given, weights and orders are netclinic's;
without them they are drawn here, by the same laws.
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch_layout import torch_kernels, torch_rows

CONVOLUTIONS = {1: nn.Conv1d, 2: nn.Conv2d}  # by the number of axes


class Trained(NamedTuple):
    """How a trial that did not diverge ended."""

    curves: list[list[float]]  # an epoch: loss, error; training, validation

    @property
    def errors(self) -> tuple[float, float]:
        """Final training and validation error, fractions."""
        return self.curves[-1][1], self.curves[-1][3]


class Layer(NamedTuple):
    """A layer with weights."""

    kind: type[nn.Module]
    arguments: tuple[int, ...]  # inputs and outputs; of a convolution also kernel, stride, padding


def layers_of(given: dict[str, np.ndarray]) -> list[Layer]:
    """The layers of the network: convolutions where the rows have a shape, then linear ones."""
    features, layers = given["train_inputs"].shape[1], []
    if "shape" in given:
        *axes, channels = given["shape"].tolist()
        names = ("channels", "kernels", "strides", "paddings")
        for outputs, *window in zip(*(given[name].tolist() for name in names), strict=True):
            layers.append(Layer(CONVOLUTIONS[len(axes)], (channels, outputs, *window)))
            kernel, stride, padding = window
            axes = [(size + 2 * padding - kernel) // stride + 1 for size in axes]
            channels = outputs
        features = math.prod(axes) * channels
    widths = (features, *given["hidden"].tolist(), int(given["classes"]))
    return layers + [Layer(nn.Linear, pair) for pair in pairwise(widths)]


class Search:
    """What the trials share."""

    def __init__(self, given: dict[str, np.ndarray], device: str = "cpu") -> None:
        self.device = device
        self.hyperparameters = given["hyperparameters"]  # (trials, 3)
        self.epochs, self.batch_size = int(given["epochs"]), int(given["batch_size"])
        self.train = self._split(given, "train")
        self.validation = self._split(given, "validation")
        self.layers = layers_of(given)
        self.orders = None
        if "orders" in given:  # (trials, epochs, steps, batch)
            self.orders = self._placed(given["orders"]).long()
            layers = range(len(self.layers))
            kernels = torch_kernels([given[f"kernel{n}"] for n in layers])
            self.weights = [self._placed(kernel) for kernel in kernels]
            self.biases = [self._placed(given[f"bias{n}"]) for n in layers]

    def _split(self, given: dict[str, np.ndarray], name: str) -> tuple[torch.Tensor, torch.Tensor]:
        inputs, labels = given[f"{name}_inputs"], given[f"{name}_labels"]
        if "shape" in given:
            inputs = torch_rows(inputs, given["shape"].tolist())
        return self._placed(inputs), self._placed(labels).long()

    def _placed(self, values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(values).to(self.device)

    def train_trial(
        self, number: int, learning_rate: float, weight_decay: float, momentum: float
    ) -> Trained | None:
        """Train trial ``number`` to its end; ``None`` when its loss is no longer finite."""
        curves = []
        for seen in self.begin(number, learning_rate, weight_decay, momentum):
            curves.append(torch.stack(seen).tolist())
            if not math.isfinite(curves[-1][0] + curves[-1][2]):
                return None
        return Trained(curves)

    def begin(
        self, number: int, learning_rate: float, weight_decay: float, momentum: float
    ) -> Iterator[tuple[torch.Tensor, ...]]:
        """Train trial ``number``; after each epoch loss and error, in training and validation."""
        network = self.network(number)
        kernels = [p for p in network.parameters() if p.ndim > 1]
        biases = [p for p in network.parameters() if p.ndim == 1]
        groups = [{"params": kernels, "weight_decay": weight_decay}, {"params": biases}]
        optimizer = torch.optim.SGD(groups, lr=learning_rate, momentum=momentum)
        for order in self.orders_of(number):
            self.train_epoch(network, optimizer, order)
            yield evaluate(network, *self.train) + evaluate(network, *self.validation)

    def network(self, number: int) -> nn.Sequential:
        """ReLU between the layers, with the weights given for this trial or drawn for it."""
        generator = torch.Generator().manual_seed(number)
        layers: list[nn.Module] = []
        last = len(self.layers) - 1
        for place, (kind, arguments) in enumerate(self.layers):
            if kind is nn.Linear and place and self.layers[place - 1].kind is not nn.Linear:
                layers.append(nn.Flatten())
            # skip_init: PyTorch's usual random weights would be drawn for nothing.
            layer = nn.utils.skip_init(kind, *arguments)
            with torch.no_grad():
                if self.orders is None:  # He's law, and LeCun's for the outputs
                    law = "linear" if place == last else "relu"
                    nn.init.kaiming_normal_(layer.weight, nonlinearity=law, generator=generator)
                    layer.bias.zero_()
                else:
                    layer.weight.copy_(self.weights[place][number])
                    layer.bias.copy_(self.biases[place][number])
            layers += [layer, nn.ReLU()]
        return nn.Sequential(*layers[:-1]).to(self.device)

    def orders_of(self, number: int) -> Iterator[torch.Tensor]:
        """Rows of the minibatches, (steps, batch), of each epoch."""
        if self.orders is not None:
            yield from self.orders[number]
            return
        generator = torch.Generator().manual_seed(number)
        rows = len(self.train[1])
        steps = rows // self.batch_size
        for _ in range(self.epochs):
            order = torch.randperm(rows, generator=generator)
            yield order[: steps * self.batch_size].view(steps, self.batch_size).to(self.device)

    def train_epoch(
        self, network: nn.Module, optimizer: torch.optim.Optimizer, order: torch.Tensor
    ) -> None:
        """One pass over the training rows."""
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
