"""Ctrl-C, SIGTERM and SIGHUP during a run: the first ends it in good order, another one at once."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_HANGUP = "SIGHUP"
_NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
if sys.platform != "win32":  # where no terminal tells that it is gone
    _NAMES[signal.SIGHUP] = _HANGUP
SIGNALS = tuple(_NAMES)


class Interruption:
    """Whether, and by which signal, a run was asked to stop."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.stop = threading.Event()
        self.code = 128 + signal.SIGINT  # the exit code to end with

    def receive(self, number: int, say: Callable[[str], None]) -> None:
        """Take a signal: the first sets ``stop``, any further one ends the process.

        But for SIGHUP: a terminal that is gone sends it, and its shell once more.
        """
        name = _NAMES[signal.Signals(number)]
        hung_up = name == _HANGUP
        if hung_up:
            _forget_lost_terminals()
            if self.stop.is_set():
                return
        if self.stop.is_set():
            _leave_at_once(128 + number)
        self.code = 128 + number
        self.stop.set()
        with suppress(OSError, ValueError):  # nobody may be listening any more
            again = "Ctrl-C" if hung_up else f"{name} again"
            say(
                f"{name}: stopping after the segment in flight; what is finished stays. "
                f"{again} leaves at once."
            )


@contextmanager
def interruptible(say: Callable[[str], None]) -> Iterator[Interruption]:
    """Within the block, signals set ``Interruption.stop`` instead of raising KeyboardInterrupt.

    A thread receives them: Python's own handlers wait until the main thread leaves XLA, which can
    take a whole segment. Must be entered in the main thread.
    """
    asked = Interruption()
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    # Whoever had SIGHUP ignored (nohup) wants the run to outlive the terminal.
    taken = [
        n for n, it in _NAMES.items() if it != _HANGUP or signal.getsignal(n) != signal.SIG_IGN
    ]
    before = {number: signal.signal(number, _nothing) for number in taken}
    wakeup = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        while data := ours.recv(1):
            if data[0] in SIGNALS:
                asked.receive(data[0], say)

    listener = threading.Thread(target=listen, name="netclinic-signals", daemon=True)
    listener.start()
    try:
        yield asked
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        theirs.close()
        listener.join()
        ours.close()


def _nothing(number: int, frame: FrameType | None) -> None:
    """A handler, so that the signal reaches the listener and does nothing else."""


def _forget_lost_terminals() -> None:
    """Let what is still to be said go nowhere: to write to a terminal that is gone is an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        try:
            os.write(stream, b"")
        except OSError:
            os.dup2(nowhere, stream)
    os.close(nowhere)


def _leave_at_once(code: int) -> None:
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h\r\n")  # the progress display hid the cursor
    os._exit(code)
