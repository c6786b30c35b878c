import json

import optuna
from netclinic.storage import standings
from netclinic.storage.schema import REVISION


def test_studies_for_people_and_programs(call, stored: str) -> None:
    lines = call("studies", "--storage", stored).out.splitlines()
    assert lines[-1].split()[:9] == ["hand", "7", "3", "1", "1", "1", "5.0", "%", "–"]
    (found,) = json.loads(call("studies", "--storage", stored, "-f", "json").out)
    assert [found[n] for n in ("completed", "pruned", "diverged", "running")] == [3, 1, 1, 1]
    assert found["best_value"] == 0.05
    assert found["verdict"] is None


def test_a_study_whose_process_was_killed_is_told(call, stored: str, monkeypatch) -> None:
    """Its trials stand as running until they are resumed."""
    assert call("studies", "--storage", stored).err == ""
    monkeypatch.setattr(standings, "is_gone", lambda *_: True)
    told = call("studies", "--storage", stored).err
    resume = f"netclinic resume --storage {stored} hand"
    assert told == f"Nobody trains hand any more. Go on with: {resume}\n"
    assert call("studies", "--storage", stored, "-f", "csv").err == ""


def test_the_database_comes_from_the_option_then_the_variable(call, stored, monkeypatch) -> None:
    monkeypatch.setenv("OPTUNA_STORAGE", stored)
    assert "hand" in call("studies").out
    assert call("studies", "--storage", "other.db").code == 1
    monkeypatch.setenv("OPTUNA_STORAGE", "")
    assert "netclinic.db: there is no such database" in call("studies").err


def test_a_database_of_stock_optuna(call, tmp_path) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    url = f"sqlite:///{tmp_path}/stock.db"
    storage = optuna.storages.RDBStorage(url)
    study = optuna.create_study(storage=storage, study_name="\x1b[31mred", direction="maximize")
    study.optimize(lambda trial: trial.suggest_float("value", 90, 91), n_trials=3)
    storage.scoped_session.remove()
    storage.engine.dispose()
    refused = call("studies", "--storage", url).err
    assert "`netclinic diagnose STUDY --storage " in refused
    assert "netclinic db upgrade" in refused
    assert call("db", "upgrade", "--storage", url).code == 0
    assert call("db", "upgrade", "--storage", url).err.endswith(
        f"has schema {REVISION}, the newest.\n"
    )
    listed = call("studies", "--storage", url).out
    assert "\\x1b[31mred" in listed
    assert "\x1b" not in listed
    assert " %" not in listed.splitlines()[-1]
    trials = json.loads(call("trials", "\x1b[31mred", "--storage", url, "-f", "json").out)
    assert all(90 <= row["param_value"] == row["value"] for row in trials)
    assert call("show", "\x1b[31mred", "1", "--storage", url).code == 0
    best = call("best", "\x1b[31mred", "--storage", url)
    assert best.code == 1
    assert "\x1b" not in best.err
    assert "Optuna alone made" in best.err
    assert "netclinic diagnose" in best.err


def test_a_study_of_optuna_alone_shows_its_values_and_nothing_that_it_lacks(call, tmp_path) -> None:
    """Its values are of any unit, and None among its choices is a value, not a missing one."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    url = f"sqlite:///{tmp_path}/stock.db"
    storage = optuna.storages.RDBStorage(url)
    study = optuna.create_study(storage=storage, study_name="plain")
    for choice in (None, "adam"):
        study.enqueue_trial({"decay": choice})
    study.optimize(
        lambda trial: 0.25 if trial.suggest_categorical("decay", [None, "adam"]) else 0.75,
        n_trials=2,
    )
    study.optimize(lambda _: 0.5, n_trials=1)
    storage.scoped_session.remove()
    storage.engine.dispose()
    call("db", "upgrade", "--storage", url)
    assert call("studies", "--storage", url).out.splitlines()[-1].split()[6] == "0.25"
    heading, _, *rows = call("trials", "plain", "--storage", url).out.splitlines()
    assert heading.split() == ["trial", "state", "value", "decay"]
    assert [row.split()[2:] for row in rows] == [["0.75", "None"], ["0.25", "adam"], ["0.5", "–"]]


def test_an_empty_database(call, tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    storage = optuna.storages.RDBStorage(url)
    storage.engine.dispose()
    call("db", "upgrade", "--storage", url)
    called = call("studies", "--storage", url)
    assert (called.code, called.out) == (0, "")
    assert "no study yet" in called.err
    assert call("studies", "--storage", url, "-f", "json").out == "[]\n"
