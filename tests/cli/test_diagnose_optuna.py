"""``diagnose`` of a study that Optuna alone made."""

import json
from pathlib import Path

import optuna
import pytest


@pytest.fixture
def database(tmp_path: Path) -> str:
    storage = optuna.storages.RDBStorage(f"sqlite:///{tmp_path / 'others.db'}")
    study = optuna.create_study(study_name="mine", storage=storage)
    for rate in (0.08, 0.09, 0.07, 0.06, 0.05, 0.001):
        study.enqueue_trial({"rate": rate})
    study.optimize(lambda t: 1 - t.suggest_float("rate", 1e-4, 0.1, log=True), n_trials=6)
    storage.remove_session()
    storage.engine.dispose()
    return str(tmp_path / "others.db")


def test_what_its_search_tells(call, database: str) -> None:
    called = call("diagnose", "mine", "--storage", database)
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("mine (made by Optuna; trials: 6 complete)\n")
    assert "The lowest value is 0.91, of trial 1: rate 0.09." in called.out
    assert "  → trial.suggest_float('rate', 0.0001, 1, log=True)\n" in called.out
    assert "Bias and variance: they are differences" in called.out


def test_its_trials(call, database: str) -> None:
    """A trial showed parameters that it has not, and no value."""
    assert call("db", "upgrade", "--storage", database).code == 0
    called = call("show", "mine", "1", "--storage", database)
    assert called.out == "Trial 1 of mine: completed\n\n  rate   0.09\n  value  0.91\n"


def test_its_export(call, database: str) -> None:
    """What was missing was to be made by a command that refuses such studies."""
    assert call("db", "upgrade", "--storage", database).code == 0
    called = call("export", "mine", "--storage", database)
    assert [Path(line).name for line in called.out.splitlines()] == ["trials.csv", "curves.csv"]
    assert called.err == (
        "Optuna alone made 'mine', so it has neither reports nor a network here. "
        f"`netclinic diagnose --storage {database} mine` says what its search tells.\n"
    )


def test_its_forms(call, database: str) -> None:
    found = json.loads(call("diagnose", "mine", "--storage", database, "-f", "json").out)
    assert found["best"] == {"trial": 1, "value": 0.91, "parameters": {"rate": 0.09}}
    assert found["trials"] == {"complete": 6}
    rows = call("diagnose", "mine", "--storage", database, "-f", "csv").out.splitlines()
    assert rows == ["quantity,value", "value,0.91", "rate,0.09"]


@pytest.mark.parametrize(
    "options", [("--html", "a.html"), ("--markdown", "a.md"), ("--fail-on", "healthy")]
)
def test_what_only_a_study_of_netclinic_has(call, database: str, options) -> None:
    called = call("diagnose", "mine", "--storage", database, *options)
    assert called.code == 2
    assert f"{options[0]} is for studies that netclinic made" in called.err
