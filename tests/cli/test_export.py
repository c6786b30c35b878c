import csv
import errno
import json
import shutil
from pathlib import Path

import pytest
from netclinic.models import load_network
from netclinic.search import load_spec
from netclinic.search.export import csv_text, curve_rows, export_study, trial_rows
from netclinic.storage import TrialStore

from tests.full_disk import fill_disk

EXPORTED = [
    *("spec.toml", "spec_resolved.toml", "trials.csv", "curves.csv"),
    *("report.html", "report.md", "diagnosis.json", "best"),
]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_holds_everything(call, finished: Path, tmp_path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    called = call("export", "tiny")
    target = Path("netclinic-export/tiny")
    assert called.code == 0
    assert called.out.splitlines() == [str(target / name) for name in EXPORTED]
    assert called.err == ""
    assert (target / "spec.toml").read_text() == Path("tiny.toml").read_text()
    resolved = load_spec(target / "spec_resolved.toml").resolved
    assert resolved == load_spec(Path("tiny.toml")).resolved
    trials, curves = read(target / "trials.csv"), read(target / "curves.csv")
    assert [row["number"] for row in trials] == ["0", "1", "2", "3"]
    assert [(row["number"], row["epoch"]) for row in curves[:3]] == [
        *(("0", "1"), ("0", "2"), ("1", "1")),
    ]
    last = {row["number"]: row["validation_error"] for row in curves}
    assert {row["number"]: row["value"] for row in trials} == last
    out = Path("netclinic-out/tiny")
    for name in ("diagnosis.json", "report.html", "report.md"):
        assert (target / name).read_text() == (out / name).read_text()
    best = json.loads((out / "diagnosis.json").read_text())["trial"]
    assert load_network(target / "best").surroundings.trial == best


def test_an_export_replaces_nothing_unasked(call, finished: Path, tmp_path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    Path("there").mkdir()
    Path("there/report.md").write_text("mine")
    called = call("export", "tiny", "--to", "there")
    assert called.code == 2
    assert "there/report.md exists already" in called.err
    assert [p.name for p in Path("there").iterdir()] == ["report.md"], "nothing was written"
    assert call("export", "tiny", "--to", "there", "--force").code == 0
    assert Path("there/report.md").read_text() != "mine"
    assert call("export", "tiny", "--to", "there", "--force").code == 0


def test_an_export_into_the_folder_of_the_run_keeps_the_network(call, finished, tmp_path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    out = Path("netclinic-out/tiny")
    assert call("export", "tiny", "--to", str(out), "--force").code == 0
    assert load_network(out / "best").surroundings.study == "tiny"


def test_the_network_of_another_trial_is_not_exported_for_the_best(
    call, finished: Path, tmp_path
) -> None:
    """It lay beside the report of another one, where several workers were interrupted."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    description = Path("netclinic-out/tiny/best/network.json")
    told = json.loads(description.read_text())
    description.write_text(json.dumps({**told, "trial": told["trial"] + 1}))
    called = call("export", "tiny")
    assert called.code == 0
    assert "No network of the best trial lies in netclinic-out/tiny" in called.err
    assert "netclinic resume tiny" in called.err
    assert not Path("netclinic-export/tiny/best").exists()
    assert Path("netclinic-export/tiny/report.md").exists()


AGAIN = "No space left on device. Once that is mended, export it again with --force.\n"


def test_a_full_disk_is_told_with_the_file_and_leaves_no_half_of_it(
    call, finished, tmp_path, monkeypatch
) -> None:
    """An empty spec.toml was left, for which the next export was refused."""
    monkeypatch.chdir(finished)
    fill_disk(monkeypatch)
    called = call("export", "tiny", "--to", str(tmp_path / "x"))
    assert (called.code, called.out) == (1, "")
    assert called.err == f"error: {tmp_path / 'x' / 'spec.toml'}: {AGAIN}"
    assert list((tmp_path / "x").iterdir()) == []


def test_a_disk_that_the_network_fills_is_told_with_the_file(
    call, finished, tmp_path, monkeypatch
) -> None:
    """It was an internal error, a list of all its files."""
    monkeypatch.chdir(finished)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("netclinic.search.export.shutil.copy2", fail)
    called = call("export", "tiny", "--to", str(tmp_path / "x"))
    assert called.err == f"error: {tmp_path / 'x' / 'best' / 'network.json'}: {AGAIN}"


@pytest.mark.parametrize("options", [[], ["--force"]])
def test_a_file_is_no_folder_to_export_to(call, finished, tmp_path, monkeypatch, options) -> None:
    """It was told to add --force, and told so again with it."""
    monkeypatch.chdir(finished)
    (tmp_path / "x").write_text("mine")
    for target in (tmp_path / "x", tmp_path / "x" / "below"):
        called = call("export", "tiny", "--to", str(target), *options)
        assert called.code == 1
        assert called.err == (
            f"error: {target}: Not a directory. Make room or name another folder: --to FOLDER\n"
        )


def test_what_is_missing_is_said(call, finished: Path, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(finished)
    called = call("export", "tiny", "--to", str(tmp_path / "x"), "--output", "elsewhere")
    assert called.code == 0
    assert "No network of the best trial lies in elsewhere" in called.err


def test_an_export_of_a_study_without_a_diagnosis(stored: str, tmp_path, monkeypatch) -> None:
    from netclinic.diagnostics import DiagnosisError

    def refuse(_: object) -> None:
        raise DiagnosisError("not yet")

    monkeypatch.setattr("netclinic.diagnostics.diagnosis.diagnose", refuse)
    written = export_study("hand", stored, tmp_path / "no", tmp_path / "x")
    assert [path.name for path in written] == EXPORTED[:4]


def test_rows_of_trials_and_epochs(stored: str) -> None:
    with TrialStore(stored) as store:
        study = store.load_study("hand")
    trials, curves = trial_rows(study), curve_rows(study)
    assert len(trials.rows) == 7
    assert all(len(row) == len(trials.columns) for row in trials.rows)
    assert len(set(trials.columns)) == len(trials.columns)
    by_number = [row[0] for row in curves.rows]
    assert [by_number.count(n) for n in (0, 1, 2, 3, 6)] == [3, 3, 3, 3, 2]
    assert len(by_number) == 14
    assert curves.rows[11][:3] == (3, 3, None)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, ""),
        (0.1, "0.1"),
        (True, "true"),
        (("a", "b"), '"a,b"'),
        (b"\x01", "01"),
        ("a\rb", '"a\rb"'),
    ],
)
def test_fields(value, field: str) -> None:
    assert csv_text(["x", "y"], [[value, 1]]) == f"x,y\n{field},1\n"
