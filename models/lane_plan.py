"""How trials are spread over the lanes of the devices."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh, PartitionSpec

from .convolution import ON_ACCELERATORS, ON_CPU
from .devices import on_cpu

LANES = "lanes"  # the mesh axis
CPU_LANES_A_DEVICE = 8  # more do not train faster (benchmarks/LOG.md) and are seen less often
ACCELERATOR_LANES_A_DEVICE = 64


class LanePlan(NamedTuple):
    """How trials are spread."""

    lanes: int  # K over all devices
    strategy: str  # "map" | "vmap"
    devices: int  # ≤ K
    form: str = ON_ACCELERATORS[0]  # how convolutions are computed, a key of convolution.FORMS
    stream: bool = False  # the rows stay on the host, and are read in chunks (streamed_lanes.py)

    @property
    def capacity(self) -> int:
        """Lanes in the program, ≥ K: as many on each device, the surplus stays empty.

        Under ``map`` at least two a device: XLA dissolves a loop of one, fuses what is left in
        another way, and the last bit of a number would depend on K.
        """
        each = -(-self.lanes // self.devices)
        return self.devices * (max(2, each) if self.strategy == "map" else each)

    def halved(self) -> "LanePlan | None":
        """Half as many lanes on each device; ``None`` when each has but one."""
        each = -(-self.lanes // self.devices)
        return self._replace(lanes=each // 2 * self.devices) if each > 1 else None


def plan_lanes(
    lanes: int | None, strategy: str | None, devices: int | None = None, form: str | None = None
) -> LanePlan:
    """Choose K, the strategy and the form of convolutions for the devices at hand.

    Args:
        lanes: K; ``None`` for a rule by backend (``probe`` knows better for GPUs).
        strategy: "map", "vmap" or ``None`` for a rule by backend.
        devices: use only so many devices; ``None`` for all.
        form: of convolutions, a key of ``convolution.FORMS``, or ``None`` for the faster one.
    """
    available = jax.devices()
    count = min(devices or len(available), len(available), lanes or len(available))
    default = CPU_LANES_A_DEVICE if on_cpu() else ACCELERATOR_LANES_A_DEVICE
    strategy = strategy or ("map" if on_cpu() else "vmap")
    return LanePlan(lanes or default * count, strategy, count, form or usual_form())


def usual_form() -> str:
    """The form of convolutions that is the faster one where nothing was tried out."""
    return ON_CPU if on_cpu() else ON_ACCELERATORS[0]


def mesh_of(plan: LanePlan) -> Mesh:
    """The devices of ``plan``."""
    return Mesh(np.array(jax.devices()[: plan.devices]), (LANES,))


def spread(
    trial: Callable[..., Any], *, own: int, mesh: Mesh, strategy: str, together: int | None = None
) -> Callable[..., Any]:
    """Turn a function of one trial into one of K trials over all devices.

    Its first ``own`` arguments get a leading axis of lanes, the rest is shared by all lanes.

    Args:
        trial: the function.
        own: arguments of one trial.
        mesh: the devices.
        strategy: "map" or "vmap".
        together: under "map", lanes side by side at once on each device; ``None`` for one, which
            is another program than 1 lane side by side.
    """

    def lanes(*arguments: Any) -> Any:
        one = lambda lane: trial(*lane, *arguments[own:])  # noqa: E731
        every = arguments[:own]
        if strategy == "map":
            return jax.lax.map(one, every, batch_size=together)
        return jax.vmap(one)(every)

    def everywhere(*arguments: Any) -> Any:
        each, same = PartitionSpec(LANES), PartitionSpec()
        shared = len(arguments) - own
        return jax.shard_map(
            lanes,
            mesh=mesh,
            in_specs=(*[each] * own, *[same] * shared),
            out_specs=each,
            check_vma=False,
        )(*arguments)

    return everywhere
