"""How every study stands: who trains it, and how much of it is still to be trained."""

import json
import socket
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from .optuna_tables import trials
from .records.study import StudyStanding, StudyState, StudySummary
from .studies import summaries
from .tables.studies import study_provenance, study_specs, study_workers
from .times import database_clock
from .workers import is_gone, machine

SILENCE = timedelta(seconds=60)  # without a heartbeat: others then take the trials over


def standings(connection: Connection) -> tuple[StudyStanding, ...]:
    """Every study in the database, by name, also those of stock Optuna."""
    rows = connection.execute(select(study_specs.c.study_id, study_specs.c.spec_json))
    specs = {study_id: json.loads(spec) for study_id, spec in rows}
    ended, trained = _ended(connection), _trained(connection)
    validated = _validation_rows(connection)
    return tuple(
        _standing(
            it,
            specs.get(it.study_id),
            ended.get(it.study_id, 0),
            validated.get(it.study_id),
            trained=it.study_id in trained,
        )
        for it in summaries(connection)
    )


def _standing(
    summary: StudySummary,
    spec: Mapping[str, Any] | None,
    ended: int,
    validation_rows: int | None,
    *,
    trained: bool,
) -> StudyStanding:
    study = (spec or {}).get("study", {})
    wanted = study.get("trials")
    if wanted is not None:  # `resume --trials` may have asked for more than the spec
        wanted = max(wanted, summary.trials)
    if spec is None:
        state = StudyState.OPTUNA
    elif trained:
        state = StudyState.RUNNING
    else:
        done = wanted is not None and ended >= wanted
        state = StudyState.FINISHED if done else StudyState.STOPPED
    balanced = study.get("objective") == "balanced_error"
    return StudyStanding(summary, state, ended, wanted, validation_rows, balanced)


def _ended(connection: Connection) -> dict[int, int]:
    """Study → trials that are neither in training nor waiting for it."""
    c = trials.c
    rows = connection.execute(
        select(c.study_id, func.count().label("trials"))
        .where(c.state.in_(("COMPLETE", "PRUNED", "FAIL")))
        .group_by(c.study_id)
    )
    return {row.study_id: row.trials for row in rows}


def _validation_rows(connection: Connection) -> dict[int, int]:
    c = study_provenance.c
    rows = connection.execute(select(c.study_id, c.validation_rows).order_by(c.provenance_id))
    return {row.study_id: row.validation_rows for row in rows}  # the newest run's comes last


def _trained(connection: Connection) -> set[int]:
    """Studies with a worker that lives: here its process tells, elsewhere its heartbeat."""
    now: datetime = connection.execute(select(database_clock(connection))).scalar_one()
    oldest = now - SILENCE
    here = socket.gethostname(), machine()
    open_workers: dict[int, list[Row[Any]]] = defaultdict(list)
    for worker in connection.execute(select(study_workers).where(study_workers.c.ended.is_(None))):
        open_workers[worker.study_id].append(worker)

    def lives(worker: Row[Any]) -> bool:
        if (worker.host, worker.machine) == here:
            return not is_gone(worker.host, worker.machine, worker.pid, worker.process_started)
        return worker.heartbeat is not None and worker.heartbeat >= oldest

    return {study for study, workers in open_workers.items() if any(map(lives, workers))}
