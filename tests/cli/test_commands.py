"""Commands that are printed find the study, whatever database was named."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from netclinic.cli.commands import complete_with, completed
from netclinic.cli.options import _database

ADVICE = "finish it with `netclinic resume tiny`"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    complete_with("")


@pytest.fixture
def elsewhere(finished: Path, tmp_path: Path) -> str:
    shutil.copyfile(finished / "netclinic.db", tmp_path / "else.db")
    return "else.db"


def test_advice_names_the_database_that_was_named(call, elsewhere: str) -> None:
    told = " ".join(call("diagnose", "tiny", "--storage", elsewhere).out.split())
    every = re.findall(r"netclinic (\S+) ", told)
    assert {"treat", "run"} <= set(every)
    assert re.findall(rf"netclinic (\S+) --storage {elsewhere} ", told) == every


def test_errors_and_notes_do(call, elsewhere: str) -> None:
    said = call("compare", "tiny", "tiny", "--storage", elsewhere).err
    assert f"netclinic treat --storage {elsewhere} tiny -S TABLE.KEY=VALUE" in said
    assert "`netclinic show --help`" in call("show", "--storage", elsewhere).err
    there = call("trials", "none", "--storage", elsewhere).err
    assert f"`netclinic studies --storage {elsewhere}`" in there


def test_nothing_is_added_where_the_usual_database_is_meant(
    call, elsewhere: str, monkeypatch
) -> None:
    named = call("diagnose", "tiny", "--storage", elsewhere).out
    monkeypatch.setenv("OPTUNA_STORAGE", elsewhere)
    usual = call("diagnose", "tiny").out
    assert "--storage" in named
    assert "--storage" not in usual
    assert "--storage" not in call("diagnose", "tiny", "--storage", elsewhere).out
    monkeypatch.delenv("OPTUNA_STORAGE")
    Path(elsewhere).rename("netclinic.db")
    assert call("diagnose", "tiny").out == usual


def test_a_password_is_not_told() -> None:
    _database("postgresql://me:secret@host/trials")
    url = "'postgresql://me:***@host/trials'"
    assert completed(ADVICE) == f"finish it with `netclinic resume --storage {url} tiny`"


def test_a_command_that_has_one_or_needs_none_stays_as_it_is() -> None:
    _database("my trials.db")
    assert completed(ADVICE).endswith("`netclinic resume --storage 'my trials.db' tiny`")
    for text in (
        "`netclinic run SPEC --storage trials.db` makes it",
        "`netclinic treat` runs a study",
        "`netclinic diagnose --curves LOG` reads it",
        "netclinic init study.toml",
    ):
        assert completed(text) == text
    _database("sqlite:///netclinic.db")
    assert completed(ADVICE) == ADVICE


def test_the_program_is_named_by_its_path_where_a_shell_would_not_find_it(
    call, finished: Path, monkeypatch, tmp_path
) -> None:
    """Whoever copied the first remedy after ``make demo`` got "command not found"."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr("sys.argv", [str(tmp_path / ".venv/bin/netclinic")])
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    told = call("resume", "tiny", "--no-progress")
    assert told.code == 0, told.err
    every = re.findall(r"(\S*netclinic) (\w+) ", told.out + told.err)
    assert {"run", "treat", "best", "export"} <= {command for _, command in every}
    assert {name for name, _ in every} == {".venv/bin/netclinic"}
    assert completed("`netclinic treat` runs a study") == "`netclinic treat` runs a study"
    again = completed("go on with: netclinic resume tiny")
    assert again == completed(again) == "go on with: .venv/bin/netclinic resume tiny"
    monkeypatch.setattr("sys.argv", ["/lib/netclinic/cli/__main__.py"])
    assert completed(ADVICE) == ADVICE


def test_a_report_says_for_whoever_reads_it_where_commands_look(finished: Path) -> None:
    for name in ("report.html", "report.md"):
        text = (finished / "netclinic-out" / "tiny" / name).read_text().replace("\\", "")
        assert text.count("in another one with --storage URL") == 1
        assert text.index("--storage URL") < text.index("netclinic treat tiny")
