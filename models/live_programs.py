"""Programs that are in memory though nobody will run them again, given back once they are many.

Lanes that were dropped hang together in cycles, which Python seldom looks for where garbage is
rare, and jax keeps thousands of programs of single operations, one for each shape: what a
signature took stayed for good.
"""

import ctypes
import gc
import sys
from dataclasses import dataclass

import jax

# Each takes 1 to 4 MB and, where many files are compiled at once, a hundred mappings, of which
# Linux allows a process 65,530: after some eighty signatures nothing could be compiled.
SURPLUS = 128


@dataclass
class _Process:
    left: int = 0  # programs in memory when they were last given back


_process = _Process()


def live_programs() -> int:
    """How many programs are in memory, those that nobody can run any more included."""
    return len(jax.devices()[0].client.live_executables())


def give_back_programs(surplus: int = SURPLUS) -> bool:
    """Drop what nobody holds, where it can be much; programs of lanes that are held stay.

    jax's caches are the process's: what else was jitted here is traced again at its next call.

    Args:
        surplus: programs more than the last time left; fewer are not worth the second it takes.

    Returns:
        Whether any were looked for.
    """
    live = live_programs()
    _process.left = min(_process.left, live)
    if live <= _process.left + surplus:
        return False
    jax.clear_caches()
    gc.collect()
    if sys.platform == "linux":  # the C library keeps for itself what threads of XLA have freed
        ctypes.CDLL(None).malloc_trim(0)
    _process.left = live_programs()
    return True
