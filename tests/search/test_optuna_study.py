"""Studies that Optuna alone made, read through Optuna."""

from pathlib import Path

import optuna
import pytest
from netclinic.search import plain_study
from netclinic.storage import StorageError
from netclinic.storage.records.results import Outcome

from .conftest import UNSEEN, run, url_in


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("plain")
    storage = optuna.storages.RDBStorage(url_in(folder))

    def objective(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("rate", 1e-4, 1e-1, log=True)
        trial.suggest_categorical("kind", ["a", None, 3])
        for step in (2, 4):
            trial.report(rate * step, step)
        if trial.number == 1:
            raise ValueError
        if trial.number == 2:
            raise optuna.TrialPruned
        return float("inf") if trial.number == 3 else rate

    for name, direction in (("low", "minimize"), ("high", "maximize")):
        sampler = optuna.samplers.RandomSampler(seed=3)
        study = optuna.create_study(
            study_name=name, storage=storage, direction=direction, sampler=sampler
        )
        study.optimize(objective, n_trials=6, catch=(ValueError,))
    optuna.create_study(study_name="two", storage=storage, directions=["minimize", "maximize"])
    storage.remove_session()
    storage.engine.dispose()
    return url_in(folder)


def test_it_is_read_whole(url: str) -> None:
    study = plain_study("low", url)
    assert study is not None
    states = [trial.state for trial in study.trials]
    assert states == ["COMPLETE", "FAIL", "PRUNED", "COMPLETE", "COMPLETE", "COMPLETE"]
    assert {(r.name, r.law) for r in study.ranges} == {("rate", "log"), ("kind", "choice")}
    first, failed, pruned, infinite, *_ = study.trials
    rate = first.parameters["rate"]
    assert first.value == rate
    assert first.result is not None
    assert first.result.curves.validation_error == (2 * rate, 4 * rate)
    assert failed.result is None
    assert pruned.result is not None
    assert pruned.result.outcome is Outcome.PRUNED
    assert (infinite.value, infinite.state) == (None, "COMPLETE")
    best = study.best()
    assert best is not None
    assert best.value == min(t.value for t in study.trials if t.value is not None)


def test_maximised_values_are_negated(url: str) -> None:
    study = plain_study("high", url)
    assert study is not None
    assert study.direction == "maximize"
    assert all(t.value == -t.parameters["rate"] for t in study.trials if t.value is not None)


def test_nothing_is_written(url: str) -> None:
    file = Path(url.removeprefix("sqlite:///"))
    before = file.read_bytes()
    file.chmod(0o444)
    plain_study("low", url)
    assert file.read_bytes() == before


def test_what_cannot_be_read_is_said(url: str) -> None:
    with pytest.raises(
        StorageError, match=r"trials\.db: there is no study 'none'; the database holds '"
    ):
        plain_study("none", url)
    with pytest.raises(StorageError, match="study 'two' has 2 objectives; allowed is one"):
        plain_study("two", url)
    with pytest.raises(StorageError):
        plain_study("low", url.replace("trials.db", "other.db"))


def test_beside_netclinic_s_studies(tmp_path: Path) -> None:
    run(tmp_path, "study.trials=1", "training.epochs=1", UNSEEN)
    assert plain_study("small", url_in(tmp_path)) is None
    storage = optuna.storages.RDBStorage(url_in(tmp_path))
    optuna.create_study(study_name="low", storage=storage).optimize(lambda _: 1.0, n_trials=1)
    storage.remove_session()
    storage.engine.dispose()
    study = plain_study("low", url_in(tmp_path))
    assert study is not None
    assert study.trials[0].value == 1
