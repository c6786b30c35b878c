"""The Bayes error of each of several tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # MariaDB cannot roll columns back: an upgrade that was interrupted must be able to go on.
    there = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("bayes_estimates")}
    if "tasks_json" not in there:
        text = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
        op.add_column("bayes_estimates", sa.Column("tasks_json", text))
