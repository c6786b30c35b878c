"""Searches for regions of the data: appended, never changed, the newest read back."""

import json

from sqlalchemy import Connection, insert, select

from .records.regions import RegionRecord, RegionsRecord
from .tables.diagnoses import region_searches, regions
from .times import utc_now


def save_regions(connection: Connection, study_id: int, found: RegionsRecord) -> None:
    """Append a search for regions with the regions that it looked at."""
    row = found._asdict()
    parts, looked_at = row.pop("regions"), json.dumps(dict(row.pop("looked_at")))
    row |= {"study_id": study_id, "created": utc_now(), "looked_at_json": looked_at}
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


def newest_regions(connection: Connection, study_id: int) -> RegionsRecord | None:
    """The newest search for regions of the study, if there is one."""
    c = region_searches.c
    r = connection.execute(
        select(region_searches).where(c.study_id == study_id).order_by(c.search_id.desc())
    ).first()
    if r is None:
        return None
    columns = [regions.c[name] for name in RegionRecord._fields]
    found = connection.execute(
        select(*columns).where(regions.c.search_id == r.search_id).order_by(regions.c.position)
    )
    stored = {n: r._mapping[n] for n in RegionsRecord._fields if n not in ("regions", "looked_at")}
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
