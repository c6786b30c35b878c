"""Learning curves, written and read; and the trainings on subsets of the rows behind them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from .launching import chunks, lock_study
from .numbers import row_of
from .records.learning_curves import (
    Backtest,
    CurvePoint,
    Forecast,
    LearningCurveRecord,
    SubsetTraining,
    Target,
)
from .records.results import Outcome
from .tables.learning_curves import learning_curve_points, learning_curves, trial_subsets
from .times import utc_now


def record_subsets(
    connection: Connection, study_id: int, trainings: Sequence[SubsetTraining]
) -> None:
    """Record trainings on subsets of the rows; those known already stay as they are.

    Raises:
        StorageError: the study is gone.
    """
    lock_study(connection, study_id)
    key = [trial_subsets.c[name] for name in SubsetTraining._fields[:3]]
    there: set[tuple[int, ...]] = set()
    for chunk in chunks(sorted({it.trial_id for it in trainings})):
        rows = connection.execute(select(*key).where(trial_subsets.c.trial_id.in_(chunk)))
        there |= {tuple(r) for r in rows}
    new = [row_of(trial_subsets, it._asdict()) for it in trainings if it[:3] not in there]
    if new:
        connection.execute(insert(trial_subsets), new)


def subset_trainings(connection: Connection, trial_id: int) -> tuple[SubsetTraining, ...]:
    """A trial's trainings on subsets of the rows, by rows and seed."""
    c = trial_subsets.c
    rows = connection.execute(
        select(trial_subsets).where(c.trial_id == trial_id).order_by(c.train_rows, c.replicate)
    )
    return tuple(_training(r) for r in rows)


def save_learning_curve(connection: Connection, study_id: int, found: LearningCurveRecord) -> None:
    """Append a learning curve with its points and forecasts.

    Raises:
        StorageError: the study is gone.
    """
    lock_study(connection, study_id)
    row = {"study_id": study_id, "created": utc_now(), **found._asdict()}
    row["families"] = ",".join(found.families)
    row |= _prefixed("backtest", found.backtest) | _prefixed("target", found.target)
    made = connection.execute(insert(learning_curves), row_of(learning_curves, row))
    key = made.inserted_primary_key
    assert key is not None
    blank = dict.fromkeys(learning_curve_points.c.keys()) | {"curve_id": key[0]}
    rows = [row_of(learning_curve_points, blank | point) for point in found.rows()]
    if rows:
        connection.execute(insert(learning_curve_points), rows)


def newest_learning_curve(connection: Connection, study_id: int) -> LearningCurveRecord | None:
    """The newest learning curve of the study, if there is one."""
    c = learning_curves.c
    r = connection.execute(
        select(learning_curves).where(c.study_id == study_id).order_by(c.curve_id.desc())
    ).first()
    if r is None:
        return None
    p = learning_curve_points.c
    points = connection.execute(
        select(learning_curve_points).where(p.curve_id == r.curve_id).order_by(p.train_rows)
    ).all()
    stored = {name: it for name, it in r._mapping.items() if name in LearningCurveRecord._fields}
    families = stored.pop("families")
    return LearningCurveRecord(
        **stored,
        families=tuple(families.split(",")) if families else (),
        points=tuple(_point(it) for it in points if not it.forecast),
        forecasts=tuple(_forecast(it) for it in points if it.forecast),
        backtest=None if r.backtest_error is None else Backtest(**_unprefixed("backtest", r)),
        target=None if r.target_error is None else Target(**_unprefixed("target", r)),
    )


def _training(row: Row) -> SubsetTraining:
    errors = None if row.errors is None else bytes(row.errors)
    return SubsetTraining(**{**row._mapping, "outcome": Outcome(row.outcome), "errors": errors})


def _point(row: Row) -> CurvePoint:
    stored = {name: row._mapping[name] for name in CurvePoint._fields if name != "test_error"}
    return CurvePoint(**stored, test_error=row.error)


def _forecast(row: Row) -> Forecast:
    return Forecast(**{name: row._mapping[name] for name in Forecast._fields})


def _prefixed(prefix: str, part: Backtest | Target | None) -> dict[str, Any]:
    return {} if part is None else {f"{prefix}_{k}": v for k, v in part._asdict().items()}


def _unprefixed(prefix: str, row: Row) -> dict[str, Any]:
    stored = row._mapping.items()
    return {k.removeprefix(f"{prefix}_"): v for k, v in stored if k.startswith(f"{prefix}_")}
