"""Where the empty databases lie that new SQLite files begin as copies of."""

from pathlib import Path

from ..models.compile_cache import cache_root


def databases_folder() -> Path:
    """The folder, by XDG: ``~/.cache/netclinic/databases``."""
    return cache_root().with_name("databases")


def clear_databases() -> int:
    """Remove all of them, one for each pair of versions; how many there were.

    Raises:
        OSError: a file cannot be removed.
    """
    files = list(databases_folder().glob("*.db"))
    for file in files:
        file.unlink()
    return len(files)
