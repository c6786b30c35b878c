"""What a database says when it cannot, put into words that say what to do next."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from .errors import DiskFull, ReadOnly, StorageError
from .urls import normalize_url, shown, sqlite_file

# Part of SQLite's message → what it means, with {where} for the file.
_SQLITE = {
    "database is locked": (
        "{where}: the database is locked by another process. Wait until that has finished writing "
        "(or close the program that keeps a transaction open in it), then try again."
    ),
    "readonly database": (
        "{where}: the database is read-only. Make the file and its folder writable "
        "(chmod u+w), or name another with --storage."
    ),
    "unable to open": (
        "{where}: the file cannot be opened. Check that its folder exists and that you may "
        "read and write there, or name another with --storage."
    ),
    "is full": (
        "{where}: the disk is full. Nothing of this step was written; make room and run the "
        "command again to go on."
    ),
    "not a database": (
        "{where}: this file is not an SQLite database. Name another with --storage, or move "
        "the file away."
    ),
    "malformed": (
        "{where}: the database is damaged. Save a copy, then rescue what is readable with "
        "`sqlite3 FILE .recover`."
    ),
}
# PostgreSQL's SQLSTATEs and MariaDB's error numbers of a transaction that may simply be repeated.
_REPEATABLE = {"40001", "40P01", 1205, 1213, 1020}

# The same of what a user who may only read is refused, or a server that only answers.
_READ_ONLY = {"42501", "25006", 1142, 1290}
# MariaDB's error numbers of text that the character set of a column has not.
_UNWRITABLE = {1267, 1366}


def error_code(error: BaseException | None) -> str | int | None:
    """The SQLSTATE (PostgreSQL) or error number (MariaDB) of a driver's error."""
    args = getattr(error, "args", ())
    if args and isinstance(args[0], int):  # PyMySQL, whose SQLSTATE is HY000 for most
        return args[0]
    return getattr(error, "sqlstate", None)


def is_repeatable(error: SQLAlchemyError) -> bool:
    """Whether the transaction was a victim of others (deadlock) and may be run again."""
    return isinstance(error, DBAPIError) and error_code(error.orig) in _REPEATABLE


def driver_message(error: SQLAlchemyError) -> str:
    """The database's own words, without SQLAlchemy's wrapping."""
    original = getattr(error, "orig", None) or error
    args = getattr(original, "args", ())
    if len(args) == 2 and isinstance(args[0], int):  # PyMySQL: (number, text)
        return str(args[1])
    return str(original).strip()


def known_failure(said: str, where: str) -> str | None:
    """What to do about one of SQLite's messages; ``None`` if it is about the statement itself."""
    for part, text in _SQLITE.items():
        if part in said:
            return text.format(where=where)
    return None


@contextlib.contextmanager
def explaining(url: str) -> Iterator[None]:
    """Within the block, what fails in the database of ``url`` is a ``StorageError``."""
    try:
        yield
    except SQLAlchemyError as error:
        raise explain(error, make_url(normalize_url(url))) from error


def explain(error: SQLAlchemyError, url: URL) -> StorageError:
    """The error as a ``StorageError``; raise it ``from error``."""
    where, said = shown(url), " ".join(driver_message(error).split())
    if file := sqlite_file(url):
        if "readonly database" in said and not file.exists():  # so SQLite calls this, too
            return StorageError(
                f"{where}: the file was deleted or moved while it was in use, and what this step "
                "had to store is lost. Put it back and run the command again to go on, or begin "
                "anew with `netclinic run SPEC`."
            )
        if text := known_failure(said, where):
            kinds = {"readonly database": ReadOnly, "is full": DiskFull}
            kind = next((it for part, it in kinds.items() if part in said), StorageError)
            return kind(text)
    elif isinstance(error, OperationalError) and (
        error.connection_invalidated or error.statement is None
    ):
        return StorageError(
            f"{where}: the database cannot be reached ({said}). Check that the server runs, and "
            "the host, user, password and database in --storage."
        )
    if isinstance(error, DBAPIError) and error_code(error.orig) in _UNWRITABLE:
        said = (
            f"{said}. The character set of Optuna's tables lacks these characters: use others, or "
            "make a database with CHARACTER SET utf8mb4"
        )
    read_only = isinstance(error, DBAPIError) and error_code(error.orig) in _READ_ONLY
    return (ReadOnly if read_only else StorageError)(f"{where}: the database said: {said}")
