"""What needs no network is worked out in a process of its own, beside imports and training.

Small models look at the data for seconds, on one core, of which there is one to spare while a
command imports and compiles. A process, as threads would share one interpreter; a fresh one, as one
that was forked from a program with threads may hang. It has imported what this process then
need not.
"""

import contextlib
import functools
import gc
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import numpy as np

_BYTES_AT_MOST = 2**28  # of arrays that are sent: they are in memory twice until they are used
_GONE = (OSError, EOFError, pickle.PickleError)  # what a process that has ended raises here

P = ParamSpec("P")
T = TypeVar("T")


class Aside:
    """Works out one thing after the other."""

    def __init__(self, *, apart: bool = False) -> None:
        """Get ready.

        Args:
            apart: whether to start a process, which imports what it needs from now on. Without, and
                wherever it fails, things are worked out here, when they are wanted.
        """
        self._process = _start() if apart else None
        self._thread = ThreadPoolExecutor(1, "netclinic-aside")

    @property
    def apart(self) -> bool:
        """Whether there is a process for it."""
        return self._process is not None

    def begin(
        self, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> Callable[[], T]:
        """Begin to work out ``function(*arguments)``, where there is a process for it.

        Args:
            function: of a module, which gives the same in any process.
            arguments: that can be pickled.
            named: likewise.

        Returns:
            What waits for the result, or raises what the function raises.
        """
        here = functools.partial(function, *arguments, **named)
        if self._process is None or _bytes([arguments, named]) > _BYTES_AT_MOST:
            return here
        answer = self._thread.submit(_exchange, self._process, here)

        def wait() -> T:
            try:
                return answer.result()
            except _GONE:
                return here()

        return wait

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
        self._thread.shutdown()
        if self._process is not None:
            # Of what was only written in part.
            with contextlib.suppress(OSError), self._process:
                pass

    def __enter__(self) -> "Aside":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """See ``close``."""
        self.close()


def _bytes(values: object) -> int:
    """Of the arrays in tuples, lists and mappings."""
    if isinstance(values, np.ndarray):
        return values.nbytes
    if isinstance(values, Mapping):
        values = values.values()
    if isinstance(values, str) or not isinstance(values, Iterable):
        return 0
    return sum(map(_bytes, values))


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


def _exchange(process: subprocess.Popen[bytes], work: Callable[[], T]) -> T:
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump(work, process.stdin, pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    return pickle.load(process.stdout)


def _serve() -> None:
    """Work out what is read from stdin, until its end; an error ends it, and is met there again."""
    gc.disable()  # what is left over in some seconds does not matter
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints
    from ..diagnostics.bayes.data_reading import warm_up

    warm_up()
    asked, work = os.pipe()
    threading.Thread(target=_pass_on, args=(work,), daemon=True).start()
    with os.fdopen(asked, "rb") as questions:
        while True:
            answer = pickle.load(questions)()
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


def _pass_on(work: int) -> None:
    """Pass on what is asked; end with the process that asks, which may be killed."""
    with os.fdopen(work, "wb", buffering=0) as pipe:
        while block := os.read(0, 1 << 20):
            pipe.write(block)
    os._exit(0)


if __name__ == "__main__":
    _serve()
