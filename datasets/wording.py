"""The wording that this room's error messages share: counts, lists and near misses."""

import difflib
import os
import re
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


def quantity(value: float, digits: int = 4) -> str:
    """Return a number of the data, as a column's, with so many significant digits, as reports do.

    >>> quantity(68815.5), quantity(-20000.0), quantity(1758840.2, 6), quantity(2016.0)
    ('68,820', '−20,000', '1,758,840', '2016')
    >>> quantity(3e-7), quantity(-1.23456e12)
    ('3e-7', '−1.235e12')
    """
    rounded = float(f"{value:.{digits}g}")
    size = abs(rounded)
    if 10_000 <= size < 1e9:
        text = f"{size:,.9g}"
    else:
        text = re.sub(r"e([+-])0*", lambda m: "e-" if m[1] == "-" else "e", f"{size:.{digits}g}")
    return f"−{text}" if rounded < 0 else text


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
