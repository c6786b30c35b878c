"""What was found out about the data: appended, never changed, the newest of each kind read back."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select

from .records.data import DataCheck
from .tables.diagnoses import data_checks
from .times import utc_now


def save_data_checks(connection: Connection, study_id: int, found: Sequence[DataCheck]) -> None:
    """Append checks; those of one kind that are saved together are read together."""
    created = utc_now()
    for check in found:
        row = check._asdict()
        details = json.dumps(row.pop("details"), allow_nan=False)
        row |= {"study_id": study_id, "created": created, "details_json": details}
        connection.execute(insert(data_checks), row)


def newest_data_checks(connection: Connection, study_id: int) -> tuple[DataCheck, ...]:
    """The newest checks of each kind, in the order in which they were saved."""
    c = data_checks.c
    newest = select(c.kind, func.max(c.created).label("created")).where(c.study_id == study_id)
    latest = newest.group_by(c.kind).subquery()
    rows = connection.execute(
        select(data_checks)
        .join(latest, (latest.c.kind == c.kind) & (latest.c.created == c.created))
        .where(c.study_id == study_id)
        .order_by(c.check_id)
    )
    plain = [name for name in DataCheck._fields if name != "details"]
    return tuple(
        DataCheck(**{name: r._mapping[name] for name in plain}, details=json.loads(r.details_json))
        for r in rows
    )
