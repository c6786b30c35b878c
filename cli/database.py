"""``sql`` and ``db upgrade``: the database itself."""

from typing import Annotated, Any

import typer

from .options import DEFAULT_STORAGE, Storage, To
from .output import Column, Format, note, print_rows, three_digits


def sql(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='One reading statement, as "SELECT …".')
    ],
    storage: Storage = DEFAULT_STORAGE,
    to: To = Format.TABLE,
) -> None:
    """Run one read-only query, whatever the database.

    Start with the view `trial_summary`: one row a trial. Each study also has a view of its own,
    `study_NAME`, with a column for every parameter.
    """
    from ..storage import TrialStore

    with TrialStore(storage) as store:
        names, rows = store.query(query)
    columns = [
        Column(name, name, three_digits, right=_is_numeric([row[i] for row in rows]))
        for i, name in enumerate(names)
    ]
    print_rows(columns, rows, to)
    if to is Format.TABLE:
        note(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


def upgrade(storage: Storage = DEFAULT_STORAGE) -> None:
    """Bring the database's tables up to date.

    In a database that Optuna made, netclinic's tables are added beside Optuna's own. Nothing is
    lost, and running it again does nothing.
    """
    from ..storage import upgrade_schema
    from ..storage.schema import REVISION
    from ..storage.urls import without_password

    upgrade_schema(storage)
    note(f"{without_password(storage)} has schema {REVISION}, the newest.")


def _is_numeric(values: list[Any]) -> bool:
    there = [value for value in values if value is not None]
    return bool(there) and all(isinstance(v, int | float) for v in there)
