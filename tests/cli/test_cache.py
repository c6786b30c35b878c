"""``cache clear`` removes what is kept between runs, and says so."""

import sys

import pytest
from netclinic.models.compile_cache import cache_root
from netclinic.models.probe_cache import Finding, probe_folder, remember
from netclinic.search.empty_databases import databases_folder
from netclinic.search.kept_readings import readings_folder


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is that of XDG")
def test_programs_and_findings_are_removed(call, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    called = call("cache", "clear")
    assert called == (0, "", f"Removed 0 programs (0 B) from {cache_root()}\n")
    (cache_root() / "machine").mkdir(parents=True)
    (cache_root() / "machine" / "jit_f-cache").write_text("12345")
    remember("a question", Finding(64, "native"))
    remember("another", Finding(8, "im2col"))
    databases_folder().mkdir()
    (databases_folder() / "empty.db").touch()
    readings_folder().mkdir()
    (readings_folder() / "of_rows.reading").touch()
    called = call("cache", "clear")
    assert called.code == 0
    assert called.err == (
        f"Removed 1 program (5 B) from {cache_root()}\n"
        f"Removed 2 findings about devices from {probe_folder()}\n"
        f"Removed 1 empty database from {databases_folder()}\n"
        f"Removed 1 reading of a data set from {readings_folder()}\n"
    )
    assert not cache_root().exists()
    assert not probe_folder().exists()
    assert not databases_folder().exists()
    assert not readings_folder().exists()
