"""The convolutions of the spec's table ``[network]``: who has which key, and whether they fit."""

from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from ..models.convolution_shapes import (
    Convolutions,
    ShapeError,
    layer_shapes,
    residual_layers,
    row_shape,
)
from .spec_key import key_of, refused
from .spec_toml import shown, toml_value

if TYPE_CHECKING:
    from .spec_network import Network

# What an absent key stands for.
CONVOLUTIONAL: dict[str, Any] = {
    "shape": None,
    "channels": None,
    "kernel": 3,
    "stride": 1,
    "padding": "same",
    "blocks": 1,
}
RESNET = "resnet"
# Key → the kinds of network of ours that have it.
KINDS: dict[str, tuple[str, ...]] = {
    "shape": ("mlp", "cnn", RESNET),
    "channels": ("cnn", RESNET),
    "kernel": ("cnn",),
    "stride": ("cnn",),
    "padding": ("cnn",),
    "blocks": (RESNET,),
}


def check_convolutions(network: "Network") -> None:
    """Refuse keys that the kind of a network of ours has not, and layers that do not fit.

    Raises:
        PydanticCustomError: names the key, what it got and what to write.
    """
    given = {k: v for k in KINDS if (v := getattr(network, k)) is not None}
    for key, value in given.items():
        if network.kind not in KINDS[key]:
            kinds = " or ".join(map(toml_value, KINDS[key]))
            text = f"belongs to kind = {kinds}: write that, or remove this key"
            raise refused_beside(key, value, text)
    if network.kind not in KINDS["channels"]:
        return
    if network.channels is None:
        example = f"channels = {key_of(type(network), 'channels').example}"
        raise refused(
            f'missing, but needed by kind = "{network.kind}": write for example {example}',
            key="channels",
            beside="network.kind",
        )
    layers = len(network.channels)
    for key in ("kernel", "stride", "padding", "blocks"):
        value = given.get(key)
        if isinstance(value, tuple) and len(value) != layers:
            counts = f"{len(value)} for the {layers} of channels = {shown(network.channels)}"
            text = f"{counts}: write one number, or a list of {layers}"
            raise refused_beside(key, value, text, "channels")
    if network.shape is not None:
        try:
            layer_shapes(_layers(network, network.shape))
        except ShapeError as error:
            value = given.get(error.key, CONVOLUTIONAL[error.key])
            raise refused_beside(error.key, value, str(error), "shape") from None


def convolutions_of(
    network: "Network", features: int, known: tuple[int, ...] | None
) -> Convolutions:
    """The convolutions of a network that has some; see ``Network.convolutions``."""
    found = _layers(network, network.shape or known or (features,))
    layer_shapes(found)
    return found


def refused_beside(key: str, value: Any, text: str, beside: str = "kind") -> PydanticCustomError:
    """The refusal of a key's value, and which other key of the table it is refused beside."""
    return refused(f"got {shown(value)}; {text}", key=key, beside=f"network.{beside}")


def _layers(network: "Network", shape: tuple[int, ...]) -> Convolutions:
    channels = network.channels or ()

    def each(key: str) -> tuple[Any, ...]:
        value = getattr(network, key)
        value = CONVOLUTIONAL[key] if value is None else value
        return value if isinstance(value, tuple) else (value,) * len(channels)

    if network.kind == RESNET:
        return residual_layers(row_shape(shape), channels, each("blocks"))
    return Convolutions(row_shape(shape), channels, each("kernel"), each("stride"), each("padding"))
