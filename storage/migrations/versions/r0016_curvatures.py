"""How the trained loss curves where the training of a trial ended."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    if "trial_curvatures" in sa.inspect(op.get_bind()).get_table_names():
        return
    target = sa.ForeignKey("trials.trial_id", ondelete="CASCADE")
    op.create_table(
        "trial_curvatures",
        sa.Column("trial_id", sa.Integer, target, primary_key=True, autoincrement=False),
        sa.Column("probe_rows", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Double) for name in ("gradient_norm", "lowest", "highest")),
        sa.Column("skipped", sa.Text),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
