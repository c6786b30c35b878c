"""Who trains: one row a process, with enough to tell later whether that process still lives."""

import os
import socket
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from .optuna_tables import trial_heartbeats, trials
from .records.runs import RunCosts
from .tables.studies import study_workers
from .tables.trials import trial_workers
from .times import database_clock, utc_now


def register_worker(connection: Connection, study_id: int) -> int:
    """Enter this process as a worker of the study; returns its ``worker_id``."""
    pid = os.getpid()
    row = {
        "study_id": study_id,
        "host": socket.gethostname(),
        "machine": machine(),
        "pid": pid,
        "process_started": process_started(pid),
        "started": utc_now(),
        "heartbeat": database_clock(connection),
    }
    key = connection.execute(insert(study_workers).values(row)).inserted_primary_key
    assert key is not None
    return key[0]


def end_worker(connection: Connection, worker_id: int) -> None:
    """Note that the worker stopped: what it still holds may be taken over at once."""
    connection.execute(
        update(study_workers).where(study_workers.c.worker_id == worker_id).values(ended=utc_now())
    )


def note_costs(connection: Connection, worker_id: int, costs: RunCosts) -> None:
    """Note what the worker has spent; replaces what it noted before."""
    connection.execute(
        update(study_workers)
        .where(study_workers.c.worker_id == worker_id)
        .values(**costs._asdict())
    )


def newest_costs(connection: Connection, study_id: int) -> RunCosts | None:
    """What the newest run that noted its costs spent."""
    c = study_workers.c
    row = connection.execute(
        select(*(c[name] for name in RunCosts._fields))
        .where(c.study_id == study_id, c.total_seconds.is_not(None))
        .order_by(c.worker_id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else RunCosts(*row)


def beat(connection: Connection, worker_id: int) -> None:
    """Renew the heartbeat of the worker, and for Optuna those of the RUNNING trials it holds."""
    beat_now(connection, worker_id)
    held = (
        select(trial_workers.c.trial_id)
        .join(trials, trials.c.trial_id == trial_workers.c.trial_id)
        .where(trial_workers.c.worker_id == worker_id, trials.c.state == "RUNNING")
    )
    connection.execute(
        update(trial_heartbeats)
        .where(trial_heartbeats.c.trial_id.in_(held))
        .values(heartbeat=func.now())
    )


def beat_now(connection: Connection, worker_id: int) -> None:
    """Renew the heartbeat of the worker itself, by which other workers of ours judge it."""
    connection.execute(
        update(study_workers)
        .where(study_workers.c.worker_id == worker_id)
        .values(heartbeat=database_clock(connection))
    )


def is_gone(host: str, machine_then: str | None, pid: int, started: str | None) -> bool:
    """Whether a process is known to have ended; ``False`` when that cannot be told from here.

    A process id says something only on the same host, since the same boot and within the same
    container. A living process with that id but another start time is a different one.
    """
    if host != socket.gethostname() or machine_then != machine():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    now = process_started(pid)
    return started is not None and now is not None and started != now


def machine() -> str | None:
    """This boot and process-id namespace, ``None`` where the system does not tell (no Linux)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return None


def process_started(pid: int) -> str | None:
    """When the process started, in clock ticks since the boot; ``None`` where it is not told."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The second field is the program's name in brackets and may hold anything.
    return stat.rpartition(")")[2].split()[19]
