"""Optuna's own tables, made by Optuna itself."""

import contextlib
import hashlib
import shlex
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import optuna

from ..models.folder_lock import writing
from ..models.room_digest import room_digest
from ..storage import StorageError, check_database, normalize_url, shown_url, upgrade_schema
from ..storage.empty_copy import begin_as_copy, is_new, keep_copy
from ..storage.failures import explaining
from ..storage.optuna_version import optuna_version
from ..storage.other_tables import refuse_other_tables
from ..storage.schema import one_at_a_time
from ..storage.urls import without_password
from .empty_databases import databases_folder


def prepare_database(url: str) -> None:
    """Make Optuna's tables and ours, or bring ours up to date.

    A new SQLite file begins as a copy of the first one that these versions made, and a database
    that this version of Optuna made is one that it can use: making the tables, and asking, takes
    half a second, most of it to import Alembic.

    Raises:
        StorageError: the database cannot be used; nothing was changed.
    """
    check_database(url)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with _one_at_a_time_here():
        kept, new = kept_database(), is_new(url)
        if new and begin_as_copy(url, kept):
            return
        if not new:
            refuse_other_tables(url)
        if new or optuna_version(url) != optuna.__version__:
            _make_optunas_tables(url)
        upgrade_schema(url)
        if new:
            keep_copy(url, kept)


def kept_database() -> Path:
    """Where the empty database of these versions is kept."""
    versions = [optuna.__version__, *map(version, ("netclinic", "sqlalchemy"))]
    versions.append(room_digest("storage"))
    name = hashlib.sha256(repr(versions).encode()).hexdigest()[:24]
    return databases_folder() / f"{name}.db"


@contextlib.contextmanager
def _one_at_a_time_here() -> Iterator[None]:
    """Within the block no other netclinic of this user on this computer is in such a block.

    Optuna looks which tables are missing and makes them, but not as one step: where two do so in
    one file, one fails.
    """
    folder = databases_folder()
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):  # where nothing can be kept, nor locked
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(writing(folder))
        yield


def _make_optunas_tables(url: str) -> None:
    try:
        with warnings.catch_warnings(), explaining(url), one_at_a_time(url):
            # Optuna warns of its own deprecated calls into SQLAlchemy: not the user's business.
            warnings.simplefilter("ignore")
            storage = optuna.storages.RDBStorage(normalize_url(url))
            storage.remove_session()
            storage.engine.dispose()
    except RuntimeError as error:  # Optuna's: the tables are those of another Optuna version
        address = shlex.quote(without_password(normalize_url(url)))  # Optuna takes no bare file
        raise StorageError(
            f"{shown_url(url)}: Optuna {optuna.__version__} cannot use the Optuna tables in this "
            f"database: {error} Run `optuna storage upgrade --storage {address}`, or name another "
            "with --storage."
        ) from error
