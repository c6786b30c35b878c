"""Tables of learning curves: trainings on subsets of the rows, and what was forecast of more."""

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, String

from .metadata import Bytes, Time, study_key, table, trial_key

trial_subsets = table(
    "trial_subsets",
    trial_key(),
    Column("train_rows", BigInteger, primary_key=True, autoincrement=False),
    Column("replicate", Integer, primary_key=True, autoincrement=False),
    Column("outcome", String(16), nullable=False),
    Column("epochs", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("training_error", Double),
    Column("validation_error", Double),
    Column("test_error", Double),
    Column("kind", String(16)),
    Column("test_rows", BigInteger),
    Column("errors", Bytes),
)

learning_curves = table(
    "learning_curves",
    Column("curve_id", Integer, primary_key=True),
    study_key(),
    Column("created", Time, nullable=False),
    Column("trial", Integer, nullable=False),
    Column("measure", String(16), nullable=False),
    Column("test_rows", BigInteger, nullable=False),
    Column("test_groups", BigInteger),
    Column("repeats", Integer, nullable=False),
    Column("floor", Double, nullable=False),
    Column("families", String(255), nullable=False),
    Column("asymptote", Double),
    Column("asymptote_low", Double),
    Column("asymptote_high", Double),
    Column("backtest_train_rows", BigInteger),
    Column("backtest_error", Double),
    Column("backtest_low", Double),
    Column("backtest_high", Double),
    Column("backtest_measured", Double),
    Column("refused", String(16)),
    Column("target_error", Double),
    Column("target_reached", Double),
    Column("target_low", BigInteger),
    Column("target_rows", BigInteger),
    Column("target_high", BigInteger),
    Index("ix_learning_curves_study_id", "study_id"),
)

# What was measured and what is forecast stand in one table, so that one query plots both.
learning_curve_points = table(
    "learning_curve_points",
    Column(
        "curve_id",
        Integer,
        ForeignKey("learning_curves.curve_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("train_rows", BigInteger, primary_key=True, autoincrement=False),
    Column("forecast", Boolean, nullable=False),
    Column("trainings", Integer),
    Column("diverged", Integer),
    Column("training_error", Double),
    Column("validation_error", Double),
    Column("error", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("lower_by", Double),
    Column("fall_low", Double),
    Column("fall_high", Double),
)
