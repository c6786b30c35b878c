"""The bridge split: how many rows, and what each trial's network makes of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COLUMNS = {
    "trial_results": {
        "bridge_loss": sa.Double,
        "bridge_error": sa.Double,
        "bridge_deviation": sa.Double,
    },
    "study_provenance": {"bridge_rows": sa.BigInteger, "bridge_target_variance": sa.Double},
}


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    inspector = sa.inspect(op.get_bind())
    for table, columns in _COLUMNS.items():
        there = {column["name"] for column in inspector.get_columns(table)}
        for name, kind in columns.items():
            if name not in there:
                op.add_column(table, sa.Column(name, kind))
