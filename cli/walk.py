"""A command that trains, watched to its end."""

from collections.abc import Callable, Generator
from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeAlias

import typer

from ..search.progress import Phase
from .interruption import interruptible
from .output import note, prints_aside
from .progress_view import progress_view

if TYPE_CHECKING:
    from ..search import Progress

Walk: TypeAlias = "Generator[Progress, None, None]"


class Walked(NamedTuple):
    """How a walk ended."""

    last: "Progress"
    code: int  # to exit with, if it was cut short
    unwritten: OSError | None  # why there are no reports: to raise once all else is told


def walk_to_the_end(steps: Callable[[Event], Walk], *, quiet: bool) -> Walked:
    """Show a walk's progress and say its notes, until it ends or is interrupted.

    Args:
        steps: the walk, which the event ends after the segment in flight.
        quiet: whether only notes are shown.
    """
    last = unwritten = None
    with (
        progress_view(quiet) as view,
        prints_aside(),
        interruptible(view.say) as asked,
        closing(steps(asked.stop)) as walk,
    ):
        try:
            for last in walk:
                if last.placement and not quiet:
                    view.say(last.placement)
                if last.note:
                    view.say(last.note)
                view.show(last)
        except OSError as error:
            if last is None or last.phase is not Phase.DONE:
                raise
            unwritten = error
    assert last is not None
    return Walked(last, asked.code, unwritten)


def leave_interrupted(code: int) -> NoReturn:
    """Say that a command was cut short which goes on where it was left, and exit."""
    note("Interrupted. What is finished stays; the same command goes on.")
    raise typer.Exit(code)
