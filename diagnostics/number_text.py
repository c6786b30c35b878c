"""How a report writes numbers: shares as percentages, times as words."""

import math
import re
from datetime import datetime

MISSING = "–"  # stands wherever a number does not exist


def percent(fraction: float | None) -> str:
    """A share (0–1) as a percentage: ``0.0334`` → ``3.3 %``. Errors: see ``error_text``."""
    return MISSING if fraction is None else f"{100 * fraction:.1f} %"


def plain_number(number: float | int | str | bool | None, digits: int = 4) -> str:
    """Any value of a parameter or of a finding's evidence; floats with so many digits.

    >>> plain_number(-0.012345), plain_number(-1.5e-7)
    ('−0.01235', '−1.5e-7')
    """
    if number is None:
        return MISSING
    if isinstance(number, bool) or not isinstance(number, int | float):
        return str(number)
    if isinstance(number, float) and not math.isfinite(number):
        return "not finite"
    if number < 0:
        return f"−{plain_number(-number, digits)}"
    if isinstance(number, int):
        return f"{number:,}" if number >= 10_000 else str(number)
    text = f"{abs(number):.{digits}g}"  # of −0.0, too
    return re.sub(r"e([+-])0*", lambda m: "e-" if m[1] == "-" else "e", text)


def column_number(number: float, digits: int = 4) -> str:
    """A value of a column, as an income: digits in full up to a thousand million.

    >>> column_number(68815.5), column_number(-0.5), column_number(1.2345e12)
    ('68,820', '−0.5', '1.234e12')
    >>> column_number(1931.2, 3)
    '1,930'
    """
    rounded = float(f"{number:.{digits}g}")
    if 10**digits <= abs(rounded) < 1e9:
        return f"{rounded:,.0f}".replace("-", "−")
    return plain_number(rounded, digits)


def duration(seconds: float | None) -> str:
    """Wall-clock time: ``0.42 s``, ``12 s``, ``3 min 5 s``, ``2 h 4 min``."""
    if seconds is None:
        return MISSING
    if seconds < 5e-4:
        return "0 s"
    if seconds < 10:
        return f"{seconds:.2g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def signed(number: float, decimals: int) -> str:
    """A number with its sign: ``+0.42``, ``−3.1``."""
    return f"{number:+.{decimals}f}".replace("-", "−")


def moved(number: float) -> str:
    """A change in words, two decimals.

    >>> moved(0.384), moved(-0.1)
    ('rose by 0.38', 'fell by 0.10')
    """
    return f"{'fell' if number < 0 else 'rose'} by {abs(number):.2f}"


def two_digits_up(count: int) -> int:
    """Round up to two significant digits: counts that are estimates deserve no more.

    >>> two_digits_up(1_234)
    1300
    """
    unit = 10 ** max(0, len(str(count)) - 2)
    return -(-count // unit) * unit


def size_text(size: int) -> str:
    """Bytes for people.

    >>> size_text(2_345_678)
    '2.3 MB'
    """
    for unit, bytes_each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_each:
            return f"{size / bytes_each:,.1f} {unit}"
    return f"{size} B"


def day(moment: datetime | None) -> str:
    """A naive UTC time to the minute: ``2025-11-22 21:40 UTC``."""
    return MISSING if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
