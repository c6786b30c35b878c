"""How errors and their gaps are written: percentages and points, or figures in squared units."""

import math
from collections.abc import Sequence

from .ladder import Estimate, Gap, Likely
from .number_text import MISSING, plain_number
from .units import CLASSIFICATION, Task, Unit

# Gaps of regressions are told as points of R², which those of other tasks are like: the squares of
# a price tell nobody whether a gap is large, and what is tolerated is given in these points.
SHARES = CLASSIFICATION


def error_text(error: float | None, unit: Unit) -> str:
    """An error: ``0.0334`` → ``3.3 %``, of regression three digits: ``2.93``."""
    return MISSING if error is None else _figures([error], unit)[0] + _percent(unit)


def error_range(low: float, high: float, unit: Unit) -> str:
    """Two limits of an error as one range: ``1.9–5.7 %`` or ``2.51–3.4``."""
    return _range(_figures([low, high], unit)) + _percent(unit)


def estimate_text(estimate: Estimate, unit: Unit) -> str:
    """An error with its interval: ``3.3 % (1.9–5.7 %)`` or ``2.93 (2.51–3.40)``."""
    value, *limits = _figures([estimate.value, estimate.low, estimate.high], unit)
    return f"{value}{_percent(unit)} ({_range(limits)}{_percent(unit)})"


def points(gap: float, unit: Unit) -> str:
    """A difference of errors, signed: ``+2.1 points``, of regression ``+0.42``."""
    return _signed(_figures([gap], unit)[0]) + _points(unit)


def size(gap: float, unit: Unit) -> str:
    """A difference of errors without a plus: ``2.1 points``."""
    return points(gap, unit).lstrip("+")


def gap_text(gap: Gap, unit: Unit) -> str:
    """A gap with its interval: ``+2.1 points (0.3 to 4.0)`` or ``+0.42 (0.06 to 0.81)``."""
    value, low, high = _figures([gap.value, gap.low, gap.high], unit)
    return f"{_signed(value)}{_points(unit)} ({low} to {high})"


def gap_above(gap: Gap, lower: str, unit: Unit) -> str:
    """A gap with its interval between words: ``2.1 points above Bayes error (0.3 to 4.0)``.

    One below zero lies below, of which its interval's signs remind: ``0.4 points below Bayes error
    (−3.7 to +3.2)``.
    """
    value, low, high = _figures([gap.value, gap.low, gap.high], unit)
    if value.startswith("−"):
        return f"{value[1:]}{_points(unit)} below {lower} ({_signed(low)} to {_signed(high)})"
    return f"{value}{_points(unit)} above {lower} ({low} to {high})"


def gap_range(gap: Gap | Likely, unit: Unit) -> str:
    """A gap's interval alone: ``2.9–8.3 points`` or ``0.31–0.74``."""
    return _range(_figures([gap.low, gap.high], unit)) + _points(unit)


def in_shares(gap: Gap, unit: Unit) -> Gap:
    """A gap as a share of all there is to err; in regression, of the target's variance."""
    whole = unit.whole
    return gap._replace(value=gap.value / whole, low=gap.low / whole, high=gap.high / whole)


def gap_in_points(gap: Gap, unit: Unit) -> str:
    """A gap with its interval in points: ``gap_text``, of regression ``+2.4 points of R² (…)``."""
    return of_r_squared(gap_text(in_shares(gap, unit), SHARES), unit)


def range_in_points(gap: Gap | Likely, unit: Unit) -> str:
    """A gap's interval alone, in points: ``2.9–8.3 points``, ``2.9–8.3 points of R²``."""
    limits = Likely(gap.low / unit.whole, gap.high / unit.whole)
    return of_r_squared(gap_range(limits, SHARES), unit)


def range_in_full(gap: Gap | Likely, unit: Unit) -> str:
    """A gap's interval: ``2.9–8.3 points`` or ``0.31–0.74 (1.4–3.3 points of R²)``."""
    shares = f" ({range_in_points(gap, unit)})" if unit.task is Task.REGRESSION else ""
    return gap_range(gap, unit) + shares


def between_in_full(gap: Gap, unit: Unit) -> str:
    """A gap and its limits in a sentence: ``+2.1 points, between +0.3 points and +4.0 points``.

    Of regression ``+0.42, between +0.06 and +0.81 (+2.0 points of R², 0.3 to 3.9)``.
    """
    low, high = points(gap.low, unit), points(gap.high, unit)
    told = f"{points(gap.value, unit)}, between {low} and {high}"
    if unit.task is not Task.REGRESSION:
        return told
    shares = in_shares(gap, unit)
    value, low, high = _figures([shares.value, shares.low, shares.high], SHARES)
    return f"{told} ({_signed(value)} points of R², {low} to {high})"


def gap_limit(limit: float, unit: Unit) -> str:
    """A gap's limit as a bare number: ``8.3`` (points) or ``0.74``."""
    return _figures([limit], unit)[0]


def size_in_full(gap: float, unit: Unit) -> str:
    """A difference of errors as it is tolerated: ``2.0 points`` or ``0.48 (2.0 points of R²)``."""
    return size(gap, unit) + _in_r_squared(gap, unit)


def size_in_points(gap: float, unit: Unit) -> str:
    """A difference of errors in points: ``2.0 points``, of regression ``2.0 points of R²``."""
    return of_r_squared(size(gap / unit.whole, SHARES), unit)


def signed_in_full(gap: float, unit: Unit) -> str:
    """A difference of errors, signed: ``+2.0 points`` or ``+0.48 (2.0 points of R²)``."""
    return points(gap, unit) + _in_r_squared(gap, unit)


def r_squared_text(split: str, estimate: Estimate, unit: Unit) -> str:
    """R² with its interval: ``R² 0.95 (0.94–0.96)``; empty where there is none."""
    errors = (estimate.value, estimate.high, estimate.low)
    shares = [unit.r_squared(split, error) for error in errors]
    value, low, high = (None if s is None else f"{s:.3f}".replace("-", "−") for s in shares)
    if value is None or low is None or high is None:
        return ""
    return f"R² {value} ({_range([low, high])})"


def root_text(error: float, unit: Unit) -> str:
    """The root of a mean squared error of one target, in its units: ``root 1.71``; else empty."""
    if unit.task is not Task.REGRESSION or unit.columns != 1:
        return ""
    return f"root {_figures([math.sqrt(error)], unit)[0]}"


def loss_text(loss: float | None) -> str:
    """A loss with three digits; its unit is ``loss_unit``'s."""
    return MISSING if loss is None else f"{loss:.3g}"


def loss_unit(unit: Unit) -> str:
    """What follows a loss in a sentence."""
    if not unit.loss_known:
        return ""
    return {
        Task.CLASSIFICATION: " nats",
        Task.MULTILABEL: " nats",
        Task.REGRESSION: " (targets standardised)",
        Task.MULTITASK: " (summed over tasks)",
    }[unit.task]


def _figures(values: Sequence[float], unit: Unit) -> list[str]:
    if unit.task is Task.REGRESSION:
        return _plain(values)
    texts = (f"{100 * value:.1f}" for value in values)
    return ["0.0" if text == "-0.0" else text.replace("-", "−") for text in texts]


def _plain(values: Sequence[float]) -> list[str]:
    """Numbers with equally many decimals, three digits of the largest."""
    largest = max(abs(value) for value in values)
    if largest and not 1e-3 <= largest < 1e6:
        return [plain_number(float(value), 3) for value in values]
    decimals = max(0, 2 - math.floor(math.log10(largest))) if largest else 0
    texts = (f"{value:,.{decimals}f}" for value in values)
    return [
        text.lstrip("-") if not float(text.replace(",", "")) else text.replace("-", "−")
        for text in texts
    ]


def _range(limits: Sequence[str]) -> str:
    start, end = limits
    return f"{start} to {end}" if "−" in start + end else f"{start}–{end}"


def _signed(text: str) -> str:
    return text if text.startswith("−") or not text.strip("0.") else f"+{text}"


def _percent(unit: Unit) -> str:
    return "" if unit.task is Task.REGRESSION else " %"


def _points(unit: Unit) -> str:
    return "" if unit.task is Task.REGRESSION else " points"


def of_r_squared(text: str, unit: Unit) -> str:
    """Points of a regression are points of R²."""
    return text.replace(" points", " points of R²", 1) if unit.task is Task.REGRESSION else text


def _in_r_squared(gap: float, unit: Unit) -> str:
    return f" ({size_in_points(gap, unit)})" if unit.task is Task.REGRESSION else ""
