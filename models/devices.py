"""The devices that lanes run on, prepared before jax is first used."""

import contextlib
import math
import os
import sys
from pathlib import Path

from .compile_cache import use_compile_cache

# One trial a core, each single-threaded, beats one trial on all cores: layers of small networks
# are too short to share (benchmarks/LOG.md).
SINGLE_THREADED = "--xla_cpu_multi_thread_eigen=false"
CGROUP = Path("/sys/fs/cgroup")  # where Linux shows a container its own limits


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


def usable_cores(cgroup: Path = CGROUP) -> int:
    """Cores' worth of time that this process may use, at least 1.

    A scheduler may allow fewer cores than there are (affinity), a container fewer cores' worth of
    time than cores (``docker run --cpus 2``, a Kubernetes limit): a lane for each of 64 cores would
    share the time of 2, and hold the memory of 64.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, math.ceil(min(allowed or 1, _granted_cores(cgroup))))


def _granted_cores(cgroup: Path) -> float:
    """A container's quota of processor time over the period of it; infinite where there is none.

    Source: the kernel's admin guide, cgroup-v2 (``cpu.max``) and sched-bwc (version 1).
    """
    first = cgroup / "cpu"
    with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
        if (cgroup / "cpu.max").exists():
            quota, period = (cgroup / "cpu.max").read_text().split()
        else:
            quota = (first / "cpu.cfs_quota_us").read_text()
            period = (first / "cpu.cfs_period_us").read_text()
        if int(quota) > 0:  # "max" and −1 say that there is none
            return int(quota) / int(period)
    return math.inf


def on_cpu() -> bool:
    """Whether lanes run on the CPU, for want of a GPU or TPU."""
    import jax

    return jax.devices()[0].platform == "cpu"


def describe_devices() -> str:
    """The devices in words, e.g. ``2 × cpu`` or ``1 × NVIDIA H100``."""
    import jax

    devices = jax.devices()
    return f"{len(devices)} × {devices[0].device_kind}"
