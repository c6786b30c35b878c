"""A folder holds one study's files: those of another database's study are not overwritten."""

from pathlib import Path

import pytest
from netclinic.search import StudyError, parse_spec, run_study
from netclinic.search.optuna_database import prepare_database
from netclinic.search.study_folder import OWNER, is_of, refuse_taken, take
from netclinic.storage import NewStudy, Provenance, SplitSizes, TrialStore

from .conftest import SMALL, UNSEEN, run

PROVENANCE = Provenance("0", {}, "3", "here", "cpu", None, "f" * 64, SplitSizes(1, 1, 1), 1, 2)


def database(file: Path) -> TrialStore:
    """A new database with the study "s"."""
    prepare_database(str(file))
    store = TrialStore(str(file))
    store.create_study(NewStudy("s", "", {}, (), PROVENANCE))
    return store


def test_a_study_in_another_database_keeps_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    with database(one) as first, database(other) as second:
        take(folder, "s", first, str(one))
        take(folder, "s", first, f"sqlite:///{one}")
        with pytest.raises(
            StudyError, match=r"out holds .* 's' in the database .*one\.db, .*--output"
        ):
            take(folder, "s", second, str(other))
        assert is_of(folder, "s", first)
        assert not is_of(folder, "s", second)
        with pytest.raises(StudyError):  # one that is not there yet, too
            refuse_taken(folder, "t", second, str(other))
        one.rename(tmp_path / "moved.db")
        with TrialStore(str(tmp_path / "moved.db")) as moved:
            refuse_taken(folder, "s", moved, str(tmp_path / "moved.db"))
        take(folder, "s", second, str(other))
        assert is_of(folder, "s", second)


def test_a_run_that_is_refused_a_folder_leaves_no_database(tmp_path: Path) -> None:
    """It left an empty one; where the folder cannot be written, too."""
    run(tmp_path, "study.trials=1", UNSEEN)
    spec = parse_spec(SMALL, file="", folder=tmp_path)
    other, blocked = tmp_path / "other.db", tmp_path / "file"
    with pytest.raises(StudyError, match=r"holds the network .* 'small' .*--output"):
        list(run_study(spec, str(other), tmp_path / "out"))
    blocked.write_text("")
    with pytest.raises(StudyError, match="--output"):
        list(run_study(spec, str(other), blocked))
    assert not other.exists()
    (tmp_path / "trials.db").unlink()  # with the study: its folder may be taken
    list(run_study(spec, str(other), tmp_path / "out"))


def test_a_folder_without_a_note_and_one_of_a_deleted_study_may_be_taken(tmp_path: Path) -> None:
    url = str(tmp_path / "one.db")
    with database(tmp_path / "one.db") as store:
        assert is_of(tmp_path, "s", store)
        (tmp_path / OWNER).write_text('{"study": "s", "database": "postgresql://h/d"}')
        refuse_taken(tmp_path, "s", store, url)
        (tmp_path / OWNER).write_text(
            f'{{"study": "s", "database": "{url}", "created": "2020-01-01T00:00:00"}}'
        )
        take(tmp_path, "s", store, url)
        assert is_of(tmp_path, "s", store)
