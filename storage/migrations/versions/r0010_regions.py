"""Searches for regions of the data, and the regions that they looked at."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0010"
down_revision = "0009"

_LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
_TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
_COUNTS = ("training_rows", "training_wrong", "held_out_rows", "held_out_wrong")
_TABLE: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}


def upgrade() -> None:
    # MariaDB cannot roll tables back: an upgrade that was interrupted must be able to go on.
    there = sa.inspect(op.get_bind()).get_table_names()
    if "region_searches" not in there:
        op.create_table(
            "region_searches",
            sa.Column("search_id", sa.Integer, primary_key=True),
            sa.Column(
                "study_id",
                sa.Integer,
                sa.ForeignKey("studies.study_id", ondelete="CASCADE"),
                autoincrement=False,
                nullable=False,
            ),
            sa.Column("created", _TIME, nullable=False),
            sa.Column("trial_number", sa.Integer, nullable=False),
            sa.Column("confidence", sa.Double, nullable=False),
            sa.Column("tolerance", sa.Double, nullable=False),
            sa.Column("looked_at_json", _LONG_TEXT, nullable=False),
            sa.Column("judged", sa.Integer, nullable=False),
            sa.Column("choosing_rows", sa.BigInteger, nullable=False),
            sa.Column("judging_rows", sa.BigInteger, nullable=False),
            sa.Column("skipped", sa.Text),
            sa.Index("ix_region_searches_study_id", "study_id"),
            **_TABLE,
        )
    if "regions" not in there:
        op.create_table(
            "regions",
            sa.Column(
                "search_id",
                sa.Integer,
                sa.ForeignKey("region_searches.search_id", ondelete="CASCADE"),
                primary_key=True,
                autoincrement=False,
            ),
            sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("family", sa.String(16), nullable=False),
            sa.Column("name", _LONG_TEXT, nullable=False),
            *(sa.Column(name, sa.BigInteger, nullable=False) for name in _COUNTS),
            *(
                sa.Column(f"{gap}{limit}", sa.Double, nullable=False)
                for gap in ("floor", "bias", "variance")
                for limit in ("", "_low", "_high")
            ),
            *(sa.Column(f"{gap}_p", sa.Double) for gap in ("bias", "variance", "floor")),
            sa.Column("verdict", sa.String(255), nullable=False),
            sa.Column("reported", sa.String(255), nullable=False),
            sa.Column("same_as", _LONG_TEXT),
            **_TABLE,
        )
