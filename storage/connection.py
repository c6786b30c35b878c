"""Connections: opened with clear errors, and used in whole transactions only."""

import os
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import NoSuchModuleError, OperationalError

from .errors import StorageError
from .failures import known_failure
from .repeating import repeated
from .urls import normalize_url, shown, sqlite_file, typed

T = TypeVar("T")

_SILENT_SECONDS = 2.0  # of waiting for a lock; who waits longer is told
_SQLITE_OPTIONS = (
    "cached_statements",
    "check_same_thread",
    "detect_types",
    "isolation_level",
    "timeout",
    "uri",
)
_EXTRAS = {"postgresql": "postgresql", "mysql": "mysql"}
# Of a database in another encoding its own messages, and what it is, can be read all the same.
_CONNECT = {"postgresql+psycopg": {"client_encoding": "utf8"}}
_HEADER = b"SQLite format 3\x00"


def open_engine(url: str, *, must_exist: bool = True, busy_timeout: float = 30.0) -> Engine:
    """An engine for the address; nothing is opened yet but the file is looked at.

    Args:
        url: as ``normalize_url`` takes it.
        must_exist: refuse an SQLite file that is not there (opening would create it).
        busy_timeout: seconds to wait for another process' lock on an SQLite file.

    Raises:
        StorageError: bad address, missing driver, or a file that cannot be a database.
    """
    parsed = make_url(normalize_url(url))
    file = sqlite_file(parsed)
    try:
        if file is None:
            # READ COMMITTED: after the study's row is locked, counts must see others' commits.
            engine = create_engine(
                parsed,
                pool_pre_ping=True,
                isolation_level="READ COMMITTED",
                connect_args=_CONNECT.get(parsed.drivername, {}),
            )
            event.listen(engine, "do_connect", partial(_connect_to_server, parsed))
            return engine
        _check_file(parsed, must_exist)
        _check_options(parsed)
        engine = create_engine(
            parsed, connect_args={"timeout": busy_timeout, "isolation_level": None}
        )
    except (ImportError, NoSuchModuleError) as e:
        raise _missing_driver(parsed) from e
    event.listen(engine, "connect", _enforce_foreign_keys)
    event.listen(engine, "begin", partial(_begin_on_sqlite, busy_timeout, file))
    return engine


def read(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run ``work`` in one transaction that sees one state of the database, and roll it back.

    It may be begun again, as of ``write``.
    """
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}

    def transaction() -> T:
        with engine.connect().execution_options(**level) as connection, connection.begin() as t:
            result = work(connection)
            t.rollback()
            return result

    return repeated(engine, transaction)


def write(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run ``work`` in one transaction and commit it: all of it is written, or nothing.

    After a deadlock, or when the server was away, it is begun again (see ``repeating``), so
    ``work`` must do nothing but talk to the database.
    """
    worked = False

    def transaction() -> T:
        nonlocal worked
        worked = False
        options = {"netclinic_write": True}
        with engine.connect().execution_options(**options) as c, c.begin():
            result = work(c)
            worked = True
            return result

    return repeated(engine, transaction, may_repeat=lambda: not worked)


def check_database(url: str) -> None:
    """Look whether a study could be stored at the address, before anything is created there.

    A missing SQLite file is fine as long as its folder exists.

    Raises:
        StorageError: folder missing, not a database, locked, read-only, no driver, no server,
            an encoding without the characters of reports, ….
    """
    engine = open_engine(url, must_exist=False, busy_timeout=5.0)
    try:
        file = sqlite_file(engine.url)
        if file is None:
            read(engine, _check_encoding)
            return
        _check_writable(file)
        if file.exists():
            write(engine, lambda c: c.exec_driver_sql("SELECT count(*) FROM sqlite_master"))
    finally:
        engine.dispose()


def _check_encoding(connection: Connection) -> None:
    """Refuse what cannot hold the texts of a diagnosis, as "−" and "≤".

    That is a database of PostgreSQL in another encoding, and a connection to MariaDB in another
    character set; our tables there have one of their own.
    """
    where = shown(connection.engine.url)
    if connection.dialect.name != "postgresql":
        charset = connection.exec_driver_sql("SELECT @@character_set_client").scalar_one()
        if not str(charset).startswith("utf8"):
            raise StorageError(
                f"{where}: got the character set {charset}; allowed is utf8mb4. Leave charset out."
            )
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StorageError(
            f"{where}: the encoding of the database is {encoding}; allowed "
            "is UTF8. Make another one: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        )


def _check_file(url: URL, must_exist: bool) -> None:
    file = sqlite_file(url)
    assert file is not None
    if file.is_dir():
        inside = shlex.quote(str(file / "trials.db"))
        raise StorageError(f"{file} is a folder. Name a file in it: --storage {inside}")
    if not file.exists():
        if not file.parent.is_dir():
            raise StorageError(f"{file}: the folder {file.parent} does not exist. Create it first.")
        if must_exist:
            raise StorageError(
                f"{file}: there is no such database. `netclinic run SPEC --storage {typed(url)}` "
                "creates it; to read another, name it with --storage or OPTUNA_STORAGE."
            )
        return
    try:
        with file.open("rb") as f:
            start = f.read(len(_HEADER))
    except OSError as e:
        raise StorageError(f"{file}: the file cannot be read ({e.strerror}).") from e
    if start and start != _HEADER:
        raise StorageError(
            f"{file}: this file is not an SQLite database. Name another with --storage, or move "
            "the file away."
        )


def _check_options(url: URL) -> None:
    """Refuse what the driver would leave out with a warning; under uri SQLite reads the rest."""
    unknown = [] if "uri" in url.query else [k for k in url.query if k not in _SQLITE_OPTIONS]
    if unknown:
        raise StorageError(
            f"{sqlite_file(url)}: got ?{unknown[0]}=… behind the file; allowed are "
            f"{', '.join(_SQLITE_OPTIONS)}. Leave it out."
        )


def _check_writable(file: Path) -> None:
    # SQLite itself would find out only at the first row, with half of Optuna's work done.
    def writable(path: Path, mode: int) -> bool:
        return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)

    if not writable(file.parent, os.W_OK | os.X_OK) and not file.exists():
        raise StorageError(
            f"{file}: you may not write in the folder {file.parent}. Make it writable "
            "(chmod u+w), or name another file with --storage."
        )
    for path in (file, file.parent):  # SQLite puts its journal into the folder
        if path.exists() and not writable(path, os.W_OK):
            raise StorageError(known_failure("readonly database", str(file)))


def _connect_to_server(url: URL, dialect: Any, _: object, arguments: Any, options: Any) -> Any:
    """Connect; what the driver says of options in the address that it cannot use is an answer."""
    try:
        return dialect.connect(*arguments, **options)
    except (TypeError, ValueError, OSError) as error:
        if not url.query:
            raise
        raise StorageError(
            f"{shown(url)}: the options behind the ? cannot be used ({error}). Correct them, or "
            "leave them out."
        ) from error


def _missing_driver(url: URL) -> StorageError:
    extra = _EXTRAS.get(url.get_backend_name())
    if extra is None or url.get_driver_name() not in ("psycopg", "pymysql"):
        name = url.get_backend_name()
        return StorageError(
            f"The driver of {url.drivername}:// is not installed. Write {name}:// for the one that "
            "netclinic brings."
        )
    return StorageError(
        f"{url.get_backend_name()}:// needs a driver that is not installed: "
        f'pip install "netclinic[{extra}]"'
    )


def _enforce_foreign_keys(dbapi_connection: object, _record: object) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]


def _begin_on_sqlite(busy_timeout: float, file: Path, connection: Connection) -> None:
    # The driver begins nothing by itself (isolation_level None). A writer takes the lock at once:
    # one that began by reading could not upgrade while another writes. A reader takes its own at
    # the first look, which comes here, so that both wait in this place alone.
    writes = connection.get_execution_options().get("netclinic_write", False)
    if not writes:
        connection.exec_driver_sql("BEGIN")
    take_lock = "BEGIN IMMEDIATE" if writes else "SELECT count(*) FROM sqlite_master"
    silent = min(_SILENT_SECONDS, busy_timeout)
    try:
        _wait_at_most(connection, silent)
        try:
            connection.exec_driver_sql(take_lock)
        except OperationalError as e:
            if silent == busy_timeout or "locked" not in str(e):
                raise
            print(
                f"{file}: another process writes to the database, or the disk is slow; waiting, "
                f"{busy_timeout:.0f} seconds at most …",
                file=sys.stderr,
            )
            _wait_at_most(connection, busy_timeout - silent)
            connection.exec_driver_sql(take_lock)
    finally:
        _wait_at_most(connection, busy_timeout)


def _wait_at_most(connection: Connection, seconds: float) -> None:
    # Past SQLAlchemy, for which each transaction would have two statements more.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA busy_timeout = {round(1000 * seconds)}")
