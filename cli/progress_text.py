"""How far a running study is, and how fast it goes, in words."""

import time
from collections.abc import Callable, Iterable

from ..diagnostics.best_error import best_error_text
from ..diagnostics.error_text import error_text
from ..diagnostics.number_text import duration
from ..diagnostics.units import Task, Unit
from ..search.progress import Phase, Progress
from .sparkline import BestHistory, log_scaled, sparkline

CELLS = 24  # characters of the sparkline at most


class Pace:
    """How many trials are done, and how fast this run does them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count from the first look at trials."""
        self._clock = clock
        self._from: tuple[float, float] | None = None  # seconds, trials
        # The same at the first look at which something had been trained: until then, programs were
        # compiled, which most of the time is done once and says nothing of what is left.
        self._compiled: tuple[float, float] | None = None
        self.done = 0.0  # trials; those in the lanes by the share of their epochs
        self.speed: float | None = None  # trials a second
        self.left: float | None = None  # seconds

    def look(self, progress: Progress) -> None:
        """Take a look into account; ``done`` never falls."""
        partly = progress.ended + progress.running * progress.fraction
        self.done = min(max(self.done, partly), progress.wanted)
        if progress.phase not in (Phase.COMPILING, Phase.TRAINING):
            return
        now = self._clock()
        if self._from is None:
            self._from = now, self.done
        seconds, trials = now - self._from[0], self.done - self._from[1]
        if seconds > 0 and trials > 0:
            self.speed = trials / seconds
            if self._compiled is None:
                self._compiled = now, self.done
            seconds, trials = now - self._compiled[0], self.done - self._compiled[1]
            if seconds > 0 and trials > 0:
                self.left = (progress.wanted - self.done) * seconds / trials


def best_text(progress: Progress) -> str:
    """The best validation error so far, as ``best_error_text`` has it; empty without one."""
    if progress.best_error is None or not progress.validation_rows:
        return ""
    error, rows, task = progress.best_error, progress.validation_rows, Task(progress.task)
    best = best_error_text(error, rows, task, balanced=progress.balanced)
    return f"best {best}, trial {progress.best_number}"


def numbers(progress: Progress, pace: Pace) -> list[str]:
    """The best trial, pruned, diverged, the speed, device use; without what is not known."""
    pruned = f"{progress.pruned:,} pruned" if progress.pruned else ""
    diverged = f"{progress.diverged:,} diverged" if progress.diverged else ""
    speed = "" if pace.speed is None else f"{pace.speed:.2g} trials/s"
    if pace.speed is not None and pace.speed >= 100:
        speed = f"{pace.speed:.0f} trials/s"
    use = "" if progress.device_use is None else f"devices {100 * progress.device_use:.0f} % busy"
    return list(filter(None, (best_text(progress), pruned, diverged, speed, use)))


def ended_text(progress: Progress) -> str:
    """How many of the wanted trials have ended."""
    return f"{progress.ended:,}/{progress.wanted:,} trials"


def again_text(progress: Progress) -> str:
    """How many trainings of finalists or winners have ended, and what they are for."""
    if progress.phase is Phase.MEASURING:
        return f"learning curve: {progress.replicates:,}/{progress.replicates_wanted:,} trainings"
    if progress.phase is Phase.JUDGING:
        return f"fresh seeds: {progress.replicates:,}/{progress.replicates_wanted:,} trainings"
    return (
        f"finalists trained again: {progress.replicates:,}/{progress.replicates_wanted:,} "
        "replicates"
    )


def left_text(pace: Pace) -> str:
    """How long it will still take; empty as long as that is not known."""
    return f"{duration(pace.left)} left" if pace.left else ""


def history_text(history: BestHistory, width: int, task: str = "classification") -> str:
    """A sparkline of the best error between the value of its first bar and the latest.

    Empty before the second trial, and where ``width`` leaves no room for it.
    """
    if len(history.values(CELLS)) < 2:
        return ""
    unit = Unit(Task(task))
    longest, last = (error_text(history.errors[end], unit) for end in (0, -1))
    values = history.values(min(CELLS, width - len(f"{longest}  {last}")))
    if len(values) < 2:
        return ""
    return f"{error_text(values[0], unit)} {sparkline(log_scaled(values), CELLS)} {last}"


def lines(parts: Iterable[str], width: int) -> list[str]:
    """Parts joined by dots to as few lines of ``width`` characters as they fit on in this order."""
    filled: list[str] = []
    for part in parts:
        longer = f"{filled[-1]} · {part}" if filled else part
        if filled and len(longer) <= width:
            filled[-1] = longer
        else:
            filled.append(part)
    return filled
