"""Learning curves: trainings on subsets of the rows, and what more rows are forecast to bring."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0022"
down_revision = "0021"

_BYTES = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
_TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    there = sa.inspect(op.get_bind()).get_table_names()
    if "trial_subsets" not in there:
        _make_trial_subsets()
    if "learning_curves" not in there:
        _make_learning_curves()
    if "learning_curve_points" not in there:
        _make_learning_curve_points()


def _make_trial_subsets() -> None:
    trial = sa.ForeignKey("trials.trial_id", ondelete="CASCADE")
    op.create_table(
        "trial_subsets",
        sa.Column("trial_id", sa.Integer, trial, primary_key=True, autoincrement=False),
        sa.Column("train_rows", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("replicate", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("epochs", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("training_error", sa.Double),
        sa.Column("validation_error", sa.Double),
        sa.Column("test_error", sa.Double),
        sa.Column("kind", sa.String(16)),
        sa.Column("test_rows", sa.BigInteger),
        sa.Column("errors", _BYTES),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )


def _make_learning_curves() -> None:
    study = sa.ForeignKey("studies.study_id", ondelete="CASCADE")
    op.create_table(
        "learning_curves",
        sa.Column("curve_id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, study, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("trial", sa.Integer, nullable=False),
        sa.Column("measure", sa.String(16), nullable=False),
        sa.Column("test_rows", sa.BigInteger, nullable=False),
        sa.Column("test_groups", sa.BigInteger),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("floor", sa.Double, nullable=False),
        sa.Column("families", sa.String(255), nullable=False),
        sa.Column("asymptote", sa.Double),
        sa.Column("asymptote_low", sa.Double),
        sa.Column("asymptote_high", sa.Double),
        sa.Column("backtest_train_rows", sa.BigInteger),
        sa.Column("backtest_error", sa.Double),
        sa.Column("backtest_low", sa.Double),
        sa.Column("backtest_high", sa.Double),
        sa.Column("backtest_measured", sa.Double),
        sa.Column("refused", sa.String(16)),
        sa.Column("target_error", sa.Double),
        sa.Column("target_reached", sa.Double),
        sa.Column("target_low", sa.BigInteger),
        sa.Column("target_rows", sa.BigInteger),
        sa.Column("target_high", sa.BigInteger),
        sa.Index("ix_learning_curves_study_id", "study_id"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )


def _make_learning_curve_points() -> None:
    curve = sa.ForeignKey("learning_curves.curve_id", ondelete="CASCADE")
    op.create_table(
        "learning_curve_points",
        sa.Column("curve_id", sa.Integer, curve, primary_key=True, autoincrement=False),
        sa.Column("train_rows", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("forecast", sa.Boolean, nullable=False),
        sa.Column("trainings", sa.Integer),
        sa.Column("diverged", sa.Integer),
        sa.Column("training_error", sa.Double),
        sa.Column("validation_error", sa.Double),
        sa.Column("error", sa.Double, nullable=False),
        sa.Column("low", sa.Double, nullable=False),
        sa.Column("high", sa.Double, nullable=False),
        sa.Column("lower_by", sa.Double),
        sa.Column("fall_low", sa.Double),
        sa.Column("fall_high", sa.Double),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
