"""What is written at the end of a study."""

from dataclasses import replace
from pathlib import Path

from netclinic.diagnostics import diagnose
from netclinic.search import load_spec, parse_spec
from netclinic.search.conclusion import write_reports

from tests.diagnostics.planted import study, trial

TEXT = 'study = {name = "noise"}\ndata = {source = "wine"}\n'


def test_the_commands_of_a_report_begin_with_the_spec_as_it_was_run(tmp_path: Path) -> None:
    """They named the file that the user wrote: of other data, where -S had changed them."""
    loaded = parse_spec(
        TEXT, file="", folder=tmp_path, overrides=["data.source=digits", "study.seed=7"]
    )
    planted = replace(
        study([trial(validation=0.2, test=0.2)]), spec=loaded.resolved, spec_text=TEXT
    )
    written = write_reports(planted, diagnose(planted), tmp_path)
    assert load_spec(tmp_path / "spec_resolved.toml").resolved == loaded.resolved
    assert tmp_path / "spec_resolved.toml" in written
    for name in ("report.html", "report.md"):
        assert "spec_resolved.toml" in (tmp_path / name).read_text()
