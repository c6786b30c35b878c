"""The schema of our tables: made, upgraded and checked."""

import contextlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, inspect, select, table

from .connection import open_engine, write
from .errors import MadeByOptuna, StorageError
from .other_tables import refuse_others
from .tables.studies import schema_history
from .times import utc_now
from .urls import shown, typed
from .views import refresh_views, restore_views

VERSION_TABLE = "netclinic_alembic_version"
REVISION = "0028"  # the newest; a test compares it with the migrations

_MIGRATIONS = Path(__file__).parent / "migrations"
_TURN = 60  # seconds that MariaDB waits for its lock
_LOCK = 0x6E6574636C696E  # "netclin": the advisory lock of PostgreSQL


def upgrade_schema(url: str) -> None:
    """Create our tables and views beside Optuna's, or bring older ones up to date.

    Views that someone dropped are made again.

    Optuna's tables must be there: call ``optuna.storages.RDBStorage(url)`` first. Two processes
    may upgrade at once; the second finds the work done.

    Raises:
        StorageError: no Optuna tables, a schema of a newer netclinic, or any failure of the
            database (which is then left as it was; on MariaDB, whose DDL cannot be rolled back,
            the upgrade can be run again).
    """
    engine = open_engine(url)
    try:
        write(engine, lambda c: _upgrade(c, engine))
    finally:
        engine.dispose()


@contextlib.contextmanager
def one_at_a_time(url: str) -> Iterator[None]:
    """Within the block no other netclinic is in such a block, or in ``upgrade_schema``.

    For what others do to the database of a server, as Optuna when it makes its tables, from
    whatever computer. Of SQLite nobody is kept out.
    """
    engine = open_engine(url, must_exist=False)
    try:
        with contextlib.ExitStack() as until_closed:
            if engine.dialect.name != "sqlite":
                _wait_for_turn(until_closed.enter_context(engine.connect()))
            yield
    finally:
        engine.dispose()


def check_schema(connection: Connection, engine: Engine) -> None:
    """Refuse a database whose tables are missing, older or newer than this netclinic's.

    Raises:
        StorageError: says which command helps.
    """
    where, found, address = shown(engine.url), _found_revision(connection), typed(engine.url)
    if found == REVISION:
        return
    if found is None and not inspect(connection).has_table("studies"):
        raise StorageError(
            f"{where}: the database holds no studies yet. `netclinic run SPEC --storage {address}` "
            "makes the first."
        )
    if found is None:
        refuse_others(connection, where)
        raise MadeByOptuna(
            f"{where}: Optuna made this database and netclinic has not written to it yet. "
            f"`netclinic diagnose STUDY --storage {address}` reads a study as it is; `netclinic db "
            f"upgrade --storage {address}` adds netclinic's tables; Optuna's stay as they are."
        )
    _refuse_newer(connection, found, where)
    raise StorageError(
        f"{where}: the schema is {found}, this netclinic works with {REVISION}. Run "
        f"`netclinic db upgrade --storage {address}`."
    )


def _upgrade(connection: Connection, engine: Engine) -> None:
    where = shown(engine.url)
    _wait_for_turn(connection)
    if not inspect(connection).has_table("studies"):
        raise StorageError(
            f"{where}: Optuna's tables are missing; `netclinic run SPEC --storage "
            f"{typed(engine.url)}` makes them (in Python: optuna.storages.RDBStorage(url))."
        )
    found = _found_revision(connection)
    if found == REVISION and _has_ended(connection):
        restore_views(connection)
        return
    if found is None:
        refuse_others(connection, where)
    else:
        _refuse_newer(connection, found, where)
    _migrate(connection)
    refresh_views(connection)
    # Last: MariaDB commits at each view, and one that was not made anew would stay as it was.
    connection.execute(
        schema_history.insert(),
        {"revision": REVISION, "netclinic_version": version("netclinic"), "applied": utc_now()},
    )


def _migrate(connection: Connection) -> None:
    # Imported here: only an upgrade needs Alembic, and it takes a while to load.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _found_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))


def _has_ended(connection: Connection) -> bool:
    """Whether the upgrade to this revision came to its end."""
    c = schema_history.c.revision
    return connection.scalar(select(c).where(c == REVISION)) is not None


def _refuse_newer(connection: Connection, found: str, where: str) -> None:
    known = {p.stem[1:5] for p in (_MIGRATIONS / "versions").glob("r*.py")}
    if found in known:
        return
    writer: Any = connection.scalar(
        select(schema_history.c.netclinic_version).where(schema_history.c.revision == found)
    )
    by = f"netclinic {writer}" if writer else "a newer netclinic"
    wanted = f"netclinic>={writer}" if writer else "netclinic"
    raise StorageError(
        f"{where}: {by} wrote this database (schema {found}); this is netclinic "
        f"{version('netclinic')} (schema {REVISION}). Upgrade it: "
        f'pip install --upgrade "{wanted}"'
    )


def _wait_for_turn(connection: Connection) -> None:
    """Let one process upgrade at a time; SQLite's BEGIN IMMEDIATE has seen to it already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    elif connection.dialect.name != "sqlite":
        # Held until the connection is closed: MariaDB commits at each CREATE TABLE.
        lock = f"SELECT GET_LOCK('netclinic_schema', {_TURN})"
        if connection.exec_driver_sql(lock).scalar_one() != 1:
            raise StorageError(
                f"{shown(connection.engine.url)}: another netclinic has been upgrading a database "
                f"of this server for {_TURN} seconds. Wait until it has ended, then run again."
            )
