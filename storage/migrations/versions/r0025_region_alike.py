"""Of each region whose rows come in groups of unlike size, how many of one size weigh as much."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("regions")}
    for name in ("training_alike", "held_out_alike"):
        if name not in there:
            op.add_column("regions", sa.Column(name, sa.Double))
