"""The user's own SQL: one statement, and only to read, whatever the database."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from .errors import QueryRefused, StorageError
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
_NUMBER = 8  # bytes
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
_ENDED = {"57014", 1969, 3024}  # the same of a query that took longer than it was allowed to


class QueryLimits(NamedTuple):
    """What a query may take, where others wait for the same process; ``None`` is no limit."""

    rows: int | None = None  # of the result: further ones are left out
    seconds: float | None = None  # until the query is ended
    size: int | None = None  # bytes of text and blobs in the result; a number counts as _NUMBER


NO_LIMITS = QueryLimits()


def query(
    engine: Engine, sql: str, limits: QueryLimits = NO_LIMITS
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run one reading statement; returns its column names and its rows.

    The database itself is told to refuse writes: PostgreSQL and MariaDB by a READ ONLY
    transaction, SQLite by ``PRAGMA query_only`` and an authorizer.

    Raises:
        QueryRefused: several statements, a statement that writes or takes too long, or the
            database's own message about wrong SQL.
        StorageError: the database failed.
    """
    _refuse_at_sight(sql, engine.dialect.name)
    try:
        if engine.dialect.name == "sqlite":
            return _query_sqlite(engine, sql, limits)
        return _query_server(engine, sql, limits)
    except SQLAlchemyError as e:
        raise explain(e, engine.url) from e
    except _driver_errors(engine) as e:
        if limits.seconds is not None and error_code(e) in _ENDED:
            raise _too_long(limits.seconds) from e
        raise _refused(engine, e) from e


def _query_sqlite(
    engine: Engine, sql: str, limits: QueryLimits
) -> tuple[list[str], list[tuple[Any, ...]]]:
    end = None if limits.seconds is None else time.monotonic() + limits.seconds

    def over() -> bool:
        return end is not None and time.monotonic() > end

    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA query_only = ON")
        raw.set_authorizer(_authorize)
        # Python learns of Ctrl-C only where it runs: without this, when the query has ended.
        raw.set_progress_handler(over, _STEPS)
        longest = raw.getlimit(sqlite3.SQLITE_LIMIT_LENGTH)
        if limits.size is not None:  # a single value could be larger than all may be together
            raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.size)
        try:
            with closing(raw.execute(sql)) as cursor:
                return _result(cursor, limits)
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            if limits.seconds is not None and over():
                raise _too_long(limits.seconds) from error
            raise KeyboardInterrupt from error
        finally:
            raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
            raw.set_progress_handler(None, 0)
            raw.set_authorizer(None)
            raw.execute("PRAGMA query_only = OFF")


def _query_server(
    engine: Engine, sql: str, limits: QueryLimits
) -> tuple[list[str], list[tuple[Any, ...]]]:
    with engine.connect() as connection, connection.begin():
        raw: Any = connection.connection.dbapi_connection
        with raw.cursor() as cursor:
            if engine.dialect.name == "postgresql":
                cursor.execute("SET TRANSACTION READ ONLY")
                if limits.seconds is not None:
                    cursor.execute(f"SET LOCAL statement_timeout = {round(1000 * limits.seconds)}")
                # A prepared statement is a single one: the protocol itself refuses a second.
                cursor.execute(sql, prepare=True)
            else:
                cursor.execute("START TRANSACTION READ ONLY")
                try:
                    with _ended_by_mysql(engine, cursor, limits.seconds):
                        cursor.execute(sql)
                except KeyboardInterrupt:
                    connection.invalidate()  # its answer is still to come: nothing else can be
                    raise
            result = _result(cursor, limits)
        raw.rollback()
        return result


@contextmanager
def _ended_by_mysql(engine: Engine, cursor: Any, seconds: float | None) -> Iterator[None]:
    """Have the server end what takes longer; the connection goes back to the pool as it was."""
    if seconds is None:
        yield
        return
    maria = getattr(engine.dialect, "is_mariadb", False)
    name = "max_statement_time" if maria else "max_execution_time"
    cursor.execute(f"SET SESSION {name} = {seconds if maria else round(1000 * seconds)}")
    try:
        yield
    except Exception:
        cursor.execute(f"SET SESSION {name} = DEFAULT")
        raise
    with closing(cursor.connection.cursor()) as other:  # the first one holds the result
        other.execute(f"SET SESSION {name} = DEFAULT")


def _result(cursor: Any, limits: QueryLimits) -> tuple[list[str], list[tuple[Any, ...]]]:
    if cursor.description is None:
        return [], []
    rows: list[tuple[Any, ...]] = []
    size = 0
    while limits.rows is None or len(rows) < limits.rows:
        if (row := cursor.fetchone()) is None:
            break
        rows.append(tuple(row))
        size += sum(len(it) if isinstance(it, str | bytes) else _NUMBER for it in row)
        if limits.size is not None and size > limits.size:
            raise QueryRefused(
                f"The result has more than {limits.size:,} bytes, the most that may be asked for "
                "here. Ask for fewer rows or columns, or type it behind `netclinic sql`."
            )
    return [c[0] for c in cursor.description], rows


def _refuse_at_sight(sql: str, dialect: str) -> None:
    bare = _OPAQUE.sub(" ", sql).strip().rstrip(";").strip()
    if dialect == "mysql" and (run := re.search(r"/\*M?!", sql)):
        raise QueryRefused(
            f"Comments of the form {run.group()} … */ are run by the database: leave them out."
        )
    if not bare:
        raise QueryRefused(
            'The query is empty. Write one, for example "SELECT * FROM trial_summary"'
        )
    if ";" in bare:
        raise QueryRefused("Several statements in one query: give one SELECT at a time.")
    if bare[0] in ".\\":
        raise QueryRefused(
            f"{bare.split()[0]} is a command of a database's own client, no query.\n"
            f"{_lists(dialect)}"
        )
    word = re.split(r"\W", bare.lstrip("( \n\t"), maxsplit=1)[0].lower()
    # Anywhere: what is a comment or within quotes there is another question than in standard SQL
    # (1--1 is a sum, "\"" a whole string), and files are written by what only reads tables.
    if dialect == "mysql" and (writes := re.search(r"\b(out|dump)file\b", sql, re.IGNORECASE)):
        raise QueryRefused(
            f"Queries may only read: got {writes.group()}, by which the database writes files. "
            "Leave the word out, also of texts and comments."
        )
    if word not in _READS:
        raise QueryRefused(
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


def _too_long(seconds: float) -> QueryRefused:
    return QueryRefused(
        f"The query took longer than the {seconds:g} s that it may take here, and was ended. Ask "
        "for less, or type it behind `netclinic sql`, which waits for it."
    )


def _driver_errors(engine: Engine) -> type[Exception]:
    return engine.dialect.loaded_dbapi.Error


def _refused(engine: Engine, error: Exception) -> StorageError:
    args, dialect = error.args, engine.dialect.name
    said = str(args[1] if len(args) == 2 and isinstance(args[0], int) else error).strip()
    if dialect == "sqlite" and (text := known_failure(said, shown(engine.url))):
        return StorageError(text)
    if dialect == "sqlite" and said == "not authorized":
        return QueryRefused(
            "Queries may only read: this one would change the database or how it works. PRAGMAs "
            f"that may be read are {', '.join(sorted(_PRAGMAS))}."
        )
    more = f"\n{_lists(dialect)}" if _misses(said, error_code(error)) else ""
    return QueryRefused(f"The database refused the query: {said}{more}")


def _misses(said: str, code: str | int | None) -> bool:
    """Whether a query was refused for a name that is not there, or as no SQL of this database."""
    return code in _MISSES or "no such" in said or "syntax error" in said


def _lists(dialect: str) -> str:
    tables, columns = _LISTS[dialect]
    return f'List tables and views with "{tables}", the columns of one with "{columns}".'
