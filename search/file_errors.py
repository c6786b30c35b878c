"""Files that a user asked for: written whole or not at all, their names in the system's errors."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from ..models.kept_files import write_whole


@contextlib.contextmanager
def naming(file: Path, advice: str = "") -> Iterator[None]:
    """Within the block, an error of the system names the file, and what to do.

    That of a full disk does not name it by itself.

    Raises:
        OSError: as it came, with ``file`` and ``advice``.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        if error.errno == errno.ENOENT and not file.parent.is_dir():
            advice = f"Create the folder {file.parent} first"
        said = ". ".join(filter(None, (error.strerror, advice)))
        raise OSError(error.errno, said, str(file)) from error


def write_file(file: Path, text: str, advice: str = "") -> None:
    """Write a file, so that a full disk leaves what was there, and no half of it.

    Through a link, and into what is no file, such as ``/dev/stdout``, it is written as it comes.

    Raises:
        OSError: as of ``naming``.
    """
    plain = not file.is_symlink() and (file.is_file() or not file.exists())
    with naming(file, advice):
        if plain and file.parent.is_dir():
            write_whole(file, text.encode())
        else:  # or the system says what is wrong
            file.write_text(text, encoding="utf-8")
