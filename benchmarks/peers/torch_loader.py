"""A search as PyTorch's tutorials have it: a loop over the trials, and DataLoaders.

Run: python torch_loader.py GIVEN.npz TRIALS, which prints JSON.
"""

import sys

import torch
from outcome import Outcome, read_given
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def network_of(sizes: list[tuple[int, int]]) -> nn.Sequential:
    """ReLU between linear layers: He's law, LeCun's for the outputs, biases zero."""
    layers: list[nn.Module] = []
    for place, (n_in, n_out) in enumerate(sizes):
        layer = nn.Linear(n_in, n_out)
        law = "linear" if place == len(sizes) - 1 else "relu"
        nn.init.kaiming_normal_(layer.weight, nonlinearity=law)
        nn.init.zeros_(layer.bias)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def error_of(network: nn.Module, rows: DataLoader) -> float:
    """Share of wrong answers."""
    wrong = 0
    with torch.no_grad():
        for inputs, labels in rows:
            wrong += (network(inputs).argmax(1) != labels).sum().item()
    return wrong / len(rows.dataset)


def main() -> None:
    given = read_given(sys.argv[1], int(sys.argv[2]))
    splits = [
        TensorDataset(torch.from_numpy(inputs), torch.from_numpy(labels).long())
        for inputs, labels in (given.train, given.validation)
    ]
    batches = DataLoader(splits[0], given.batch_size, shuffle=True, drop_last=True)
    train, validation = (DataLoader(split, given.batch_size) for split in splits)
    outcome = Outcome()
    for number, (learning_rate, weight_decay, momentum) in enumerate(given.hyperparameters):
        torch.manual_seed(number)
        network = network_of(given.layers)
        kernels = [p for p in network.parameters() if p.ndim > 1]
        biases = [p for p in network.parameters() if p.ndim == 1]
        groups = [{"params": kernels, "weight_decay": weight_decay}, {"params": biases}]
        optimizer = torch.optim.SGD(groups, lr=learning_rate, momentum=momentum)
        for _ in range(given.epochs):
            for inputs, labels in batches:
                optimizer.zero_grad()
                nn.functional.cross_entropy(network(inputs), labels).backward()
                optimizer.step()
            errors = error_of(network, train), error_of(network, validation)
        outcome.add(*errors)
    outcome.say(torch=torch.__version__)


if __name__ == "__main__":
    main()
