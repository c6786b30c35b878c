"""What a user reads when the database cannot, and that nothing half-written is left."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from netclinic.storage import (
    ReadOnly,
    StorageError,
    TrialStore,
    check_database,
    connection,
    normalize_url,
    upgrade_schema,
)
from netclinic.storage.failures import explaining

from .conftest import (
    ServerDatabase,
    launch,
    new_study,
    optuna_tables,
    proposals,
    provenance,
    result,
)


@pytest.fixture
def readable_file(prepared_file) -> Iterator[Path]:
    """A database in a folder that nobody may write in, met without root's privileges."""
    folder = Path(tempfile.mkdtemp())
    file = folder / "trials.db"
    shutil.copy(prepared_file, file)
    file.chmod(0o444)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # nobody
    try:
        yield file
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def message(call, *args, **options) -> str:
    with pytest.raises(StorageError) as caught:
        call(*args, **options)
    return str(caught.value)


def test_a_missing_file_is_not_created(tmp_path):
    file = tmp_path / "trials.db"
    assert message(TrialStore, str(file)) == (
        f"{file}: there is no such database. `netclinic run SPEC --storage {file}` creates it; "
        "to read another, name it with --storage or OPTUNA_STORAGE."
    )
    check_database(str(file))
    assert not file.exists()


def test_a_file_with_a_blank_is_told_as_it_is_typed(tmp_path):
    file = tmp_path / "my trials.db"
    assert f"`netclinic run SPEC --storage '{file}'`" in message(TrialStore, str(file))
    file.touch()
    assert f"`netclinic run SPEC --storage '{file}'`" in message(TrialStore, str(file))
    folder = tmp_path / "my folder"
    folder.mkdir()
    assert message(TrialStore, str(folder)).endswith(f"--storage '{folder}/trials.db'")


@pytest.mark.parametrize("call", [TrialStore, upgrade_schema, check_database])
def test_a_folder_is_not_a_database(tmp_path, call):
    assert message(call, str(tmp_path)) == (
        f"{tmp_path} is a folder. Name a file in it: --storage {tmp_path}/trials.db"
    )


def test_a_missing_folder(tmp_path):
    file = tmp_path / "no" / "trials.db"
    assert message(check_database, str(file)) == (
        f"{file}: the folder {tmp_path}/no does not exist. Create it first."
    )


@pytest.mark.parametrize("call", [TrialStore, upgrade_schema, check_database])
def test_a_file_of_another_kind_is_not_touched(tmp_path, call):
    file = tmp_path / "study.toml"
    file.write_text("[study]\nname = 'digits'\n")
    assert message(call, str(file)) == (
        f"{file}: this file is not an SQLite database. Name another with --storage, or move the "
        "file away."
    )
    assert file.read_text() == "[study]\nname = 'digits'\n"


def test_what_the_driver_does_not_know_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path}/trials.db"
    assert message(check_database, f"{url}?foo=bar").startswith(
        f"{tmp_path}/trials.db: got ?foo=… behind the file; allowed are cached_statements, "
    )
    check_database(f"{url}?timeout=5")


def test_an_empty_file_may_become_a_database(tmp_path):
    file = tmp_path / "trials.db"
    file.touch()
    check_database(str(file))
    assert "holds no studies yet" in message(TrialStore, str(file))


def test_a_damaged_database(sqlite_url):
    file = Path(sa.make_url(sqlite_url).database or "")
    content = bytearray(file.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * 4096 * 2
    content[100:200] = b"\xff" * 100
    file.write_bytes(content)
    said = message(TrialStore, sqlite_url)
    assert said.startswith(f"{file}: the database is damaged. Save a copy")


def test_a_locked_database_says_so_and_nothing_was_written(sqlite_url):
    file = sa.make_url(sqlite_url).database or ""
    with TrialStore(sqlite_url, busy_timeout=0.05) as store:
        study, worker, _ = launch(store, 1)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        wanted = (
            f"{file}: the database is locked by another process. Wait until that has finished "
            "writing (or close the program that keeps a transaction open in it), then try again."
        )
        assert message(store.launch, study, worker, 1, proposals(1, 1)) == wanted
        assert message(store.next_number, study) == wanted
        assert message(store.query, "SELECT 1 FROM trials") == wanted
        other.execute("ROLLBACK")
        other.close()
        assert store.next_number(study) == 1


@pytest.mark.parametrize("locks", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_who_waits_long_for_a_lock_is_told(sqlite_url, monkeypatch, capsys, locks):
    monkeypatch.setattr(connection, "_SILENT_SECONDS", 0.05)
    file = sa.make_url(sqlite_url).database or ""
    with TrialStore(sqlite_url, busy_timeout=0.3) as store:
        study, worker, _ = launch(store, 1)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute(locks)
        assert "locked" in message(store.launch, study, worker, 1, proposals(1, 1))
        told = f"{file}: another process writes to the database, or the disk is slow; waiting"
        assert capsys.readouterr().err.startswith(told)
        if locks == "BEGIN IMMEDIATE":
            assert store.next_number(study) == 1
            assert capsys.readouterr().err == "", "readers do not wait"
        else:
            assert "locked" in message(store.next_number, study)
            assert capsys.readouterr().err.startswith(told)
        other.execute("ROLLBACK")
        other.close()
        assert store.next_number(study) == 1
        assert capsys.readouterr().err == ""


def test_a_lock_that_ends_in_time_is_waited_for(sqlite_url):
    with TrialStore(sqlite_url, busy_timeout=20) as store:
        study = store.create_study(new_study())
        other = sqlite3.connect(sa.make_url(sqlite_url).database or "", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert store.next_number(study) == 0  # readers do not wait
        other.execute("COMMIT")
        other.close()
        store.add_provenance(study, provenance())


def test_a_read_only_database_is_read_and_not_written(readable_file):
    with TrialStore(str(readable_file)) as store:
        assert store.studies() == ()
        said = message(store.create_study, new_study())
        with pytest.raises(ReadOnly):
            store.create_study(new_study())
    assert said == (
        f"{readable_file}: the database is read-only. Make the file and its folder writable "
        "(chmod u+w), or name another with --storage."
    )
    assert message(check_database, str(readable_file)) == said


def test_a_file_that_is_deleted_while_it_is_in_use_is_not_called_read_only(tmp_path):
    file = tmp_path / "trials.db"
    url = f"sqlite:///{file}"
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.execute(sa.text("create table t (a)"))
        connection.commit()
        file.unlink()
        with pytest.raises(StorageError) as refused, explaining(url):
            connection.execute(sa.text("insert into t values (1)"))
    engine.dispose()
    said = str(refused.value)
    assert said.startswith(f"{file}: the file was deleted or moved while it was in use")
    assert "Put it back" in said
    assert not isinstance(refused.value, ReadOnly)


def test_a_folder_that_cannot_be_written_in(readable_file):
    file = readable_file.parent / "new.db"
    assert message(check_database, str(file)) == (
        f"{file}: you may not write in the folder {file.parent}. Make it writable (chmod u+w), or "
        "name another file with --storage."
    )


def test_a_full_disk_leaves_the_database_as_it_was(sqlite_url):
    with TrialStore(sqlite_url) as store:
        study, worker, launched = launch(store, 2)
        before = dump(sqlite_url)

        @sa.event.listens_for(store._engine, "connect")
        def limit(connection, _record):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

        store.close()  # the next connection is a limited one
        said = message(store.launch, study, worker, 2, proposals(2, 500))
        assert said == (
            f"{sa.make_url(sqlite_url).database}: the disk is full. Nothing of this step was "
            "written; make room and run the command again to go on."
        )
        many = [result(t.trial_id, epochs=2000) for t in launched]
        assert "the disk is full" in message(store.finish, many)
        assert store.next_number(study) == 2
    assert dump(sqlite_url) == before


def dump(url: str) -> list[str]:
    connection = sqlite3.connect(sa.make_url(url).database or "")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
@pytest.mark.parametrize("call", [TrialStore, upgrade_schema, check_database])
def test_a_server_that_does_not_answer_and_no_password_in_the_message(scheme, call):
    said = message(call, f"{scheme}://me:secret@127.0.0.1:1/trials")
    assert "the database cannot be reached" in said
    assert "Check that the server runs" in said
    assert "me:***@127.0.0.1:1/trials" in said
    assert "secret" not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("scheme", "module", "extra"),
    [("postgresql", "psycopg", "postgresql"), ("mysql", "pymysql", "mysql")],
)
def test_a_missing_driver_names_the_extra(monkeypatch, scheme, module, extra):
    monkeypatch.setitem(__import__("sys").modules, module, None)
    assert message(check_database, f"{scheme}://me@host/trials") == (
        f'{scheme}:// needs a driver that is not installed: pip install "netclinic[{extra}]"'
    )


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_without_the_characters_of_reports_is_refused_at_once(encoding):
    """A run ended in an internal error after its last trial, when the diagnosis was stored."""
    c = f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with ServerDatabase("postgresql", c) as url:
        assert message(check_database, url).endswith(
            f": the encoding of the database is {encoding}; allowed is UTF8. Make another one: "
            "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        )


def test_options_that_the_driver_does_not_know_are_no_internal_error():
    with ServerDatabase("mariadb") as url:
        for option, said in (("nonsense=1", "'nonsense'"), ("ssl_ca=/nope.pem", "No such file")):
            told = message(check_database, f"{url.partition('?')[0]}?{option}")
            assert ": the options behind the ? cannot be used (" in told
            assert said in told
        assert message(check_database, f"{url}&charset=latin1").endswith(
            ": got the character set latin1; allowed is utf8mb4. Leave charset out."
        )
        check_database(f"{url}&charset=utf8mb4")


def test_a_name_that_the_tables_of_optuna_cannot_hold():
    with ServerDatabase("mariadb", "CHARACTER SET latin1") as url:
        optuna_tables(url)
        upgrade_schema(url)
        with TrialStore(url) as store:
            store.create_study(new_study("größe"))
            said = message(store.create_study, new_study("名"))
            assert "use others, or make a database with CHARACTER SET utf8mb4" in said
            assert [study.name for study in store.studies()] == ["größe"]


def test_another_driver_that_is_missing_says_which_is_there():
    assert message(check_database, "postgresql+pg8000://me@host/trials") == (
        "The driver of postgresql+pg8000:// is not installed. Write postgresql:// for the one that "
        "netclinic brings."
    )


@pytest.mark.parametrize(
    ("empty_url", "code"),
    [
        *(("postgresql", code) for code in ("40001", "40P01")),
        *(("mariadb", number) for number in (1205, 1213, 1020)),
    ],
    indirect=["empty_url"],
)
def test_a_transaction_that_lost_to_others_is_repeated(empty_url, code):
    """PyMySQL gives a lock that was waited for too long, 1205, the SQLSTATE of any error."""
    fails = (
        f"SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {code}"
        if isinstance(code, int)
        else f"DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '{code}'; END $$"
    )
    attempts = []

    def work(c: sa.Connection) -> str:
        attempts.append(len(attempts))
        if len(attempts) == 1:
            c.exec_driver_sql(fails)
        return "written"

    engine = connection.open_engine(empty_url)
    assert connection.write(engine, work) == "written"
    assert len(attempts) == 2
    engine.dispose()


def test_optunas_tables_are_asked_for_first(empty_url):
    if empty_url.startswith("sqlite"):
        sqlite3.connect(sa.make_url(empty_url).database or "").execute("VACUUM")
    assert "Optuna's tables are missing" in message(upgrade_schema, empty_url)
    assert "holds no studies yet. `netclinic run SPEC" in message(TrialStore, empty_url)


def test_a_database_by_optuna_alone_asks_for_the_upgrade(empty_url):
    optuna_tables(empty_url)
    said = message(TrialStore, empty_url)
    assert "Optuna made this database" in said
    assert "`netclinic db upgrade --storage " in said
    TrialStore(empty_url, must_exist=False).close()
    TrialStore(empty_url).close()


def test_the_cause_is_kept(tmp_path):
    with pytest.raises(StorageError) as caught:
        TrialStore("postgresql://me@127.0.0.1:1/trials")
    assert isinstance(caught.value.__cause__, sa.exc.OperationalError)


def test_a_missing_table_says_what_the_database_says(store, url):
    engine = sa.create_engine(normalize_url(url), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE bayes_estimates RENAME TO hidden")
    try:
        store.create_study(new_study())
        assert "the database said: " in message(store.load_study, "digits")
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE hidden RENAME TO bayes_estimates")
