"""Searches for regions of the data: appended, never changed, the newest read back."""

import json
from typing import Any

from sqlalchemy import Connection, insert, select

from .records.regions import RegionRecord, RegionsRecord
from .tables.diagnoses import region_searches, regions
from .times import utc_now


def save_regions(connection: Connection, study_id: int, found: RegionsRecord) -> None:
    """Append a search for regions with the regions that it looked at, and those of its tasks."""
    search_id = _save(connection, study_id, found)
    for task, of_task in found.tasks.items():
        _save(connection, study_id, of_task, task, search_id)


def _save(
    connection: Connection,
    study_id: int,
    found: RegionsRecord,
    task: str | None = None,
    part_of: int | None = None,
) -> int:
    row = found._asdict()
    row.pop("tasks")
    parts, looked_at = row.pop("regions"), json.dumps(dict(row.pop("looked_at")))
    row |= {"study_id": study_id, "created": utc_now(), "looked_at_json": looked_at}
    row |= {"task": task, "part_of": part_of}
    key = connection.execute(insert(region_searches), row).inserted_primary_key
    assert key is not None
    rows = [
        {
            **region._asdict(),
            "search_id": key[0],
            "position": position,
            "verdict": ",".join(region.verdict),
            "reported": ",".join(region.reported),
        }
        for position, region in enumerate(parts)
    ]
    if rows:
        connection.execute(insert(regions), rows)
    return int(key[0])


def newest_regions(connection: Connection, study_id: int) -> RegionsRecord | None:
    """The newest search for regions of the study, if there is one."""
    c = region_searches.c
    r = connection.execute(
        select(region_searches)
        .where(c.study_id == study_id, c.part_of.is_(None))
        .order_by(c.search_id.desc())
    ).first()
    if r is None:
        return None
    parts = connection.execute(
        select(region_searches).where(c.part_of == r.search_id).order_by(c.search_id)
    ).all()
    return _read(connection, r)._replace(
        tasks={part.task: _read(connection, part) for part in parts}
    )


def _read(connection: Connection, r: Any) -> RegionsRecord:
    columns = [regions.c[name] for name in RegionRecord._fields]
    found = connection.execute(
        select(*columns).where(regions.c.search_id == r.search_id).order_by(regions.c.position)
    )
    apart = ("regions", "looked_at", "tasks")
    stored = {name: r._mapping[name] for name in RegionsRecord._fields if name not in apart}
    return RegionsRecord(
        **stored,
        looked_at=json.loads(r.looked_at_json),
        regions=tuple(
            RegionRecord(
                **{
                    **it._mapping,
                    "verdict": tuple(it.verdict.split(",")),
                    "reported": tuple(it.reported.split(",")) if it.reported else (),
                }
            )
            for it in found
        ),
    )
