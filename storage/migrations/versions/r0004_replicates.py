"""What was measured of finalists that were trained again, and the winner's error taken apart."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem

revision = "0004"
down_revision = "0003"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
_MEASURED = (
    "training_loss",
    "training_error",
    "validation_loss",
    "validation_error",
    "test_loss",
    "test_error",
    "seconds",
)


def _create(name: str, *columns: SchemaItem) -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    if name not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(name, *columns, mysql_engine="InnoDB", mysql_charset="utf8mb4")


def upgrade() -> None:
    _create(
        "trial_replicates",
        sa.Column(
            "trial_id",
            sa.Integer,
            sa.ForeignKey("trials.trial_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("replicate", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("epochs", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Double) for name in _MEASURED),
        sa.Column("lanes", sa.Integer, nullable=False),
        sa.Column("strategy", sa.String(16), nullable=False),
        sa.Column("answers_json", _LONG_TEXT),
    )
    _create(
        "decompositions",
        sa.Column("decomposition_id", sa.Integer, primary_key=True),
        sa.Column(
            "study_id",
            sa.Integer,
            sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("trial_number", sa.Integer, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("replicates", sa.Integer, nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.Column("loss", sa.Double, nullable=False),
        sa.Column("bias", sa.Double, nullable=False),
        sa.Column("variance", sa.Double, nullable=False),
        sa.Column("unbiased_variance", sa.Double),
        sa.Column("biased_variance", sa.Double),
        sa.Column("limits_json", _LONG_TEXT, nullable=False),
    )
    indexes = sa.inspect(op.get_bind()).get_indexes("decompositions")
    if "ix_decompositions_study_id" not in {index["name"] for index in indexes}:
        op.create_index("ix_decompositions_study_id", "decompositions", ["study_id"])
