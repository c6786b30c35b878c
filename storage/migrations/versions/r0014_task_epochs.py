"""The curves of each of several tasks that are learnt at once."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_MEASURED = ("training_loss", "training_error", "validation_loss", "validation_error")


def upgrade() -> None:
    # MariaDB cannot roll a table back: an upgrade that was interrupted must be able to go on.
    if "trial_task_epochs" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "trial_task_epochs",
        sa.Column(
            "trial_id",
            sa.Integer,
            sa.ForeignKey("trials.trial_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("task", sa.String(255), nullable=False),
        *(sa.Column(name, sa.Double) for name in _MEASURED),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
