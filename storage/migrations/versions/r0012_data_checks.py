"""What was found out about the data when a study ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0012"
down_revision = "0011"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    if "data_checks" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "data_checks",
        sa.Column("check_id", sa.Integer, primary_key=True),
        sa.Column(
            "study_id",
            sa.Integer,
            sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("split", sa.String(16)),
        sa.Column("n", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("value", "low", "high")),
        sa.Column("p_value", sa.Double),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("details_json", _LONG_TEXT, nullable=False),
        sa.Index("ix_data_checks_study_id", "study_id"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
