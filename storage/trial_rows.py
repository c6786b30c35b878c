"""Rows of a table that is keyed on trials: of a whole study, or of some of its trials."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table

from .launching import chunks
from .optuna_tables import trials


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
