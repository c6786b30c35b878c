"""The service from its start to Ctrl-C, which ends the runs that it started, too."""

import queue
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from types import FrameType

import uvicorn

from ..storage import shown_url
from .app import make_app
from .runs import Run, Runs
from .settings import ServiceError, Settings, address_of

SIGNALS = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "SIGHUP"}
_LOOK = 0.1  # seconds between two looks whether runs have ended
_GRACE = 5  # seconds for requests that are being answered


def serve(settings: Settings, say: Callable[[str], None]) -> int:
    """Answer requests until Ctrl-C, SIGTERM or SIGHUP; must be called in the main thread.

    Runs that were started are then interrupted as by Ctrl-C, and waited for. A second signal is
    passed on as a second Ctrl-C, which ends them at once; a third one kills them.

    Args:
        settings: of the service.
        say: takes what its operator should know, a few lines.

    Returns:
        The number of the first signal.

    Raises:
        ServiceError: the port cannot be listened at.
    """
    with _listener(settings) as listener, _signals() as asked:
        runs = Runs(settings.storage, settings.folder)
        server = uvicorn.Server(_config(settings, runs))
        thread = threading.Thread(target=_answer, args=(server, listener, asked), daemon=True)
        thread.start()
        for line in _greeting(settings, listener.getsockname()[1]):
            _tell(line, say)
        number = _next(asked)
        runs.close()
        server.should_exit = True
        if count := len(runs.live()):
            _tell(_ending(SIGNALS[signal.Signals(number)], count), say)
        _end_runs(runs, asked)
        thread.join()
        runs.forget()
    return number


def _config(settings: Settings, runs: Runs) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(settings, runs),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_level="critical",  # internal errors are told by the answers, in one line
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )


def _answer(server: uvicorn.Server, listener: socket.socket, asked: "queue.SimpleQueue") -> None:
    try:
        server.run(sockets=[listener])
    finally:
        if not server.should_exit:  # it failed: nobody must wait for it
            asked.put(signal.SIGTERM)


def _listener(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ServiceError(
            f"cannot listen at --host {host} --port {port}: {reason}. Name another one; --port 0 "
            "takes any that is free."
        ) from None


@contextmanager
def _signals() -> Iterator["queue.SimpleQueue[int]"]:
    """Within the block, signals are put into a queue."""
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()

    def receive(number: int, frame: FrameType | None) -> None:
        asked.put(number)

    # Whoever had SIGHUP ignored (nohup) wants the service to outlive the terminal.
    taken = [n for n in SIGNALS if n != signal.SIGHUP or signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, receive) for number in taken}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _next(asked: "queue.SimpleQueue[int]") -> int:
    """The next signal; two at once leave a ``get`` without a timeout waiting for a third."""
    while True:
        with suppress(queue.Empty):
            return asked.get(timeout=_LOOK)


def _greeting(settings: Settings, port: int) -> Iterator[str]:
    address = address_of(settings.host)
    everywhere = address is not None and address.is_unspecified
    host = socket.gethostname() if everywhere else settings.host
    host = f"[{host}]" if ":" in host else host
    yield f"Serving {shown_url(settings.storage)} at http://{host}:{port}/ – Ctrl-C ends it."
    if settings.runs:
        yield f"Requests may start studies in {settings.folder}, which is to run code."
    if settings.token_made:
        yield (
            f"Token, for this start only: {settings.token}\n"
            "Send it as Authorization: Bearer …; in a browser it is the password, with any name."
        )


def _ending(name: str, count: int) -> str:
    return (
        f"{name}: stopping {count:,} run{'' if count == 1 else 's'} after the segment in flight; "
        f"what is finished stays. {name} again ends at once."
    )


def _tell(text: str, say: Callable[[str], None]) -> None:
    with suppress(OSError, ValueError):  # nobody may be listening any more
        say(text)


def _end_runs(runs: Runs, asked: "queue.SimpleQueue[int]") -> None:
    for act in chain((_interrupt_once, Run.interrupt), repeat(Run.kill)):
        for run in runs.live():
            act(run)
        if _all_ended(runs, asked):
            return


def _interrupt_once(run: Run) -> None:
    if not run.asked:
        run.interrupt()


def _all_ended(runs: Runs, asked: "queue.SimpleQueue[int]") -> bool:
    """Wait until all runs have ended; ``False`` if there is a further signal before."""
    while runs.live():
        with suppress(queue.Empty):
            asked.get(timeout=_LOOK)
            return False
    return True
