import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from netclinic.cli import interruption
from netclinic.cli.interruption import SIGNALS, interruptible


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.mark.parametrize(
    ("number", "name"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")]
)
def test_the_first_signal_asks_to_stop(said, number, name: str) -> None:
    with interruptible(said.append) as asked:
        assert not asked.stop.is_set()
        os.kill(os.getpid(), number)
        assert asked.stop.wait(5)
    assert asked.code == 128 + number
    assert len(said) == 1
    assert said[0].startswith(f"{name}: stopping after the segment in flight")


def test_the_second_signal_leaves_at_once(said, monkeypatch) -> None:
    left = threading.Event()
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        left.set()

    monkeypatch.setattr(interruption, "_leave_at_once", leave)
    with interruptible(said.append) as asked:
        os.kill(os.getpid(), signal.SIGINT)
        assert asked.stop.wait(5)
        os.kill(os.getpid(), signal.SIGTERM)
        assert left.wait(5)
    assert codes[:1] == [143]


ON_A_TERMINAL = """
import signal, sys, time
from netclinic.cli.interruption import interruptible

signal.signal(signal.SIGHUP, getattr(signal, sys.argv[1]))
with interruptible(lambda text: print(text, flush=True)) as asked:
    print("begun", flush=True)
    asked.stop.wait(float(sys.argv[2]))
    time.sleep(0.5)  # a segment, in which the shell's own signal comes
    print("more than nobody reads", flush=True)
    print("and errors", file=sys.stderr, flush=True)
    sys.exit(asked.code if asked.stop.is_set() else 0)
"""


@pytest.mark.parametrize(("before", "seconds", "code"), [("SIG_DFL", 30, 129), ("SIG_IGN", 0.5, 0)])
def test_a_closed_terminal_asks_to_stop_unless_that_is_ignored(before, seconds, code) -> None:
    """Twice, as its shell passes it on; what is still to be said goes nowhere."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", ON_A_TERMINAL, before, str(seconds)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        assert os.read(ours, 5) == b"begun"
        if before == "SIG_DFL":
            os.close(ours)
        for _ in range(2):
            process.send_signal(signal.SIGHUP)
        assert process.wait(20) == code
    if before != "SIG_DFL":
        os.close(ours)


def test_it_does_not_wait_for_the_main_thread(said) -> None:
    """XLA keeps the main thread away from Python for whole segments; here, a long hash does so."""
    seen: list[float] = []

    def watch(stop: threading.Event) -> None:
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        if stop.wait(10):
            seen.append(time.monotonic())

    with interruptible(said.append) as asked:
        watcher = threading.Thread(target=watch, args=(asked.stop,))
        watcher.start()
        hashlib.pbkdf2_hmac("sha256", b"", b"", 3_000_000)
        back = time.monotonic()
        watcher.join()
    assert seen[0] < back


def test_a_closed_stderr_does_not_matter() -> None:
    def closed(_: str) -> None:
        raise BrokenPipeError

    with interruptible(closed) as asked:
        os.kill(os.getpid(), signal.SIGINT)
        assert asked.stop.wait(5)


@pytest.fixture
def _interrupted_by_default() -> Iterator[None]:
    """A shell has what it runs in the background ignore the signal, tests as well."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interrupted_by_default")
def test_everything_is_put_back(said) -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    threads = threading.active_count()
    with interruptible(said.append):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before
    assert threading.active_count() == threads
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
