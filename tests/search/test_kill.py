"""``kill -9`` in the middle of a run, at several moments down to single SQL statements."""

import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from netclinic.search import resume_study
from netclinic.storage.records.study import StudyRecord

from .conftest import SMALL, load, numbers_only, run, url_in
from .killed_run import run_killed

TRIALS = 64
# 64 trials, 4 at a time, make about 460 statements and commits; the last moment is after the last
# trial, in the diagnosis.
MOMENTS = [0, 7, 33, 150, 301, 440]


def start(folder: Path, fatal: int) -> int:
    """The exit code of a run that dies at that statement."""
    text = SMALL.replace("trials = 12", f"trials = {TRIALS}")
    (folder / "study.toml").write_text(text)
    return run_killed(folder, fatal)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> StudyRecord:
    folder = tmp_path_factory.mktemp("whole")
    run(folder, f"study.trials={TRIALS}")
    return load(folder)


@pytest.mark.slow
@pytest.mark.parametrize("fatal", MOMENTS)
def test_a_killed_run_is_resumed_as_if_nothing_had_happened(tmp_path, whole, fatal) -> None:
    assert start(tmp_path, fatal) == -signal.SIGKILL

    with closing(sqlite3.connect(tmp_path / "trials.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    after = load(tmp_path)
    kept = {t.number: t for t in after.trials if t.result}
    assert (len(kept) < TRIALS) == (fatal < MOMENTS[-1])
    *_, last = resume_study("small", url_in(tmp_path), tmp_path / "out", threading.Event())

    found = load(tmp_path)
    assert last.conclusion.diagnosis is not None
    assert last.completed + last.diverged == TRIALS
    assert [t.number for t in found.trials] == list(range(TRIALS))
    assert len({tuple(sorted(t.parameters.items())) for t in found.trials}) == TRIALS
    assert numbers_only(found) == numbers_only(whole)
    assert {n: found.trials[n] for n in kept} == kept, "ended trials stay as they were"


@pytest.mark.slow
def test_the_moments_lie_within_the_run(tmp_path) -> None:
    assert start(tmp_path, fatal=-1) == 0
    assert int((tmp_path / "statements").read_text()) > MOMENTS[-1] + 10
