"""The first schema: specs, provenance, results, epochs, Bayes estimates, diagnoses, workers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def _create(name: str, *columns: SchemaItem) -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    if name not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(name, *columns, mysql_engine="InnoDB", mysql_charset="utf8mb4")


def _index(table: str, column: str) -> None:
    name = f"ix_{table}_{column}"
    if name not in {i["name"] for i in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, [column])


def upgrade() -> None:
    _create(
        "schema_history",
        sa.Column("revision", sa.String(32), primary_key=True),
        sa.Column("netclinic_version", sa.String(64), nullable=False),
        sa.Column("applied", _TIME, nullable=False),
    )
    _create(
        "bayes_estimates",
        sa.Column("bayes_id", sa.Integer, primary_key=True),
        sa.Column(
            "study_id",
            sa.Integer,
            sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("low", sa.Double, nullable=False),
        sa.Column("high", sa.Double, nullable=False),
        sa.Column("n", sa.BigInteger),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("details_json", _LONG_TEXT, nullable=False),
    )
    _index("bayes_estimates", "study_id")
    _create(
        "diagnoses",
        sa.Column("diagnosis_id", sa.Integer, primary_key=True),
        sa.Column(
            "study_id",
            sa.Integer,
            sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("trial_number", sa.Integer),
        sa.Column("verdict", sa.String(255), nullable=False),
        sa.Column("document_json", _LONG_TEXT, nullable=False),
    )
    _index("diagnoses", "study_id")
    _create(
        "study_parameters",
        sa.Column(
            "study_id",
            sa.Integer,
            sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("distribution_json", _LONG_TEXT, nullable=False),
    )
    _create(
        "study_provenance",
        sa.Column("provenance_id", sa.Integer, primary_key=True),
        sa.Column(
            "study_id",
            sa.Integer,
            sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("recorded", _TIME, nullable=False),
        sa.Column("netclinic_version", sa.String(64), nullable=False),
        sa.Column("python", sa.String(64), nullable=False),
        sa.Column("platform", sa.String(255), nullable=False),
        sa.Column("device", sa.String(255), nullable=False),
        sa.Column("git_revision", sa.String(64)),
        sa.Column("data_fingerprint", sa.String(64), nullable=False),
        sa.Column("training_rows", sa.BigInteger, nullable=False),
        sa.Column("validation_rows", sa.BigInteger, nullable=False),
        sa.Column("test_rows", sa.BigInteger, nullable=False),
        sa.Column("features", sa.Integer, nullable=False),
        sa.Column("classes", sa.Integer, nullable=False),
        sa.Column("versions_json", _LONG_TEXT, nullable=False),
        sa.Column("data_notes_json", _LONG_TEXT, nullable=False),
    )
    _index("study_provenance", "study_id")
    _create(
        "study_specs",
        sa.Column(
            "study_id",
            sa.Integer,
            sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("spec_text", _LONG_TEXT, nullable=False),
        sa.Column("spec_json", _LONG_TEXT, nullable=False),
        sa.Column("wide_view", sa.String(63), nullable=False),
        sa.Column("created", _TIME, nullable=False),
    )
    _create(
        "study_workers",
        sa.Column("worker_id", sa.Integer, primary_key=True),
        sa.Column(
            "study_id",
            sa.Integer,
            sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("machine", sa.String(128)),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("process_started", sa.String(32)),
        sa.Column("started", _TIME, nullable=False),
        sa.Column("ended", _TIME),
    )
    _index("study_workers", "study_id")
    _create(
        "trial_epochs",
        sa.Column(
            "trial_id",
            sa.Integer,
            sa.ForeignKey("trials.trial_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("training_loss", sa.Double),
        sa.Column("training_error", sa.Double),
        sa.Column("validation_loss", sa.Double),
        sa.Column("validation_error", sa.Double),
        sa.Column("gradient_norm", sa.Double),
    )
    _create(
        "trial_results",
        sa.Column(
            "trial_id",
            sa.Integer,
            sa.ForeignKey("trials.trial_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("learning_rate", sa.Double),
        sa.Column("weight_decay", sa.Double),
        sa.Column("momentum", sa.Double),
        sa.Column("epochs", sa.Integer, nullable=False),
        sa.Column("best_epoch", sa.Integer),
        sa.Column("diverged_epoch", sa.Integer),
        sa.Column("training_loss", sa.Double),
        sa.Column("training_error", sa.Double),
        sa.Column("validation_loss", sa.Double),
        sa.Column("validation_error", sa.Double),
        sa.Column("test_loss", sa.Double),
        sa.Column("test_error", sa.Double),
        sa.Column("parameters", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Double),
        sa.Column("lanes", sa.Integer, nullable=False),
        sa.Column("strategy", sa.String(16), nullable=False),
    )
    _create(
        "findings",
        sa.Column(
            "diagnosis_id",
            sa.Integer,
            sa.ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("text", _LONG_TEXT, nullable=False),
        sa.Column("evidence_json", _LONG_TEXT, nullable=False),
    )
    _create(
        "remedies",
        sa.Column(
            "diagnosis_id",
            sa.Integer,
            sa.ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("addresses", sa.String(64), nullable=False),
        sa.Column("reason", _LONG_TEXT, nullable=False),
        sa.Column("spec_change", sa.Text),
    )
    _create(
        "trial_workers",
        sa.Column(
            "trial_id",
            sa.Integer,
            sa.ForeignKey("trials.trial_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column(
            "worker_id", sa.Integer, sa.ForeignKey("study_workers.worker_id", ondelete="SET NULL")
        ),
    )
    _index("trial_workers", "worker_id")
