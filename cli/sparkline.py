"""Numbers as a row of block characters, and the best error of a search over its trials."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

BLOCKS = "▁▂▃▄▅▆▇█"


class Spark(NamedTuple):
    """A curve to draw, and what stands beside it."""

    values: Sequence[float | None]
    ends: str  # its first and last value


class BestHistory(NamedTuple):
    """The best error after each trial that ended, kept as the steps where it fell."""

    starts: tuple[int, ...] = ()  # trials ended at each step, ascending
    errors: tuple[float, ...] = ()  # the best error from there on, falling
    ended: int = 0  # trials ended at the last look

    def look(self, ended: int, best: float | None) -> "BestHistory":
        """The history after one more look.

        Args:
            ended: trials ended so far; a smaller number than before counts as no news.
            best: smallest error so far, None as long as there is none.
        """
        ended = max(ended, self.ended)
        if best is None or not math.isfinite(best) or (self.errors and best >= self.errors[-1]):
            return self._replace(ended=ended)
        # Two falls at one number of trials (a look between two segments) are one step.
        kept = -1 if self.starts and self.starts[-1] == ended else None
        starts, errors = (*self.starts[:kept], ended), (*self.errors[:kept], best)
        return BestHistory(starts, errors, ended)

    def values(self, count: int) -> list[float]:
        """The best error at the end of each of ``count`` equal shares of the trials, oldest first.

        The last is now. The cliff of the first few trials of many falls into the first share,
        so that the later steps can be seen. Fewer where trials are fewer than ``count``; empty as
        long as no error is known.
        """
        if not self.starts:
            return []
        before, trials = self.starts[0] - 1, self.ended - self.starts[0] + 1
        count = min(count, trials)
        ends = (before + trials * share // count for share in range(1, count + 1))
        return [self.errors[bisect_right(self.starts, end) - 1] for end in ends]


def sparkline(values: Sequence[float | None], width: int) -> str:
    """Values as a row of bars from the lowest to the highest; a blank where there is none.

    >>> sparkline([1.0, 0.5, None, 0.0], 40)
    '█▅ ▁'

    Args:
        values: oldest first, within ±1e300; None and what is not finite are blanks.
        width: characters at most, from 1; of more values evenly spaced ones are drawn, among
            them the first (from width 2) and the last.
    """
    if not values:
        return ""
    count = min(width, len(values))
    step = (len(values) - 1) / max(count - 1, 1)
    chosen = [values[len(values) - 1 - round(i * step)] for i in reversed(range(count))]
    there = [v for v in chosen if v is not None and math.isfinite(v)]
    low, high = min(there, default=0.0), max(there, default=0.0)

    def bar(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return " "
        height = (value - low) / (high - low) if high > low else 0.0
        return BLOCKS[round(height * (len(BLOCKS) - 1))]

    return "".join(map(bar, chosen))


def log_scaled(values: Sequence[float]) -> list[float]:
    """Natural logarithms of errors (0 or more), for a sparkline that shows the late small steps.

    Zero has none and stands for half the smallest error above it.
    """
    logs = [math.log(v) if v > 0 else None for v in values]
    zero = min((v for v in logs if v is not None), default=0.0) - math.log(2)
    return [zero if v is None else v for v in logs]
