"""Results on their way to the database, recorded beside training."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait

from ..storage import TrialStore
from ..storage.records import TrialResult

QUEUE = 8  # transactions that may wait; a slower database holds training up


class ResultWriter:
    """Records results in a thread, in the order in which they are handed over.

    Training waits for it only when the queue is full and at the end. What it cannot record is
    raised at the next ``record`` or ``finish``; the trials concerned stay RUNNING in the database
    and are trained again by the next worker.
    """

    def __init__(self, store: TrialStore, thread: Executor, queue: int = QUEUE) -> None:
        """Wait for the first result.

        Args:
            store: to record in.
            thread: with one worker.
            queue: transactions that may wait.
        """
        self._store = store
        self._thread = thread
        self._queue = queue
        self._waiting: deque[tuple[Future, set[int]]] = deque()

    @property
    def unrecorded(self) -> set[int]:
        """Trial ids of results handed over that are not known to be recorded."""
        return {i for _, ids in self._waiting for i in ids}

    def record(
        self, results: Sequence[TrialResult], before: Sequence[Callable[[], object]] = ()
    ) -> None:
        """Hand results over; waits while the queue is full.

        Args:
            results: to record in one transaction.
            before: to do in the thread before it; if that fails, nothing is recorded.

        Raises:
            StorageError: earlier results could not be recorded.
        """
        while self._waiting and (self._waiting[0][0].done() or len(self._waiting) >= self._queue):
            self._take()
        if results:
            done = self._thread.submit(self._record, tuple(results), tuple(before))
            self._waiting.append((done, {result.trial_id for result in results}))

    def finish(self) -> None:
        """Wait until everything is recorded.

        Raises:
            StorageError: something could not be recorded.
        """
        while self._waiting:
            self._take()

    def close(self) -> None:
        """Wait for what was handed over; failures are left in ``unrecorded``."""
        wait([done for done, _ in self._waiting])
        while self._waiting and self._waiting[0][0].exception() is None:
            self._waiting.popleft()

    def _record(
        self, results: tuple[TrialResult, ...], before: tuple[Callable[[], object], ...]
    ) -> None:
        for work in before:
            work()
        self._store.finish(results)

    def _take(self) -> None:
        self._waiting[0][0].result()  # raises what the thread met; the results stay unrecorded
        self._waiting.popleft()
