"""The user's own SQL: one statement, and only to read, whatever the database."""

import re
import sqlite3
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from .errors import StorageError
from .failures import error_code, explain, known_failure
from .urls import shown

_READS = ("select", "with", "values", "table", "explain", "show", "describe", "desc", "pragma")
# Strings, quoted names and comments, in which a semicolon or a keyword means nothing.
_OPAQUE = re.compile(
    r"""'(?:[^'\\]|''|\\.)*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \$(\w*)\$.*?\$\1\$
    | --[^\n]* | /\*.*?\*/""",
    re.VERBOSE | re.DOTALL,
)
_PRAGMAS = {
    "compile_options",
    "database_list",
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "integrity_check",
    "table_info",
    "table_list",
    "table_xinfo",
}
_MASTER = {"sqlite_master", "sqlite_temp_master"}
_HARMLESS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    getattr(sqlite3, "SQLITE_RECURSIVE", 33),
}
_STEPS = 100_000  # of SQLite's virtual machine between two looks for a signal: some milliseconds
# What lists the tables and views, and what the columns of one.
_LISTS = {
    "sqlite": (
        "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')",
        "PRAGMA table_info(trial_summary)",
    ),
    "postgresql": (
        "SELECT table_type, table_name FROM information_schema.tables "
        "WHERE table_schema = current_schema()",
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = 'trial_summary'",
    ),
    "mysql": ("SHOW FULL TABLES", "DESCRIBE trial_summary"),
}
# Names that are not there, and wrong SQL: SQLSTATEs of PostgreSQL, error numbers of MariaDB.
_MISSES = {"42P01", "42703", "42704", "42601", 1146, 1054, 1193, 1064}


def query(engine: Engine, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run one reading statement; returns its column names and all its rows.

    The database itself is told to refuse writes: PostgreSQL and MariaDB by a READ ONLY
    transaction, SQLite by ``PRAGMA query_only`` and an authorizer.

    Raises:
        StorageError: several statements, a statement that writes, or the database's own message
            about wrong SQL.
    """
    _refuse_at_sight(sql, engine.dialect.name)
    try:
        if engine.dialect.name == "sqlite":
            return _query_sqlite(engine, sql)
        return _query_server(engine, sql)
    except SQLAlchemyError as e:
        raise explain(e, engine.url) from e
    except _driver_errors(engine) as e:
        raise _refused(engine, e) from e


def _query_sqlite(engine: Engine, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA query_only = ON")
        raw.set_authorizer(_authorize)
        # Python learns of Ctrl-C only where it runs: without this, when the query has ended.
        raw.set_progress_handler(lambda: 0, _STEPS)
        try:
            return _result(raw.execute(sql))
        except sqlite3.OperationalError as error:
            if str(error) == "interrupted":
                raise KeyboardInterrupt from error
            raise
        finally:
            raw.set_progress_handler(None, 0)
            raw.set_authorizer(None)
            raw.execute("PRAGMA query_only = OFF")


def _query_server(engine: Engine, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with engine.connect() as connection, connection.begin():
        raw: Any = connection.connection.dbapi_connection
        with raw.cursor() as cursor:
            if engine.dialect.name == "postgresql":
                cursor.execute("SET TRANSACTION READ ONLY")
                # A prepared statement is a single one: the protocol itself refuses a second.
                cursor.execute(sql, prepare=True)
            else:
                cursor.execute("START TRANSACTION READ ONLY")
                try:
                    cursor.execute(sql)
                except KeyboardInterrupt:
                    connection.invalidate()  # its answer is still to come: nothing else can be
                    raise
            result = _result(cursor)
        raw.rollback()
        return result


def _result(cursor: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    if cursor.description is None:
        return [], []
    return [c[0] for c in cursor.description], [tuple(row) for row in cursor.fetchall()]


def _refuse_at_sight(sql: str, dialect: str) -> None:
    bare = _OPAQUE.sub(" ", sql).strip().rstrip(";").strip()
    if dialect == "mysql" and "/*!" in sql:
        raise StorageError("Comments of the form /*! … */ are run by the database: leave them out.")
    if not bare:
        raise StorageError(
            'The query is empty. Write one, for example "SELECT * FROM trial_summary"'
        )
    if ";" in bare:
        raise StorageError("Several statements in one query: give one SELECT at a time.")
    if bare[0] in ".\\":
        raise StorageError(
            f"{bare.split()[0]} is a command of a database's own client, no query.\n"
            f"{_lists(dialect)}"
        )
    word = re.split(r"\W", bare.lstrip("( \n\t"), maxsplit=1)[0].lower()
    writes_file = dialect == "mysql" and re.search(r"\binto\s+(out|dump)file\b", bare, re.I)
    if word not in _READS or writes_file:
        raise StorageError(
            f"Queries may only read: got {word.upper() or bare[:20]!r}, allowed are "
            f"{', '.join(r.upper() for r in _READS)}. To change data use the database's own client."
        )


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first in _PRAGMAS else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_UPDATE and first in _MASTER:
        # So SQLite asks where a table-valued function is declared (pragma_table_info, json_each).
        # A statement that updates these tables is refused by SQLite itself, and by query_only.
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and second == "load_extension":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _HARMLESS else sqlite3.SQLITE_DENY


def _driver_errors(engine: Engine) -> type[Exception]:
    return engine.dialect.loaded_dbapi.Error


def _refused(engine: Engine, error: Exception) -> StorageError:
    args, dialect = error.args, engine.dialect.name
    said = str(args[1] if len(args) == 2 and isinstance(args[0], int) else error).strip()
    if dialect == "sqlite" and (text := known_failure(said, shown(engine.url))):
        return StorageError(text)
    if dialect == "sqlite" and said == "not authorized":
        return StorageError(
            "Queries may only read: this one would change the database or how it works. PRAGMAs "
            f"that may be read are {', '.join(sorted(_PRAGMAS))}."
        )
    more = f"\n{_lists(dialect)}" if _misses(said, error_code(error)) else ""
    return StorageError(f"The database refused the query: {said}{more}")


def _misses(said: str, code: str | int | None) -> bool:
    """Whether a query was refused for a name that is not there, or as no SQL of this database."""
    return code in _MISSES or "no such" in said or "syntax error" in said


def _lists(dialect: str) -> str:
    tables, columns = _LISTS[dialect]
    return f'List tables and views with "{tables}", the columns of one with "{columns}".'
