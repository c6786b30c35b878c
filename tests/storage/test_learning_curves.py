"""Learning curves: stored, read back, and gone with their study; and the trainings behind them."""

import numpy as np
import optuna
import pytest
from netclinic.storage import Outcome, StorageError
from netclinic.storage.records.learning_curves import FIRST_SUBSET, SubsetTraining

from tests.diagnostics.learning_curves import FORECAST

from .conftest import launch

REFUSED = FORECAST._replace(
    test_groups=12,
    families=(),
    asymptote=None,
    asymptote_low=None,
    asymptote_high=None,
    backtest=None,
    refused="unfit",
    forecasts=(),
    target=None,
)


def training(trial_id: int, rows: int, seed: int) -> SubsetTraining:
    return SubsetTraining(
        trial_id=trial_id,
        train_rows=rows,
        replicate=FIRST_SUBSET + seed,
        outcome=Outcome.COMPLETED,
        epochs=40,
        training_error=0.0,
        validation_error=0.125,
        test_error=0.25,
        kind="bits",
        test_rows=12,
        errors=b"\x80\x10",
        seconds=0.5,
    )


@pytest.mark.parametrize(
    "known",
    [
        FORECAST,
        REFUSED,
        FORECAST._replace(target=FORECAST.target._replace(low=None, rows=None, high=None)),
        FORECAST._replace(points=tuple(p._replace(training_error=None) for p in FORECAST.points)),
    ],
)
def test_a_curve_is_read_back_as_it_was(store, known) -> None:
    study, *_ = launch(store, 1)
    assert store.load_study("digits").learning_curve is None
    store.save_learning_curve(study, known)
    assert store.load_study("digits").learning_curve == known


def test_the_newest_curve_is_read_with_its_study(store) -> None:
    study, *_ = launch(store, 1)
    store.save_learning_curve(study, FORECAST)
    store.save_learning_curve(study, REFUSED)
    assert store.load_study("digits").learning_curve == REFUSED
    store.save_learning_curve(study, FORECAST._replace(trial=7))
    assert store.load_study("digits").learning_curve == FORECAST._replace(trial=7)
    assert store.query("SELECT count(*) FROM learning_curves")[1] == [(3,)]


def test_trainings_on_subsets_are_kept_and_stay_as_they_are(store) -> None:
    study, _, (first, second) = launch(store, 2)
    trial = first.trial_id
    diverged = training(trial, 6, 2)._replace(
        outcome=Outcome.DIVERGED,
        training_error=None,
        validation_error=None,
        test_error=None,
        kind=None,
        test_rows=None,
        errors=None,
    )
    known = (
        training(trial, 6, 0),
        training(trial, 6, 1),
        diverged,
        training(trial, 12, 0),
    )
    store.record_subsets(study, [known[3], known[1]])
    store.record_subsets(study, [])
    store.record_subsets(study, [it._replace(test_error=0.5) for it in known[3:]] + [*known[:3]])
    store.record_subsets(study, [training(second.trial_id, 6, 0)])
    assert store.subset_trainings(trial) == known
    assert len(store.subset_trainings(second.trial_id)) == 1


def test_numbers_of_numpy_are_kept_as_numbers(store) -> None:
    study, _, (trial,) = launch(store, 1)
    given = training(trial.trial_id, 6, 0)
    of_numpy = given._replace(train_rows=np.int64(6), test_error=np.float64(0.25))
    store.record_subsets(study, [of_numpy])
    assert store.subset_trainings(trial.trial_id) == (given,)
    assert store.query("SELECT train_rows + 1 FROM trial_subsets")[1] == [(7,)]


def test_they_go_with_their_study(store, stock_storage) -> None:
    study, _, (trial,) = launch(store, 1)
    store.save_learning_curve(study, FORECAST)
    store.record_subsets(study, [training(trial.trial_id, 6, 0)])
    optuna.delete_study(study_name="digits", storage=stock_storage())
    for table in ("learning_curves", "learning_curve_points", "trial_subsets"):
        assert store.query(f"SELECT count(*) FROM {table}")[1] == [(0,)]
    with pytest.raises(StorageError):
        store.save_learning_curve(study, FORECAST)
    with pytest.raises(StorageError):
        store.record_subsets(study, [training(trial.trial_id, 6, 0)])
