"""Remedies that were tried, written and read; and the fresh trainings that judge them."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from .launching import chunks, lock_study
from .numbers import row_of
from .records.replicates import ReplicateResult
from .records.treatments import FreshErrors, TreatmentRecord
from .replicates import record_replicates
from .tables.diagnoses import treatments
from .tables.trials import trial_test_rows
from .times import utc_now


def record_fresh(
    connection: Connection,
    study_id: int,
    results: Sequence[ReplicateResult],
    errors: Sequence[FreshErrors],
) -> None:
    """Record fresh trainings with their errors; those known already stay as they are.

    Raises:
        StorageError: the study is gone.
    """
    record_replicates(connection, study_id, results)
    c = trial_test_rows.c
    there: set[tuple[int, int]] = set()
    for chunk in chunks(sorted({it.trial_id for it in errors})):
        rows = connection.execute(select(c.trial_id, c.replicate).where(c.trial_id.in_(chunk)))
        there |= {(r.trial_id, r.replicate) for r in rows}
    new = [it for it in errors if (it.trial_id, it.replicate) not in there]
    if new:
        connection.execute(insert(trial_test_rows), [it._asdict() for it in new])


def fresh_errors(connection: Connection, trial_id: int) -> tuple[FreshErrors, ...]:
    """Of each fresh training of a trial that did not diverge, by its seed."""
    c = trial_test_rows.c
    rows = connection.execute(
        select(trial_test_rows).where(c.trial_id == trial_id).order_by(c.replicate)
    )
    return tuple(FreshErrors(**{**r._mapping, "errors": bytes(r.errors)}) for r in rows)


def save_treatment(connection: Connection, study_id: int, found: TreatmentRecord) -> None:
    """Append how a remedy did.

    Raises:
        StorageError: the study is gone.
    """
    lock_study(connection, study_id)
    row = {"study_id": study_id, "created": utc_now(), **found._asdict()}
    connection.execute(insert(treatments), row_of(treatments, row))


def newest_treatments(connection: Connection, study_id: int) -> tuple[TreatmentRecord, ...]:
    """Of each study that tried a remedy the newest comparison, in the order of their first ones."""
    c = treatments.c
    rows = connection.execute(
        select(*(c[name] for name in TreatmentRecord._fields))
        .where(c.study_id == study_id)
        .order_by(c.treatment_id)
    )
    found = {r.treated_study: TreatmentRecord(**r._mapping) for r in rows}
    return tuple(found.values())
