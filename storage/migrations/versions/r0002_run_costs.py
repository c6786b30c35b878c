"""What each run spent: seconds by phase, programs, floating-point operations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COLUMNS = {
    "total_seconds": sa.Double,
    "import_seconds": sa.Double,
    "load_seconds": sa.Double,
    "compile_seconds": sa.Double,
    "train_seconds": sa.Double,
    "evaluate_seconds": sa.Double,
    "store_seconds": sa.Double,
    "diagnose_seconds": sa.Double,
    "programs": sa.Integer,
    "flops": sa.Double,
}


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("study_workers")}
    for name, kind in _COLUMNS.items():
        if name not in there:
            op.add_column("study_workers", sa.Column(name, kind))
