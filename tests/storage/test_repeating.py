"""Servers that are restarted while a run goes on."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from netclinic.storage import StorageError, connection, repeating

KILLS = {
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
    "mysql": ("SELECT connection_id()", "KILL {}"),
}
WAITING = "the database is out of reach; waiting for it, 60 seconds at most …"
SERVERS = pytest.mark.parametrize("empty_url", ["postgresql", "mariadb"], indirect=True)


@pytest.fixture
def engine(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """Of a server that has been reached."""
    monkeypatch.setattr(repeating, "_PAUSE", 0.01)
    monkeypatch.setattr(repeating, "_said", {})
    opened = connection.open_engine(empty_url)
    connection.read(opened, one)
    yield opened
    opened.dispose()


def one(c: sa.Connection) -> Any:
    return c.exec_driver_sql("SELECT 1").scalar_one()


def kill(c: sa.Connection) -> None:
    """End a connection, as a server does that is restarted."""
    kill_number(c.engine, c.exec_driver_sql(KILLS[c.dialect.name][0]).scalar_one())


def kill_number(engine: sa.Engine, number: int) -> None:
    other = sa.create_engine(engine.url, poolclass=sa.NullPool)
    with other.connect() as killer:
        killer.exec_driver_sql(KILLS[engine.dialect.name][1].format(number))


def away(engine: sa.Engine, times: int) -> list[int]:
    """Let the server refuse the next connections; how often it was asked."""
    asked: list[int] = []
    dialect: Any = engine.dialect
    connect = dialect.connect

    def refuse(*arguments: Any, **options: Any) -> Any:
        asked.append(1)
        if len(asked) <= times:
            raise dialect.loaded_dbapi.OperationalError("the server is being started")
        return connect(*arguments, **options)

    dialect.connect = refuse
    return asked


@SERVERS
@pytest.mark.parametrize("use", [connection.read, connection.write])
def test_a_server_that_is_restarted_is_waited_for(engine, use, capsys) -> None:
    asked, attempts = away(engine, times=3), []

    def work(c: sa.Connection) -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            kill(c)
        return one(c)

    assert use(engine, work) == 1
    assert (len(attempts), len(asked)) == (2, 4)
    assert capsys.readouterr().err.count(WAITING) == 1


@SERVERS
def test_that_is_said_once_a_minute_to_all_threads(engine, monkeypatch, capsys) -> None:
    now = [1000.0]
    monkeypatch.setattr(repeating.time, "monotonic", lambda: now[0])
    together = threading.Barrier(2)

    def lose() -> int:
        attempts: list[int] = []

        def work(c: sa.Connection) -> Any:
            attempts.append(1)
            if len(attempts) == 1:
                together.wait()
                kill(c)
            return one(c)

        return connection.read(engine, work)

    for expected in (1, 0, 1):
        with ThreadPoolExecutor(2) as threads:
            assert [it.result() for it in [threads.submit(lose) for _ in range(2)]] == [1, 1]
        assert capsys.readouterr().err.count(WAITING) == expected
        now[0] += 40.0


@SERVERS
def test_so_is_one_that_went_between_two_transactions(engine) -> None:
    who = KILLS[engine.dialect.name][0]
    kill_number(engine, connection.read(engine, lambda c: c.exec_driver_sql(who).scalar_one()))
    asked = away(engine, times=3)
    assert connection.write(engine, one) == 1
    assert len(asked) == 4


@SERVERS
def test_one_that_was_never_reached_is_not_waited_for(empty_url) -> None:
    fresh = connection.open_engine(empty_url)
    asked = away(fresh, times=1)
    with pytest.raises(StorageError, match="the database cannot be reached"):
        connection.read(fresh, one)
    assert len(asked) == 1
    fresh.dispose()


@SERVERS
def test_no_longer_than_patience_lasts(engine, monkeypatch) -> None:
    monkeypatch.setattr(repeating, "PATIENCE", 0.05)
    away(engine, times=1000)
    with pytest.raises(StorageError, match="the database cannot be reached"):
        connection.write(engine, kill_and_ask)


def kill_and_ask(c: sa.Connection) -> Any:
    kill(c)
    return one(c)


@SERVERS
def test_what_may_have_been_committed_is_not_begun_again(engine) -> None:
    attempts = []

    def work(c: sa.Connection) -> None:
        attempts.append(1)
        one(c)
        kill(c)  # the next that it is asked for is the commit

    with pytest.raises(StorageError, match="the database cannot be reached"):
        connection.write(engine, work)
    assert len(attempts) == 1
