"""``cache clear``: compiled programs and findings about devices, kept between runs."""

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


def size_text(size: int) -> str:
    """Bytes for people.

    >>> size_text(2_345_678)
    '2.3 MB'
    """
    for unit, bytes_each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_each:
            return f"{size / bytes_each:.1f} {unit}"
    return f"{size} B"
