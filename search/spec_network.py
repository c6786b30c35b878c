"""The spec's tables ``[network]`` and ``[training]``."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field

from .entries import FROZEN
from .spec_key import Count, Key, Width
from .spec_toml import toml_value

Activation = Literal["relu", "leaky_relu", "gelu", "selu", "tanh", "sigmoid"]
Initializer = Literal[
    "he_normal", "he_uniform", "xavier_normal", "xavier_uniform", "lecun_normal", "orthogonal"
]


class Network(BaseModel):
    """The network that every trial trains, where the search does not say otherwise."""

    model_config = FROZEN
    kind: Annotated[
        Literal["mlp"],
        Key("The architecture: a multilayer perceptron.", '"mlp"', '"mlp"'),
    ] = "mlp"
    hidden: Annotated[
        Annotated[tuple[Width, ...], Field(max_length=64)],
        Key(
            "Units of each hidden layer, first to last; [] is a linear model.",
            "a list of at most 64 whole numbers from 1 to 65,536",
            "[128, 128]",
        ),
    ] = (128, 128)
    activation: Annotated[
        Activation,
        Key(
            "What follows each hidden layer.",
            ", ".join(map(toml_value, get_args(Activation))),
            '"relu"',
        ),
    ] = "relu"
    initializer: Annotated[
        Initializer,
        Key(
            "How initial weights are drawn: He for relu and its kin, Xavier for tanh and sigmoid, "
            "LeCun for selu.",
            ", ".join(map(toml_value, get_args(Initializer))),
            '"he_normal"',
        ),
    ] = "he_normal"


class Training(BaseModel):
    """How each trial is trained."""

    model_config = FROZEN
    optimizer: Annotated[
        Literal["sgd", "nesterov"],
        Key(
            "Stochastic gradient descent with momentum, or with Nesterov's momentum.",
            '"sgd", "nesterov"',
            '"sgd"',
        ),
    ] = "sgd"
    epochs: Annotated[
        Count,
        Key("Passes over the training rows.", "a whole number from 1 to 1,000,000", "20"),
    ] = 20
    batch_size: Annotated[
        Count,
        Key("Rows of one minibatch.", "a whole number from 1 to 1,000,000", "128"),
    ] = 128
    schedule: Annotated[
        Literal["constant", "cosine"],
        Key(
            "The learning rate over the epochs: as drawn, or falling to 0 along half a cosine.",
            '"constant", "cosine"',
            '"constant"',
        ),
    ] = "constant"
