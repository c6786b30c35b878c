"""Vital signs: what the layers of each trial's network look like."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_OF_MOMENTS = ("loss", "zero_loss", "constant_loss", "gradient_norm")
_OF_LAYERS = (
    "mean",
    "variance",
    "typical_variance",
    "largest_variance",
    "spread",
    "dead",
    "saturated",
    "gradient_norm",
    "weight_norm",
    "update_ratio",
    "moved",
)


def upgrade() -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    there = sa.inspect(op.get_bind()).get_table_names()
    if "trial_moments" not in there:
        op.create_table(
            "trial_moments",
            _trial_key(),
            sa.Column("moment", sa.String(16), primary_key=True),
            sa.Column("probe_rows", sa.Integer, nullable=False),
            *(sa.Column(name, sa.Double, nullable=False) for name in _OF_MOMENTS),
            mysql_engine="InnoDB",
            mysql_charset="utf8mb4",
        )
    if "trial_layers" not in there:
        op.create_table(
            "trial_layers",
            _trial_key(),
            sa.Column("moment", sa.String(16), primary_key=True),
            sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("layer", sa.String(255), nullable=False),
            sa.Column("units", sa.Integer),
            *(sa.Column(name, sa.Double) for name in _OF_LAYERS),
            mysql_engine="InnoDB",
            mysql_charset="utf8mb4",
        )


def _trial_key() -> sa.Column[int]:
    target = sa.ForeignKey("trials.trial_id", ondelete="CASCADE")
    return sa.Column("trial_id", sa.Integer, target, primary_key=True, autoincrement=False)
