"""Names of studies: which study one is of, and whether it is free."""

import difflib
import shlex
from typing import Any

from sqlalchemy import Connection, Select, select

from .errors import NameTaken, NotStored, StorageError
from .optuna_tables import studies


def refuse_taken(connection: Connection, name: str) -> None:
    """Refuse a name for a new study that another one has.

    Raises:
        NameTaken: one has it.
        StorageError: one has a name that this database takes for it, as MariaDB that in other case.
    """
    for there in connection.scalars(_named(studies.c.study_name, name)):
        if there == name:
            raise taken(name)
        raise StorageError(
            f"A study named {there!r} exists already, and this database takes {name!r} for the "
            "same name. Give the new one another [study] name."
        )


def taken(name: str) -> NameTaken:
    """What is said where a study of the name exists."""
    return NameTaken(
        f"A study named {name!r} exists already. `netclinic resume {shlex.quote(name)}` "
        "goes on with it; or give the new one another [study] name."
    )


def find_study(connection: Connection, name: str) -> int | None:
    """The id of the study called ``name``; ``None`` if there is none."""
    if "\0" in name:  # PostgreSQL refuses even to look for it
        return None
    rows = connection.execute(_named(studies, name))
    return next((row.study_id for row in rows if row.study_name == name), None)


def study_id_of(connection: Connection, name: str) -> int:
    """The id of the study called ``name``.

    Raises:
        NotStored: there is none; names the nearest ones.
    """
    found = find_study(connection, name)
    if found is not None:
        return found
    names = list(connection.scalars(select(studies.c.study_name).order_by(studies.c.study_name)))
    if not names:
        raise NotStored(
            f"There is no study {name!r}: the database holds no study yet. `netclinic run SPEC` "
            "makes one."
        )
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = "; did you mean " + " or ".join(map(repr, near)) + "?" if near else "."
    listed = ", ".join(map(repr, names[:10])) + (", …" if len(names) > 10 else "")
    raise NotStored(
        f"There is no study {name!r}{hint} The database holds {listed}. `netclinic studies` lists "
        "them."
    )


def _named(wanted: Any, name: str) -> Select[Any]:
    """Studies of a name, or of one that the database takes for it."""
    return select(wanted).where(studies.c.study_name == name)
