"""Stock Optuna reads what we wrote, and works in the same study beside us."""

import warnings

import optuna
import pytest
from netclinic.storage import StorageError, StudyCounts, TrialStore
from optuna.trial import TrialState

from .conftest import DISTRIBUTIONS, execute, launch, new_study, proposals, pruned, result, signs


@pytest.fixture
def stock(stock_storage):
    def load(name="digits", **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # heartbeats are marked experimental
            storage = stock_storage(**options)
        return optuna.load_study(study_name=name, storage=storage)

    return load


def objective(trial: optuna.Trial) -> float:
    for name, distribution in DISTRIBUTIONS.items():
        trial._suggest(name, distribution)
    return trial.params["learning_rate"]


def test_states_parameters_and_values_are_read(store, stock):
    _, _, launched = launch(store, 4)
    store.finish([result(launched[0].trial_id, 0.4), result(launched[1].trial_id, None)])
    store.finish([result(launched[2].trial_id, 0.1)])
    study = stock()
    assert study.direction is optuna.study.StudyDirection.MINIMIZE
    assert [t.state for t in study.trials] == [
        TrialState.COMPLETE,
        TrialState.FAIL,
        TrialState.COMPLETE,
        TrialState.RUNNING,
    ]
    assert [t.values for t in study.trials] == [[0.4], None, [0.1], None]
    assert [t.params for t in study.trials] == [t.parameters for t in launched]
    assert study.trials[3].distributions == DISTRIBUTIONS
    assert [list(t.params) for t in study.trials] == [list(DISTRIBUTIONS)] * 4
    assert (study.best_trial.number, study.best_value) == (2, 0.1)
    times = [(t.datetime_start, t.datetime_complete) for t in study.trials[:3]]
    assert all(start <= complete for start, complete in times)


def test_a_pruned_trial_is_what_a_stock_worker_would_have_left(store, stock):
    study_id, _, launched = launch(store, 2)
    store.finish([pruned(launched[0].trial_id, 0.3), result(launched[1].trial_id, 0.4)])
    study = stock()
    theirs = study.ask(DISTRIBUTIONS)
    theirs.report(0.3, 2)
    study.tell(theirs, state=TrialState.PRUNED)
    ours, completed, stocks = study.trials
    assert ours.state is stocks.state is TrialState.PRUNED
    assert ours.values == stocks.values == [0.3]
    assert ours.datetime_complete is not None
    columns = "objective, value, value_type"
    _, rows = store.query(f"SELECT {columns} FROM trial_values ORDER BY trial_id")
    assert rows[0] == rows[2]
    assert study.best_trial == completed
    assert store.counts(study_id) == StudyCounts(3, 1, 1, 0, 0, 0, 0, 1)


def test_a_stock_sampler_goes_on_after_pruned_trials(store, stock):
    _, _, launched = launch(store, 20)
    store.finish(
        [(pruned if t.number % 2 else result)(t.trial_id, t.number / 100) for t in launched]
    )
    study = stock()
    study.sampler = optuna.samplers.TPESampler(seed=1, n_startup_trials=5)
    study.optimize(objective, n_trials=1)
    assert [t.state.name for t in study.trials[:3]] == ["COMPLETE", "PRUNED", "COMPLETE"]
    assert study.trials[20].state is TrialState.COMPLETE


def test_importances_are_computed(store, stock):
    _, _, launched = launch(store, 30)
    store.finish([result(t.trial_id, float(t.parameters["layers"]) / 10) for t in launched])
    importances = optuna.importance.get_param_importances(stock())
    assert max(importances, key=importances.__getitem__) == "layers"


def test_plots_are_drawn(store, stock):
    pytest.importorskip("plotly", reason="plotly is not installed")
    _, _, launched = launch(store, 5)
    store.finish([result(t.trial_id, t.number / 10) for t in launched])
    figure = optuna.visualization.plot_optimization_history(stock())
    assert len(figure.data[0].x) == 5


def test_a_stock_worker_adds_trials_before_between_and_after_ours(store, stock, url):
    study_id = store.create_study(new_study())
    study = stock()
    study.optimize(objective, n_trials=2)
    worker = store.register_worker(study_id)
    ours = store.launch(study_id, worker, store.next_number(study_id), proposals(2, 2))
    between = study.ask(DISTRIBUTIONS)
    assert between.number == 4
    more = store.launch(study_id, worker, store.next_number(study_id), proposals(5, 2))
    study.optimize(objective, n_trials=1)
    # The storage that cached unfinished trials sees them end.
    assert [t.state.name for t in study.trials] == ["COMPLETE"] * 2 + ["RUNNING"] * 5 + ["COMPLETE"]
    store.finish([result(t.trial_id, (t.number - 2) / 1000) for t in ours + more])
    study.tell(between, 0.5)
    assert [t.number for t in study.trials] == list(range(8))
    assert [t.state.name for t in study.trials] == ["COMPLETE"] * 8
    assert study.best_trial.number == 2
    assert store.counts(study_id) == StudyCounts(8, 4, 0, 0, 0, 0, 0, 4)
    with TrialStore(url) as second:
        record = second.load_study("digits")
    assert [t.result is not None for t in record.trials] == [
        False, False, True, True, False, True, True, False,
    ]  # fmt: skip
    assert record.trials[4].parameters == between.params
    assert len(record.ranges) == len(DISTRIBUTIONS)


def test_a_sampler_learns_from_our_trials(store, stock):
    _, _, launched = launch(store, 20)
    store.finish([result(t.trial_id, t.number / 100) for t in launched])
    study = stock()
    study.sampler = optuna.samplers.TPESampler(seed=1, n_startup_trials=5)
    study.optimize(objective, n_trials=2)
    assert [t.number for t in study.trials] == list(range(22))


def test_a_stale_trial_is_failed_by_optuna_and_then_not_revived(store, stock, url):
    study_id, _, launched = launch(store, 3)
    execute(url, "UPDATE trial_heartbeats SET heartbeat = '2020-01-01 00:00:00'")
    store.finish([result(launched[0].trial_id)])
    execute(
        url,
        "UPDATE trial_heartbeats SET heartbeat = CURRENT_TIMESTAMP WHERE trial_id = :i",
        i=launched[2].trial_id,
    )
    study = stock(heartbeat_interval=60, grace_period=120)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optuna.storages.fail_stale_trials(study)
    assert [t.state.name for t in study.trials] == ["COMPLETE", "FAIL", "RUNNING"]
    assert store.finish([result(launched[1].trial_id)]) == (launched[1].trial_id,)
    assert store.counts(study_id) == StudyCounts(3, 1, 0, 0, 1, 1, 0, 0)
    assert store.reclaim(study_id, store.register_worker(study_id), 10) == ()


def test_a_fresh_heartbeat_is_fresh_for_optuna(store, stock):
    _, worker, _ = launch(store, 2)
    store.heartbeat(worker)
    study = stock(heartbeat_interval=60, grace_period=120)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optuna.storages.fail_stale_trials(study)
    assert [t.state.name for t in study.trials] == ["RUNNING", "RUNNING"]


def test_trials_of_stock_workers_are_never_taken_over(store, stock, url):
    study_id, _, _ = launch(store, 1)
    study = stock()
    study.ask(DISTRIBUTIONS)
    study.enqueue_trial({"learning_rate": 0.01})
    for table in ("trial_heartbeats", "study_workers"):
        execute(url, f"UPDATE {table} SET heartbeat = '2020-01-01 00:00:00'")
    taken = store.reclaim(study_id, store.register_worker(study_id), 10)
    assert [t.number for t in taken] == [0]
    assert store.counts(study_id) == StudyCounts(3, 0, 0, 0, 0, 1, 0, 2)


def test_a_released_trial_may_be_picked_up_by_a_stock_worker(store, stock):
    study_id, worker, launched = launch(store, 1)
    store.release([launched[0].trial_id])
    store.end_worker(worker)
    picked = stock().ask(DISTRIBUTIONS)
    assert picked.number == 0
    assert picked.params == launched[0].parameters
    assert store.held(study_id) == 0  # nobody is to wait for it
    assert store.reclaim(study_id, store.register_worker(study_id), 10) == ()


def test_a_stock_study_is_read_too(store, stock, stock_storage):
    study = optuna.create_study(study_name="theirs", storage=stock_storage(), direction="maximize")
    study.optimize(objective, n_trials=2)
    study.tell(study.ask(), float("inf"))
    record = store.load_study("theirs")
    assert record.direction == "maximize"
    assert (record.spec, record.spec_text, record.provenance) == (None, None, None)
    assert [t.value for t in record.trials] == [t.value for t in study.trials]
    assert [t.parameters for t in record.trials] == [t.params for t in study.trials]
    assert record.ranges[2].law == "uniform"
    assert store.studies()[0].best_value == max(t.value for t in study.trials[:2])
    with pytest.raises(StorageError, match="was not created by netclinic"):
        store.spec_of("theirs")


def test_what_optuna_deletes_is_gone_and_its_ids_start_clean(store, stock_storage):
    _, _, launched = launch(store, 2)
    store.finish([result(t.trial_id, signs=signs()) for t in launched])
    optuna.delete_study(study_name="digits", storage=stock_storage())
    ours = ("results", "epochs", "moments", "layers", "workers")
    for table in ("study_specs", *(f"trial_{name}" for name in ours)):
        assert store.query(f"SELECT count(*) FROM {table}")[1] == [(0,)]
    assert store.query("SELECT count(*) FROM study_digits")[1] == [(0,)]
    study = optuna.create_study(study_name="next", storage=stock_storage())
    study.optimize(objective, n_trials=1)
    assert store.load_study("next").trials[0].result is None
    assert len(launch(store, 1)[2]) == 1
