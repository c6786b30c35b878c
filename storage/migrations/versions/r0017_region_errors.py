"""Regions of quantities, of several labels and of several tasks: errors in the place of counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0017"
down_revision = "0016"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_ERRORS = {
    f"{rows}_{number}": sa.Double
    for rows in ("training", "held_out")
    for number in ("error", "deviation")
}


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    inspector = sa.inspect(op.get_bind())
    there = {c["name"] for c in inspector.get_columns("regions")}
    for name, kind in _ERRORS.items():
        if name not in there:
            op.add_column("regions", sa.Column(name, kind))
    for rows in ("training", "held_out"):
        if f"{rows}_wrong" in there:
            op.execute(f"UPDATE regions SET {rows}_error = {rows}_wrong * 1.0 / {rows}_rows")
            op.drop_column("regions", f"{rows}_wrong")
    there = {c["name"] for c in inspector.get_columns("region_searches")}
    for name, kind in (("task", _LONG_TEXT), ("part_of", sa.Integer)):
        if name not in there:
            op.add_column("region_searches", sa.Column(name, kind))
