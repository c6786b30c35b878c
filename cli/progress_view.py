"""A running study on stderr: a live bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..diagnostics.number_text import duration, percent, percent_interval
from ..search.progress import Phase, Progress
from .output import note, printable, stderr

if TYPE_CHECKING:
    from rich.console import RenderableType

STEP = 0.1  # of the trials: a plain line at least so often
PAUSE = 5.0  # seconds: a plain line at least so often …
SHARE = 0.02  # … and in a long run after this share of the time so far
_WORDS = {
    Phase.LOADING: "loading",
    Phase.COMPILING: "compiling",
    Phase.TRAINING: "training",
    Phase.DIAGNOSING: "diagnosing",
    Phase.DONE: "done",
}


class Pace:
    """How many trials are done, and how fast this run does them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count from the first look at trials."""
        self._clock = clock
        self._from: tuple[float, float] | None = None  # seconds, trials
        self.done = 0.0  # trials; those in the lanes by the share of their epochs
        self.speed: float | None = None  # trials a second
        self.left: float | None = None  # seconds

    def look(self, progress: Progress) -> None:
        """Take a look into account; ``done`` never falls."""
        ended = progress.completed + progress.diverged
        partly = ended + progress.running * progress.fraction
        self.done = min(max(self.done, ended, partly), progress.wanted)
        if progress.phase not in (Phase.COMPILING, Phase.TRAINING):
            return
        now = self._clock()
        if self._from is None:
            self._from = now, self.done
        seconds, trials = now - self._from[0], self.done - self._from[1]
        if seconds > 0 and trials > 0:
            self.speed = trials / seconds
            self.left = (progress.wanted - self.done) / self.speed


def best_text(progress: Progress) -> str:
    """The best validation error so far with its 95 % Wilson interval; empty when there is none."""
    from ..diagnostics.intervals import wilson

    if progress.best_error is None or not progress.validation_rows:
        return ""
    wrong = round(progress.best_error * progress.validation_rows)
    interval = wilson(wrong, progress.validation_rows)
    limits = percent_interval(interval.low, interval.high)
    return f"best {percent(progress.best_error)} ({limits}), trial {progress.best_number}"


def numbers_text(progress: Progress, pace: Pace) -> str:
    """The best trial, how many diverged, the speed: what stands under the bar."""
    diverged = f"{progress.diverged} diverged" if progress.diverged else ""
    speed = "" if pace.speed is None else f"{pace.speed:.2g} trials/s"
    if pace.speed is not None and pace.speed >= 100:
        speed = f"{pace.speed:.0f} trials/s"
    return " · ".join(filter(None, (best_text(progress), diverged, speed)))


def ended_text(progress: Progress) -> str:
    """How many of the wanted trials have ended."""
    return f"{progress.completed + progress.diverged:,}/{progress.wanted:,} trials"


def left_text(pace: Pace) -> str:
    """How long it will still take; empty as long as that is not known."""
    return f"{duration(pace.left)} left" if pace.left else ""


class PlainView:
    """One line every tenth of the trials or every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Say nothing yet."""
        self._clock = clock
        self._pace = Pace(clock)
        self._began = self._said = clock()
        self._done = 0.0
        self._phase: Phase | None = None

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
        self._pace.look(progress)
        changed, self._phase = progress.phase is not self._phase, progress.phase
        if progress.phase in (Phase.LOADING, Phase.DIAGNOSING):
            if changed:
                note(f"{_WORDS[progress.phase]} …")
            return
        now = self._clock()
        pause = max(PAUSE, SHARE * (now - self._began))
        further = self._pace.done - self._done >= STEP * progress.wanted
        if progress.phase is Phase.TRAINING and (further or now - self._said >= pause):
            self._said, self._done = now, self._pace.done
            share = self._pace.done / progress.wanted
            start = f"{100 * share:3.0f} %  {ended_text(progress)}"
            numbers = (start, numbers_text(progress, self._pace), left_text(self._pace))
            note(" · ".join(filter(None, numbers)))


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
    """Two lines that stay where they are: a bar, and the numbers under it."""

    def __init__(self) -> None:
        """Open nothing yet."""
        from rich.live import Live
        from rich.spinner import Spinner

        self._pace = Pace()
        self._progress = Progress(Phase.LOADING, 0)
        self._spinner = Spinner("dots")
        self._live = Live(
            console=stderr(),
            get_renderable=self._picture,
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
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
        self._live.console.print(printable(text), soft_wrap=True)

    def show(self, progress: Progress) -> None:
        """Draw this from now on."""
        self._pace.look(progress)
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
            top.add_row(*cells)
            return top
        bar = ProgressBar(progress.wanted, pace.done, complete_style="cyan", finished_style="green")
        cells += [bar, Text(ended_text(progress)), Text(left_text(pace))]
        for ratio in (None, None, 1, None, None):
            top.add_column(ratio=ratio, no_wrap=True)
        top.add_row(*cells)
        numbers = numbers_text(progress, pace)
        return Group(top, Text(f"  {numbers}", style="dim", no_wrap=True, overflow="ellipsis"))


View = PlainView | QuietView | LiveView


def progress_view(quiet: bool) -> View:
    """The view that fits stderr."""
    if quiet:
        return QuietView()
    console = stderr()
    return LiveView() if console.is_terminal and not console.is_dumb_terminal else PlainView()
