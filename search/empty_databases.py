"""Where the empty databases lie that new SQLite files begin as copies of."""

from pathlib import Path

from ..models.compile_cache import cache_root


def databases_folder() -> Path:
    """The folder, by XDG: ``~/.cache/netclinic/databases``."""
    return cache_root().with_name("databases")
