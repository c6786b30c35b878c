"""What a run spends, noted as it goes: seconds by phase, programs, floating-point operations."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Literal, get_args

from ..storage.records.runs import RunCosts

Phase = Literal["import", "load", "compile", "train", "evaluate", "diagnose"]


class Costs:
    """Seconds by phase and what was done in them; may be added to from several threads."""

    def __init__(
        self, imported: float = 0.0, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Begin now.

        Args:
            imported: seconds that the program took to load before.
            clock: seconds since any moment.
        """
        self._clock = clock
        self._began = clock() - imported
        self._seconds: dict[Phase, float] = dict.fromkeys(get_args(Phase), 0.0)
        self._seconds["import"] = imported
        self._lock = threading.Lock()
        self._trained_since: float | None = None
        self._device_seconds = 0.0
        self._programs = 0
        self._flops = 0.0

    @contextlib.contextmanager
    def measured(self, phase: Phase) -> Iterator[None]:
        """Add the time of the block to ``phase``."""
        started = self._clock()
        try:
            yield
        finally:
            self.add(phase, self._clock() - started)

    def add(self, phase: Phase, seconds: float) -> None:
        """Add ``seconds`` to ``phase``."""
        with self._lock:
            self._seconds[phase] += seconds

    def compiled(self, seconds: float) -> None:
        """A program was compiled in so many seconds."""
        self.add("compile", seconds)
        with self._lock:
            self._programs += 1

    def trained(self, seconds: float, flops: float, devices: float) -> None:
        """A segment took ``seconds`` for ``flops`` operations on a share ``devices`` of them."""
        self.add("train", seconds)
        if self._trained_since is None:
            self._trained_since = self._clock() - seconds
        self._device_seconds += seconds * devices
        self._flops += flops

    @property
    def device_use(self) -> float | None:
        """The share, 0–1, of the devices' time since the first segment in which they trained."""
        if self._trained_since is None:
            return None
        return self._device_seconds / max(1e-9, self._clock() - self._trained_since)

    def record(self, store_seconds: float) -> RunCosts:
        """All of it until now, and ``store_seconds``, which the store counts itself."""
        spent = self._seconds
        return RunCosts(
            total_seconds=self._clock() - self._began,
            import_seconds=spent["import"],
            load_seconds=spent["load"],
            compile_seconds=spent["compile"],
            train_seconds=spent["train"],
            evaluate_seconds=spent["evaluate"],
            store_seconds=store_seconds,
            diagnose_seconds=spent["diagnose"],
            programs=self._programs,
            flops=self._flops,
        )
