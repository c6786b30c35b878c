"""What our tables are made with: an engine, types that no database cuts short, their keys."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem

metadata = MetaData()

# MariaDB's TEXT and BLOB end at 64 kB and its DATETIME at whole seconds.
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
Bytes = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
Time = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

# Foreign keys point at Optuna's tables; stubs let the metadata resolve them.
STUBS = (
    Table("studies", metadata, Column("study_id", Integer, primary_key=True)),
    Table("trials", metadata, Column("trial_id", Integer, primary_key=True)),
)


def table(name: str, *columns: SchemaItem) -> Table:
    """A table of ours; on MySQL with transactions, foreign keys and every character."""
    return Table(name, metadata, *columns, mysql_engine="InnoDB", mysql_charset="utf8mb4")


def study_key(*, primary: bool = False) -> Column[int]:
    """The study that a row is about, with which it goes."""
    target = ForeignKey("studies.study_id", ondelete="CASCADE")
    return Column(
        "study_id", Integer, target, primary_key=primary, autoincrement=False, nullable=False
    )


def trial_key() -> Column[int]:
    """The trial that a row is about, with which it goes; part of the row's own key."""
    target = ForeignKey("trials.trial_id", ondelete="CASCADE")
    return Column("trial_id", Integer, target, primary_key=True, autoincrement=False)
