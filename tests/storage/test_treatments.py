"""Remedies that were tried: stored, read back, and gone with their study."""

import optuna
import pytest
from netclinic.storage import StorageError
from netclinic.storage.records.treatments import FIRST_FRESH, FRESH, FreshErrors

from tests.diagnostics.tried import HARMFUL, TRIED

from .conftest import launch, replicate, result

KNOWN = TRIED._replace(test_groups=12)


def fresh(trial_id: int, seed: int, error: float | None = 0.25):
    return replicate(trial_id, FIRST_FRESH + seed, error, kind=FRESH)


def test_the_newest_of_each_study_is_read_with_its_study(store) -> None:
    study, *_ = launch(store, 1)
    assert store.load_study("digits").treatments == ()
    store.save_treatment(study, KNOWN)
    store.save_treatment(study, HARMFUL._replace(row_error=None, low=None, high=None))
    store.save_treatment(study, KNOWN._replace(seeds=16))
    first, second = store.load_study("digits").treatments
    assert first == KNOWN._replace(seeds=16)
    assert (second.treated_study, second.low, second.row_error) == ("digits-dropout", None, None)


def test_fresh_trainings_are_kept_with_their_errors(store) -> None:
    study, _, (trial, _) = launch(store, 2)
    store.finish([result(trial.trial_id)])
    errors = FreshErrors(trial.trial_id, FIRST_FRESH, "bits", 12, b"\x80\x10")
    store.record_fresh(study, [fresh(trial.trial_id, 0), fresh(trial.trial_id, 1, None)], [errors])
    assert store.fresh_errors(trial.trial_id) == (errors,)
    record = store.load_study("digits")
    assert [(r.kind, r.replicate) for r in record.replicates] == [
        (FRESH, FIRST_FRESH),
        (FRESH, FIRST_FRESH + 1),
    ]
    other = errors._replace(errors=b"\x00\x00")
    store.record_fresh(study, [fresh(trial.trial_id, 0, 0.5)], [other])
    assert store.fresh_errors(trial.trial_id) == (errors,)  # what is there stays


def test_fresh_seeds_choose_no_winner(store) -> None:
    study, _, (trial, _) = launch(store, 2)
    store.finish([result(trial.trial_id)])
    store.record_fresh(study, [fresh(trial.trial_id, 0)], [])
    record = store.load_study("digits")
    assert record.seeds_of(record.trials[0]) == ()
    assert record.winner() is None


def test_they_go_with_their_study(store, stock_storage) -> None:
    study, _, (trial,) = launch(store, 1)
    store.save_treatment(study, KNOWN)
    errors = FreshErrors(trial.trial_id, FIRST_FRESH, "float32", 1, b"\x00" * 4)
    store.record_fresh(study, [fresh(trial.trial_id, 0)], [errors])
    optuna.delete_study(study_name="digits", storage=stock_storage())
    for table in ("treatments", "trial_test_rows", "trial_replicates"):
        assert store.query(f"SELECT count(*) FROM {table}")[1] == [(0,)]
    with pytest.raises(StorageError):
        store.save_treatment(study, KNOWN)
