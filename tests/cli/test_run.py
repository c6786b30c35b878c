"""Whole runs in processes of their own: what they print, leave behind and exit with."""

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from netclinic.cli.run import _conclude
from netclinic.search import Conclusion, Ending
from netclinic.storage import StorageError, TrialStore
from typer import Exit

from .conftest import IRIS, environment_of
from .test_diagnosis_view import make_diagnosis

# So that nothing is estimated from rows, nor layers looked at, where that is not what is tested.
UNSEEN = ["-S", "diagnosis.vital_signs=false"]
GIVEN = ["-S", "diagnosis.bayes_error=0.01", "-S", "diagnosis.regions=false", *UNSEEN]
LONG = ["-S", "training.epochs=100000", "-S", "compute.segment=200", "-S", "study.name=long"]
LONG += UNSEEN


def write_spec(folder: Path) -> None:
    (folder / "tiny.toml").write_text(IRIS)


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A run in a process of its own that prints its progress as plain lines."""
    return subprocess.Popen(
        [sys.executable, "-m", "netclinic.cli", *arguments],
        cwd=folder,
        env=environment_of(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_trials(folder: Path, seconds: float = 60.0) -> None:
    """Wait until the run in ``folder`` has launched trials."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(StorageError):  # not made yet
            if states(folder):
                return
        time.sleep(0.2)
    raise AssertionError("no trial was launched")


def states(folder: Path) -> list[str]:
    with TrialStore(f"sqlite:///{folder}/netclinic.db") as store:
        return [t.state for t in store.load_study("long", curves_of=0).trials]


def test_a_run_prints_the_verdict_on_stdout_and_the_rest_on_stderr(finished: Path) -> None:
    out, err = (finished / "stdout").read_text(), (finished / "stderr").read_text()
    assert re.match(r"tiny, trial \d\n", out)
    for words in ("Bayes error", "Training error", "Avoidable bias", "Not checked: "):
        assert words in out
    assert all(len(line) <= 88 for line in out.splitlines())
    assert "\x1b" not in out + err
    assert err.startswith("loading …\n")
    assert re.search(r"^100 %  4/4 trials · .*trials/s · devices \d+ % busy$", err, re.M)
    assert "4 of 4 trials: " in err
    phases = r"import .*, load .*, compile .* \(1 program\), train .*, diagnose .*"
    spent = rf"^Time     .*s: {phases} (s|training)$"
    assert re.search(spent, err, re.M)
    assert "Report   netclinic-out/tiny/report.html" in err
    if "netclinic run SPEC" in out:
        assert "SPEC     netclinic-out/tiny/spec_resolved.toml" in err


def test_a_run_leaves_reports_and_the_best_network(finished: Path) -> None:
    folder = finished / "netclinic-out" / "tiny"
    assert {p.name for p in folder.iterdir()} == {
        *("best", "report.html", "report.md", "diagnosis.json", "spec_resolved.toml"),
        "study.json",
    }


def test_running_again_and_resuming_train_nothing(call, finished: Path, monkeypatch) -> None:
    monkeypatch.chdir(finished)
    before = call("trials", "tiny", "-f", "csv").out
    for command in (["run", "tiny.toml"], ["resume", "tiny"]):
        called = call(*command, "--no-progress")
        assert called.code == 0
        assert called.out == (finished / "stdout").read_text()
        assert "loading" not in called.err
        assert call("trials", "tiny", "-f", "csv").out == before


def test_the_verdict_is_told_where_no_report_can_be_written(call, finished: Path, tmp_path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    (tmp_path / "netclinic-out/tiny/report.html").unlink()
    (tmp_path / "netclinic-out/tiny/report.html").mkdir()
    called = call("resume", "tiny", "--no-progress")
    assert called.code == 1
    assert called.out == (finished / "stdout").read_text()
    assert "4 of 4 trials: " in called.err
    assert "Report " not in called.err
    last = called.err.splitlines()[-1]
    assert last.startswith("error: netclinic-out/tiny/report.html: Is a directory. The study is st")


def test_another_spec_under_the_same_name_is_refused(call, finished: Path, monkeypatch) -> None:
    monkeypatch.chdir(finished)
    called = call("run", "tiny.toml", "-S", "training.epochs=3")
    assert called.code == 1
    assert "[training] epochs: the study has 2, the spec 3" in called.err


def test_the_commands_that_a_run_suggests_work(call, finished: Path, tmp_path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    suggested = re.findall(r"(?<=netclinic )\S.*", (finished / "stderr").read_text())
    assert [line.split()[0] for line in suggested] == ["best", "trials", "export"]
    for line in suggested:
        assert call(*line.split()).code == 0


def test_further_commands_name_the_database(call, finished: Path, monkeypatch) -> None:
    monkeypatch.chdir(finished)
    called = call("resume", "tiny", "--no-progress", "--storage", "./netclinic.db")
    assert "netclinic best --storage ./netclinic.db tiny\n" in called.err
    monkeypatch.setenv("OPTUNA_STORAGE", "./netclinic.db")
    assert "netclinic best tiny\n" in call("resume", "tiny", "--no-progress").err


def test_more_trials(call, finished: Path, tmp_path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    called = call("resume", "tiny", "--trials", "6")
    assert called.code == 0
    assert "6 of 6 trials: " in called.err


def test_nothing_complete_is_exit_3(call) -> None:
    write_spec(Path())
    diverging = ["-S", "search.learning_rate=1e6", "-S", "search.momentum=0.9"]
    called = call("run", "tiny.toml", *diverging, "--no-progress")
    assert (called.code, called.out) == (3, "")
    assert "No trial was trained to its end. 4 of 4 trials: 0 completed, 4 diverged." in called.err
    assert "search.learning_rate.log=" in called.err
    assert call("best", "tiny").code == 1
    assert call("diagnose", "tiny").code == 1


def concluded(stored: str, capsys, **changes) -> str:
    """What the closing sentences of the study "hand" say on stderr."""
    folder = Path("netclinic-hand")
    usual = Conclusion("hand", Ending.FINISHED, 3, 1, make_diagnosis(), folder, pruned=2)
    with contextlib.suppress(Exit):
        _conclude(usual._replace(**changes), 7, stored, 130)
    return capsys.readouterr().err


def test_pruned_trials_are_counted_among_those_that_ended(stored: str, capsys) -> None:
    said = concluded(stored, capsys)
    assert "6 of 7 trials: 3 completed, 2 pruned, 1 diverged." in said
    assert "trials hand --state completed --sort value --limit 10" in said
    without = concluded(stored, capsys, pruned=0)
    assert "4 of 7 trials: 3 completed, 1 diverged." in without
    assert "trials hand --sort value --limit 10" in without


def test_when_all_were_pruned_smaller_learning_rates_are_no_advice(stored: str, capsys) -> None:
    nothing = {"completed": 0, "diagnosis": None}
    said = concluded(stored, capsys, **nothing)
    assert "No trial was trained to its end. 3 of 7 trials: 0 completed, 2 pruned, 1 div" in said
    assert "netclinic resume hand --trials NUMBER" in said
    in_time = concluded(stored, capsys, ending=Ending.TIMEOUT, **nothing)
    assert "netclinic resume hand --timeout 600" in in_time
    assert "learning_rate" not in said + in_time


def test_trials_of_another_worker_are_no_failure_of_this_one(stored: str, capsys) -> None:
    """It advised smaller learning rates where all but one were in training, which diverged."""
    said = concluded(stored, capsys, completed=0, pruned=0, running=6, diagnosis=None)
    assert "1 of 7 trials: 0 completed, 1 diverged." in said
    assert "6 trials are being trained by another process" in said
    assert "netclinic resume hand\n" in said
    assert "learning_rate" not in said
    assert "timeout" not in said
    assert "1 trial is being trained by another process" in concluded(stored, capsys, running=1)
    assert "another process" not in concluded(stored, capsys)


def test_a_timeout_says_how_to_go_on(call) -> None:
    write_spec(Path())
    called = call("run", "tiny.toml", "--timeout", "1e-9", "--no-progress")
    assert called.code == 3
    assert "netclinic resume tiny --timeout" in called.err


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_in_good_order(tmp_path, number, code: int) -> None:
    write_spec(tmp_path)
    profiled = number is signal.SIGINT  # one of them also ends a trace, which takes seconds
    # The shorter the segment in flight, the less there is to write.
    options = ("--profile", "trace", "-S", "compute.segment=10") if profiled else ()
    with start(tmp_path, "run", "tiny.toml", *LONG, *options) as process:
        wait_for_trials(tmp_path)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert "stopping after the segment in flight" in err
    assert "Go on with: netclinic resume long\n" in err
    assert out == ""
    assert set(states(tmp_path)) == {"WAITING"}
    assert ("xprof --logdir trace\n" in err) == profiled
    assert bool(list(tmp_path.glob("trace/plugins/profile/*/*.xplane.pb"))) == profiled


@pytest.mark.slow
def test_a_second_ctrl_c_leaves_at_once(tmp_path) -> None:
    write_spec(tmp_path)
    endless = ["-S", "compute.segment=100000"]
    with start(tmp_path, "run", "tiny.toml", *LONG, *endless) as process:
        wait_for_trials(tmp_path)
        process.send_signal(signal.SIGINT)
        time.sleep(1)
        assert process.poll() is None, "the first one waits for the segment"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=5)
    assert process.returncode == 130
    assert set(states(tmp_path)) == {"RUNNING"}, "the next worker takes them over"


@pytest.mark.slow
@pytest.mark.parametrize("colour", [True, False])
def test_a_terminal_gets_a_bar_and_its_cursor_back(tmp_path, colour: bool) -> None:
    write_spec(tmp_path)
    ours, theirs = pty.openpty()
    environment = environment_of(TERM="xterm-256color", COLUMNS="80")
    if not colour:
        environment["NO_COLOR"] = "1"
    process = subprocess.Popen(
        [sys.executable, "-m", "netclinic.cli", "run", "tiny.toml", *GIVEN],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            written += (part := os.read(ours, 65536))
        except OSError:
            break  # the other side has closed
        if not part:
            break
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    seen = written.decode()
    assert "4/4 trials" in seen
    assert "━" in seen
    assert seen.count("\x1b[?25l") == seen.count("\x1b[?25h") == 1
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", seen)) == colour
    assert "\x1b" not in out


def test_diagnose_in_every_form(call, finished: Path, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(finished)
    page, text = tmp_path / "r.html", tmp_path / "r.md"
    called = call("diagnose", "tiny", "--html", str(page), "--markdown", str(text))
    assert called.code == 0
    assert called.out == (finished / "stdout").read_text()
    assert called.err == f"Wrote {page}\nWrote {text}\n"
    assert page.read_text() == (finished / "netclinic-out/tiny/report.html").read_text()
    assert text.read_text() == (finished / "netclinic-out/tiny/report.md").read_text()
    found = json.loads(call("diagnose", "tiny", "-f", "json").out)
    assert found == json.loads((finished / "netclinic-out/tiny/diagnosis.json").read_text())
    rows = [line.split(",") for line in call("diagnose", "tiny", "-f", "csv").out.splitlines()]
    assert rows[0] == ["quantity", "value", "low", "high"]
    assert float({r[0]: r[1] for r in rows}["test_error"]) == found["errors"]["test"]["value"]
    assert ", ".join(found["verdict"]) in call("studies").out


def test_a_report_that_cannot_be_written_leaves_the_diagnosis(call, finished: Path, monkeypatch):
    monkeypatch.chdir(finished)
    called = call("diagnose", "tiny", "--html", "nowhere/r.html")
    assert called.code == 1
    assert called.out == (finished / "stdout").read_text()
    assert called.err == (
        "error: nowhere/r.html: No such file or directory. Create the folder nowhere first\n"
    )


def test_fail_on(call, finished: Path, monkeypatch) -> None:
    monkeypatch.chdir(finished)
    verdict = json.loads(call("diagnose", "tiny", "-f", "json").out)["verdict"]
    every = ["high_bias", "high_variance", "healthy", "undetermined"]
    for kind in every:
        called = call("diagnose", "tiny", "--fail-on", kind, "-f", "json")
        assert called.code == (1 if kind in verdict else 0)
        assert json.loads(called.out)["verdict"] == verdict, "it is printed all the same"
    absent = [kind for kind in every if kind not in verdict]
    options = [word for kind in absent for word in ("--fail-on", kind)]
    assert call("diagnose", "tiny", *options).code == 0
    assert call("diagnose", "tiny", *options, "--fail-on", verdict[0]).code == 1
    assert call("diagnose", "tiny", "--fail-on", "high_blood_pressure").code == 2


def test_diagnose_loads_what_it_needs(finished: Path) -> None:
    """jax, scikit-learn and SciPy's distributions take a second each, its optimisers a fifth."""
    code = (
        "import sys, netclinic.cli as cli; code = cli.main(['diagnose', 'tiny']);"
        "slow = {'jax', 'sklearn', 'scipy.stats', 'scipy.optimize'};"
        "print(code, slow & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=finished,
        env=environment_of(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "0 set()\n"


def test_unexpected_errors_are_one_line(call, finished: Path, monkeypatch) -> None:
    monkeypatch.chdir(finished)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("odd\n\x1b[2J")

    monkeypatch.setattr("netclinic.storage.TrialStore", broken, raising=False)
    called = call("studies")
    assert called.code == 1
    assert called.err == (
        "internal error: ZeroDivisionError: odd\\n\\x1b[2J; re-run with --debug\n"
    )
