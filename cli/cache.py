"""``cache clear``: the compiled programs kept between runs."""

from .output import note


def clear() -> None:
    """Remove the compiled programs that are kept between runs.

    They only save time: the next run compiles what it needs anew.
    """
    from ..models.compile_cache import clear_compile_cache

    before = clear_compile_cache()
    note(f"Removed {before.programs:,} programs ({size_text(before.size)}) from {before.folder}")


def size_text(size: int) -> str:
    """Bytes for people.

    >>> size_text(2_345_678)
    '2.3 MB'
    """
    for unit, bytes_each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_each:
            return f"{size / bytes_each:.1f} {unit}"
    return f"{size} B"
