"""What a row is where the source tells it: the shape of an image, which augmentation can change."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("study_provenance")}
    if "row_shape_json" not in there:
        op.add_column("study_provenance", sa.Column("row_shape_json", sa.String(64)))
