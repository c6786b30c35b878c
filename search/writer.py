"""Results on their way to the database, recorded beside training."""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from typing import Any

from ..storage.records.replicates import ReplicateResult
from ..storage.records.results import TrialResult

Result = TrialResult | ReplicateResult

QUEUE = 8  # transactions that may wait; a slower database holds training up
TOGETHER = 0.25  # seconds: results that come so soon after each other share a transaction


class ResultWriter:
    """Records results in a thread, in the order in which they are handed over.

    Training waits for it only when the queue is full and at the end. Where segments are short, the
    results of several make one transaction: the thread works on the same cores. What it cannot
    record is raised at the next ``record`` or ``finish``; the trials concerned stay RUNNING in the
    database and are trained again by the next worker.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Any]], object],
        thread: Executor,
        queue: int = QUEUE,
        together: float = TOGETHER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wait for the first result.

        Args:
            write: records some results in one transaction.
            thread: with one worker.
            queue: transactions that may wait.
            together: seconds for which a result may wait for the next ones.
            clock: in seconds.
        """
        self._write = write
        self._thread = thread
        self._queue = queue
        self._together = together
        self._clock = clock
        self._called = -math.inf  # when there was last a look
        self._since = math.inf  # when the first of ``_collected`` came
        self._collected: list[Result] = []
        self._before: Callable[[], object] | None = None
        self._waiting: deque[tuple[Future, set[int]]] = deque()

    @property
    def unrecorded(self) -> set[int]:
        """Trial ids of results handed over that are not known to be recorded."""
        waiting = {i for _, ids in self._waiting for i in ids}
        return waiting | {result.trial_id for result in self._collected}

    def record(self, results: Sequence[Result], before: Callable[[], object] | None = None) -> None:
        """Hand a segment's results over, also when there are none; waits while the queue is full.

        Args:
            results: to record in one transaction.
            before: to do in the thread before it, in place of what it was for the results that
                share the transaction; if it fails, nothing is recorded.

        Raises:
            StorageError: earlier results could not be recorded.
        """
        while self._waiting and self._waiting[0][0].done():
            self._take()
        now = self._clock()
        if results:
            self._since = min(self._since, now)
            self._collected += results
            self._before = before or self._before
        # The last segment tells how long the next will be, after which there is another look.
        if now - self._called >= self._together or now - self._since >= self._together:
            self.flush()
        self._called = now

    def flush(self) -> None:
        """Let no result wait for others; waits while the queue is full.

        Raises:
            StorageError: earlier results could not be recorded.
        """
        if self._collected:
            while len(self._waiting) >= self._queue:
                self._take()
            self._submit()

    def finish(self) -> None:
        """Wait until everything is recorded.

        Raises:
            StorageError: something could not be recorded.
        """
        self.flush()
        while self._waiting:
            self._take()

    def close(self) -> None:
        """Record what was handed over, as far as possible; failures are left in ``unrecorded``."""
        if self._collected:
            self._submit()
        wait([done for done, _ in self._waiting])
        while self._waiting and self._waiting[0][0].exception() is None:
            self._waiting.popleft()

    def _submit(self) -> None:
        results, before = tuple(self._collected), self._before
        self._collected, self._before, self._since = [], None, math.inf
        done = self._thread.submit(self._record, results, before)
        self._waiting.append((done, {result.trial_id for result in results}))

    def _record(self, results: tuple[Result, ...], before: Callable[[], object] | None) -> None:
        if before:
            before()
        self._write(results)

    def _take(self) -> None:
        self._waiting[0][0].result()  # raises what the thread met; the results stay unrecorded
        self._waiting.popleft()
