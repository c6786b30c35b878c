"""A disk that fills up while a file is written."""

import errno
from pathlib import Path
from typing import Any

import pytest
from netclinic.storage import connection


def fill_disk(patch: pytest.MonkeyPatch) -> None:
    """Let every file come to half of what is written to it, and then the system's error."""
    write = Path.write_bytes

    def write_half(file: Path, content: bytes) -> None:
        write(file, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    patch.setattr(Path, "write_bytes", write_half)
    patch.setattr(
        Path, "write_text", lambda file, text, encoding=None: write_half(file, text.encode())
    )


def fill_databases(patch: pytest.MonkeyPatch) -> None:
    """Let no SQLite file grow."""
    prepare = connection._enforce_foreign_keys

    def bounding(driver: Any, record: object) -> None:
        prepare(driver, record)
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count = {pages}")

    patch.setattr(connection, "_enforce_foreign_keys", bounding)
