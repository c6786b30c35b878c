"""Of each region whose rows come in groups, how many there are and how the rows hang together."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_COLUMNS = {
    f"{rows}_{name}": kind
    for rows in ("training", "held_out")
    for name, kind in (("groups", sa.BigInteger), ("effect", sa.Double))
}


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("regions")}
    for name, kind in _COLUMNS.items():
        if name not in there:
            op.add_column("regions", sa.Column(name, kind))
