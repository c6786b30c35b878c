import errno
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from netclinic.cli.errors import EXPECTED, FAILED, MISUSED, explain, run_app
from netclinic.datasets import DataError
from netclinic.storage import NumberTaken, StorageError

from .conftest import environment_of, spawn

CHEAP = [
    ["--help"],
    ["--version"],
    ["run", "--help"],
    ["serve", "--help"],
    ["studies"],
    ["trials", "hand"],
    ["best", "hand"],
    ["show", "hand", "1"],
    ["sql", "SELECT * FROM trial_summary"],
    ["studies", "-f", "json"],
]


@pytest.mark.parametrize(("module", "name"), EXPECTED)
def test_expected_errors_exist_under_these_names(module: str, name: str) -> None:
    kind = getattr(importlib.import_module(module), name)
    assert (kind.__module__, kind.__qualname__) == (module, name)


@pytest.mark.parametrize(
    ("error", "text", "code"),
    [
        (StorageError("It is so. Do this."), "error: It is so. Do this.", FAILED),
        (NumberTaken("Retry."), "error: Retry.", FAILED),
        (DataError("two\nlines"), "error: two\n       lines", FAILED),
        (DataError("\x1b[2J"), "error: \\x1b[2J", FAILED),
        (DataError(""), "error: no reason was given", FAILED),
        (PermissionError(errno.EACCES, "no", "f.toml"), "error: f.toml: no", FAILED),
        (OSError(errno.ENOSPC, "full"), "error: full", FAILED),
        (KeyError("x"), "internal error: KeyError: 'x'; re-run with --debug", FAILED),
        (
            UnicodeEncodeError("utf-8", "M\udcfc", 1, 2, "surrogates not allowed"),
            "error: 'M\\udcfc' holds bytes that are no text in this locale. Type it in UTF-8, and "
            "let the locale say so: LC_ALL=C.UTF-8",
            MISUSED,
        ),
        (OSError("odd"), "internal error: OSError: odd; re-run with --debug", FAILED),
        (
            typer.BadParameter("bad", param_hint="-f"),
            "error: Invalid value for -f: bad\n`netclinic --help` says what can be typed.",
            MISUSED,
        ),
    ],
)
def test_errors_in_words(error: Exception, text: str, code: int) -> None:
    assert explain(error) == (text, code)


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("RESOURCE_EXHAUSTED: 9 GiB")], ids=["host", "device"]
)
def test_too_little_memory_says_what_to_change(error: Exception) -> None:
    text, code = explain(error)
    assert text.startswith("error: not enough memory. Train fewer trials at once (-S compute.")
    assert code == FAILED


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nope"], 2, "No such command 'nope'"),
        (["run"], 2, "Missing argument"),
        (["studies", "--nope"], 2, "--nope"),
        (["studies", "-f", "yaml"], 2, "'table', 'json', 'csv'"),
        (["show", "hand", "-1"], 2, "No such option"),
        (["show", "hand", "one"], 2, "'NUMBER': got 'one'; allowed is a whole number\n"),
        (["trials", "x", "--limit", "-3"], 2, "'--limit': got '-3'; allowed is a number from 1\n"),
        (["trials", "x", "--state", "odd"], 2, "'--state': 'odd' is not one of 'completed'"),
        (["resume", "x", "--timeout", "nan"], 2, "above 0"),
        (["resume", "x", "--trials", "0"], 2, "--trials"),
        (["trials", "x", "--limit", "0"], 2, "--limit"),
        (["run", "nope.toml"], 2, "error: nope.toml: no such file"),
        (["studies"], 1, "there is no such database"),
        (["resume", "x", "--no-progress"], 1, "there is no such database"),
        (["studies", "--storage", "oracle://x"], 1, "not supported as storage"),
    ],
)
def test_exit_codes_and_messages(call, arguments: list[str], code: int, words: str) -> None:
    called = call(*arguments)
    assert called.code == code
    assert called.err.startswith("error: ")
    assert words in called.err
    assert "Traceback" not in called.err
    assert called.out == ""
    assert not list(Path.cwd().iterdir()), "nothing is created by a mistake"


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_stream_is_no_error(stored: str, closed: str) -> None:
    command = f'"{sys.executable}" -m netclinic.cli studies --storage "{stored}" {closed}>&-'
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_debug_shows_the_traceback_wherever_it_stands(call) -> None:
    for arguments in (["--debug", "studies"], ["studies", "--debug"]):
        with pytest.raises(StorageError):
            call(*arguments)
    assert call("sql", "--", "--debug").code == 1, "behind -- it is data"


def test_help_and_version(call) -> None:
    for words in ([], ["db"]):
        called = call(*words)
        assert (called.code, called.out) == (2, ""), "nothing was done"
        assert called.err.startswith(" ".join(["Usage: netclinic", *words]))
    shown = call("--help")
    assert shown.code == 0
    assert "Usage: netclinic" in shown.out
    assert "..." not in shown.out.partition("Commands:")[2], (
        "each command is told in a whole sentence"
    )
    version = importlib.metadata.version("netclinic")
    assert call("--version").out == f"netclinic {version}\n"


@pytest.mark.parametrize("arguments", CHEAP, ids=lambda a: a[0])
def test_looking_does_not_load_the_learning(stored: str, tmp_path, arguments) -> None:
    """jax takes seconds, optuna and scipy one each: nobody waits for them to read a table."""
    code = (
        "import sys, netclinic.cli as cli; code = cli.main(sys.argv[1:]);"
        "heavy = {'jax', 'flax', 'optuna', 'scipy', 'sklearn', 'pyarrow', 'altair'};"
        "print(sorted(heavy & set(sys.modules)), code, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env=environment_of(OPTUNA_STORAGE=stored),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[] 0"


def test_help_loads_neither_the_database_nor_the_spec() -> None:
    code = (
        "import sys, netclinic.cli as cli; cli.main(['--help']);"
        "print(sorted({'sqlalchemy', 'pydantic', 'numpy', 'rich', 'fastapi'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_takes_less_than_half_a_second() -> None:
    """Of processor time, the least of five: what else the machine does must not matter."""

    def seconds() -> float:
        before = os.times()
        command = [sys.executable, "-m", "netclinic.cli", "--help"]
        environment = environment_of()  # without bytecode, all modules are compiled each time
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        used = (after.children_user - before.children_user, after.children_system)
        return used[0] + used[1] - before.children_system

    assert min(seconds() for _ in range(5)) < 0.5


def test_a_reader_that_goes_away_is_no_error(stored: str, tmp_path) -> None:
    query = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
        "SELECT i FROM n"
    )
    for to in ("csv", "table", "json"):
        command = [sys.executable, "-m", "netclinic.cli", "sql", query, "--storage", stored]
        with subprocess.Popen(
            [*command, "-f", to], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""


def test_devices_that_are_not_there(tmp_path) -> None:
    done = spawn("info", folder=tmp_path, JAX_PLATFORMS="nonsense")
    assert done.returncode == FAILED
    assert done.stderr.startswith("error: jax finds no device of JAX_PLATFORMS='nonsense' here (")


def test_an_assertion_about_devices_is_told_in_words(monkeypatch) -> None:
    """As of JAX_PLATFORMS=cuda, where only the jax of CPUs is installed."""
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    with pytest.raises(AssertionError) as caught:
        exec(compile("assert False", "jax/_src/xla_bridge.py", "exec"))
    text, code = explain(caught.value)
    assert code == FAILED
    assert text.startswith("error: jax finds no device of JAX_PLATFORMS='cuda' here. Unset it")


def test_an_output_that_knows_no_unicode(stored: str, tmp_path) -> None:
    done = spawn("best", "hand", "--storage", stored, folder=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Trial 1 of hand: completed" in done.stdout


def test_a_minus_is_one_without_unicode_too(stored: str, tmp_path) -> None:
    """A question mark in its place made -1.8 points into 1.8."""
    query = "SELECT '−1.8 – 2.7 points ≤ 3 …' AS it"
    done = spawn("sql", query, "--storage", stored, folder=tmp_path, PYTHONIOENCODING="ascii")
    assert "\n-1.8 - 2.7 points <= 3 ...\n" in done.stdout


@pytest.mark.parametrize(
    ("options", "before", "level"), [([], None, "3"), ([], "0", "0"), (["--debug"], None, None)]
)
def test_xla_is_silent_unless_it_is_asked(monkeypatch, options, before, level) -> None:
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "restored afterwards")
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
    if before is not None:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", before)
    assert run_app([*options, "--version"]) == 0
    assert os.environ.get("TF_CPP_MIN_LOG_LEVEL") == level
