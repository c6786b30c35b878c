"""The memory of the devices: how much there is, and what it looks like when it is used up."""

from pathlib import Path

import jax

SHARE = 0.9  # of a device's memory for one program: the rest is the compiler's and other programs'
DATA_SHARE = 0.5  # of what a program may use for the rows: the rest is for lanes


def memory_limit() -> int | None:
    """Bytes of each device that lanes may use; ``None`` where the device does not tell (CPU)."""
    stats = jax.devices()[0].memory_stats()
    return int(SHARE * stats["bytes_limit"]) if stats and "bytes_limit" in stats else None


def data_room(devices: int) -> int | None:
    """Bytes of each of so many devices that rows may take; ``None`` where nothing tells.

    Devices of the CPU share the machine's memory.
    """
    limit, free = memory_limit(), free_memory()
    if limit is None and free is not None:
        limit = int(SHARE * free) // devices
    return None if limit is None else int(DATA_SHARE * limit)


def free_memory(system: Path = Path("/")) -> int | None:
    """Bytes that this process can still use: of the machine, and of its control group (Linux).

    Args:
        system: where ``proc`` and ``sys`` are found.

    Returns:
        ``None`` where the system does not tell.
    """
    found = []
    try:
        lines = (system / "proc/meminfo").read_text().splitlines()
        said = dict(line.split(":", 1) for line in lines if ":" in line)
        found.append(1024 * int(said["MemAvailable"].split()[0]))
        group = system / "sys/fs/cgroup"
        statistics = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        # What files take up is given back when it is needed.
        found.append(int((group / "memory.max").read_text()) - int(statistics["anon"]))
    except (OSError, KeyError, ValueError):
        pass  # no Linux, no control group, or one without a limit ("max")
    return max(0, min(found)) if found else None


def program_bytes(program: jax.stages.Compiled) -> int:
    """What a program needs of each device's memory: arguments, results and what comes between.

    The compiler's own estimate.
    """
    needs = program.memory_analysis()
    assert needs is not None, "every backend that lanes run on tells"
    kept = needs.argument_size_in_bytes + needs.output_size_in_bytes - needs.alias_size_in_bytes
    return kept + needs.temp_size_in_bytes


def out_of_memory(error: BaseException) -> bool:
    """Whether a device ran out of memory: XLA has one exception for all that fails."""
    return isinstance(error, jax.errors.JaxRuntimeError) and "RESOURCE_EXHAUSTED" in str(error)
