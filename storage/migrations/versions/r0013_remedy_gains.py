"""What remedies are predicted to gain and to cost, and those that the evidence speaks against."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0013"
down_revision = "0012"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_COLUMNS = {
    "against": sa.Boolean,
    "gain_of": sa.String(16),
    "gain": sa.Double,
    "gain_low": sa.Double,
    "gain_high": sa.Double,
    "gain_confidence": sa.Double,
    "gain_method": _LONG_TEXT,
    "cost_trials": sa.Integer,
    "cost_epochs": sa.Integer,
    "cost_seconds": sa.Double,
    "evidence_json": _LONG_TEXT,
}


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("remedies")}
    for name, kind in _COLUMNS.items():
        if name not in there:
            op.add_column("remedies", sa.Column(name, kind))
