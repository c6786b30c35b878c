"""SQL of the user's own: everything may be read, nothing may be changed."""

import os
import re
import signal
import threading
from pathlib import Path

import pytest
from netclinic.storage import QueryLimits, QueryRefused, StorageError, TrialStore

from .conftest import launch, result

PAGE = (Path(__file__).parents[2] / "docs" / "database.md").read_text(encoding="utf-8")


@pytest.fixture
def filled(store):
    _, _, launched = launch(store, 2)
    store.finish([result(launched[0].trial_id, 0.4)])
    return store


READS = [
    ("SELECT number FROM trials ORDER BY number", ["number"], [(0,), (1,)]),
    ("  select 1 AS one ;  \n", ["one"], [(1,)]),
    ("-- a comment; with a semicolon\nSELECT ';' AS x -- and more", ["x"], [(";",)]),
    ("/* DELETE; */ SELECT '100%' AS x", ["x"], [("100%",)]),
    ("SELECT 'a''; b' AS x", ["x"], [("a'; b",)]),
    ("WITH a AS (SELECT 2 AS n) SELECT n FROM a", ["n"], [(2,)]),
    ("(SELECT 3 AS n)", ["n"], [(3,)]),
    ("SELECT count(*) AS n FROM trials WHERE state LIKE 'C%' OR 1 = 1", ["n"], [(2,)]),
    ("SELECT number FROM trials WHERE number > 5", ["number"], []),
]


@pytest.mark.parametrize(("sql", "columns", "rows"), READS)
def test_queries_give_names_and_rows(filled, url, sql, columns, rows):
    if url.startswith("sqlite") and sql.startswith("("):
        sql = sql.strip("()")
    if url.startswith("postgresql"):
        sql = sql.replace("state LIKE", "CAST(state AS TEXT) LIKE")
    assert filled.query(sql) == (columns, rows)


WRITES = [
    "DELETE FROM trials",
    "UPDATE trials SET number = 7",
    "INSERT INTO study_directions (direction, study_id, objective) VALUES ('MINIMIZE', 1, 7)",
    "DROP TABLE trials",
    "CREATE TABLE mine (x INTEGER)",
    "WITH a AS (SELECT 1) DELETE FROM trials",
    "WITH a AS (DELETE FROM trials RETURNING trial_id) SELECT * FROM a",
    "SELECT 1; DELETE FROM trials",
    "SELECT 1; COMMIT; DELETE FROM trials",
    "COMMIT",
    "SET SESSION TRANSACTION READ WRITE",
    "EXPLAIN ANALYZE DELETE FROM trials",
    "SELECT * INTO mine FROM trials",
    "PRAGMA query_only = OFF",
    "PRAGMA user_version = 5",
    "PRAGMA journal_mode = WAL",
    "ATTACH 'other.db' AS other",
    "VACUUM INTO 'other.db'",
    "SELECT 1 INTO OUTFILE '/tmp/netclinic-out.txt'",
    "SELECT 1 /*! INTO OUTFILE '/tmp/netclinic-out.txt' */",
    "SELECT 1 /*M! INTO OUTFILE '/tmp/netclinic-out.txt' */",
    "SELECT 1--1 INTO OUTFILE '/tmp/netclinic-out.txt'",
    'SELECT "\\"" INTO OUTFILE \'/tmp/netclinic-out.txt\' LINES TERMINATED BY "x"',
    "SELECT 1 AS a$$ INTO DUMPFILE '/tmp/netclinic-out.txt' -- '$$'",
    "SELECT load_extension('x')",
    "SELECT $a$ ; $a$; DELETE FROM trials",
    "SELECT E'\\''; DELETE FROM trials; --'",
    "LOCK TABLES trials WRITE",
]
# Written so that one of the databases takes it for a comment or another harmless thing.
HARMLESS_ON = {
    "SELECT 1--1 INTO OUTFILE '/tmp/netclinic-out.txt'": ("sqlite", "postgresql"),
    "SELECT 1 /*! INTO OUTFILE '/tmp/netclinic-out.txt' */": ("sqlite", "postgresql"),
    "SELECT 1 /*M! INTO OUTFILE '/tmp/netclinic-out.txt' */": ("sqlite", "postgresql"),
}


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_is_changed(filled, url, sql):
    tables = "SELECT count(*), max(number), min(number) FROM trials"
    before = filled.query(tables)
    if url.startswith(HARMLESS_ON.get(sql, ("-",))):
        filled.query(sql)
    else:
        with pytest.raises(StorageError):
            filled.query(sql)
    assert filled.query(tables) == before
    with pytest.raises(StorageError):
        filled.query("SELECT * FROM mine")
    # The connection that was used goes back to the pool as it was.
    filled.heartbeat(1)
    filled.release([])


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("", "The query is empty"),
        (" ; -- nothing", "The query is empty"),
        ("SELECT 1; SELECT 2", "Several statements in one query: give one SELECT at a time."),
        ("DROP TABLE trials", "Queries may only read: got 'DROP', allowed are SELECT, WITH"),
        ("SELECT * FROM trails", "trails"),
        ("SELECT nothing FROM trials", "nothing"),
        ("SELECT FROM WHERE", "The database refused the query: "),
    ],
)
def test_a_refusal_says_why(filled, sql, said):
    with pytest.raises(StorageError) as caught:
        filled.query(sql)
    assert said in str(caught.value)


@pytest.mark.parametrize("sql", [".tables", "\\dt", "SELECT * FROM trails", "SHOW nothing"])
def test_a_refusal_says_how_to_list_what_there_is(filled, sql):
    with pytest.raises(StorageError) as caught:
        filled.query(sql)
    offered = re.search(
        r'List tables and views with "(.*)", the columns of one with "(.*)"\.$', str(caught.value)
    )
    assert offered
    tables, columns = (
        [str(cell) for row in filled.query(it)[1] for cell in row] for it in offered.groups()
    )
    assert {"trials", "trial_results", "trial_summary", "study_digits"} <= set(tables)
    assert {"number", "validation_error"} <= set(columns)
    assert all(f"`{it}`" in PAGE for it in offered.groups())


def test_a_refusal_for_another_reason_lists_nothing(filled):
    with pytest.raises(StorageError) as caught:
        filled.query("SELECT count(*) AS n FROM trials WHERE count(*) > 1")
    assert str(caught.value).startswith("The database refused the query: ")
    assert "List tables" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM pragma_table_info('trial_results')",
        "SELECT p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p",
        "SELECT value AS name FROM json_each('[\"validation_error\"]')",
    ],
)
def test_functions_that_give_tables_may_be_asked(sqlite_url, sql):
    with TrialStore(sqlite_url) as store:
        assert ("validation_error",) in store.query(sql)[1]


@pytest.mark.parametrize(
    "sql",
    [
        "PRAGMA optimize",
        "SELECT * FROM pragma_optimize",
        "PRAGMA writable_schema = ON",
        "WITH a AS (SELECT 1) UPDATE sqlite_master SET name = 'x'",
        "WITH a AS (SELECT 1) DELETE FROM sqlite_master",
    ],
)
def test_no_function_and_no_master_table_changes_a_file(sqlite_url, sql):
    with TrialStore(sqlite_url) as store:
        schema = "SELECT name, sql FROM sqlite_master ORDER BY name"
        before = store.query(schema)
        with pytest.raises(StorageError, match=r"Queries may only read|may not be modified"):
            store.query(sql)
        assert store.query(schema) == before


def test_the_schema_may_be_looked_at(sqlite_url):
    with TrialStore(sqlite_url) as store:
        columns, rows = store.query("PRAGMA table_info(trial_results)")
    assert columns[1] == "name"
    assert "validation_error" in {row[1] for row in rows}


ENDLESS = {
    "sqlite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
    "SELECT sum(n) FROM c",
    "postgresql": "SELECT pg_sleep(1000000)",
    "mysql": "SELECT sleep(1000000)",
    "mariadb": "SELECT sleep(1000000)",
}


def test_ctrl_c_ends_a_query_and_the_next_one_runs(filled, url):
    endless = ENDLESS[re.split(r"\W", url)[0]]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    later = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    try:
        later.start()
        with pytest.raises(KeyboardInterrupt):
            filled.query(endless)
    finally:
        later.join()
        signal.signal(signal.SIGINT, before)
    assert filled.query("SELECT 1 AS one") == (["one"], [(1,)])


def test_a_query_may_be_ended_and_the_next_one_runs(filled, url):
    endless = ENDLESS[re.split(r"\W", url)[0]]
    with pytest.raises(QueryRefused, match=r"took longer than the 0\.2 s"):
        filled.query(endless, QueryLimits(seconds=0.2))
    assert filled.query("SELECT 1 AS one", QueryLimits(seconds=5.0)) == (["one"], [(1,)])
    if url.startswith(("mysql", "mariadb")):
        _, rows = filled.query("SELECT @@max_statement_time AS seconds")
        assert rows == [(0,)], "later queries on the connection may take as long as before"


def test_a_query_gives_no_more_rows_than_asked_for(filled):
    sql = "SELECT number FROM trials ORDER BY number"
    assert filled.query(sql, QueryLimits(rows=1)) == (["number"], [(0,)])
    assert filled.query(sql, QueryLimits(rows=7)) == (["number"], [(0,), (1,)])
    filled.heartbeat(1)  # nothing keeps the database from being written


def test_a_query_gives_no_larger_a_result_than_asked_for(filled, url):
    names = "SELECT '0123456789' AS digits FROM trials"  # of which there are two
    assert filled.query(names, QueryLimits(size=20)) == (["digits"], [("0123456789",)] * 2)
    with pytest.raises(QueryRefused, match=r"more than 19 bytes, .* `netclinic sql`"):
        filled.query(names, QueryLimits(size=19))
    if url.startswith("sqlite"):
        with pytest.raises(QueryRefused, match="too big"):
            filled.query("SELECT zeroblob(101)", QueryLimits(size=100))
        assert filled.query("SELECT length(zeroblob(101)) AS n") == (["n"], [(101,)])
