"""Databases of other programs, whose tables have names of Optuna's."""

import sqlite3
from pathlib import Path

import pytest
from netclinic.search.optuna_database import prepare_database
from netclinic.storage import StorageError, TrialStore, upgrade_schema


def made(file: Path, *statements: str) -> str:
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return str(file)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE TABLE trials (a INTEGER)", "'trials' is another program's (it has no column 'tri"),
        ("CREATE TABLE studies (a INTEGER)", "'studies' is another program's (it has no column"),
        ("CREATE TABLE alembic_version (version_num TEXT)", "there is no table 'version_info'"),
    ],
)
def test_tables_of_other_programs_are_left_as_they_are(tmp_path, statement: str, said: str) -> None:
    url = made(tmp_path / "other.db", statement, "CREATE TABLE users (a INTEGER)")
    before = Path(url).read_bytes()
    with pytest.raises(StorageError) as caught:
        prepare_database(url)
    assert said in str(caught.value)
    assert Path(url).read_bytes() == before


def test_a_table_of_studies_is_not_taken_for_optunas(tmp_path) -> None:
    url = made(tmp_path / "other.db", "CREATE TABLE studies (a INTEGER)")
    with pytest.raises(StorageError, match="'studies' is another program's"), TrialStore(url) as it:
        it.studies()
    with pytest.raises(StorageError, match="'studies' is another program's"):
        upgrade_schema(url)


def test_tables_under_other_names_stay_beside(tmp_path) -> None:
    url = made(tmp_path / "other.db", "CREATE TABLE users (a INTEGER)")
    prepare_database(url)
    prepare_database(url)
    with sqlite3.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)
    connection.close()
