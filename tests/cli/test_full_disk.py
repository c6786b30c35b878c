"""A database on a full disk: what need not write answers."""

import shutil
from pathlib import Path

from tests.full_disk import fill_databases


def test_a_study_is_diagnosed(call, finished: Path, monkeypatch) -> None:
    shutil.copyfile(finished / "netclinic.db", "netclinic.db")
    fill_databases(monkeypatch)
    called = call("diagnose", "tiny")
    assert (called.code, called.out) == (0, (finished / "stdout").read_text())
    assert called.err == "netclinic.db lies on a full disk, so the diagnosis was not kept there.\n"
