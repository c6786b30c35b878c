"""What small models make of the data, found out in a process of its own while networks train.

It takes seconds of one core, and needs no network: beside the imports of a command, and beside the
compiling of its programs, there is a core to spare. A process, as threads would share one
interpreter; a fresh one, as one that was forked from a program with threads may hang.
"""

import contextlib
import gc
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from ..diagnostics.bayes.data_question import DataQuestion

if TYPE_CHECKING:
    from ..diagnostics.bayes.data_reading import DataReading

_BYTES_AT_MOST = 2**28  # of a question: its rows are in memory twice until it is answered


class DataReader:
    """Answers one question about the data."""

    def __init__(self, *, apart: bool = False) -> None:
        """Get ready.

        Args:
            apart: whether to start a process, which imports what it needs from now on. Without, and
                wherever it fails, the question is answered here, when the answer is wanted.
        """
        self._process = _start() if apart else None
        self._thread = ThreadPoolExecutor(1, "netclinic-reader")
        self._question: DataQuestion | None = None
        self._answer: Future[DataReading] | None = None

    def ask(self, question: DataQuestion) -> None:
        """Begin to answer, where there is a process for it."""
        self._question = question
        if self._process is not None and question.nbytes <= _BYTES_AT_MOST:
            self._answer = self._thread.submit(_exchange, self._process, question)

    def answer(self) -> "DataReading":
        """The answer to what was asked, as soon as it is there."""
        assert self._question is not None
        if self._answer is not None:
            try:
                return self._answer.result()
            except (OSError, EOFError, pickle.UnpicklingError):
                pass  # the process is gone
        from ..diagnostics.bayes.data_reading import read_data

        return read_data(self._question)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._thread.shutdown()
            # Of a question that was only written in part.
            with contextlib.suppress(OSError), self._process:
                pass
        self._thread.shutdown()

    def __enter__(self) -> "DataReader":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """See ``close``."""
        self.close()


def _start() -> subprocess.Popen[bytes] | None:
    # -P, as a user's folder may have a random.py; a session of its own, as Ctrl-C is for us.
    command = [sys.executable, "-P", "-m", __name__]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            # It works on one thread; others would spin where they are made, at each import.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
    except OSError:
        return None


def _exchange(process: subprocess.Popen[bytes], question: DataQuestion) -> "DataReading":
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump(question, process.stdin, pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    return pickle.load(process.stdout)


def _serve() -> None:
    """Read a question from stdin and write its answer to stdout; ends with the one who asks."""
    gc.disable()  # what is left over in some seconds does not matter
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints
    from ..diagnostics.bayes.data_reading import read_data

    with open(0, "rb", closefd=False) as questions:
        question = pickle.load(questions)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pickle.dump(read_data(question), answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()
    os._exit(0)  # at once: the thread still waits


def _end_with_parent() -> None:
    """Wait until nobody holds the other end of stdin."""
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    _serve()
