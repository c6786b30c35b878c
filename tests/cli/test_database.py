import json

import pytest
from netclinic.cli import output
from netclinic.storage.schema import REVISION
from netclinic.storage.urls import without_password


def test_sql_in_three_formats(call, stored: str) -> None:
    query = "SELECT number, value, outcome FROM trial_summary WHERE number IN (1, 3) ORDER BY 1"
    table = call("sql", query, "--storage", stored)
    assert table.out.splitlines()[-2].split() == ["1", "0.05", "completed"]
    assert table.err == "2 rows\n"
    assert json.loads(call("sql", query, "--storage", stored, "-f", "json").out) == [
        {"number": 1, "value": 0.05, "outcome": "completed"},
        {"number": 3, "value": None, "outcome": "diverged"},
    ]
    text = call("sql", query, "--storage", stored, "-f", "csv").out
    assert text == "number,value,outcome\n1,0.05,completed\n3,,diverged\n"


def test_columns_of_one_name_are_all_there_in_json(call, stored: str) -> None:
    rows = json.loads(call("sql", "SELECT 1 AS a, 2 AS a", "--storage", stored, "-f", "json").out)
    assert rows == [{"a": 1, "a_2": 2}]


def test_no_rows(call, stored: str) -> None:
    called = call("sql", "SELECT number FROM trials WHERE number > 99", "--storage", stored)
    assert called.out.splitlines()[0] == "number"
    assert called.err == "0 rows\n"


@pytest.mark.parametrize(
    "query", ["DELETE FROM trials", "SELECT 1; SELECT 2", "SELECT nope", "PRAGMA user_version=3"]
)
def test_sql_only_reads(call, stored: str, query: str) -> None:
    called = call("sql", query, "--storage", stored)
    assert (called.code, called.out) == (1, "")
    assert called.err.startswith("error: ")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:secret@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:se:cr@et@host:5/db", "postgresql://me:***@host:5/db"),
        (
            "mysql+pymysql://me:x@h/d?password=secret&a=1",
            "mysql+pymysql://me:***@h/d?password=***&a=1",
        ),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("sqlite:///a:b@c.db", "sqlite:///a:b@c.db"),
        ("trials.db", "trials.db"),
    ],
)
def test_passwords_are_hidden(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_info(call, stored: str) -> None:
    facts = json.loads(call("info", "--storage", stored, "-f", "json").out)
    assert facts["devices"] == "2 × cpu"
    assert (facts["schema"], facts["studies"], facts["problem"]) == (REVISION, 1, None)
    assert facts["jax"]
    told = call("info", "--storage", stored)
    assert "\ndevices     2 × cpu\n" in told.out
    assert call("info", "--storage", stored, "-f", "csv").out.startswith("name,value\nnetclinic,")


def test_info_takes_a_line_for_each_fact_on_a_narrow_terminal(call, monkeypatch) -> None:
    """One long fact, such as that there is no database yet, doubled the lines of all."""
    monkeypatch.setattr(output, "room", lambda: 40)
    lines = call("info").out.splitlines()
    assert lines[0].startswith("netclinic   ")
    assert lines[-1].startswith("problem     netclinic.db: there is no such database.")
    assert len(lines) == 13


def test_info_without_a_database_says_so(call) -> None:
    called = call("info", "-f", "json")
    assert called.code == 0
    assert "there is no such database" in json.loads(called.out)["problem"]
