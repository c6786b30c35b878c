"""Where the limits of a floor come from, in words."""

from ..number_text import plain_number
from ..statistics.grouped import Grouping


def of_groups(grouped: Grouping | None) -> str:
    """What follows a number of rows whose limit counts groups; empty where rows are independent.

    >>> of_groups(Grouping(8, 3.14))
    ' of 8 groups, design effect 3.1'
    """
    if grouped is None:
        return ""
    return f" of {grouped.number:,} groups, design effect {plain_number(grouped.effect, 2)}"


def lower_limit(
    published: float,
    found: str,
    error: str,
    better: str,
    fell: str = "what it",
    common: str = "what",
) -> str:
    """Say where a lower limit comes from, or why it is 0.

    Args:
        published: the limit that counts.
        found: the mixture's own, before anything refuted it, such as "5.3 %"; empty where it is 0.
        error: whose it is, at which confidence, and of what.
        better: what may refute it.
        fell: what begins the words on the fall of that error, such as "the 1.2 points that it".
        common: the same on what neighbours' residuals tell, such as "the 0.3 points that".
    """
    if published > 0:
        return (
            f"that of {error}, taken to fall with more rows by no more than the larger of three "
            f"times {fell} fell from a fifth of the rows to three fifths and {common} neighbours' "
            "residuals have in common, taken to distance 0; evidence rather than a guarantee"
        )
    if found:
        return f"0, as the mixture's limit of {found} was refuted by {better}"
    return "0, as the mixture's error may fall much further with more rows"


def percent(found: float) -> str:
    """A limit as ``lower_limit`` takes it; empty where it is 0."""
    return f"{100 * found:.1f} %" if found > 0 else ""
