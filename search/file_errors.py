"""Errors of the system while a file is written: that of a full disk does not name it by itself."""

import contextlib
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def naming(file: Path, advice: str = "") -> Iterator[None]:
    """Within the block, an error of the system names the file, and what to do.

    Raises:
        OSError: as it came, with ``file`` and ``advice``.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        said = ". ".join(filter(None, (error.strerror, advice)))
        raise OSError(error.errno, said, str(file)) from error
