"""run --profile: the trace of a run, and when there is none."""

import shutil
from pathlib import Path

import pytest

from .conftest import IRIS


def traces(folder: Path) -> list[Path]:
    return [file for file in folder.glob("plugins/profile/*/*") if file.stat().st_size > 0]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (file := tmp_path / "tiny.toml").write_text(IRIS)
    return file


def test_a_run_writes_a_trace_and_says_how_to_view_it(call, spec: Path) -> None:
    called = call("run", spec, "--profile", "my trace", "--no-progress")
    assert called.code == 0, called.err
    assert {"".join(f.suffixes[-1:]) for f in traces(Path("my trace"))} == {".pb", ".gz"}
    assert "xprof --logdir 'my trace'\n" in called.err
    assert called.err.rstrip().endswith("https://ui.perfetto.dev")
    again = call("run", spec, "--profile", "again", "--no-progress")
    assert (again.code, again.out) == (0, called.out)
    assert "No trace was written: nothing was trained." in again.err
    assert traces(Path("again")) == []


def test_resume_writes_one_too(call, finished: Path, tmp_path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    called = call("resume", "tiny", "--trials", "6", "--profile", "trace", "--no-progress")
    assert called.code == 0, called.err
    assert "xprof --logdir trace\n" in called.err
    assert len(traces(Path("trace"))) == 2


def test_a_run_without_a_completed_trial_has_its_trace(call, spec: Path) -> None:
    diverging = ["-S", "search.learning_rate=1e6", "-S", "search.momentum=0.9"]
    called = call("run", spec, *diverging, "--profile", "trace", "--no-progress")
    assert called.code == 3
    assert "xprof --logdir trace\n" in called.err
    assert len(traces(Path("trace"))) == 2


@pytest.mark.parametrize("command", [("run", "tiny.toml"), ("resume", "tiny")])
def test_a_file_for_a_folder_is_refused_before_anything_is_stored(call, spec, command) -> None:
    Path("taken").write_text("mine")
    called = call(*command, "--profile", "taken")
    assert (called.code, called.out) == (1, "")
    assert called.err == (
        "error: taken: the trace cannot be written there (it is a file). Allowed is a folder "
        "that can be written or made; name another one: --profile FOLDER\n"
    )
    assert sorted(p.name for p in Path().iterdir()) == ["taken", "tiny.toml"]
    assert Path("taken").read_text() == "mine"


def test_what_fails_in_training_is_told_and_the_trace_ends(call, spec: Path, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("netclinic.search.best_network.BestNetwork.consider", broken)
    called = call("run", spec, "--profile", "trace", "--no-progress")
    assert called.code == 1
    assert "ZeroDivisionError: odd" in called.err
    assert len(traces(Path("trace"))) == 2
