"""The vital signs of trials, written and read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from .records.results import TrialResult
from .records.signs import CurvatureRecord, LayerSigns, MomentSigns
from .tables.trials import trial_curvatures, trial_layers, trial_moments
from .trial_rows import rows_of_trials

Signs = Mapping[int, tuple[MomentSigns, ...]]  # of each trial, by its id

_ORDER = ("start", "end")


def signs_rows(results: Iterable[TrialResult]) -> dict[Table, list[dict[str, Any]]]:
    """What is to be inserted, by table."""
    moments, layers = [], []
    for result in results:
        for signs in result.signs:
            key = {"trial_id": result.trial_id, "moment": signs.moment}
            moments.append(
                {
                    **key,
                    "probe_rows": signs.rows,
                    "loss": signs.loss,
                    "zero_loss": signs.zero_loss,
                    "constant_loss": signs.constant_loss,
                    "gradient_norm": signs.gradient_norm,
                }
            )
            layers += [
                {**key, "position": place, **layer._asdict()}
                for place, layer in enumerate(signs.layers)
            ]
    return {trial_moments: moments, trial_layers: layers}


def signs_of_trials(
    connection: Connection, study_id: int, trial_ids: Sequence[int] | None
) -> Signs:
    """The vital signs of a study's trials, the start first.

    Args:
        connection: in a transaction.
        study_id: of the study.
        trial_ids: read those of these trials only; ``None`` reads all.
    """
    layers: dict[tuple[int, str], list[LayerSigns]] = defaultdict(list)
    for trial_id, moment, _, *values in _rows(connection, trial_layers, study_id, trial_ids):
        layers[trial_id, moment].append(LayerSigns(*values))
    found: dict[int, list[MomentSigns]] = defaultdict(list)
    for trial_id, *values in _rows(connection, trial_moments, study_id, trial_ids):
        signs = MomentSigns(*values, layers=())
        own = tuple(layers[trial_id, signs.moment])
        found[trial_id].append(signs._replace(layers=own))
    return {
        trial_id: tuple(sorted(signs, key=lambda s: _ORDER.index(s.moment)))
        for trial_id, signs in found.items()
    }


def save_curvature(connection: Connection, trial_id: int, found: CurvatureRecord) -> None:
    """Keep how the loss curves where a trial ended, instead of what was found before."""
    c = trial_curvatures.c
    connection.execute(delete(trial_curvatures).where(c.trial_id == trial_id))
    row = found._asdict()
    row |= {"trial_id": trial_id, "probe_rows": row.pop("rows")}
    connection.execute(insert(trial_curvatures), row)


def curvatures_of_trials(connection: Connection, study_id: int) -> Mapping[int, CurvatureRecord]:
    """The curvatures of a study's trials, as far as they were measured, by trial id."""
    rows = _rows(connection, trial_curvatures, study_id, None)
    return {trial_id: CurvatureRecord(*values) for trial_id, *values in rows}


def _rows(
    connection: Connection, table: Table, study_id: int, trial_ids: Sequence[int] | None
) -> Iterable[Any]:
    """Rows of ``table`` by its key, as its columns come."""
    query = select(table).order_by(*table.primary_key.columns)
    return rows_of_trials(connection, query, table, study_id, trial_ids)
