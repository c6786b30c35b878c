"""A lock on a folder, for processes that write a network there while others read it."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

LOCK = ".lock"  # an empty file in the folder; the lock on it ends with the process that holds it


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Wait until no other process writes or reads in ``folder``, and keep them out meanwhile.

    Raises:
        OSError: the folder cannot be written.
    """
    with (folder / LOCK).open("ab") as file:
        with contextlib.suppress(OSError):  # a file system without locks
            _wait_for(file, alone=True)
        yield


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Wait until no other process writes in ``folder``, and keep writers out meanwhile."""
    with contextlib.ExitStack() as stack:
        # A folder without a lock's file, or one that may only be read, is written by nobody.
        with contextlib.suppress(OSError):
            file = stack.enter_context((folder / LOCK).open("rb"))
            _wait_for(file, alone=False)
        yield


def _wait_for(file: IO[bytes], *, alone: bool) -> None:
    if sys.platform != "win32":  # which knows no shared locks, so nothing is locked there
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
