"""How a database comes by its tables: made, copied from an empty one, or found there."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
import sqlalchemy as sa
from netclinic.models.folder_lock import writing
from netclinic.search import optuna_database
from netclinic.search.empty_databases import databases_folder
from netclinic.search.optuna_database import kept_database, prepare_database
from netclinic.storage import StorageError, TrialStore
from netclinic.storage.schema import REVISION

from tests.storage.conftest import ServerDatabase

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the variable is that of XDG")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The databases whose tables were asked of Optuna."""
    asked: list[str] = []
    make = optuna_database._make_optunas_tables
    monkeypatch.setattr(
        optuna_database, "_make_optunas_tables", lambda url: (asked.append(url), make(url))
    )
    return asked


def dump(file: Path) -> list[str]:
    """All of a database but the moment at which it was made."""
    with sqlite3.connect(file) as connection:
        lines = list(connection.iterdump())
    return [line for line in lines if not line.startswith('INSERT INTO "schema_history"')]


def applied(file: Path) -> tuple[str, ...]:
    with sqlite3.connect(file) as connection:
        return connection.execute("SELECT revision, applied FROM schema_history").fetchone()


def test_a_second_file_is_a_copy_with_its_own_moment(tmp_path, made) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    prepare_database(str(first))
    assert kept_database().exists()
    prepare_database(str(second))
    assert made == [str(first)]
    assert sorted(dump(second)) == sorted(dump(first))
    assert applied(first)[0] == applied(second)[0] == REVISION
    assert applied(first)[1] < applied(second)[1]
    assert stat.S_IMODE(second.stat().st_mode) == stat.S_IMODE(first.stat().st_mode)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    optuna.create_study(study_name="theirs", storage=f"sqlite:///{second}").ask()
    with TrialStore(str(second)) as store:
        assert store.query("SELECT count(*) FROM trials")[1] == [(1,)]


def test_optuna_is_not_asked_about_what_it_made(tmp_path, made) -> None:
    file = tmp_path / "trials.db"
    prepare_database(str(file))
    prepare_database(str(file))
    assert made == [str(file)]


def test_a_database_of_another_optuna_is_for_optuna_to_judge(tmp_path, made) -> None:
    file = tmp_path / "trials.db"
    prepare_database(str(file))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE version_info SET library_version = '4.0.0'")
    prepare_database(str(file))
    assert made == [str(file)] * 2
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v9.9.9.a'")
    # Optuna takes no file without sqlite:/// in front, which was told to be typed.
    upgrade = rf"cannot use the Optuna tables .* upgrade --storage sqlite:///{file}`"
    with pytest.raises(StorageError, match=upgrade):
        prepare_database(str(file))


@pytest.mark.parametrize("change", ["DELETE FROM alembic_version", "DROP TABLE alembic_version"])
def test_tables_whose_making_was_cut_short_are_made_to_their_end(tmp_path, made, change) -> None:
    file = tmp_path / "trials.db"
    prepare_database(str(file))
    expected = dump(file)
    with sqlite3.connect(file) as connection:
        connection.execute(change)
    prepare_database(str(file))
    assert made == [str(file)] * 2
    assert sorted(dump(file)) == sorted(expected)


def test_a_file_that_is_there_is_not_copied_over(tmp_path) -> None:
    prepare_database(str(tmp_path / "first.db"))
    mine = tmp_path / "mine.db"
    with sqlite3.connect(mine) as connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.execute("INSERT INTO notes VALUES ('kept')")
    prepare_database(str(mine))
    with sqlite3.connect(mine) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [("kept",)]
        assert connection.execute("SELECT count(*) FROM study_specs").fetchall() == [(0,)]
    prepare_database(str(tmp_path / "second.db"))
    assert "CREATE TABLE notes" not in "".join(dump(tmp_path / "second.db")), (
        "nor is it what is copied"
    )


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00 cut short", b"no database"])
def test_a_kept_file_that_is_damaged_is_left_aside(tmp_path, made, content: bytes) -> None:
    prepare_database(str(tmp_path / "first.db"))
    kept_database().write_bytes(content)
    prepare_database(str(tmp_path / "second.db"))
    assert made == [str(tmp_path / "first.db"), str(tmp_path / "second.db")]
    assert sorted(dump(tmp_path / "second.db")) == sorted(dump(tmp_path / "first.db"))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert kept_database().read_bytes() != content, "and replaced"


def test_where_nothing_can_be_kept_the_tables_are_made(tmp_path, cache, made) -> None:
    cache.write_text("a file where a folder should be")
    for name in ("first.db", "second.db"):
        prepare_database(str(tmp_path / name))
    assert len(made) == 2


def test_a_journal_that_was_left_behind_is_not_taken_for_the_copys(tmp_path, made) -> None:
    prepare_database(str(tmp_path / "first.db"))
    (tmp_path / "second.db-journal").write_bytes(b"")
    prepare_database(str(tmp_path / "second.db"))
    assert len(made) == 2


def test_many_processes_begin_the_same_file_at_once(tmp_path) -> None:
    prepare_database(str(tmp_path / "first.db"))
    code = (
        "import sys; from netclinic.search.optuna_database import prepare_database;"
        "sys.stdin.read(); prepare_database(sys.argv[1])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "second.db")]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ) for _ in "abc"]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert sorted(dump(tmp_path / "second.db")) == sorted(dump(tmp_path / "first.db"))


def test_tables_are_made_by_one_process_at_a_time(tmp_path, made) -> None:
    """Optuna looks which are missing, then makes them: "table trials already exists"."""
    databases_folder().mkdir(parents=True)
    preparing = threading.Thread(target=prepare_database, args=[str(tmp_path / "first.db")])
    with writing(databases_folder()):
        preparing.start()
        preparing.join(0.3)
        assert made == []
    preparing.join()
    assert made == [str(tmp_path / "first.db")]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_many_processes_prepare_a_database_of_a_server_at_once(tmp_path, kind: str) -> None:
    code = (
        "import sys; from netclinic.search.optuna_database import prepare_database;"
        "sys.stdin.read(); prepare_database(sys.argv[1])"
    )
    with ServerDatabase(kind) as url:
        command = [sys.executable, "-c", code, url]
        # As on computers of their own: each has another folder for what is kept.
        processes = [
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / name)},
            )
            for name in "abc"
        ]
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
        assert [process.wait() for process in processes] == [0, 0, 0]
        with TrialStore(url) as store:
            assert store.studies() == ()


def test_a_disk_that_is_full_before_there_are_tables_is_no_internal_error(
    tmp_path, monkeypatch
) -> None:
    def full(_: str) -> None:
        raise sa.exc.OperationalError("CREATE TABLE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(optuna.storages, "RDBStorage", full)
    with pytest.raises(StorageError, match=r"first\.db: the disk is full\. .* make room and run"):
        prepare_database(str(tmp_path / "first.db"))
