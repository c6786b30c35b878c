"""What is said of columns that tell the answer on their own."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .dataset import DataWarning
from .wording import counted, listed


class Answer(NamedTuple):
    """One thing that is to be told of each row."""

    called: str  # in messages
    values: np.ndarray  # (n,) int32 class, 0 …, or float64 quantity
    is_class: bool


class Found(NamedTuple):
    """A column that tells an answer."""

    unlike: float  # how unlike neighbours by it are, as a share
    column: str
    within: bool  # only those of one value were compared
    place: int  # of the column


def told_of_all(answer: Answer, found: Sequence[Found], count: int) -> DataWarning:
    """Say which columns tell the answer, and of the one that does it best, how well."""
    best, *others = sorted(found)
    return DataWarning(
        "telling_column",
        count,
        f"Column {best.column!r} tells {answer.called} on its own: of {counted(count, 'row')} "
        f"sorted by it{_compared(best)}, {_that(answer, best)}{_so(others)}. That may be right; "
        "but if it is made from the target, or is not known when the network is to be used, all "
        "errors here are too good.",
    )


def told_in_training(
    answer: Answer, lost: Sequence[tuple[Found, float]], count: int
) -> DataWarning:
    """Say which columns tell the answer of the training rows alone, and how well the best does."""
    (best, left), *others = sorted(lost)
    return DataWarning(
        "telling_column",
        count,
        f"Column {best.column!r} tells {answer.called} on its own, but of training rows alone: of "
        f"{counted(count, 'row')} sorted by it{_compared(best)}, {_that(answer, best)}, of test "
        f"rows {100 * left:.1f} %{_so([it for it, _ in others])}. It may be made from the target, "
        "or filled in otherwise there: what the network learns from it does not hold elsewhere.",
    )


def _that(answer: Answer, best: Found) -> str:
    """How well the rows are told."""
    if not answer.is_class:
        return f"neighbours are {100 * best.unlike:.1f} % as far apart in ranks as two at random"
    aside = "" if best.within else ", the first of each aside"
    return (
        f"{100 * best.unlike:.1f} % have another answer than the row before (mean over answers"
        f"{aside})"
    )


def _compared(best: Found) -> str:
    return ", those of one value compared" if best.within else ""


def _so(others: Sequence[Found]) -> str:
    names = listed(repr(it.column) for it in others)
    return f"; so {'do' if len(others) > 1 else 'does'} {names}" if others else ""
