"""Of each validation row whose errors are kept the number of its group, where rows have one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0018"
down_revision = "0017"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("study_provenance")}
    if "validation_groups_json" not in there:
        op.add_column("study_provenance", sa.Column("validation_groups_json", _LONG_TEXT))
