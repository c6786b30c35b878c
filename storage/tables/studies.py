"""Tables of studies: specs, parameters, provenance and the processes that trained them."""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String

from .metadata import LongText, Time, study_key, table

schema_history = table(
    "schema_history",
    Column("revision", String(32), primary_key=True),
    Column("netclinic_version", String(64), nullable=False),
    Column("applied", Time, nullable=False),
)

study_specs = table(
    "study_specs",
    study_key(primary=True),
    Column("spec_text", LongText, nullable=False),
    Column("spec_json", LongText, nullable=False),
    Column("wide_view", String(63), nullable=False),
    Column("created", Time, nullable=False),
)

study_parameters = table(
    "study_parameters",
    study_key(primary=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", String(512), nullable=False),
    Column("distribution_json", LongText, nullable=False),
)

study_provenance = table(
    "study_provenance",
    Column("provenance_id", Integer, primary_key=True),
    study_key(),
    Column("recorded", Time, nullable=False),
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
    Column("class_rows_json", LongText),
    Column("versions_json", LongText, nullable=False),
    Column("data_notes_json", LongText, nullable=False),
    Column("tasks_json", LongText),
    Column("validation_groups_json", LongText),
    Column("dealt", String(16)),
    Column("row_shape_json", String(64)),
    Index("ix_study_provenance_study_id", "study_id"),
)

study_workers = table(
    "study_workers",
    Column("worker_id", Integer, primary_key=True),
    study_key(),
    Column("host", String(255), nullable=False),
    Column("machine", String(128)),
    Column("pid", Integer, nullable=False),
    Column("process_started", String(32)),
    Column("started", Time, nullable=False),
    Column("ended", Time),
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
    Column("heartbeat", Time),
    Index("ix_study_workers_study_id", "study_id"),
)
