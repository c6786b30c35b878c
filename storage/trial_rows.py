"""Rows of a table that is keyed on trials: of a whole study, or of some of its trials."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Select, Table, select

from .launching import chunks
from .optuna_tables import trials

_Record = TypeVar("_Record", bound=NamedTuple)


def rows_of_trials(
    connection: Connection,
    query: Select[Any],
    table: Table,
    study_id: int,
    trial_ids: Sequence[int] | None = None,
) -> Iterable[Any]:
    """What ``query`` finds of a study's trials.

    Args:
        connection: in a transaction.
        query: of ``table`` alone; where order matters, by ``trial_id`` first.
        table: with a column ``trial_id``.
        study_id: of the study.
        trial_ids: look at these of its trials only; ``None`` for all.
    """
    if trial_ids is None:
        query = query.join(trials, trials.c.trial_id == table.c.trial_id)
        return connection.execute(query.where(trials.c.study_id == study_id))
    some = (query.where(table.c.trial_id.in_(chunk)) for chunk in chunks(list(trial_ids)))
    return (row for part in some for row in connection.execute(part))


def records_of_trials(
    connection: Connection, table: Table, record: type[_Record], study_id: int
) -> Mapping[int, Sequence[_Record]]:
    """Of each trial of a study by its id, its rows by split and position.

    Args:
        connection: in a transaction.
        table: with columns ``trial_id``, ``split``, ``position`` and those of the record.
        record: what a row is.
        study_id: of the study.
    """
    c = table.c
    query = select(c.trial_id, *(c[name] for name in record._fields))
    query = query.order_by(c.trial_id, c.split, c.position)
    found: dict[int, list[_Record]] = defaultdict(list)
    for trial_id, *values in rows_of_trials(connection, query, table, study_id):
        found[trial_id].append(record._make(values))
    return found
