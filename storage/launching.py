"""Launching trials, and taking over those that nobody trains any more.

Both lock the study's row first, as Optuna does when it creates a trial. The lock is essential:
other processes cache trials and fetch only those with an id above the last they saw, so ids
committed out of order would be missed for good.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from .encoded import external_value
from .errors import NumberTaken, StorageError
from .optuna_tables import studies, trial_heartbeats, trial_params, trials
from .records.trials import LaunchedTrial, Parameter, Proposal
from .tables.studies import study_workers
from .tables.trials import trial_results, trial_workers
from .times import database_clock, utc_now
from .workers import beat_now, is_gone

# SQLite's limit is 32,766 bound values in a statement, older builds 999.
CHUNK = 500


class _Held(NamedTuple):
    """A trial of ours that is not finished, with the worker that holds it, if any."""

    trial_id: int
    number: int
    state: str
    worker: Row | None


def next_number(connection: Connection, study_id: int) -> int:
    """The number that the study's next trial gets: Optuna counts its trials."""
    count = select(func.count()).select_from(trials).where(trials.c.study_id == study_id)
    return connection.scalar(count) or 0


def launch(
    connection: Connection,
    study_id: int,
    worker_id: int,
    first_number: int,
    proposals: Sequence[Proposal],
) -> tuple[LaunchedTrial, ...]:
    """Insert the proposals as RUNNING trials, with their parameters and heartbeats.

    Raises:
        NumberTaken: the study's next number is not ``first_number`` any more.
        StorageError: the study is gone.
        ValueError: the proposals are not numbered first_number, first_number + 1, ….
    """
    if [p.number for p in proposals] != list(range(first_number, first_number + len(proposals))):
        raise ValueError(f"proposals must be numbered from {first_number} without a gap")
    lock_study(connection, study_id)
    free = next_number(connection, study_id)
    if free != first_number:
        raise NumberTaken(
            f"Trial number {first_number} is taken: another worker launched trials, the next "
            f"number is {free}. Read it again and retry."
        )
    if not proposals:
        return ()
    start = {"study_id": study_id, "state": "RUNNING", "datetime_start": utc_now()}
    connection.execute(insert(trials), [{**start, "number": p.number} for p in proposals])
    ids = _ids_from(connection, study_id, first_number)
    parameters = [
        {
            "trial_id": ids[proposal.number],
            "param_name": p.name,
            "param_value": p.value,
            "distribution_json": p.distribution_json,
        }
        for proposal in proposals
        for p in proposal.parameters
    ]
    if parameters:
        connection.execute(insert(trial_params), parameters)
    connection.execute(
        insert(trial_workers), [{"trial_id": i, "worker_id": worker_id} for i in ids.values()]
    )
    _beat_first(connection, worker_id, ids.values())
    return tuple(_launched(ids[p.number], p.number, p.parameters) for p in proposals)


def reclaim(
    connection: Connection, study_id: int, worker_id: int, limit: int, grace_seconds: float
) -> tuple[LaunchedTrial, ...]:
    """Take over up to ``limit`` of our trials that nobody trains, by number.

    Those are the WAITING ones (released at Ctrl-C), and the RUNNING ones whose worker is known to
    be gone from this machine or has not beaten its heartbeat for ``grace_seconds``. Trials of
    foreign workers are never taken, nor is a released trial that one of them has picked up.
    """
    lock_study(connection, study_id)
    now: datetime = connection.execute(select(database_clock(connection))).scalar_one()
    oldest = now - timedelta(seconds=grace_seconds)
    gone: dict[int, bool] = {}
    ids: dict[int, int] = {}
    for trial in _unfinished(connection, study_id):
        if len(ids) >= limit:
            break
        if trial.state == "RUNNING" and not _abandoned(trial, worker_id, oldest, gone):
            continue
        ids[trial.trial_id] = trial.number
    _take_over(connection, worker_id, list(ids))
    parameters = parameters_of(connection, list(ids))
    return tuple(_launched(i, number, parameters[i]) for i, number in ids.items())


def held(connection: Connection, study_id: int) -> int:
    """How many of our trials are being trained, or shall be taken over, by workers of ours.

    Those that a stock Optuna worker picked up are none: nobody could take them over if it died.
    """
    return sum(
        trial.state == "WAITING" or trial.worker is not None
        for trial in _unfinished(connection, study_id)
    )


def lock_study(connection: Connection, study_id: int) -> None:
    """Hold the study's row until the transaction ends (SQLite: the database is held already).

    Raises:
        StorageError: the study is gone.
    """
    row = select(studies.c.study_id).where(studies.c.study_id == study_id).with_for_update()
    if connection.scalar(row) is None:
        raise StorageError(f"The study with id {study_id} has been deleted from the database.")


def parameters_of(
    connection: Connection, trial_ids: Sequence[int]
) -> dict[int, tuple[Parameter, ...]]:
    """The stored parameters of some trials, in the order in which they were written."""
    c = trial_params.c
    found: dict[int, list[Parameter]] = defaultdict(list)
    for chunk in chunks(trial_ids):
        rows = connection.execute(
            select(c.trial_id, c.param_name, c.param_value, c.distribution_json)
            .where(c.trial_id.in_(chunk))
            .order_by(c.param_id)
        )
        for trial_id, *parameter in rows:
            found[trial_id].append(Parameter(*parameter))
    return {i: tuple(found[i]) for i in trial_ids}


def chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    """The ids in pieces that fit into one ``IN (…)``."""
    return (ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK))


def _ids_from(connection: Connection, study_id: int, first_number: int) -> dict[int, int]:
    # Read back instead of RETURNING, which would cost a statement a row on SQLite; the study's
    # lock makes sure that these are ours.
    c = trials.c
    rows = connection.execute(
        select(c.number, c.trial_id)
        .where(c.study_id == study_id, c.number >= first_number)
        .order_by(c.trial_id)
    )
    return {r.number: r.trial_id for r in rows}


def _unfinished(connection: Connection, study_id: int) -> list[_Held]:
    t, w = trials.c, study_workers.c
    rows = connection.execute(
        select(t.trial_id, t.number, t.state, study_workers)
        .join(trial_workers, trial_workers.c.trial_id == t.trial_id)
        .outerjoin(study_workers, w.worker_id == trial_workers.c.worker_id)
        .outerjoin(trial_results, trial_results.c.trial_id == t.trial_id)
        .where(t.study_id == study_id, t.state.in_(("RUNNING", "WAITING")))
        .where(trial_results.c.trial_id.is_(None))
        .order_by(t.number)
    )
    return [_Held(r.trial_id, r.number, r.state, None if r.worker_id is None else r) for r in rows]


def _abandoned(trial: _Held, worker_id: int, oldest: datetime, gone: dict[int, bool]) -> bool:
    """Whether a RUNNING trial's worker is dead; ``gone`` remembers what is known of workers."""
    worker = trial.worker
    if worker is None:  # released, then picked up by a stock Optuna worker
        return False
    if worker.worker_id == worker_id:
        return False
    if worker.heartbeat is None or worker.heartbeat < oldest:
        return True
    if worker.worker_id not in gone:
        gone[worker.worker_id] = worker.ended is not None or is_gone(
            worker.host, worker.machine, worker.pid, worker.process_started
        )
    return gone[worker.worker_id]


def _take_over(connection: Connection, worker_id: int, trial_ids: Sequence[int]) -> None:
    for chunk in chunks(trial_ids):
        connection.execute(
            update(trials)
            .where(trials.c.trial_id.in_(chunk))
            .values(state="RUNNING", datetime_start=utc_now())
        )
        connection.execute(
            update(trial_workers)
            .where(trial_workers.c.trial_id.in_(chunk))
            .values(worker_id=worker_id)
        )
        connection.execute(delete(trial_heartbeats).where(trial_heartbeats.c.trial_id.in_(chunk)))
    _beat_first(connection, worker_id, trial_ids)


def _beat_first(connection: Connection, worker_id: int, trial_ids: Iterable[int]) -> None:
    rows = [{"trial_id": i} for i in trial_ids]
    if rows:
        beat_now(connection, worker_id)
        # As Optuna tells the time, which compares it: in the time zone of the session.
        connection.execute(insert(trial_heartbeats).values(heartbeat=func.now()), rows)


def _launched(trial_id: int, number: int, parameters: Sequence[Parameter]) -> LaunchedTrial:
    values = {p.name: external_value(p.value, p.distribution_json) for p in parameters}
    return LaunchedTrial(trial_id, number, values)
