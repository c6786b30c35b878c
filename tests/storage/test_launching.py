"""Who holds a trial, and who may take it over."""

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from netclinic.storage import StorageError, StudyCounts
from netclinic.storage.workers import is_gone, machine, process_started

from .conftest import execute, launch, proposals, pruned, result

AGES_AGO = "2020-01-01 00:00:00"


def numbers(trials) -> list[int]:
    return [t.number for t in trials]


def silence(url: str, worker: int) -> None:
    """Let the worker have shown no sign of life for years."""
    execute(
        url, "UPDATE study_workers SET heartbeat = :t WHERE worker_id = :w", t=AGES_AGO, w=worker
    )


def test_a_released_trial_is_taken_over_with_its_number_and_parameters(store):
    study, worker, launched = launch(store, 3)
    store.release([launched[1].trial_id])
    assert store.counts(study) == StudyCounts(3, 0, 0, 0, 0, 2, 1, 0)
    assert store.query("SELECT count(*) FROM trial_heartbeats")[1] == [(2,)]
    assert store.held(study) == 3
    again = store.register_worker(study)
    assert store.reclaim(study, again, 10) == (launched[1],)
    assert store.counts(study) == StudyCounts(3, 0, 0, 0, 0, 3, 0, 0)
    assert store.query("SELECT count(*) FROM trial_heartbeats")[1] == [(3,)]
    assert store.reclaim(study, again, 10) == ()
    holders = store.query("SELECT trial_id, worker_id FROM trial_workers ORDER BY trial_id")[1]
    assert [w for _, w in holders] == [worker, again, worker]


def test_trials_of_a_living_worker_are_left_alone(store):
    study, _, _ = launch(store, 2)
    assert store.reclaim(study, store.register_worker(study), 10) == ()


def test_a_pruned_trial_has_ended(store, url):
    study, worker, (trial,) = launch(store, 1)
    assert store.held(study) == 1
    store.finish([pruned(trial.trial_id)])
    assert store.held(study) == 0
    silence(url, worker)
    store.release([trial.trial_id], worker)
    store.end_worker(worker)
    assert store.reclaim(study, store.register_worker(study), 10) == ()
    assert store.finish([result(trial.trial_id)]) == (trial.trial_id,)
    assert store.counts(study).pruned == 1


def test_a_worker_does_not_take_over_its_own_trials(store, url):
    study, worker, _ = launch(store, 2)
    silence(url, worker)
    assert store.reclaim(study, worker, 10) == ()


def test_trials_of_a_worker_that_ended_are_taken_over(store):
    study, worker, launched = launch(store, 2)
    store.end_worker(worker)
    assert store.reclaim(study, store.register_worker(study), 10) == launched


def test_the_lowest_numbers_are_taken_over_first_up_to_the_limit(store):
    study, worker, launched = launch(store, 5)
    store.release(t.trial_id for t in launched[3:])
    store.end_worker(worker)
    first, second = store.register_worker(study), store.register_worker(study)
    assert numbers(store.reclaim(study, first, 2)) == [0, 1]
    assert numbers(store.reclaim(study, second, 2)) == [2, 3]
    assert numbers(store.reclaim(study, second, 2)) == [4]


def test_a_silent_worker_on_another_host_loses_its_trials_after_the_grace(store, url):
    study, worker, launched = launch(store, 2)
    execute(url, "UPDATE study_workers SET host = 'elsewhere'")
    again = store.register_worker(study)
    assert store.reclaim(study, again, 10, grace_seconds=60) == ()
    silence(url, worker)
    assert store.reclaim(study, again, 10, grace_seconds=60) == launched


def test_a_heartbeat_keeps_all_trials_of_a_worker(store, url):
    study, worker, launched = launch(store, 3)
    store.finish([result(launched[0].trial_id)])
    execute(url, "UPDATE trial_heartbeats SET heartbeat = :t", t=AGES_AGO)
    silence(url, worker)
    store.heartbeat(worker)
    assert store.reclaim(study, store.register_worker(study), 10) == ()
    _, old = store.query(f"SELECT trial_id FROM trial_heartbeats WHERE heartbeat = '{AGES_AGO}'")
    assert old == [(launched[0].trial_id,)]


def test_a_process_id_that_was_given_out_again_does_not_protect(store, url):
    study, _, launched = launch(store, 1)
    execute(url, "UPDATE study_workers SET process_started = '1'")
    assert store.reclaim(study, store.register_worker(study), 10) == launched


def test_a_process_that_died_loses_its_trials_at_once(store, url):
    study = launch(store, 1)[0]
    program = """
        import sys
        from tests.storage.conftest import proposals
        from netclinic.storage import TrialStore
        store = TrialStore(sys.argv[1])
        study = store.study_id("digits")
        worker = store.register_worker(study)
        print([t.number for t in store.launch(study, worker, 1, proposals(1, 2))])
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program), url],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (done.stdout, done.stderr) == ("[1, 2]\n", "")
    assert numbers(store.reclaim(study, store.register_worker(study), 10, 1e6)) == [1, 2]


def test_the_result_of_the_worker_that_was_slower_is_skipped(store, url):
    study, worker, launched = launch(store, 1)
    silence(url, worker)
    (taken,) = store.reclaim(study, store.register_worker(study), 1)
    assert store.finish([result(taken.trial_id, 0.1)]) == ()
    assert store.finish([result(launched[0].trial_id, 0.2)]) == (taken.trial_id,)
    assert store.load_study("digits").trials[0].value == 0.1


def test_a_worker_does_not_release_what_another_has_taken_over(store, url):
    study, worker, launched = launch(store, 2)
    silence(url, worker)
    assert numbers(store.reclaim(study, store.register_worker(study), 1)) == [0]
    store.release([t.trial_id for t in launched], worker)
    assert store.query("SELECT number, state FROM trials ORDER BY number")[1] == [
        (0, "RUNNING"),
        (1, "WAITING"),
    ]


def test_a_deleted_study_takes_no_more_trials(store, url):
    study, worker, launched = launch(store, 1)
    store.finish([result(launched[0].trial_id)])
    for table in ("trial_params", "trial_values", "trial_heartbeats", "trials"):
        execute(url, f"DELETE FROM {table}")
    execute(url, "DELETE FROM study_directions")
    execute(url, "DELETE FROM studies")
    with pytest.raises(StorageError, match="has been deleted"):
        store.launch(study, worker, 0, proposals(0, 1))


def test_a_process_is_gone_only_if_that_is_certain():
    here, pid = socket.gethostname(), os.getpid()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    assert is_gone(here, machine(), dead.pid, None)
    assert not is_gone(here, machine(), pid, process_started(pid))
    assert not is_gone(here, machine(), pid, None)
    assert not is_gone("elsewhere", machine(), dead.pid, None)
    assert not is_gone(here, "another boot pid:[1]", dead.pid, None)
    assert not is_gone(here, machine(), 1, process_started(1))


def test_a_process_start_is_read_behind_any_program_name(tmp_path):
    ticks = int(process_started(os.getpid()) or 0)
    assert 0 < int(process_started(1) or 0) <= ticks
    program = tmp_path / "a) b (c"
    program.symlink_to(sys.executable)
    child = subprocess.Popen([str(program), "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert int(process_started(child.pid) or 0) >= ticks
    finally:
        child.communicate(b"\n")
    assert process_started(child.pid) is None
