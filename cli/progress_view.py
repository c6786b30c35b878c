"""A running study on stderr: a live bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..diagnostics.best_error import best_error_text
from ..diagnostics.error_text import error_text
from ..diagnostics.number_text import duration
from ..diagnostics.units import Task, Unit
from ..search.progress import Phase, Progress
from .commands import completed
from .output import note, printable, stderr
from .sparkline import BLOCKS, BestHistory, log_scaled, sparkline

if TYPE_CHECKING:
    from rich.console import RenderableType

STEP = 0.1  # of the trials: a plain line at least so often
PAUSE = 5.0  # seconds: a plain line at least so often …
SHARE = 0.02  # … and in a long run after this share of the time so far
CELLS = 24  # characters of the sparkline at most
PICTURES = 4  # a second: a picture takes some milliseconds of a core that could train
BAR = 2  # the place of the bar in its line, after the spinner and the phase
INDENT = 2  # columns before the lines under the bar
ASCII = str.maketrans("–·", "-|")  # what the numbers have, where no block can be printed
NARROW = 60  # columns: below, the bar has its line for itself
AGAIN = (Phase.REPLICATING, Phase.JUDGING, Phase.MEASURING)  # trials are trained again
_WORDS = {
    Phase.LOADING: "loading",
    Phase.COMPILING: "compiling",
    Phase.TRAINING: "training",
    Phase.REPLICATING: "again",
    Phase.JUDGING: "judging",
    Phase.MEASURING: "measuring",
    Phase.DIAGNOSING: "diagnosing",
    Phase.DONE: "done",
}


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


class PlainView:
    """One line every tenth of the trials or every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Say nothing yet."""
        self._clock = clock
        self._phase: Phase | None = None
        self._begin()

    def _begin(self) -> None:
        self._pace = Pace(self._clock)
        self._began = self._said = self._clock()
        self._done = 0.0

    def __enter__(self) -> "PlainView":
        """Nothing needs to be prepared."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing needs to be put in order."""

    def say(self, text: str) -> None:
        """Print a note."""
        note(text)

    def show(self, progress: Progress) -> None:
        """Print a line if enough has happened."""
        changed, self._phase = progress.phase is not self._phase, progress.phase
        if progress.phase is Phase.LOADING and changed:  # one of several studies begins
            self._begin()
        self._pace.look(progress)
        if progress.phase in (Phase.LOADING, Phase.DIAGNOSING):
            if changed:
                note(f"{_WORDS[progress.phase]} …")
            return
        if progress.phase in AGAIN:
            self._show_again(progress, changed=changed)
            return
        now = self._clock()
        pause = max(PAUSE, SHARE * (now - self._began))
        further = self._pace.done - self._done >= STEP * progress.wanted
        if progress.phase is Phase.TRAINING and (further or now - self._said >= pause):
            self._said, self._done = now, self._pace.done
            share = self._pace.done / progress.wanted
            start = f"{100 * share:3.0f} %  {ended_text(progress)}"
            parts = (start, *numbers(progress, self._pace), left_text(self._pace))
            note(" · ".join(filter(None, parts)))

    def _show_again(self, progress: Progress, *, changed: bool) -> None:
        now, last = self._clock(), progress.replicates == progress.replicates_wanted
        if progress.replicates_wanted and (changed or last or now - self._said >= PAUSE):
            self._said = now
            note(again_text(progress))


class QuietView:
    """Notes only."""

    def __enter__(self) -> "QuietView":
        """Nothing needs to be prepared."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing needs to be put in order."""

    def say(self, text: str) -> None:
        """Print a note."""
        note(text)

    def show(self, progress: Progress) -> None:
        """Show nothing."""


class LiveView:
    """A few lines that stay where they are: a bar, the numbers, the best error over the trials."""

    def __init__(self) -> None:
        """Open nothing yet."""
        from rich.live import Live
        from rich.spinner import Spinner

        self._pace = Pace()
        self._progress = Progress(Phase.LOADING, 0)
        self._history = BestHistory()
        console = stderr()
        self._blocks = _can_print(BLOCKS, console.encoding)
        self._spinner = Spinner("dots" if self._blocks else "line")
        self._live = Live(
            console=console,
            get_renderable=self._picture,
            refresh_per_second=PICTURES,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=True,
        )

    def __enter__(self) -> "LiveView":
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the display away, show the cursor."""
        self._live.stop()

    def say(self, text: str) -> None:
        """Print a note above the bar."""
        self._live.console.print(printable(completed(text)), soft_wrap=True)

    def show(self, progress: Progress) -> None:
        """Draw this from now on."""
        if progress.phase is Phase.LOADING:  # one of several studies begins
            self._pace, self._history = Pace(), BestHistory()
        self._pace.look(progress)
        self._history = self._history.look(progress.ended, progress.best_error)
        self._progress = progress

    def _picture(self) -> "RenderableType":
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        progress, pace = self._progress, self._pace
        top = Table.grid(padding=(0, 1), expand=True)
        cells: list[Any] = [self._spinner, Text(f"{_WORDS[progress.phase]:<10}")]
        if not progress.wanted or progress.phase is Phase.LOADING:
            top.add_column()
            top.add_column(ratio=1)
            top.add_row(*cells)
            return top
        wanted, done = progress.wanted, pace.done
        parts = [ended_text(progress), left_text(pace)]
        if progress.phase in AGAIN:
            wanted, done = progress.replicates_wanted, progress.replicates
            parts = [again_text(progress)]
        cells.append(ProgressBar(wanted, done, complete_style="cyan", finished_style="green"))
        width = self._live.console.width
        if width >= NARROW:
            cells += map(Text, parts)
            parts = []
        for place in range(len(cells)):
            top.add_column(ratio=1 if place == BAR else None, no_wrap=True)
        top.add_row(*cells)
        below = lines(filter(None, (*parts, *numbers(progress, pace))), width - INDENT)
        if self._blocks:
            below += filter(None, [history_text(self._history, width - INDENT, progress.task)])
        else:
            below = [line.translate(ASCII) for line in below]
        text = Text("\n".join(" " * INDENT + line for line in below), style="dim", no_wrap=True)
        text.overflow = "ellipsis" if self._blocks else "crop"
        return Group(top, text) if below else top


def _can_print(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


View = PlainView | QuietView | LiveView


def progress_view(quiet: bool) -> View:
    """The view that fits stderr."""
    if quiet:
        return QuietView()
    console = stderr()
    return LiveView() if console.is_terminal and not console.is_dumb_terminal else PlainView()
