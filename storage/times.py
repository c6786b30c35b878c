"""The clocks: this machine's, and the database's own, by which machines agree on a silence."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, DateTime, func

# What each calls now differs: now() is in the time zone of the session on servers, which PGTZ or
# SET TIME ZONE may have made another one for each client.
_UTC = {
    "sqlite": func.now(),
    "postgresql": func.timezone("UTC", func.now(), type_=DateTime),
    "mysql": func.utc_timestamp(type_=DateTime),
    "mariadb": func.utc_timestamp(type_=DateTime),
}


def utc_now() -> datetime:
    """Now, in UTC without a time zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def database_clock(connection: Connection) -> ColumnElement[datetime]:
    """Now by the clock of the database, in UTC without a time zone, as an expression of SQL."""
    return _UTC[connection.dialect.name]
