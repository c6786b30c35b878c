"""A new SQLite file as a copy of an empty one: what makes the tables need not even be imported."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from .times import utc_now
from .urls import normalize_url, sqlite_file

_UNUSABLE = (OSError, sqlite3.Error)


def is_new(url: str) -> bool:
    """Whether ``url`` names an SQLite file that is not there yet."""
    file = sqlite_file(make_url(normalize_url(url)))
    return file is not None and not file.exists()


def begin_as_copy(url: str, kept: Path) -> bool:
    """Make the new SQLite file of ``url`` out of ``kept``; whether that was done.

    Not where an older file has left a journal, nor where anything hinders it: then the tables are
    to be made as ever. Another process that begins the same file at once is not disturbed, and no
    one sees half a file.
    """
    parsed = make_url(normalize_url(url))
    file = sqlite_file(parsed)
    if file is None or "uri" in parsed.query or not kept.exists():
        return False
    if any(file.with_name(file.name + end).exists() for end in ("-journal", "-wal")):
        return False
    try:
        with _beside(file) as begun:
            _copy(kept, begun)
            os.link(begun, file)  # refused where another process was faster
    except _UNUSABLE:
        return False
    return True


def keep_copy(url: str, kept: Path) -> None:
    """Keep what is in the SQLite file of ``url``, which was new, as long as it has no study.

    Where that fails, later files are made as this one was.
    """
    file = sqlite_file(make_url(normalize_url(url)))
    if file is None:
        return
    with contextlib.suppress(*_UNUSABLE):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with _beside(kept) as begun:
            with contextlib.closing(sqlite3.connect(file)) as connection:
                connection.execute("VACUUM INTO ?", (str(begun),))
            with contextlib.closing(sqlite3.connect(begun)) as connection:
                studies = connection.execute("SELECT count(*) FROM studies").fetchone()
            if studies == (0,):
                begun.replace(kept)


@contextlib.contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A name in the same folder that is free again afterwards."""
    begun = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        yield begun
    finally:
        begun.unlink(missing_ok=True)


def _copy(kept: Path, begun: Path) -> None:
    # With the permissions that SQLite gives a new file.
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as copied:
        copied.write(kept.read_bytes())
    with contextlib.closing(sqlite3.connect(begun)) as connection, connection:
        connection.execute("UPDATE schema_history SET applied = ?", (str(utc_now()),))
