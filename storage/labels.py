"""How trials do on each of several labels a row, written and read."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert

from .numbers import row_of
from .records.results import LabelResult
from .tables.trials import trial_labels
from .trial_rows import records_of_trials


def save_labels(connection: Connection, trial_id: int, found: Sequence[LabelResult]) -> None:
    """Keep how a trial does on each label, instead of what was found before."""
    connection.execute(delete(trial_labels).where(trial_labels.c.trial_id == trial_id))
    places: dict[str, int] = {}
    rows = []
    for it in found:
        place = places[it.split] = places.get(it.split, -1) + 1
        key = {"trial_id": trial_id, "position": place}
        rows.append(row_of(trial_labels, {**key, **it._asdict()}))
    if rows:
        connection.execute(insert(trial_labels), rows)


def labels_of_trials(connection: Connection, study_id: int) -> Mapping[int, Sequence[LabelResult]]:
    """Of each trial by its id, labels in the order of the data set, as far as they were counted."""
    return records_of_trials(connection, trial_labels, LabelResult, study_id)
