"""A running study on stderr: a live bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..search.progress import Phase, Progress
from .commands import completed
from .output import note, printable, stderr
from .progress_text import Pace, again_text, ended_text, history_text, left_text, lines, numbers
from .sparkline import BLOCKS, BestHistory

if TYPE_CHECKING:
    from rich.console import RenderableType

STEP = 0.1  # of the trials: a plain line at least so often
PAUSE = 5.0  # seconds: a plain line at least so often …
SHARE = 0.02  # … and in a long run after this share of the time so far
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
    Phase.WAITING: "waiting",
    Phase.REPLICATING: "again",
    Phase.JUDGING: "judging",
    Phase.MEASURING: "measuring",
    Phase.DIAGNOSING: "diagnosing",
    Phase.DONE: "done",
}


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
