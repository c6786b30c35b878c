"""A worker's own heartbeat, in UTC; those of trials are in the time zone of whoever beats them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0027"
down_revision = "0026"

_TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("study_workers")}
    if "heartbeat" not in there:
        op.add_column("study_workers", sa.Column("heartbeat", _TIME))
