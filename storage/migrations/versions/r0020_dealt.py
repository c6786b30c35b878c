"""How rows came to splits, as ready-made ones are not changed by the spec."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("study_provenance")}
    if "dealt" not in there:
        op.add_column("study_provenance", sa.Column("dealt", sa.String(16)))
