"""How a report writes numbers: errors as percentages, gaps as points, times as words."""

import math
import re
from datetime import datetime

from .findings import Estimate, Gap

MISSING = "–"  # stands wherever a number does not exist


def percent(fraction: float | None) -> str:
    """An error (fraction of wrong answers) as a percentage: ``0.0334`` → ``3.3 %``."""
    return MISSING if fraction is None else f"{_tenths(fraction)} %"


def percent_interval(low: float, high: float) -> str:
    """Two limits (fractions) as one range of percentages: ``1.9–5.7 %``."""
    return f"{_range(low, high)} %"


def estimate_text(estimate: Estimate) -> str:
    """An error with its interval: ``3.3 % (1.9–5.7 %)``."""
    return f"{percent(estimate.value)} ({percent_interval(estimate.low, estimate.high)})"


def points(gap: float) -> str:
    """A difference of errors (fractions) in percentage points, signed: ``+2.1 points``."""
    digits = _tenths(gap)
    return f"{digits if digits == '0.0' or gap < 0 else '+' + digits} points"


def gap_text(gap: Gap) -> str:
    """A gap with its interval: ``+2.1 points (0.3 to 4.0)``."""
    return f"{points(gap.value)} ({_tenths(gap.low)} to {_tenths(gap.high)})"


def plain_number(number: float | int | str | bool | None, digits: int = 4) -> str:
    """Any value of a parameter or of a finding's evidence; floats with so many digits."""
    if number is None:
        return MISSING
    if isinstance(number, bool) or not isinstance(number, int | float):
        return str(number)
    if isinstance(number, int):
        return f"{number:,}" if abs(number) >= 10_000 else str(number)
    if not math.isfinite(number):
        return "not finite"
    return re.sub(r"e([+-])0*", lambda m: "e-" if m[1] == "-" else "e", f"{number:.{digits}g}")


def nats(loss: float | None) -> str:
    """A loss in nats with three digits."""
    return MISSING if loss is None else f"{loss:.3g}"


def duration(seconds: float | None) -> str:
    """Wall-clock time: ``0.42 s``, ``12 s``, ``3 min 5 s``, ``2 h 4 min``."""
    if seconds is None:
        return MISSING
    if seconds < 10:
        return f"{seconds:.2g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def day(moment: datetime | None) -> str:
    """A naive UTC time to the minute: ``2025-11-22 21:40 UTC``."""
    return MISSING if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def _tenths(fraction: float) -> str:
    text = f"{100 * fraction:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", "−")


def _range(low: float, high: float) -> str:
    start, end = _tenths(low), _tenths(high)
    return f"{start} to {end}" if "−" in start + end else f"{start}–{end}"
