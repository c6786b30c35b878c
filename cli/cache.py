"""``cache clear``: compiled programs, findings about devices, empty databases."""

from ..diagnostics.number_text import size_text
from .output import note


def clear() -> None:
    """Remove what is kept between runs: compiled programs, findings about GPUs, empty databases.

    It only saves time: the next run compiles what it needs, tries what trains lanes best, and makes
    its tables, anew.
    """
    from ..models.compile_cache import clear_compile_cache
    from ..models.probe_cache import clear_probes, probe_folder
    from ..search.empty_databases import clear_databases, databases_folder

    before = clear_compile_cache()
    note(f"Removed {before.programs:,} programs ({size_text(before.size)}) from {before.folder}")
    if probes := clear_probes():
        note(f"Removed {probes:,} findings about devices from {probe_folder()}")
    if databases := clear_databases():
        note(f"Removed {databases:,} empty databases from {databases_folder()}")
