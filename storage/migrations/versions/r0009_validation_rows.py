"""The errors of each trial on validation rows, one by one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0009"
down_revision = "0008"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_BYTES = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    if "trial_validation_rows" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "trial_validation_rows",
        sa.Column(
            "trial_id",
            sa.Integer,
            sa.ForeignKey("trials.trial_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("kept_rows", sa.Integer, nullable=False),
        sa.Column("validation_rows", sa.BigInteger, nullable=False),
        sa.Column("class_rows_json", _LONG_TEXT),
        sa.Column("errors", _BYTES, nullable=False),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
