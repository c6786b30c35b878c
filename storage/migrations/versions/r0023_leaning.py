"""What each diagnosis leans to, where its verdict is undetermined or says not all."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("diagnoses")}
    if "leaning" not in there:
        op.add_column("diagnoses", sa.Column("leaning", sa.String(255)))
