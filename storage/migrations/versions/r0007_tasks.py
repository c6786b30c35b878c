"""Several tasks learnt at once: what each is, and how each trial's network does in it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0007"
down_revision = "0006"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_MEASURED = ("error", "relative_error", "loss", "deviation")


def upgrade() -> None:
    # MariaDB cannot roll either back: an upgrade that was interrupted must be able to go on.
    inspector = sa.inspect(op.get_bind())
    if "tasks_json" not in {c["name"] for c in inspector.get_columns("study_provenance")}:
        op.add_column("study_provenance", sa.Column("tasks_json", _LONG_TEXT))
    if "trial_tasks" not in inspector.get_table_names():
        op.create_table(
            "trial_tasks",
            sa.Column(
                "trial_id",
                sa.Integer,
                sa.ForeignKey("trials.trial_id", ondelete="CASCADE"),
                primary_key=True,
                autoincrement=False,
            ),
            sa.Column("split", sa.String(16), primary_key=True),
            sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("task", sa.String(255), nullable=False),
            sa.Column("kind", sa.String(16), nullable=False),
            *(sa.Column(name, sa.Double) for name in _MEASURED),
            mysql_engine="InnoDB",
            mysql_charset="utf8mb4",
        )
