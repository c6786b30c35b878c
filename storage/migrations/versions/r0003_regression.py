"""What intervals of mean squared errors and R² need: row deviations and the target's variance."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_COLUMNS = {
    "trial_results": ("training_deviation", "validation_deviation", "test_deviation"),
    "study_provenance": (
        "training_target_variance",
        "validation_target_variance",
        "test_target_variance",
    ),
}


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    inspector = sa.inspect(op.get_bind())
    for table, names in _COLUMNS.items():
        there = {column["name"] for column in inspector.get_columns(table)}
        for name in names:
            if name not in there:
                op.add_column(table, sa.Column(name, sa.Double))
