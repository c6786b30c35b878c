"""README.md's code runs, its tree is the disk's, its links lead somewhere."""

import re
import runpy
import shutil
from pathlib import Path

import pytest
from netclinic.search import parse_spec
from netclinic.storage import TrialStore

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture(scope="module")
def study_folder(tmp_path_factory) -> Path:
    """Where the README's Python has run ``examples/digits.toml``, with fewer trials."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "examples").mkdir()
    spec = (ROOT / "examples" / "digits.toml").read_text()
    fewer = re.sub(r"(?m)^(trials|epochs) = \d+", r"\1 = 4", spec)
    assert fewer != spec
    (folder / "examples" / "digits.toml").write_text(fewer)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(next(b for b in blocks("python") if "run_study" in b), {})
    return folder


def test_the_python_runs(study_folder, monkeypatch, capsys) -> None:
    monkeypatch.chdir(study_folder)
    others = [b for b in blocks("python") if "run_study" not in b]
    assert len(others) == 3
    names: dict = {}
    for block in others:
        exec(block, names)
    assert "learning_rate" in capsys.readouterr().out
    kernel = names["best"].network.output.kernel[...]
    assert (names["network"].output.kernel[...] == kernel).all()


def test_the_sql_runs(study_folder) -> None:
    with TrialStore(f"sqlite:///{study_folder / 'netclinic.db'}") as store:
        for statement in blocks("sql"):
            _, rows = store.query(statement)
            assert len(rows) == 4


def test_the_specs_are_valid(tmp_path) -> None:
    for text in blocks("toml"):
        assert parse_spec(text, file="README.md", folder=tmp_path).spec.study.name


def test_the_tree_is_the_disks() -> None:
    assert GENERATE["readme"](README) == README, "run: make docs"
    assert not re.search(r"\.py\w", GENERATE["tree"]()), "no space before a comment"


def test_the_links_lead_somewhere() -> None:
    targets = [t for t in re.findall(r"\]\(([^)#]+)", README) if "://" not in t]
    assert len(targets) > 4
    assert not [t for t in targets if not (ROOT / t).exists()]


def test_the_commands_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", README, flags=re.MULTILINE):
        assert f"\n{target}:" in makefile
    assert shutil.which("make")
    assert "make test" in (ROOT / ".ci" / "run").read_text()
