"""Transactions that are begun again: victims of a deadlock, and while a server is restarted."""

import itertools
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine, QueuePool
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from .failures import explain, is_repeatable
from .urls import shown

T = TypeVar("T")

_ATTEMPTS = 5  # of a transaction that others make fail
PATIENCE = 60.0  # seconds that a server may be away before a run that is going on ends
_PAUSE = 0.5  # seconds between two looks whether it is back
_said: dict[str, float] = {}  # when it was last said of a database, in seconds of the clock below
_saying = threading.Lock()


def repeated(
    engine: Engine, transaction: Callable[[], T], may_repeat: Callable[[], bool] = lambda: True
) -> T:
    """What ``transaction`` gives, which is begun again where it failed through no fault of its own.

    A server that was never reached is not waited for: then the address is wrong.

    Args:
        engine: of the database.
        transaction: that does nothing but talk to the database.
        may_repeat: whether it may be begun again when the connection was lost: not where nobody
            knows whether it was committed.

    Raises:
        StorageError: it failed.
    """
    reached = isinstance(engine.pool, QueuePool) and engine.pool.checkedin() > 0
    until = 0.0
    for attempt in itertools.count(1):
        try:
            return transaction()
        except SQLAlchemyError as error:
            if is_repeatable(error) and attempt < _ATTEMPTS:
                time.sleep(random.random() * 0.1 * attempt)
                continue
            reached = reached or _is_lost(error)
            if not (reached and _is_away(engine, error) and may_repeat()):
                raise explain(error, engine.url) from error
            if not until:
                until = time.monotonic() + PATIENCE
                _say(engine)
            elif time.monotonic() > until:
                raise explain(error, engine.url) from error
            time.sleep(_PAUSE)
    raise AssertionError("the loop returns or raises")


def _is_lost(error: SQLAlchemyError) -> bool:
    """Whether a connection broke that had been there."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _is_away(engine: Engine, error: SQLAlchemyError) -> bool:
    """Whether a server is out of reach."""
    if engine.dialect.name == "sqlite":
        return False
    return _is_lost(error) or (isinstance(error, DBAPIError) and error.statement is None)


def _say(engine: Engine) -> None:
    """Say so once: the threads of a run lose the server one after the other."""
    name = shown(engine.url)
    with _saying:
        now = time.monotonic()
        if now - _said.get(name, -PATIENCE) < PATIENCE:
            return
        _said[name] = now
    print(
        f"{name}: the database is out of reach; waiting for it, {PATIENCE:.0f} seconds at most …",
        file=sys.stderr,
    )
