"""How a trial's network does on each of several labels, on every split."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0028"
down_revision = "0027"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    if "trial_labels" in sa.inspect(op.get_bind()).get_table_names():
        return
    target = sa.ForeignKey("trials.trial_id", ondelete="CASCADE")
    counts = ("rows_with", "missed", "rows_without", "claimed")
    op.create_table(
        "trial_labels",
        sa.Column("trial_id", sa.Integer, target, primary_key=True, autoincrement=False),
        sa.Column("split", sa.String(16), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("label", _LONG_TEXT, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in counts),
        sa.Column("threshold", sa.Double),
        *(sa.Column(name, sa.BigInteger) for name in ("missed_from", "claimed_from")),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
