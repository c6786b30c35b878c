"""In which form the convolutions of a trial, or of a replicate, were computed while it trained."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    for table in ("trial_results", "trial_replicates"):
        there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns(table)}
        if "convolution" not in there:
            op.add_column(table, sa.Column("convolution", sa.String(16)))
