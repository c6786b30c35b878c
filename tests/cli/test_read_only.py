"""What a colleague may only read: commands answer, and say what they did not keep."""

import shutil
from pathlib import Path

import pytest

from tests.read_only import only_read


@pytest.fixture(autouse=True)
def _read_only(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copyfile(finished / "netclinic.db", tmp_path / "netclinic.db")
    only_read(monkeypatch)


def test_a_study_is_diagnosed_and_its_reports_are_written(call, finished: Path) -> None:
    called = call("diagnose", "tiny", "--html", "r.html", "--markdown", "r.md")
    assert called.code == 0
    note = "netclinic.db is read-only, so the diagnosis was not kept there.\n"
    assert called.err == f"Wrote r.html\nWrote r.md\n{note}"
    folder = finished / "netclinic-out" / "tiny"
    assert Path("r.md").read_text() == (folder / "report.md").read_text()
    assert call("diagnose", "tiny", "--fail-on", "healthy", "-f", "json").err == note


@pytest.mark.parametrize(
    "command", ["studies", "trials tiny", "show tiny 1", "best tiny", "export tiny", "info"]
)
def test_what_only_reads_answers(call, command: str) -> None:
    before = Path("netclinic.db").read_bytes()
    called = call(*command.split())
    assert called.code == 0
    assert "read-only" not in called.out + called.err
    assert Path("netclinic.db").read_bytes() == before


def test_so_does_a_query(call) -> None:
    assert call("sql", "SELECT count(*) AS n FROM trial_results", "-f", "csv").out == "n\n4\n"


def test_what_has_to_write_is_refused(call) -> None:
    called = call("learning-curve", "tiny", "--no-progress")
    assert called.code == 1
    assert "the database is read-only. Make the file and its folder writable" in called.err
