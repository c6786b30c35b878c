"""The wording that this room's error messages share: counts, lists and near misses."""

import difflib
import os
from collections.abc import Iterable

LISTED = 12  # names that a message lists before it says how many more there are


def counted(count: int, noun: str) -> str:
    """Return the count with its noun: ``1 row``, ``2,000 rows``, ``2 classes``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}es" if noun.endswith("s") else f"{count:,} {noun}s"


def listed(names: Iterable[str]) -> str:
    """Return the names with commas between, cut after ``LISTED`` of them."""
    every = list(names)
    rest = len(every) - LISTED
    return ", ".join(every[:LISTED]) + (f" and {rest:,} more" if rest > 0 else "")


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the nearest allowed name, or nothing."""
    near = difflib.get_close_matches(word, list(allowed), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def reason(error: Exception) -> str:
    """Return what an error says, without the name of the file, which the message begins with.

    >>> reason(PermissionError(13, "Permission denied", "data/x.npz"))
    'Permission denied'
    """
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number else str(error)
