"""The sign of life of a worker, beaten beside training."""

import contextlib
import threading
from collections.abc import Iterator

from ..storage import StorageError, TrialStore

# A quarter of the silence after which other workers take a trial over (TrialStore.reclaim). A
# thread keeps it, since compiling or a segment of a large network takes longer than that.
SECONDS = 15.0


@contextlib.contextmanager
def beating(store: TrialStore, worker_id: int, seconds: float = SECONDS) -> Iterator[None]:
    """Beat the worker's heartbeat every ``seconds`` while the block runs."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(seconds):
            # A database that is busy now gets the next beat; a broken one stops the main loop.
            with contextlib.suppress(StorageError):
                store.heartbeat(worker_id)

    thread = threading.Thread(target=beat, name="netclinic-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
