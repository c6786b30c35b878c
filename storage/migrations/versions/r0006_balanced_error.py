"""The balanced error of trials, epochs and replicates, and the classes' rows it is made of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"

_LongText = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_WATCHED = ("training_balanced_error", "validation_balanced_error")
_COLUMNS = {
    "trial_results": {
        **dict.fromkeys((*_WATCHED, "test_balanced_error", "bridge_balanced_error"), sa.Double()),
        "wrong_json": _LongText,
    },
    "trial_epochs": dict.fromkeys(_WATCHED, sa.Double()),
    "trial_replicates": dict.fromkeys((*_WATCHED, "test_balanced_error"), sa.Double()),
    "study_provenance": {"class_rows_json": _LongText},
}


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    inspector = sa.inspect(op.get_bind())
    for table, columns in _COLUMNS.items():
        there = {column["name"] for column in inspector.get_columns(table)}
        for name, kind in columns.items():
            if name not in there:
                op.add_column(table, sa.Column(name, kind))
