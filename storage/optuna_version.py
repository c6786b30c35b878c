"""Which version of Optuna made its tables."""

from sqlalchemy import Connection, column, inspect, select, table

from .connection import open_engine, read


def optuna_version(url: str) -> str | None:
    """The version that made Optuna's tables, or brought them up to date, as they say themselves.

    ``None`` where they are not there, or where that version did not come to the end of it.

    Raises:
        StorageError: the database cannot be read.
    """
    engine = open_engine(url)
    try:
        return read(engine, _version)
    finally:
        engine.dispose()


def _version(connection: Connection) -> str | None:
    has_table = inspect(connection).has_table
    if not (has_table("version_info") and has_table("alembic_version")):
        return None
    # Optuna writes this one last.
    if (
        connection.scalar(select(column("version_num")).select_from(table("alembic_version")))
        is None
    ):
        return None
    return connection.scalar(select(column("library_version")).select_from(table("version_info")))
