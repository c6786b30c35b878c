"""Several processes at once, and processes that are killed at any moment."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from netclinic.storage import StudyState, TrialStore

from .conftest import execute, new_study, result

ROOT = Path(__file__).parents[2]

LAUNCHER = """
    import sys
    from tests.storage.conftest import proposals, result
    from netclinic.storage import NumberTaken, TrialStore
    with TrialStore(sys.argv[1]) as store:
        study = store.study_id("digits")
        worker = store.register_worker(study)
        sys.stdin.readline()
        launched = refused = 0
        while launched < 10:
            first = store.next_number(study)
            try:
                batch = store.launch(study, worker, first, proposals(first, 2))
            except NumberTaken:
                refused += 1
                continue
            launched += 1
            store.heartbeat(worker)
            store.finish([result(t.trial_id, t.number / 1000) for t in batch])
"""

# Writes without a pause, so that a kill at any moment meets an open transaction.
VICTIM = """
    import sys
    from tests.storage.conftest import proposals, result
    from netclinic.storage import TrialStore
    store = TrialStore(sys.argv[1])
    study = store.study_id("digits")
    worker = store.register_worker(study)
    print("ready", flush=True)
    while True:
        first = store.next_number(study)
        batch = store.launch(study, worker, first, proposals(first, 20))
        store.finish([result(t.trial_id, 0.5, epochs=20) for t in batch])
"""

STOCK = """
    import sys
    import optuna
    from netclinic.storage import normalize_url
    from tests.storage.conftest import DISTRIBUTIONS
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.load_study(
        study_name="digits",
        storage=normalize_url(sys.argv[1]),
        sampler=optuna.samplers.RandomSampler(),
    )
    sys.stdin.readline()
    for _ in range(10):
        study.tell(study.ask(DISTRIBUTIONS), 1.0)
"""


def start(program: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def run_together(*programs: str, url: str) -> None:
    running = [start(p, url) for p in programs]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        _, errors = process.communicate(timeout=100)
        assert (process.returncode, errors) == (0, "")


def test_processes_that_launch_at_once_never_share_a_number(store, url):
    study = store.create_study(new_study())
    run_together(LAUNCHER, LAUNCHER, url=url)
    record = store.load_study("digits")
    assert [t.number for t in record.trials] == list(range(40))
    assert [t.value for t in record.trials] == [n / 1000 for n in range(40)]
    assert sorted(t.trial_id for t in record.trials) == [t.trial_id for t in record.trials]
    assert store.counts(study).completed == 40


def test_a_stock_worker_beside_ours_never_shares_a_number(store, url):
    store.create_study(new_study())
    run_together(LAUNCHER, STOCK, url=url)
    record = store.load_study("digits")
    assert [t.number for t in record.trials] == list(range(30))
    assert {t.state for t in record.trials} == {"COMPLETE"}
    assert sum(t.result is None for t in record.trials) == 10


@pytest.mark.parametrize("moment", [0.02, 0.11, 0.23])
def test_a_kill_leaves_whole_batches_and_trials_to_take_over(store, url, moment):
    study = store.create_study(new_study())
    victim = start(VICTIM, url)
    assert victim.stdout is not None
    assert victim.stdout.readline() == "ready\n"
    time.sleep(moment)
    os.kill(victim.pid, signal.SIGKILL)
    victim.communicate()
    with TrialStore(url) as survivor:
        record = survivor.load_study("digits")
        assert [t.number for t in record.trials] == list(range(len(record.trials)))
        finished = record.finished()
        assert len(finished) % 20 == 0
        assert all(len(t.parameters) == 5 for t in record.trials)
        assert all(len(t.result.curves.training_loss) == 20 for t in finished)
        assert [t.value for t in finished] == [0.5] * len(finished)
        left = survivor.reclaim(study, survivor.register_worker(study), 1000, 1e6)
        assert len(left) in (0, 20)
        assert len(left) + len(finished) == len(record.trials)
        assert survivor.finish([result(t.trial_id) for t in left]) == ()
        assert survivor.counts(study).completed == len(record.trials)


def test_a_kill_in_the_middle_of_a_transaction_undoes_it(sqlite_url):
    program = """
        import os, sys, signal
        from sqlalchemy import event
        from tests.storage.conftest import proposals
        from netclinic.storage import TrialStore
        store = TrialStore(sys.argv[1])
        study = store.study_id("digits")
        worker = store.register_worker(study)
        @event.listens_for(store._engine, "after_cursor_execute")
        def die(connection, cursor, statement, *_):
            if statement.startswith("INSERT INTO trial_params"):
                # Written to the file and not committed: what a hot journal is for.
                connection.exec_driver_sql("PRAGMA cache_spill = 1")
                os.kill(os.getpid(), signal.SIGKILL)
        with store._engine.connect() as c:
            c.exec_driver_sql("PRAGMA cache_size = 1")
        store.launch(study, worker, 0, proposals(0, 500))
    """
    with TrialStore(sqlite_url) as store:
        store.create_study(new_study())
    victim = start(program, sqlite_url)
    victim.communicate(timeout=60)
    assert victim.returncode == -signal.SIGKILL
    journal = Path(sqlite_url.removeprefix("sqlite:///") + "-journal")
    assert journal.stat().st_size > 0
    with TrialStore(sqlite_url) as store:
        assert store.load_study("digits").trials == ()
        assert store.query("PRAGMA integrity_check")[1] == [("ok",)]
        assert store.query("SELECT count(*) FROM trials")[1] == [(0,)]
    assert not journal.exists()


ELSEWHERE = """
    import sys
    from tests.storage.conftest import proposals
    from netclinic.storage import TrialStore
    with TrialStore(sys.argv[1]) as store:
        worker = store.register_worker(store.study_id("digits"))
        store.launch(store.study_id("digits"), worker, 0, proposals(0, 1))
        store.heartbeat(worker)
"""


@pytest.mark.parametrize("hours", ["+11:00", "-11:00"])
def test_workers_in_other_time_zones_judge_a_silence_alike(store, url, hours):
    study = store.create_study(new_study())
    zone = f"<x>{'-' if hours[0] == '+' else '+'}11"  # POSIX counts westwards
    there = f"{url}{'&' if '?' in url else '?'}init_command=SET time_zone='{quote(hours)}'"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(ELSEWHERE), there if "mysql" in url else url],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PGTZ": zone, "TZ": zone},
    )
    assert (done.stdout, done.stderr) == ("", "")
    execute(url, "UPDATE study_workers SET host = 'elsewhere'")
    assert store.standings()[0].state is StudyState.RUNNING
    here = store.register_worker(study)
    assert store.reclaim(study, here, 10, grace_seconds=60) == ()
    in_five_seconds = store.reclaim(study, here, 10, grace_seconds=-5)
    assert [t.number for t in in_five_seconds] == [0]
