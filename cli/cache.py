"""``cache clear``: compiled programs and findings about devices, kept between runs."""

from ..diagnostics.number_text import size_text
from .output import note


def clear() -> None:
    """Remove what is kept between runs: compiled programs, and how a GPU trains lanes best.

    It only saves time: the next run compiles what it needs, and tries the lanes, anew.
    """
    from ..models.compile_cache import clear_compile_cache
    from ..models.probe_cache import clear_probes, probe_folder

    before = clear_compile_cache()
    note(f"Removed {before.programs:,} programs ({size_text(before.size)}) from {before.folder}")
    if probes := clear_probes():
        note(f"Removed {probes:,} findings about devices from {probe_folder()}")
