"""The end of a trial: recorded with all that was measured, or released for another to train."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from .launching import chunks
from .numbers import finite, row_of
from .optuna_tables import trial_heartbeats, trial_values, trials
from .records.results import BalancedCurves, Outcome, RowErrors, TrialResult
from .signs import signs_rows
from .tables.trials import trial_epochs, trial_results, trial_validation_rows, trial_workers
from .tasks import task_rows
from .times import utc_now


def finish(connection: Connection, results: Sequence[TrialResult]) -> tuple[int, ...]:
    """Record the results and end their trials: COMPLETE, PRUNED, or FAIL where they diverged.

    A completed trial whose value is missing or not finite is FAIL too: Optuna's COMPLETE needs a
    value. A pruned one keeps its last value, as Optuna's ``tell`` has it, or none. Returns the ids
    that were skipped: trials that are not RUNNING any more, because another process declared them
    dead, or the worker that took them over finished first.
    """
    running = _running(connection, [r.trial_id for r in results])
    ours = [r for r in results if r.trial_id in running]
    states = {r.trial_id: _state(r) for r in ours}
    valued = (r for r in ours if states[r.trial_id] != "FAIL" and finite(r.value) is not None)
    _insert(connection, trial_values, map(_value_row, valued))
    _insert(connection, trial_results, (_result_row(r) for r in ours))
    _insert(connection, trial_epochs, (row for r in ours for row in _epoch_rows(r)))
    kept = ((r.trial_id, r.row_errors) for r in ours)
    _insert(connection, trial_validation_rows, (_kept_row(i, of) for i, of in kept if of))
    for table, rows in (*task_rows(ours).items(), *signs_rows(ours).items()):
        _insert(connection, table, rows)
    now = utc_now()
    for state in ("COMPLETE", "PRUNED", "FAIL"):
        _end(connection, [i for i, its in states.items() if its == state], state, now)
    return tuple(r.trial_id for r in results if r.trial_id not in running)


def release(connection: Connection, trial_ids: Iterable[int], worker_id: int | None = None) -> None:
    """Hand RUNNING trials back: WAITING with their parameters, held by nobody, no heartbeat.

    With ``worker_id``, those that another worker has taken over meanwhile are left to it.
    """
    ids = sorted(_running(connection, list(trial_ids)))
    if worker_id is not None:
        held = select(trial_workers.c.trial_id).where(trial_workers.c.worker_id == worker_id)
        ids = sorted(set(ids) & set(connection.scalars(held)))
    for chunk in chunks(ids):
        connection.execute(
            update(trials)
            .where(trials.c.trial_id.in_(chunk), trials.c.state == "RUNNING")
            .values(state="WAITING")
        )
        # The row stays without a worker: that tells a trial of ours from a stock Optuna one.
        connection.execute(
            update(trial_workers).where(trial_workers.c.trial_id.in_(chunk)).values(worker_id=None)
        )
        connection.execute(delete(trial_heartbeats).where(trial_heartbeats.c.trial_id.in_(chunk)))


def _running(connection: Connection, trial_ids: Sequence[int]) -> set[int]:
    """Which of the trials are RUNNING; their rows are locked, by id so that none deadlocks."""
    found: set[int] = set()
    for chunk in chunks(sorted(trial_ids)):
        found.update(
            connection.scalars(
                select(trials.c.trial_id)
                .where(trials.c.trial_id.in_(chunk), trials.c.state == "RUNNING")
                .order_by(trials.c.trial_id)
                .with_for_update()
            )
        )
    return found


def _state(result: TrialResult) -> str:
    """Optuna's state for the outcome."""
    if result.outcome is Outcome.PRUNED:
        return "PRUNED"
    complete = result.outcome is Outcome.COMPLETED and finite(result.value) is not None
    return "COMPLETE" if complete else "FAIL"


def _end(connection: Connection, trial_ids: Sequence[int], state: str, now: datetime) -> None:
    for chunk in chunks(trial_ids):
        connection.execute(
            update(trials)
            .where(trials.c.trial_id.in_(chunk), trials.c.state == "RUNNING")
            .values(state=state, datetime_complete=now)
        )


def _insert(connection: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    batch = list(rows)
    if batch:
        connection.execute(insert(table), batch)


def _value_row(result: TrialResult) -> dict[str, Any]:
    return {
        "trial_id": result.trial_id,
        "objective": 0,
        "value": finite(result.value),
        "value_type": "FINITE",
    }


def _result_row(result: TrialResult) -> dict[str, Any]:
    wrong = result.wrong
    kept = None if wrong is None else json.dumps(dict(wrong), separators=(",", ":"))
    values = {**result._asdict(), "outcome": result.outcome.value, "wrong_json": kept}
    return row_of(trial_results, values)  # the rest stands in tables of its own


def _kept_row(trial_id: int, errors: RowErrors) -> dict[str, Any]:
    return {
        "trial_id": trial_id,
        "kind": errors.kind,
        "kept_rows": errors.kept_rows,
        "validation_rows": errors.validation_rows,
        "class_rows_json": None if errors.class_rows is None else json.dumps(errors.class_rows),
        "errors": errors.data,
    }


def _epoch_rows(result: TrialResult) -> Iterable[dict[str, Any]]:
    curves = result.curves._asdict()
    missing = ((None,) * len(result.curves.training_loss),) * len(BalancedCurves._fields)
    names = (f"{split}_balanced_error" for split in BalancedCurves._fields)
    curves |= dict(zip(names, result.balanced_curves or missing, strict=True))
    for epoch, values in enumerate(zip(*curves.values(), strict=True), start=1):
        measured = {n: finite(v) for n, v in zip(curves, values, strict=True)}
        yield {"trial_id": result.trial_id, "epoch": epoch, **measured}
