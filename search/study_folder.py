"""Whose network and reports a folder holds.

Studies of one name in several databases share ``netclinic-out/NAME`` unless they are told
otherwise, so each notes in the folder that it is its own.
"""

import contextlib
import json
from pathlib import Path
from typing import NamedTuple

from ..storage import StorageError, TrialStore, shown_url
from ..storage.empty_copy import is_new
from .file_errors import write_file
from .same_study import StudyError
from .study_start import refuse_unwritable

OWNER = "study.json"


class Owner(NamedTuple):
    """The study whose files a folder holds."""

    study: str
    database: str  # an absolute path, or an address without its password
    created: str  # when that study was, in UTC: it tells the study from any other of its name


def refuse_taken(folder: Path, name: str, store: TrialStore, url: str) -> None:
    """Find out before anything is trained or stored that a folder holds another study's files.

    Those of a study that was deleted, with its database or without, may be replaced.

    Args:
        folder: for the network and the reports.
        name: of the study that they are to be of; the database may not have it yet.
        store: its database.
        url: the address of that.

    Raises:
        StudyError: the folder holds those of a study in another database.
        StorageError: the database failed.
    """
    there = _owner_of(folder)
    if there is None or there.database == _database(url) or is_of(folder, name, store):
        return
    _refuse_stored(folder, there)


def refuse_taken_before(folder: Path, url: str) -> None:
    """The same before there is a database file, so that none is left by a run that is refused.

    Raises:
        StudyError: as of ``refuse_taken``, whatever the study.
    """
    there = _owner_of(folder)
    if is_new(url) and there is not None and there.database != _database(url):
        _refuse_stored(folder, there)


def take(folder: Path, name: str, store: TrialStore, url: str) -> None:
    """Note that a folder holds the files of a study from now on.

    Raises:
        StudyError: as of ``refuse_taken``, as the next; or the folder cannot be written.
        StorageError: the database failed.
    """
    refuse_unwritable(folder)
    refuse_taken(folder, name, store, url)
    owner = Owner(name, _database(url), store.created(name) or "")
    if owner != _owner_of(folder):
        with contextlib.suppress(OSError):  # of a full disk the reports tell, with what to do
            write_file(folder / OWNER, json.dumps(owner._asdict(), indent=2) + "\n")


def is_of(folder: Path, name: str, store: TrialStore) -> bool:
    """Whether a folder holds a study's files, as far as can be told."""
    there = _owner_of(folder)
    return there is None or (there.study, there.created) == (name, store.created(name))


def _owner_of(folder: Path) -> Owner | None:
    try:
        return Owner(**json.loads((folder / OWNER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _database(url: str) -> str:
    shown = shown_url(url)
    return shown if "://" in shown else str(Path(shown).absolute())


def _is_stored(owner: Owner) -> bool:
    """Whether a study is still in its database; a server, which may want a password, is not asked.

    A database that cannot be read may hold it.
    """
    if "://" in owner.database:
        return True
    if not Path(owner.database).exists():
        return False
    try:
        with TrialStore(owner.database) as store:
            return store.created(owner.study) == owner.created
    except StorageError:
        return True


def _refuse_stored(folder: Path, there: Owner) -> None:
    if _is_stored(there):
        raise StudyError(
            f"{folder} holds the network and the reports of study {there.study!r} in the database "
            f"{there.database}, which would be overwritten. Name another folder: --output FOLDER"
        )
