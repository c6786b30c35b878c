"""From what a user writes after ``--storage`` to an address that SQLAlchemy and Optuna accept."""

import re
import shlex
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from .errors import StorageError

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",  # Optuna knows MariaDB by the name of MySQL only
}
_ALLOWED = (
    "Allowed: a file (trials.db or sqlite:///trials.db), postgresql://user@host/database, "
    "mysql://user@host/database."
)
_SERVER = re.compile(rf"({'|'.join(_DRIVERS)})(\+\w+)?:", re.IGNORECASE)


def normalize_url(url: str) -> str:
    """The address with its driver filled in: ``trials.db`` → ``sqlite:///trials.db``.

    ``postgresql://`` gets the driver psycopg, ``mysql://`` and ``mariadb://`` get PyMySQL; an
    address that names its driver keeps it. Give the result to Optuna, too, so that both mean one
    database.

    Raises:
        StorageError: the text is neither a file nor the address of a supported database, or it
            names a database in memory, which would be forgotten with the process.

    >>> normalize_url("postgresql://me@host/trials")
    'postgresql+psycopg://me@host/trials'
    """
    if not url.strip():
        raise StorageError(f"The storage is empty. {_ALLOWED}")
    if "://" not in url:
        return _file_url(url)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as e:
        raise StorageError(
            f"{without_password(url)!r} is not an address of a database. {_ALLOWED}"
        ) from e
    scheme, _, driver = parsed.drivername.partition("+")
    if scheme not in _DRIVERS:
        raise StorageError(f"{scheme}:// is not supported as storage. {_ALLOWED}")
    if not driver:
        parsed = parsed.set(drivername=_DRIVERS[scheme])
    if scheme == "sqlite":
        _refuse_memory(parsed)
    else:
        _refuse_unclear(parsed, url)
    return parsed.render_as_string(hide_password=False)


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite address; ``None`` for a server."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)


def shown(url: URL) -> str:
    """How an error message names the database: the file, or the address without its password."""
    file = sqlite_file(url)
    return str(file) if file else without_password(url.render_as_string(hide_password=True))


def typed(url: URL) -> str:
    """A database as it is typed behind ``--storage``, in a shell; without its password.

    >>> typed(URL.create("sqlite", database="my trials.db"))
    "'my trials.db'"
    """
    return shlex.quote(shown(url))


def shown_url(url: str) -> str:
    """What ``normalize_url`` takes, as a message may show it: without a password."""
    return shown(make_url(normalize_url(url)))


def without_password(url: str) -> str:
    """An address with its password hidden.

    >>> without_password("postgresql://me:secret@host/trials")
    'postgresql://me:***@host/trials'
    """
    # Up to the last @ before a slash: a password with an unescaped @ is a slip, but stays secret.
    hidden = re.sub(r"(://[^:/@]*):.*@", r"\1:***@", url)
    return re.sub(r"([?&]password=)[^&]*", r"\1***", hidden)


def _refuse_unclear(url: URL, written: str) -> None:
    """Raise where an address of a server names no database, or a password is taken for its host."""
    if "@" in f"{url.host}" or (url.password and "@" in f"{url.database}"):
        raise StorageError(
            "The address of the storage has more than one @. Write those of the user and password "
            "as %40, and each / there as %2F."
        )
    if url.get_backend_name() == "mysql" and not url.database:
        raise StorageError(
            f"{without_password(written)} names no database. Write it behind a slash: "
            "mysql://user@host/database"
        )


def _file_url(path: str) -> str:
    if found := _SERVER.match(path):
        raise StorageError(f"{found.group()} begins an address, but // does not follow. {_ALLOWED}")
    if path == ":memory:":
        _refuse_memory(URL.create("sqlite", database=path))
    return URL.create("sqlite", database=str(Path(path).expanduser())).render_as_string()


def _refuse_memory(url: URL) -> None:
    if url.database in (None, "", ":memory:") or "mode=memory" in str(url):
        raise StorageError(
            "A database in memory is forgotten when the program ends. Name a file instead, "
            "for example --storage trials.db"
        )
