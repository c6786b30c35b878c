"""What is trained: networks, one trial's training, many trials at once."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checkpoint import LoadedNetwork, load_network, save_network
    from .cnn import CNN
    from .convolution_shapes import Convolutions
    from .dropout import Dropout
    from .mlp import MLP
    from .resnet import ResNet

_HOMES = {
    "CNN": "cnn",
    "Convolutions": "convolution_shapes",
    "Dropout": "dropout",
    "LoadedNetwork": "checkpoint",
    "MLP": "mlp",
    "ResNet": "resnet",
    "load_network": "checkpoint",
    "save_network": "checkpoint",
}
__all__ = [
    "CNN",
    "MLP",
    "Convolutions",
    "Dropout",
    "LoadedNetwork",
    "ResNet",
    "load_network",
    "save_network",
]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use: jax takes over a second."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
