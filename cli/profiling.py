"""run --profile: a jax trace of a run's training, and how to look at it."""

import shlex
from collections.abc import Generator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from .output import note

if TYPE_CHECKING:
    from ..search import Progress


class Profile:
    """The trace that ``--profile`` asks for."""

    def __init__(self, folder: Path) -> None:
        """Make the folder.

        Raises:
            TraceError: the folder cannot be written.
        """
        from ..models.trace import refuse_unwritable_trace

        refuse_unwritable_trace(folder)
        self.folder = folder
        self.began = False

    def follow(self, walk: Generator["Progress", None, None]) -> Generator["Progress", None, None]:
        """Pass a run's steps on and trace from the first compilation to the last segment.

        Not from the start: the trace starts the devices, whose number a stored spec may set.

        Raises:
            TraceError: the trace could not be started or written.
        """
        from ..models.trace import traced
        from ..search.progress import Phase

        with ExitStack() as trace, closing(walk):
            for step in walk:
                if step.phase in (Phase.COMPILING, Phase.TRAINING):
                    if not self.began:
                        trace.enter_context(traced(self.folder))
                        self.began = True
                elif self.began:
                    trace.close()
                yield step

    def say_where(self) -> None:
        """Tell on stderr where the trace is and what shows it."""
        if not self.began:
            note("No trace was written: nothing was trained. More trials: --trials N")
            return
        note(
            f"Trace    {self.folder}\n"
            f"         pip install xprof, then xprof --logdir {shlex.quote(str(self.folder))}\n"
            "         or open its .trace.json.gz at https://ui.perfetto.dev"
        )
