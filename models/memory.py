"""The memory of the devices: how much there is, and what it looks like when it is used up."""

import jax

SHARE = 0.9  # of a device's memory for one program: the rest is the compiler's and other programs'


def memory_limit() -> int | None:
    """Bytes of each device that lanes may use; ``None`` where the device does not tell (CPU)."""
    stats = jax.devices()[0].memory_stats()
    return int(SHARE * stats["bytes_limit"]) if stats and "bytes_limit" in stats else None


def out_of_memory(error: BaseException) -> bool:
    """Whether a device ran out of memory: XLA has one exception for all that fails."""
    return isinstance(error, jax.errors.JaxRuntimeError) and "RESOURCE_EXHAUSTED" in str(error)
