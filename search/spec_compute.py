"""The spec's table ``[compute]``."""

from typing import Annotated, Literal

from pydantic import BaseModel

from .entries import FROZEN
from .spec_key import Count, Key, Width


class Compute(BaseModel):
    """How trials are laid out over the hardware."""

    model_config = FROZEN
    lanes: Annotated[
        Literal["auto"] | Width,
        Key(
            "How many trials are trained together, over all devices; a GPU is tried out.",
            '"auto" or a whole number from 1 to 65,536',
            '"auto"',
        ),
    ] = "auto"
    strategy: Annotated[
        Literal["auto", "map", "vmap"],
        Key(
            "Lanes in one program one after the other (map, for CPUs) or as one batch (vmap, for "
            "GPUs).",
            '"auto", "map", "vmap"',
            '"auto"',
        ),
    ] = "auto"
    convolution: Annotated[
        Literal["auto", "im2col", "chwn", "native"],
        Key(
            "How a cnn or resnet is computed while it trains: its convolutions as matrix products "
            "with rows first (im2col) or last (chwn), or by XLA's own (native). Results differ by "
            "rounding only.",
            '"auto", "im2col", "chwn", "native"',
            '"auto"',
        ),
    ] = "auto"
    data: Annotated[
        Literal["auto", "resident", "stream"],
        Key(
            "Where the rows lie while networks train: on every device (resident), or on the host, "
            "from where they are read in chunks (stream). Results are the same; auto streams what "
            "the devices have no room for.",
            '"auto", "resident", "stream"',
            '"auto"',
        ),
    ] = "auto"
    segment: Annotated[
        Count,
        Key(
            "Epochs between two looks at the trials in training.",
            "a whole number from 1 to 1,000,000",
            "5",
        ),
    ] = 5
    devices: Annotated[
        Literal["auto"] | Count,
        Key(
            "How many devices to use.",
            '"auto" or a whole number from 1',
            '"auto"',
        ),
    ] = "auto"

    @property
    def host_devices(self) -> int | None:
        """How many devices the CPU is to be; ``None`` for one a core."""
        return self.devices if isinstance(self.devices, int) else None
