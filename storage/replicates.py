"""Trials that were trained again: what was measured, and what their errors are made of."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from .launching import chunks, lock_study
from .numbers import row_of
from .optuna_tables import trials
from .records.replicates import DecompositionRecord, ReplicateResult
from .records.results import Outcome
from .tables.diagnoses import decompositions
from .tables.trials import trial_replicates
from .times import utc_now


def record_replicates(
    connection: Connection, study_id: int, results: Sequence[ReplicateResult]
) -> None:
    """Record replicates; those that another worker recorded meanwhile stay as they are.

    Raises:
        StorageError: the study is gone.
    """
    lock_study(connection, study_id)
    c = trial_replicates.c
    there: set[tuple[int, str, int]] = set()
    for chunk in chunks(sorted({r.trial_id for r in results})):
        rows = connection.execute(
            select(c.trial_id, c.kind, c.replicate).where(c.trial_id.in_(chunk))
        )
        there |= {(r.trial_id, r.kind, r.replicate) for r in rows}
    new = [_row(r) for r in results if (r.trial_id, r.kind, r.replicate) not in there]
    if new:
        connection.execute(insert(trial_replicates), new)


def replicates(connection: Connection, study_id: int) -> tuple[ReplicateResult, ...]:
    """The replicates of the study's trials, without their answers, in order."""
    c = trial_replicates.c
    rows = connection.execute(
        select(*(column for column in c if column is not c.answers_json))
        .join(trials, trials.c.trial_id == c.trial_id)
        .where(trials.c.study_id == study_id)
        .order_by(trials.c.number, c.kind, c.replicate)
    )
    return tuple(ReplicateResult(**{**r._mapping, "outcome": Outcome(r.outcome)}) for r in rows)


def answers(connection: Connection, trial_id: int, kind: str) -> tuple[tuple[float, ...], ...]:
    """What a trial's replicates of a kind answer on the test rows; diverged ones give nothing."""
    c = trial_replicates.c
    texts = connection.scalars(
        select(c.answers_json)
        .where(c.trial_id == trial_id, c.kind == kind, c.answers_json.is_not(None))
        .order_by(c.replicate)
    )
    return tuple(tuple(json.loads(text)) for text in texts)


def save_decomposition(connection: Connection, study_id: int, found: DecompositionRecord) -> None:
    """Append a decomposition."""
    row = found._asdict()
    limits = json.dumps(row.pop("limits"), allow_nan=False)
    row |= {"study_id": study_id, "created": utc_now(), "limits_json": limits}
    connection.execute(insert(decompositions), row)


def newest_decomposition(connection: Connection, study_id: int) -> DecompositionRecord | None:
    """The newest decomposition of the study, if there is one."""
    c = decompositions.c
    r = connection.execute(
        select(decompositions).where(c.study_id == study_id).order_by(c.decomposition_id.desc())
    ).first()
    if r is None:
        return None
    stored = {name: r._mapping[name] for name in DecompositionRecord._fields if name != "limits"}
    return DecompositionRecord(**stored, limits=json.loads(r.limits_json))


def _row(result: ReplicateResult) -> dict[str, object]:
    answers = result.answers
    texts = None if answers is None else json.dumps(answers, separators=(",", ":"))
    values = {**result._asdict(), "outcome": result.outcome.value, "answers_json": texts}
    return row_of(trial_replicates, values)
