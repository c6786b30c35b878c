"""What benchmarks/vitals.py trains: sound recipes, and faults planted into them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from netclinic.datasets.dataset import Dataset, Split

OWN = f"{Path(__file__).parent / 'faulty_network.py'}:Network"
Range = tuple[float, float]


class Recipe(NamedTuple):
    """A network that suits its data, with the learning rates at which it trains well."""

    data: str  # of [data], as TOML
    network: str  # of [network]
    training: str  # of [training]
    rates: Range  # learning rates, drawn between them on a log scale
    decays: Range = (1e-6, 1e-3)  # L2, likewise
    momentum: float = 0.9
    search: str = ""  # of [search], what is fixed


class Fault(NamedTuple):
    """What is changed in a recipe."""

    recipe: str
    parameters: Mapping[str, float] = {}  # learning_rate times this; others as they are
    overrides: tuple[str, ...] = ()
    change: Callable[[Dataset], Dataset] | None = None


DIGITS = 'source = "digits"'
SGD = 'optimizer = "sgd", epochs = 20, batch_size = 64'
ADAM = 'optimizer = "adam", epochs = 20, batch_size = 64'
SMALL_ADAM = 'optimizer = "adam", epochs = 60, batch_size = 32'

RECIPES: Mapping[str, Recipe] = {
    "relu": Recipe(DIGITS, "hidden = [64, 64]", SGD, (0.01, 0.1)),
    "tanh": Recipe(
        DIGITS,
        'hidden = [48, 48], activation = "tanh", initializer = "xavier_tanh_normal"',
        ADAM,
        (1e-3, 6e-3),
    ),
    "deep": Recipe(
        DIGITS, 'hidden = [32, 32, 32, 32, 32, 32], normalization = "batch"', SGD, (0.01, 0.1)
    ),
    "gelu": Recipe(
        DIGITS,
        'hidden = [48, 48, 48], activation = "gelu", normalization = "layer"',
        ADAM,
        (1e-3, 6e-3),
    ),
    "selu": Recipe(
        'source = "breast_cancer"',
        'hidden = [32, 32], activation = "selu", initializer = "lecun_normal"',
        SMALL_ADAM,
        (5e-4, 5e-3),
    ),
    "cancer": Recipe('source = "breast_cancer"', "hidden = [32]", SMALL_ADAM, (1e-3, 1e-2)),
    "wine": Recipe(
        'source = "wine"',
        'hidden = [24], activation = "sigmoid", initializer = "xavier_normal"',
        SMALL_ADAM,
        (1e-2, 5e-2),
    ),
    "twonorm": Recipe(
        'source = "twonorm", rows = 2000',
        'hidden = [16], activation = "tanh", initializer = "xavier_normal"',
        SGD,
        (0.01, 0.1),
    ),
    "friedman": Recipe(
        'source = "friedman1", rows = 2000, task = "regression"',
        "hidden = [48, 48]",
        ADAM,
        (1e-3, 1e-2),
    ),
    "diabetes": Recipe(
        'source = "diabetes", task = "regression"', "hidden = [24]", SMALL_ADAM, (5e-4, 5e-3)
    ),
    "cnn": Recipe(
        DIGITS,
        'kind = "cnn", channels = [6, 12], kernel = 3, stride = 2, hidden = [32]',
        'optimizer = "adam", epochs = 15, batch_size = 64',
        (1e-3, 6e-3),
    ),
    "dropout": Recipe(
        DIGITS,
        "hidden = [64, 64]",
        SGD + ', schedule = "cosine"',
        (0.02, 0.1),
        search="dropout = 0.3, warmup = 0.1",
    ),
    "overlap": Recipe(
        'source = "two_gaussians", rows = 1500', "hidden = [24]", SMALL_ADAM, (5e-4, 5e-3)
    ),
    "own": Recipe(DIGITS, f'kind = "{OWN}"', SGD, (0.01, 0.1)),
    "head of 0": Recipe(DIGITS, f'kind = "{OWN}", arguments = {{head = 0.0}}', SGD, (0.01, 0.1)),
}


def on_training_rows(change: Callable[[Split], Split]) -> Callable[[Dataset], Dataset]:
    """Change all splits alike."""

    def changed(data: Dataset) -> Dataset:
        parts = (data.train, data.validation, data.test)
        train, validation, test = (change(Split(np.asarray(p.inputs), p.labels)) for p in parts)
        return replace(data, train=train, validation=validation, test=test)

    return changed


def shuffled(data: Dataset) -> Dataset:
    """All labels in another order than their rows."""
    rng = np.random.default_rng(0)
    parts = (data.train, data.validation, data.test)
    train, validation, test = (
        Split(np.asarray(p.inputs), rng.permutation(p.labels)) for p in parts
    )
    return replace(data, train=train, validation=validation, test=test)


def scaled(factor: float) -> Callable[[Dataset], Dataset]:
    """Inputs times a factor."""
    return on_training_rows(lambda split: Split(split.inputs * np.float32(factor), split.labels))


def shifted(offset: float) -> Callable[[Dataset], Dataset]:
    """Inputs plus a number."""
    return on_training_rows(lambda split: Split(split.inputs + np.float32(offset), split.labels))


def one_column_scaled(factor: float) -> Callable[[Dataset], Dataset]:
    """One column of the inputs times a factor."""

    def change(split: Split) -> Split:
        inputs = np.array(split.inputs)
        inputs[:, inputs.var(axis=0).argmax()] *= factor
        return Split(inputs, split.labels)

    return on_training_rows(change)


def constant(value: float) -> Callable[[Dataset], Dataset]:
    """Every input the same number."""
    return on_training_rows(lambda split: Split(np.full_like(split.inputs, value), split.labels))


def same_row(split: Split) -> Split:
    """All rows the first one."""
    return Split(np.repeat(split.inputs[:1], len(split.labels), axis=0), split.labels)


def argument(**values: object) -> tuple[str, ...]:
    """Arguments of the own network."""
    text = ", ".join(f"{name} = {value!r}".replace("'", '"') for name, value in values.items())
    return (f"network.arguments={{{text}}}",)


TOO_HIGH = {"learning_rate": 100.0}
TOO_LOW = {"learning_rate": 1e-3}
FAULTS: Mapping[str, Fault] = {
    **{
        f"learning rate × 100, {r}": Fault(r, TOO_HIGH)
        for r in ("relu", "tanh", "selu", "friedman", "own", "cnn")
    },
    **{
        f"learning rate / 1000, {r}": Fault(r, TOO_LOW)
        for r in ("relu", "tanh", "cancer", "friedman", "twonorm", "cnn")
    },
    "momentum 0.9999": Fault("relu", {"momentum": 0.9999}),
    "20 sigmoid layers": Fault(
        "relu",
        {},
        (
            f"network.hidden={[24] * 20}",
            "network.activation=sigmoid",
            "network.initializer=xavier_normal",
        ),
    ),
    "20 tanh layers, small weights": Fault(
        "own", {}, argument(layers=20, width=24, activation="tanh", scale=0.4)
    ),
    "30 relu layers, lecun": Fault(
        "relu", {}, (f"network.hidden={[24] * 30}", "network.initializer=lecun_normal")
    ),
    "12 relu layers, weights × 3": Fault("own", {}, argument(layers=12, width=24, scale=3.0)),
    "weights × 30": Fault("own", {}, argument(scale=30.0)),
    "weights × 0.001": Fault("own", {}, argument(scale=0.001, layers=3)),
    "tanh, weights × 30": Fault("own", {}, argument(scale=30.0, activation="tanh")),
    "all weights the same": Fault("own", {}, argument(mistake="same_weights")),
    "weights of 0, tanh": Fault(
        "own", {}, argument(mistake="zero_weights", activation="tanh", layers=1)
    ),
    "weights of 0, two tanh layers": Fault(
        "own", {}, argument(mistake="zero_weights", activation="tanh")
    ),
    "weights of 0, sigmoid": Fault(
        "own", {}, argument(mistake="zero_weights", activation="sigmoid", layers=1)
    ),
    "relu biases −20": Fault("own", {}, argument(bias=-20.0)),
    "sigmoid biases 20": Fault("own", {}, argument(bias=20.0, activation="sigmoid")),
    "loud outputs": Fault("own", {}, argument(head=50.0)),
    "outputs × 0.01": Fault("own", {}, argument(factor=0.01)),
    "outputs × 100": Fault("own", {}, argument(factor=100.0)),
    "first layer cut off": Fault("own", {}, argument(mistake="cut_off")),
    "relu on the outputs": Fault("own", {}, argument(mistake="relu_outputs")),
    "shuffled labels, digits": Fault("relu", {}, (), shuffled),
    "shuffled labels, cancer": Fault("cancer", {}, (), shuffled),
    "shuffled labels, friedman": Fault("friedman", {}, (), shuffled),
    "shuffled labels, wine": Fault("wine", {}, (), shuffled),
    "inputs all 0": Fault("relu", {}, (), constant(0.0)),
    "inputs all 1": Fault("friedman", {}, (), constant(1.0)),
    "every row the same": Fault("tanh", {}, (), on_training_rows(same_row)),
    "inputs × 1000, relu": Fault("relu", {}, (), scaled(1e3)),
    "inputs × 1000, tanh": Fault("tanh", {}, (), scaled(1e3)),
    "inputs × 0.001": Fault("twonorm", {}, (), scaled(1e-3)),
    "inputs + 1000": Fault("cancer", {}, (), shifted(1e3)),
    "one column × 10,000": Fault("relu", {}, (), one_column_scaled(1e4)),
    "raw columns": Fault("cancer", {}, ("data.standardize=false",)),
    "L2 of 3, relu": Fault("relu", {"weight_decay": 3.0}),
    "L2 of 3, tanh": Fault("tanh", {"weight_decay": 3.0}),
    "L2 of 3, friedman": Fault("friedman", {"weight_decay": 3.0}),
    "L2 of 3, cancer": Fault("cancer", {"weight_decay": 3.0}),
    "L2 of 3, twonorm": Fault("twonorm", {"weight_decay": 3.0}),
    "dropout 0.97": Fault("relu", {"dropout": 0.97}, ("search.dropout=0.97",)),
    "clip at 1e-4": Fault("relu", {"clip_norm": 1e-4}, ("search.clip_norm=1e-4",)),
    "epsilon 10": Fault("tanh", {"epsilon": 10.0}, ("search.epsilon=10.0",)),
    "noise of 30": Fault("relu", {"augment_noise": 30.0}, ("search.augment_noise=30.0",)),
}
