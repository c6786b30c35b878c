"""Whether anybody trains a study, told from its workers, here and elsewhere."""

import os

import pytest
from netclinic.storage import StudyState, TrialStore
from optuna.study import StudyDirection

from .conftest import SPEC, execute, launch, new_study, proposals, result


@pytest.fixture
def wanted(store: TrialStore):
    """A study that wants two trials; its worker is this process."""
    spec = {**SPEC, "study": {"trials": 2, "objective": "balanced_error"}}
    study = store.create_study(new_study()._replace(spec_resolved=spec))
    worker = store.register_worker(study)
    return study, worker, store.launch(study, worker, 0, proposals(0, 2))


def test_a_study_from_its_first_trial_to_its_end(store, wanted):
    _, worker, launched = wanted

    def look():
        (found,) = store.standings()
        return found.state, found.ended, found.wanted

    assert look() == (StudyState.RUNNING, 0, 2)
    store.finish([result(launched[0].trial_id)])
    store.end_worker(worker)
    assert look() == (StudyState.STOPPED, 1, 2)
    store.finish([result(launched[1].trial_id, None)])
    assert look() == (StudyState.FINISHED, 2, 2)
    (found,) = store.standings()
    assert found.summary == store.studies()[0]
    assert (found.validation_rows, found.balanced) == (300, True)


def test_a_killed_process_trains_no_more(store, wanted, url):
    execute(url, "UPDATE study_workers SET process_started = '1'")
    (found,) = store.standings()
    assert found.state is StudyState.STOPPED


def test_of_a_process_elsewhere_its_heartbeat_tells(store, wanted, url):
    execute(url, "UPDATE study_workers SET host = 'elsewhere', pid = :pid", pid=os.getpid())
    assert store.standings()[0].state is StudyState.RUNNING
    execute(url, "UPDATE study_workers SET heartbeat = '2020-01-01 00:00:00'")
    assert store.standings()[0].state is StudyState.STOPPED


def test_more_trials_than_the_spec_says(store, wanted):
    study, worker, _ = wanted
    store.launch(study, worker, 2, proposals(2, 3))
    assert store.standings()[0].wanted == 5


def test_of_studies_that_optuna_made_nothing_is_promised(store, stock_storage):
    launch(store, 1)
    storage = stock_storage()
    storage.create_new_trial(storage.create_new_study([StudyDirection.MINIMIZE], "plain"))
    ours, plain = store.standings()
    assert (ours.state, ours.wanted) == (StudyState.RUNNING, None)
    assert (plain.state, plain.wanted, plain.validation_rows) == (StudyState.OPTUNA, None, None)
