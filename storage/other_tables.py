"""Tables of another program that stand where Optuna's would."""

from sqlalchemy import Connection, inspect

from .connection import open_engine, read
from .errors import StorageError
from .optuna_tables import optuna_metadata
from .urls import shown


def refuse_other_tables(url: str) -> None:
    """Refuse a database in which another program's tables have the names of Optuna's.

    Optuna would make those that are missing, and fail at the others later.

    Raises:
        StorageError: names such a table; nothing was changed.
    """
    engine = open_engine(url)
    try:
        where = shown(engine.url)
        read(engine, lambda c: refuse_others(c, where))
    finally:
        engine.dispose()


def refuse_others(connection: Connection, where: str) -> None:
    """The same of an open connection.

    Args:
        connection: to the database.
        where: how messages call it.
    """
    found = inspect(connection)
    there = set(found.get_table_names())
    if "alembic_version" in there and "version_info" not in there:  # Optuna makes that one first
        raise _refused(where, "alembic_version", "there is no table 'version_info'")
    for name, table in optuna_metadata.tables.items():
        if name not in there:
            continue
        columns = {column["name"] for column in found.get_columns(name)}
        missing = [column.name for column in table.columns if column.name not in columns]
        if missing:
            raise _refused(where, name, f"it has no column {missing[0]!r}")


def _refused(where: str, name: str, why: str) -> StorageError:
    return StorageError(
        f"{where}: its table {name!r} is another program's ({why}), but Optuna's would have that "
        "name. Name another database with --storage."
    )
