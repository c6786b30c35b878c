"""Files kept between runs: written whole or not at all, and made room for; loads no jax."""

import os
import shutil
import threading
from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """Write a file, and its folder; no reader, nor another writer, ever meets half of it.

    Raises:
        OSError: it cannot be written; what was there before stays.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    begun = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        begun.write_bytes(content)
        begun.replace(file)
    finally:
        begun.unlink(missing_ok=True)


def make_room(folder: Path, size_cap: int) -> None:
    """Remove the files that were used least recently, until the others fit ``size_cap`` bytes."""
    seen = {file: file.stat() for file in folder.iterdir()}
    size = 0
    for file in sorted(seen, key=lambda file: seen[file].st_mtime, reverse=True):
        size += seen[file].st_size
        if size > size_cap:
            file.unlink(missing_ok=True)


def clear_folder(folder: Path) -> int:
    """Remove a folder of kept files; how many there were.

    Raises:
        OSError: a file cannot be removed.
    """
    if not folder.exists():
        return 0
    count = len(list(folder.iterdir()))
    shutil.rmtree(folder)
    return count
