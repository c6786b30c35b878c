"""Remedies that were tried, and the errors of fresh trainings on the test rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0021"
down_revision = "0020"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_BYTES = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
_TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
_COUNTS = (
    "trial",
    "treated_trial",
    "trials",
    "treated_trials",
    "seeds",
    "treated_seeds",
    "diverged",
    "treated_diverged",
)
_MEASURED = ("error", "treated_error", "lower_by")
_PERHAPS = (
    "pair_lower_by",
    "pair_low",
    "pair_high",
    "pair_error",
    "pair_degrees",
    "training_error",
    "treated_training_error",
    "validation_error",
    "treated_validation_error",
)


def upgrade() -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    there = sa.inspect(op.get_bind()).get_table_names()
    if "trial_test_rows" not in there:
        target = sa.ForeignKey("trials.trial_id", ondelete="CASCADE")
        op.create_table(
            "trial_test_rows",
            sa.Column("trial_id", sa.Integer, target, primary_key=True, autoincrement=False),
            sa.Column("replicate", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("test_rows", sa.BigInteger, nullable=False),
            sa.Column("errors", _BYTES, nullable=False),
            mysql_engine="InnoDB",
            mysql_charset="utf8mb4",
        )
    if "treatments" not in there:
        study = sa.ForeignKey("studies.study_id", ondelete="CASCADE")
        op.create_table(
            "treatments",
            sa.Column("treatment_id", sa.Integer, primary_key=True),
            sa.Column("study_id", sa.Integer, study, nullable=False),
            sa.Column("created", _TIME, nullable=False),
            sa.Column("remedy", sa.String(64), nullable=False),
            sa.Column("spec_change", _LONG_TEXT, nullable=False),
            sa.Column("treated_study", sa.String(512), nullable=False),
            sa.Column("measure", sa.String(16), nullable=False),
            *(sa.Column(name, sa.Integer, nullable=False) for name in _COUNTS),
            sa.Column("test_rows", sa.BigInteger, nullable=False),
            sa.Column("test_groups", sa.BigInteger),
            *(sa.Column(name, sa.Double, nullable=False) for name in _MEASURED),
            sa.Column("low", sa.Double),
            sa.Column("high", sa.Double),
            sa.Column("seed_error", sa.Double, nullable=False),
            sa.Column("row_error", sa.Double),
            sa.Column("search_error", sa.Double, nullable=False),
            sa.Column("degrees", sa.Double, nullable=False),
            sa.Column("pairs", sa.Integer),
            *(sa.Column(name, sa.Double) for name in _PERHAPS),
            sa.Column("gain_of", sa.String(16)),
            sa.Column("gain_low", sa.Double),
            sa.Column("gain_high", sa.Double),
            sa.Index("ix_treatments_study_id", "study_id"),
            mysql_engine="InnoDB",
            mysql_charset="utf8mb4",
        )
