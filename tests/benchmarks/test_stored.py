"""What make bench-engine reads of a run, from a study that was run."""

import sqlite3
import threading
from contextlib import closing

import pytest
from netclinic.search import load_spec, run_study

SPEC = """
study = {name = "engine", trials = 3}
data = {source = "iris"}
network = {hidden = [4]}
training = {epochs = 1, batch_size = 16}
"""


def test_errors_come_in_the_order_of_the_trials(engine, tmp_path) -> None:
    stored = engine("stored")
    spec = tmp_path / "study.toml"
    spec.write_text(SPEC)
    url = f"sqlite:///{tmp_path / stored.DATABASE}"
    *_, last = run_study(load_spec(spec), url, tmp_path / "out", threading.Event())
    found = stored.errors(tmp_path)
    assert len(found["validation_errors"]) == len(found["training_errors"]) == 3
    assert min(found["validation_errors"]) == last.best_error
    assert found["validation_errors"][last.best_number] == last.best_error


def test_the_pace_counts_from_the_first_transaction_on(engine, tmp_path) -> None:
    """Eight trials, two a transaction, 10 s after the start and then 1, 1 and 2 s apart."""
    stored = engine("stored")
    with closing(sqlite3.connect(tmp_path / stored.DATABASE)) as connection, connection:
        connection.execute("CREATE TABLE trial_summary (completed TEXT)")
        ends = [second for second in (10, 11, 12, 14) for _ in range(2)]
        rows = [(f"2026-01-01 00:00:{second}.000000",) for second in ends]
        connection.executemany("INSERT INTO trial_summary VALUES (?)", rows)
    found = stored.pace(tmp_path)
    assert found["trials"] == 8
    assert found["seconds_a_trial"] == pytest.approx(4 / 6)
    assert found["slowing"] == pytest.approx(2.0)
