"""The devices that lanes run on, prepared before jax is first used."""

import contextlib
import os
import sys

from .compile_cache import use_compile_cache

# One trial a core, each single-threaded, beats one trial on all cores: layers of small networks
# are too short to share (benchmarks/LOG.md).
SINGLE_THREADED = "--xla_cpu_multi_thread_eigen=false"


def prepare_devices(count: int | None = None) -> None:
    """Give the CPU backend one single-threaded XLA device a core, and keep compiled programs.

    Has no effect once jax has been used in this process: then the devices are what they are.

    Args:
        count: host devices; by default one for each core this process may run on.
    """
    if "jax" not in sys.modules:
        flags = os.environ.get("XLA_FLAGS", "")
        if "xla_cpu_multi_thread_eigen" not in flags:
            os.environ["XLA_FLAGS"] = f"{flags} {SINGLE_THREADED}".strip()
    import jax

    use_compile_cache()
    with contextlib.suppress(RuntimeError):  # raised once the backend has been used
        jax.config.update("jax_num_cpu_devices", count or usable_cores())


def usable_cores() -> int:
    """Cores that this process may run on (a container may allow fewer than there are)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def on_cpu() -> bool:
    """Whether lanes run on the CPU, for want of a GPU or TPU."""
    import jax

    return jax.devices()[0].platform == "cpu"


def describe_devices() -> str:
    """The devices in words, e.g. ``2 × cpu`` or ``1 × NVIDIA H100``."""
    import jax

    devices = jax.devices()
    return f"{len(devices)} × {devices[0].device_kind}"
