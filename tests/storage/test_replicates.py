"""Trials that were trained again: recorded once, read back, and the winner among them."""

import math

import optuna
import pytest
from netclinic.storage import Outcome, StorageError, TrialStore
from netclinic.storage.records.replicates import DecompositionRecord

from .conftest import SPEC, execute, launch, new_study, proposals, replicate, result

FOUND = DecompositionRecord(2, "zero_one", 5, 297, 0.1, 0.06, 0.04, 0.05, 0.01, {"loss_low": 0.08})


def study_of(store: TrialStore, *values: float, replicates: int = 3, finalists: int = 2):
    """A study whose trials have these validation errors; its id and the trials' ids."""
    spec = {**SPEC, "study": {"replicates": replicates, "finalists": finalists}}
    study = store.create_study(new_study()._replace(spec_resolved=spec))
    worker = store.register_worker(study)
    ids = [t.trial_id for t in store.launch(study, worker, 0, proposals(0, len(values)))]
    store.finish([result(i, v) for i, v in zip(ids, values, strict=True)])
    return study, ids


def test_what_is_recorded_is_read_back_without_the_answers(store) -> None:
    study, _, launched = launch(store, 2)
    first, second = (t.trial_id for t in launched)
    seeds = [replicate(second, 1), replicate(first, 2, None, validation_loss=math.nan)]
    drawn = replicate(first, 0, kind="bootstrap", answers=(0, 2, 1))
    store.record_replicates(study, [*seeds, drawn])
    read = store.load_study("digits").replicates
    expected = (drawn._replace(answers=None), seeds[1]._replace(validation_loss=None), seeds[0])
    assert read == store.replicates(study) == expected
    assert store.answers(first, "bootstrap") == ((0, 2, 1),)
    assert store.answers(second, "bootstrap") == ()


def test_what_another_worker_recorded_stays(store) -> None:
    study, _, (trial,) = launch(store, 1)
    store.record_replicates(study, [replicate(trial.trial_id, 1, 0.25)])
    mine = [replicate(trial.trial_id, 1, 0.5), replicate(trial.trial_id, 2, 0.5)]
    store.record_replicates(study, mine)
    found = [(r.replicate, r.validation_error) for r in store.replicates(study)]
    assert found == [(1, 0.25), (2, 0.5)]
    store.record_replicates(study, [])


def test_the_newest_decomposition_counts(store) -> None:
    study, _, _ = launch(store, 1)
    assert store.load_study("digits").decomposition is None
    store.save_decomposition(study, FOUND._replace(loss=0.5))
    store.save_decomposition(study, FOUND)
    assert store.load_study("digits").decomposition == FOUND


def test_the_winner_has_the_lowest_mean_over_new_seeds(store) -> None:
    study, ids = study_of(store, 0.3, 0.1, 0.2)
    record = store.load_study("digits")
    assert [t.number for t in record.finalists()] == [1, 2]
    assert record.winner() is None
    assert record.best().number == 1, "the search's best, as long as seeds are missing"
    store.record_replicates(study, [replicate(ids[1], r, 0.4) for r in (1, 2)])
    store.record_replicates(study, [replicate(ids[2], 1, 0.35)])
    assert store.load_study("digits").winner() is None
    store.record_replicates(study, [replicate(ids[2], 2, 0.4)])
    record = store.load_study("digits")
    assert record.winner() == record.best() == record.trials[2]


def test_the_winner_has_the_lowest_mean_of_what_is_minimised(store) -> None:
    study, ids = study_of(store, 0.1, 0.2)
    for number, (error, balanced) in enumerate([(0.1, 0.4), (0.2, 0.3)]):
        both = [
            replicate(ids[number], r, error, validation_balanced_error=balanced) for r in (1, 2)
        ]
        store.record_replicates(study, both)
    assert store.load_study("digits").winner().number == 1


@pytest.mark.parametrize("outcome", [Outcome.DIVERGED, Outcome.PRUNED])
def test_a_finalist_with_a_seed_missing_comes_last(store, outcome) -> None:
    study, ids = study_of(store, 0.1, 0.2)
    lost = replicate(ids[0], 2, None, outcome=outcome)
    store.record_replicates(study, [replicate(ids[0], 1, 0.1), lost])
    store.record_replicates(study, [replicate(ids[1], r, 0.9) for r in (1, 2)])
    assert store.load_study("digits").best().number == 1


def test_equal_means_go_to_the_better_rank_and_bootstraps_do_not_count(store) -> None:
    study, ids = study_of(store, 0.2, 0.1)
    store.record_replicates(study, [replicate(i, r, 0.5) for i in ids for r in (1, 2)])
    store.record_replicates(study, [replicate(ids[0], r, 0.0, kind="bootstrap") for r in (1, 2)])
    assert store.load_study("digits").best().number == 1


def test_without_replicates_the_lowest_error_is_the_best(store) -> None:
    study_of(store, 0.2, 0.1, replicates=1)
    record = store.load_study("digits")
    assert record.finalists() == ()
    assert record.best().number == 1


def test_the_summary_has_the_trial_itself_as_seed_0(store) -> None:
    study, ids = study_of(store, 0.2, 0.1)
    store.record_replicates(study, [replicate(ids[1], 1, 0.5)])
    _, rows = store.query(
        "SELECT number, kind, replicate, validation_error FROM replicate_summary ORDER BY replicate"
    )
    assert rows == [(1, "seed", 0, 0.1), (1, "seed", 1, 0.5)]


def test_they_go_with_their_trial_and_study(store, stock_storage) -> None:
    study, _, (trial,) = launch(store, 1)
    store.record_replicates(study, [replicate(trial.trial_id, 1)])
    store.save_decomposition(study, FOUND)
    optuna.delete_study(study_name="digits", storage=stock_storage())
    for table in ("trial_replicates", "decompositions"):
        assert store.query(f"SELECT count(*) FROM {table}")[1] == [(0,)]
    with pytest.raises(StorageError, match="deleted"):
        store.record_replicates(study, [replicate(trial.trial_id, 2)])


def test_an_upgrade_makes_the_triggers_anew(sqlite_url) -> None:
    from netclinic.storage import upgrade_schema

    execute(sqlite_url, "UPDATE netclinic_alembic_version SET version_num = '0003'")
    execute(sqlite_url, "DELETE FROM schema_history WHERE revision > '0003'")
    execute(sqlite_url, "DROP TRIGGER netclinic_trial_deleted")
    execute(
        sqlite_url,
        "CREATE TRIGGER netclinic_trial_deleted AFTER DELETE ON trials BEGIN SELECT 1; END",
    )
    upgrade_schema(sqlite_url)
    with TrialStore(sqlite_url) as store:
        _, rows = store.query(
            "SELECT sql FROM sqlite_master WHERE name = 'netclinic_trial_deleted'"
        )
    assert "trial_replicates" in rows[0][0]
