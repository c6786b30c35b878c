"""Of each region whether its held-out error is higher than elsewhere, whatever makes it so."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("regions")}
    for name in ("error_p", "elsewhere_error"):
        if name not in there:
            op.add_column("regions", sa.Column(name, sa.Double))
