"""Our own tables, beside Optuna's: what the newest migration leaves behind.

Every column is explained in ``docs/database.md``. Times are naive UTC, as in Optuna's tables. A row
goes when its study or trial is deleted: by ON DELETE CASCADE, and on SQLite, where Optuna leaves
foreign keys off, by the triggers of ``views.py``.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem

metadata = MetaData()

# MariaDB's TEXT and BLOB end at 64 kB and its DATETIME at whole seconds.
_LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_Bytes = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
_Time = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def _table(name: str, *columns: SchemaItem) -> Table:
    return Table(name, metadata, *columns, mysql_engine="InnoDB", mysql_charset="utf8mb4")


# Foreign keys point at Optuna's tables; stubs let the metadata resolve them.
_studies = Table("studies", metadata, Column("study_id", Integer, primary_key=True))
_trials = Table("trials", metadata, Column("trial_id", Integer, primary_key=True))


def _study_key(*, primary: bool = False) -> Column[int]:
    target = ForeignKey("studies.study_id", ondelete="CASCADE")
    return Column(
        "study_id", Integer, target, primary_key=primary, autoincrement=False, nullable=False
    )


def _trial_key() -> Column[int]:
    target = ForeignKey("trials.trial_id", ondelete="CASCADE")
    return Column("trial_id", Integer, target, primary_key=True, autoincrement=False)


schema_history = _table(
    "schema_history",
    Column("revision", String(32), primary_key=True),
    Column("netclinic_version", String(64), nullable=False),
    Column("applied", _Time, nullable=False),
)

study_specs = _table(
    "study_specs",
    _study_key(primary=True),
    Column("spec_text", _LongText, nullable=False),
    Column("spec_json", _LongText, nullable=False),
    Column("wide_view", String(63), nullable=False),
    Column("created", _Time, nullable=False),
)

study_parameters = _table(
    "study_parameters",
    _study_key(primary=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", String(512), nullable=False),
    Column("distribution_json", _LongText, nullable=False),
)

study_provenance = _table(
    "study_provenance",
    Column("provenance_id", Integer, primary_key=True),
    _study_key(),
    Column("recorded", _Time, nullable=False),
    Column("netclinic_version", String(64), nullable=False),
    Column("python", String(64), nullable=False),
    Column("platform", String(255), nullable=False),
    Column("device", String(255), nullable=False),
    Column("git_revision", String(64)),
    Column("data_fingerprint", String(64), nullable=False),
    Column("training_rows", BigInteger, nullable=False),
    Column("validation_rows", BigInteger, nullable=False),
    Column("test_rows", BigInteger, nullable=False),
    Column("features", Integer, nullable=False),
    Column("classes", Integer, nullable=False),
    Column("training_target_variance", Double),
    Column("validation_target_variance", Double),
    Column("test_target_variance", Double),
    Column("bridge_rows", BigInteger),
    Column("bridge_target_variance", Double),
    Column("class_rows_json", _LongText),
    Column("versions_json", _LongText, nullable=False),
    Column("data_notes_json", _LongText, nullable=False),
    Column("tasks_json", _LongText),
    Index("ix_study_provenance_study_id", "study_id"),
)

trial_results = _table(
    "trial_results",
    _trial_key(),
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
    Column("wrong_json", _LongText),
    Column("parameters", BigInteger, nullable=False),
    Column("seconds", Double),
    Column("lanes", Integer, nullable=False),
    Column("strategy", String(16), nullable=False),
    Column("convolution", String(16)),
)

trial_epochs = _table(
    "trial_epochs",
    _trial_key(),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("training_loss", Double),
    Column("training_error", Double),
    Column("validation_loss", Double),
    Column("validation_error", Double),
    Column("gradient_norm", Double),
    Column("training_balanced_error", Double),
    Column("validation_balanced_error", Double),
)

trial_tasks = _table(
    "trial_tasks",
    _trial_key(),
    Column("split", String(16), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("task", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("error", Double),
    Column("relative_error", Double),
    Column("loss", Double),
    Column("deviation", Double),
)

trial_task_epochs = _table(
    "trial_task_epochs",
    _trial_key(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("task", String(255), nullable=False),
    Column("training_loss", Double),
    Column("training_error", Double),
    Column("validation_loss", Double),
    Column("validation_error", Double),
)

trial_validation_rows = _table(
    "trial_validation_rows",
    _trial_key(),
    Column("kind", String(16), nullable=False),
    Column("kept_rows", Integer, nullable=False),
    Column("validation_rows", BigInteger, nullable=False),
    Column("class_rows_json", _LongText),
    Column("errors", _Bytes, nullable=False),
)

trial_moments = _table(
    "trial_moments",
    _trial_key(),
    Column("moment", String(16), primary_key=True),
    Column("probe_rows", Integer, nullable=False),
    Column("loss", Double, nullable=False),
    Column("zero_loss", Double, nullable=False),
    Column("constant_loss", Double, nullable=False),
    Column("gradient_norm", Double, nullable=False),
)

trial_layers = _table(
    "trial_layers",
    _trial_key(),
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

trial_replicates = _table(
    "trial_replicates",
    _trial_key(),
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
    Column("answers_json", _LongText),
    Column("training_balanced_error", Double),
    Column("validation_balanced_error", Double),
    Column("test_balanced_error", Double),
)

decompositions = _table(
    "decompositions",
    Column("decomposition_id", Integer, primary_key=True),
    _study_key(),
    Column("created", _Time, nullable=False),
    Column("trial_number", Integer, nullable=False),
    Column("method", String(16), nullable=False),
    Column("replicates", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("loss", Double, nullable=False),
    Column("bias", Double, nullable=False),
    Column("variance", Double, nullable=False),
    Column("unbiased_variance", Double),
    Column("biased_variance", Double),
    Column("limits_json", _LongText, nullable=False),
    Index("ix_decompositions_study_id", "study_id"),
)

study_workers = _table(
    "study_workers",
    Column("worker_id", Integer, primary_key=True),
    _study_key(),
    Column("host", String(255), nullable=False),
    Column("machine", String(128)),
    Column("pid", Integer, nullable=False),
    Column("process_started", String(32)),
    Column("started", _Time, nullable=False),
    Column("ended", _Time),
    Column("total_seconds", Double),
    Column("import_seconds", Double),
    Column("load_seconds", Double),
    Column("compile_seconds", Double),
    Column("train_seconds", Double),
    Column("evaluate_seconds", Double),
    Column("store_seconds", Double),
    Column("diagnose_seconds", Double),
    Column("programs", Integer),
    Column("flops", Double),
    Index("ix_study_workers_study_id", "study_id"),
)

trial_workers = _table(
    "trial_workers",
    _trial_key(),
    Column("worker_id", Integer, ForeignKey("study_workers.worker_id", ondelete="SET NULL")),
    Index("ix_trial_workers_worker_id", "worker_id"),
)

bayes_estimates = _table(
    "bayes_estimates",
    Column("bayes_id", Integer, primary_key=True),
    _study_key(),
    Column("created", _Time, nullable=False),
    Column("value", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("n", BigInteger),
    Column("method", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("details_json", _LongText, nullable=False),
    Column("tasks_json", _LongText),
    Index("ix_bayes_estimates_study_id", "study_id"),
)

region_searches = _table(
    "region_searches",
    Column("search_id", Integer, primary_key=True),
    _study_key(),
    Column("created", _Time, nullable=False),
    Column("trial_number", Integer, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("tolerance", Double, nullable=False),
    Column("looked_at_json", _LongText, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("choosing_rows", BigInteger, nullable=False),
    Column("judging_rows", BigInteger, nullable=False),
    Column("skipped", Text),
    Index("ix_region_searches_study_id", "study_id"),
)

regions = _table(
    "regions",
    Column(
        "search_id",
        Integer,
        ForeignKey("region_searches.search_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("family", String(16), nullable=False),
    Column("name", _LongText, nullable=False),
    Column("training_rows", BigInteger, nullable=False),
    Column("training_wrong", BigInteger, nullable=False),
    Column("held_out_rows", BigInteger, nullable=False),
    Column("held_out_wrong", BigInteger, nullable=False),
    Column("floor", Double, nullable=False),
    Column("floor_low", Double, nullable=False),
    Column("floor_high", Double, nullable=False),
    Column("bias", Double, nullable=False),
    Column("bias_low", Double, nullable=False),
    Column("bias_high", Double, nullable=False),
    Column("variance", Double, nullable=False),
    Column("variance_low", Double, nullable=False),
    Column("variance_high", Double, nullable=False),
    Column("bias_p", Double),
    Column("variance_p", Double),
    Column("floor_p", Double),
    Column("verdict", String(255), nullable=False),
    Column("reported", String(255), nullable=False),
    Column("same_as", _LongText),
)

data_checks = _table(
    "data_checks",
    Column("check_id", Integer, primary_key=True),
    _study_key(),
    Column("created", _Time, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("split", String(16)),
    Column("n", BigInteger, nullable=False),
    Column("value", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("p_value", Double),
    Column("method", Text, nullable=False),
    Column("details_json", _LongText, nullable=False),
    Index("ix_data_checks_study_id", "study_id"),
)

diagnoses = _table(
    "diagnoses",
    Column("diagnosis_id", Integer, primary_key=True),
    _study_key(),
    Column("created", _Time, nullable=False),
    Column("trial_number", Integer),
    Column("verdict", String(255), nullable=False),
    Column("document_json", _LongText, nullable=False),
    Index("ix_diagnoses_study_id", "study_id"),
)


def _diagnosis_key() -> Column[int]:
    target = ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE")
    return Column("diagnosis_id", Integer, target, primary_key=True, autoincrement=False)


findings = _table(
    "findings",
    _diagnosis_key(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(64), nullable=False),
    Column("severity", String(32), nullable=False),
    Column("text", _LongText, nullable=False),
    Column("evidence_json", _LongText, nullable=False),
)

# "rank" and "change" are reserved words of MySQL, so the columns are called otherwise.
remedies = _table(
    "remedies",
    _diagnosis_key(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("priority", Integer, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("addresses", String(64), nullable=False),
    Column("reason", _LongText, nullable=False),
    Column("spec_change", Text),
    Column("against", Boolean),
    Column("gain_of", String(16)),
    Column("gain", Double),
    Column("gain_low", Double),
    Column("gain_high", Double),
    Column("gain_confidence", Double),
    Column("gain_method", _LongText),
    Column("cost_trials", Integer),
    Column("cost_epochs", Integer),
    Column("cost_seconds", Double),
    Column("evidence_json", _LongText),
)

OUR_TABLES = tuple(t for t in metadata.sorted_tables if t not in (_studies, _trials))
