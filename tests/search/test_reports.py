"""What is written at the end of a study."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest
from netclinic.diagnostics import diagnose
from netclinic.search import Diagnosed, load_spec, parse_spec, write_reports

from tests.diagnostics.planted import study, trial
from tests.full_disk import fill_disk

TEXT = 'study = {name = "noise"}\ndata = {source = "wine"}\n'


def test_the_commands_of_a_report_begin_with_the_spec_as_it_was_run(tmp_path: Path) -> None:
    """They named the file that the user wrote: of other data, where -S had changed them."""
    loaded = parse_spec(
        TEXT, file="", folder=tmp_path, overrides=["data.source=digits", "study.seed=7"]
    )
    planted = replace(
        study([trial(validation=0.2, test=0.2)]), spec=loaded.resolved, spec_text=TEXT
    )
    written = write_reports(Diagnosed(planted, diagnose(planted)), tmp_path)
    assert load_spec(tmp_path / "spec_resolved.toml").resolved == loaded.resolved
    assert tmp_path / "spec_resolved.toml" in written
    for name in ("report.html", "report.md"):
        assert "spec_resolved.toml" in (tmp_path / name).read_text()


def test_a_full_disk_is_told_with_the_file_and_keeps_the_old_report(tmp_path, monkeypatch) -> None:
    planted = study([trial(validation=0.2, test=0.2)])
    (tmp_path / "report.html").write_text("old")
    fill_disk(monkeypatch)
    with pytest.raises(OSError, match=r"The study is stored, and `netclinic resume`") as told:
        write_reports(Diagnosed(planted, diagnose(planted)), tmp_path)
    assert (told.value.errno, Path(told.value.filename).parent) == (errno.ENOSPC, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text() == "old"
