"""What is worked out aside is what is worked out here, whatever becomes of that process."""

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from netclinic.diagnostics.bayes import data_reading
from netclinic.diagnostics.bayes.data_question import DataQuestion, answered, ask
from netclinic.diagnostics.statistics.intervals import two_sided_z, wilson
from netclinic.search import aside
from netclinic.search.aside import Aside

from tests.diagnostics.bayes.test_bayes import dataset, two_normals

ESTIMATED = {"diagnosis": {"bayes_error": "estimate"}}


def question(n: int = 300) -> DataQuestion:
    inputs, labels, _ = two_normals(n, 2, 2.0, seed=0)
    return ask(dataset(inputs, labels), ESTIMATED)


def test_what_comes_from_another_process_is_the_same_to_the_last_bit(monkeypatch) -> None:
    with Aside(apart=True) as beside, monkeypatch.context() as patch:
        patch.delattr(data_reading, "read_data")  # here, nothing can be read
        first, second = beside.begin(answered, question()), beside.begin(wilson, 3, 10)
        reading = first()
        assert second() == wilson(3, 10)
    assert reading.seen is not None
    assert reading.noise is not None
    np.testing.assert_equal(reading, answered(question()))


def test_without_a_process_it_is_worked_out_when_it_is_wanted(monkeypatch) -> None:
    asked: list[DataQuestion] = []
    monkeypatch.setattr(data_reading, "read_data", asked.append)
    with Aside() as beside:
        wait = beside.begin(answered, question())
        assert not asked
        wait()
    assert len(asked) == 1


def test_errors_are_those_of_the_function_and_the_next_thing_is_worked_out_here() -> None:
    with Aside(apart=True) as beside:
        wrong, right = beside.begin(wilson, 11, 10), beside.begin(wilson, 3, 10)
        with pytest.raises(ValueError, match="11"):
            wrong()
        assert right() == wilson(3, 10)
        assert beside.begin(two_sided_z, 0.95)() == two_sided_z(0.95)


@pytest.mark.usefixtures("_stale")
def test_a_process_that_cannot_be_started_is_done_without() -> None:
    with Aside(apart=True) as beside:
        assert beside.begin(wilson, 3, 10)() == wilson(3, 10)


@pytest.fixture
def _stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")


@pytest.fixture
def _never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent to a process."""

    def refuse(*_: object) -> None:
        raise AssertionError("it was sent")

    monkeypatch.setattr(aside, "_exchange", refuse)


@pytest.mark.usefixtures("_never")
def test_rows_that_fill_the_memory_are_not_copied(monkeypatch) -> None:
    rows = question().rows
    assert rows is not None
    monkeypatch.setattr(aside, "_BYTES_AT_MOST", rows.inputs.nbytes)
    monkeypatch.setattr(data_reading, "read_data", lambda _: "here")
    with Aside(apart=True) as beside:
        assert beside.begin(answered, question())() == "here"


def test_closing_ends_it_amid_its_work() -> None:
    began = time.monotonic()
    with Aside(apart=True) as beside:
        beside.begin(answered, question(5_000))
        process = beside._process
    assert process is not None
    assert process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 5


ASKS = """\
import pickle, sys, time
from netclinic.diagnostics.bayes.data_question import answered
from netclinic.search.aside import Aside
beside = Aside(apart=True)
beside.begin(answered, pickle.load(sys.stdin.buffer))
print(beside._process.pid, flush=True)
time.sleep(60)
"""


def test_it_does_not_outlive_who_asked_and_was_killed() -> None:
    """It would work on for seconds: such a question is asked."""
    with subprocess.Popen(
        [sys.executable, "-c", ASKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as asking:
        assert asking.stdin is not None
        assert asking.stdout is not None
        pickle.dump(question(10_000), asking.stdin)
        asking.stdin.close()
        process = int(asking.stdout.readline())
        time.sleep(1.5)  # amid imports or work
        asking.kill()
    for _ in range(100):
        if not _runs(process):
            return
        time.sleep(0.1)
    os.kill(process, signal.SIGKILL)
    pytest.fail("it goes on")


def _runs(process: int) -> bool:
    """Whether a process that is nobody's child here is still there, and no zombie."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
