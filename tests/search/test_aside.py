"""The data is read aside as it is here, and whatever becomes of that process, it is read."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from netclinic.diagnostics.bayes import data_reading
from netclinic.diagnostics.bayes.data_question import DataQuestion, ask
from netclinic.search import data_reader
from netclinic.search.data_reader import DataReader

from tests.diagnostics.bayes.test_bayes import dataset, two_normals

ESTIMATED = {"diagnosis": {"bayes_error": "estimate"}}


def question(n: int = 300) -> DataQuestion:
    inputs, labels, _ = two_normals(n, 2, 2.0, seed=0)
    return ask(dataset(inputs, labels), ESTIMATED)


@pytest.fixture
def apart() -> Iterator[DataReader]:
    with DataReader(apart=True) as reader:
        yield reader


@pytest.fixture
def _nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process nothing can be read."""
    monkeypatch.delattr(data_reading, "read_data")


@pytest.mark.usefixtures("_nothing_here")
def test_the_answer_of_another_process_is_the_same_to_the_last_bit(apart, monkeypatch) -> None:
    apart.ask(question())
    answer = apart.answer()
    monkeypatch.undo()
    assert answer.seen is not None
    assert answer.noise is not None
    np.testing.assert_equal(answer, data_reading.read_data(question()))


def test_without_a_process_the_answer_is_found_when_it_is_wanted(monkeypatch) -> None:
    asked: list[DataQuestion] = []
    monkeypatch.setattr(data_reading, "read_data", asked.append)
    with DataReader() as reader:
        reader.ask(question())
        assert not asked
        reader.answer()
    assert len(asked) == 1


def test_a_process_that_is_gone_is_done_without(apart) -> None:
    apart.ask(question())
    apart._process.kill()
    np.testing.assert_equal(apart.answer(), data_reading.read_data(question()))


def test_a_process_that_cannot_be_started_is_done_without(monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setattr(data_reading, "read_data", lambda _: "here")
    with DataReader(apart=True) as reader:
        reader.ask(question())
        assert reader.answer() == "here"


def test_rows_that_fill_the_memory_are_not_copied(apart, monkeypatch) -> None:
    monkeypatch.setattr(data_reader, "_BYTES_AT_MOST", question().nbytes - 1)
    monkeypatch.setattr(data_reading, "read_data", lambda _: "here")
    apart.ask(question())
    assert apart.answer() == "here"


def test_closing_ends_it_amid_its_work() -> None:
    began = time.monotonic()
    with DataReader(apart=True) as reader:
        reader.ask(question(5_000))
        process = reader._process
    assert process is not None
    assert process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 5


ASKS = """\
import pickle, sys, time
from netclinic.search.data_reader import DataReader
reader = DataReader(apart=True)
reader.ask(pickle.load(sys.stdin.buffer))
print(reader._process.pid, flush=True)
time.sleep(60)
"""


def test_it_does_not_outlive_who_asked_and_was_killed() -> None:
    """It would work on for a minute: such a question is asked."""
    with subprocess.Popen(
        [sys.executable, "-c", ASKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as asking:
        assert asking.stdin is not None
        assert asking.stdout is not None
        pickle.dump(question(10_000), asking.stdin)
        asking.stdin.close()
        reader = int(asking.stdout.readline())
        time.sleep(1.5)  # amid imports or work
        asking.kill()
    for _ in range(100):
        if not _runs(reader):
            return
        time.sleep(0.1)
    os.kill(reader, signal.SIGKILL)
    pytest.fail("it goes on")


def _runs(process: int) -> bool:
    """Whether a process that is nobody's child here is still there, and no zombie."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
