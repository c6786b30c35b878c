"""Tables of trials: results, curves, tasks, labels, rows, layers, replicates, and holders."""

from sqlalchemy import BigInteger, Column, Double, ForeignKey, Index, Integer, String, Text

from .metadata import Bytes, LongText, table, trial_key

trial_results = table(
    "trial_results",
    trial_key(),
    Column("outcome", String(16), nullable=False),
    Column("learning_rate", Double),
    Column("weight_decay", Double),
    Column("momentum", Double),
    Column("epochs", Integer, nullable=False),
    Column("best_epoch", Integer),
    Column("diverged_epoch", Integer),
    Column("training_loss", Double),
    Column("training_error", Double),
    Column("validation_loss", Double),
    Column("validation_error", Double),
    Column("test_loss", Double),
    Column("test_error", Double),
    Column("training_deviation", Double),
    Column("validation_deviation", Double),
    Column("test_deviation", Double),
    Column("bridge_loss", Double),
    Column("bridge_error", Double),
    Column("bridge_deviation", Double),
    Column("training_balanced_error", Double),
    Column("validation_balanced_error", Double),
    Column("test_balanced_error", Double),
    Column("bridge_balanced_error", Double),
    Column("wrong_json", LongText),
    Column("parameters", BigInteger, nullable=False),
    Column("seconds", Double),
    Column("lanes", Integer, nullable=False),
    Column("strategy", String(16), nullable=False),
    Column("convolution", String(16)),
)

trial_epochs = table(
    "trial_epochs",
    trial_key(),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("training_loss", Double),
    Column("training_error", Double),
    Column("validation_loss", Double),
    Column("validation_error", Double),
    Column("gradient_norm", Double),
    Column("training_balanced_error", Double),
    Column("validation_balanced_error", Double),
)

trial_tasks = table(
    "trial_tasks",
    trial_key(),
    Column("split", String(16), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("task", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("error", Double),
    Column("relative_error", Double),
    Column("loss", Double),
    Column("deviation", Double),
)

trial_labels = table(
    "trial_labels",
    trial_key(),
    Column("split", String(16), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("label", LongText, nullable=False),
    Column("rows_with", BigInteger, nullable=False),
    Column("missed", BigInteger, nullable=False),
    Column("rows_without", BigInteger, nullable=False),
    Column("claimed", BigInteger, nullable=False),
    Column("threshold", Double),
    Column("missed_from", BigInteger),
    Column("claimed_from", BigInteger),
)

trial_task_epochs = table(
    "trial_task_epochs",
    trial_key(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("task", String(255), nullable=False),
    Column("training_loss", Double),
    Column("training_error", Double),
    Column("validation_loss", Double),
    Column("validation_error", Double),
)

trial_validation_rows = table(
    "trial_validation_rows",
    trial_key(),
    Column("kind", String(16), nullable=False),
    Column("kept_rows", Integer, nullable=False),
    Column("validation_rows", BigInteger, nullable=False),
    Column("class_rows_json", LongText),
    Column("errors", Bytes, nullable=False),
)

trial_moments = table(
    "trial_moments",
    trial_key(),
    Column("moment", String(16), primary_key=True),
    Column("probe_rows", Integer, nullable=False),
    Column("loss", Double, nullable=False),
    Column("zero_loss", Double, nullable=False),
    Column("constant_loss", Double, nullable=False),
    Column("gradient_norm", Double, nullable=False),
)

trial_layers = table(
    "trial_layers",
    trial_key(),
    Column("moment", String(16), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("layer", String(255), nullable=False),
    Column("units", Integer),
    Column("mean", Double),
    Column("variance", Double),
    Column("typical_variance", Double),
    Column("largest_variance", Double),
    Column("spread", Double),
    Column("dead", Double),
    Column("saturated", Double),
    Column("gradient_norm", Double),
    Column("weight_norm", Double),
    Column("update_ratio", Double),
    Column("moved", Double),
)

trial_curvatures = table(
    "trial_curvatures",
    trial_key(),
    Column("probe_rows", Integer, nullable=False),
    Column("gradient_norm", Double),
    Column("lowest", Double),
    Column("highest", Double),
    Column("skipped", Text),
)

trial_replicates = table(
    "trial_replicates",
    trial_key(),
    Column("kind", String(16), primary_key=True),
    Column("replicate", Integer, primary_key=True, autoincrement=False),
    Column("outcome", String(16), nullable=False),
    Column("epochs", Integer, nullable=False),
    Column("training_loss", Double),
    Column("training_error", Double),
    Column("validation_loss", Double),
    Column("validation_error", Double),
    Column("test_loss", Double),
    Column("test_error", Double),
    Column("seconds", Double),
    Column("lanes", Integer, nullable=False),
    Column("strategy", String(16), nullable=False),
    Column("convolution", String(16)),
    Column("answers_json", LongText),
    Column("training_balanced_error", Double),
    Column("validation_balanced_error", Double),
    Column("test_balanced_error", Double),
)

trial_test_rows = table(
    "trial_test_rows",
    trial_key(),
    Column("replicate", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("test_rows", BigInteger, nullable=False),
    Column("errors", Bytes, nullable=False),
)

trial_workers = table(
    "trial_workers",
    trial_key(),
    Column("worker_id", Integer, ForeignKey("study_workers.worker_id", ondelete="SET NULL")),
    Index("ix_trial_workers_worker_id", "worker_id"),
)
