"""What another's training log shows, each with its evidence."""

import math
from typing import NamedTuple

from ...storage.records.results import Curves
from ..bayes.likely_limits import LIKELY
from ..error_text import error_text, loss_text, points, size_in_full
from ..findings import Finding, FindingKind, Severity, Verdict
from ..ladder import Gap
from ..leaning import likely_limits
from ..studies.curve_findings import overfitted_after, still_improving
from ..studies.trial_noise import change_by_chance, deviation_of_share
from .training_log import LOGGED, Curve, LogContext, TrainingLog

_NOT_LEARNT = 0.02  # of the training loss at the start: a fall below it is none
_POINTS_AT_LEAST = 8


def log_findings(
    log: TrainingLog,
    bias: Gap | None,
    variance: Gap | None,
    suffers: tuple[Verdict, ...],
    context: LogContext,
) -> tuple[Finding, ...]:
    """All that is found, problems first; ``suffers`` is what is sure or likely."""
    missing: Curve = (None,) * log.points
    curves = Curves(
        log.training_loss or missing,
        log.training_error or missing,
        log.validation_loss or missing,
        log.validation_error or missing,
        missing,
    )
    high_bias = Verdict.HIGH_BIAS in suffers
    each = log.axis == "epoch" and log.points == log.at[-1] - log.at[0] + 1
    called = "epochs" if each else "points"
    found = (
        _diverged(log),
        _gap_finding(Verdict.HIGH_BIAS, bias, context.tolerance) if high_bias else None,
        _gap_finding(Verdict.HIGH_VARIANCE, variance, context.tolerance)
        if Verdict.HIGH_VARIANCE in suffers
        else None,
        _nothing_learnt(log),
        overfitted_after(
            curves,
            context.validation_rows,
            LOGGED,
            log.name_of,
            least_rise=_least_rise(log, context),
        ),
        still_improving(curves, high_bias, LOGGED, called),
        _best_point(log),
    )
    order = list(Severity)
    return tuple(sorted(filter(None, found), key=lambda it: order.index(it.severity)))


def _least_rise(log: TrainingLog, context: LogContext) -> float | None:
    """The rise of the validation error that chance in so many rows makes, where they are known."""
    rows, last = context.validation_rows, (log.validation_error or (None,))[-1]
    if rows is None or last is None:
        return None
    return change_by_chance(deviation_of_share(last, rows))


class _Kinds(NamedTuple):
    sure: FindingKind
    likely: FindingKind
    name: str  # of the gap
    meaning: str


_KINDS = {
    Verdict.HIGH_BIAS: _Kinds(
        FindingKind.HIGH_BIAS,
        FindingKind.BIAS_UNDETERMINED,
        "avoidable bias",
        "has not learnt what can be learnt",
    ),
    Verdict.HIGH_VARIANCE: _Kinds(
        FindingKind.HIGH_VARIANCE,
        FindingKind.VARIANCE_UNDETERMINED,
        "variance",
        "has learnt quirks of its training rows",
    ),
}


def _gap_finding(verdict: Verdict, gap: Gap | None, tolerance: float) -> Finding | None:
    """A gap that is high, or that likely is."""
    if gap is None:
        return None
    kinds = _KINDS[verdict]
    low, high = (points(g, LOGGED) for g in (gap.low, gap.high))
    evidence = {"gap": gap.value, "low": gap.low, "high": gap.high, "tolerance": tolerance}
    measured = f"The {kinds.name} is {points(gap.value, LOGGED)} (between {low} and {high})"
    allowed = f"{size_in_full(tolerance, LOGGED)} are tolerated."
    if gap.low > tolerance:
        text = f"{measured}; {allowed} The network {kinds.meaning}."
        return Finding(kinds.sure, Severity.PROBLEM, evidence, text)
    likely = likely_limits(gap)
    text = (
        f"{measured}, with {100 * LIKELY:.0f} % confidence at least "
        f"{points(likely.low, LOGGED)}; {allowed} The network likely {kinds.meaning}."
    )
    evidence |= {"likely_low": likely.low, "likely_high": likely.high}
    return Finding(kinds.likely, Severity.WARNING, evidence, text)


def _diverged(log: TrainingLog) -> Finding | None:
    """Find the first point from which a loss is not finite to the end."""
    for name, point in log.diverged_at.items():
        if point is None:
            continue
        text = (
            f"From {log.name_of(point)} on the {name.replace('_', ' ')} is not finite. Lower the "
            "learning rate, warm it up, or clip the gradient."
        )
        evidence = {"point": point, "at": log.at[point - 1]}
        return Finding(FindingKind.DIVERGED_TRIALS, Severity.PROBLEM, evidence, text)
    return None


def _nothing_learnt(log: TrainingLog) -> Finding | None:
    """Find a training loss that is at the end where it was at the start."""
    losses = log.training_loss
    if losses is None or len(losses) < _POINTS_AT_LEAST or losses[0] is None or losses[-1] is None:
        return None
    lowest = min(value for value in losses if value is not None)
    if losses[0] <= 0 or lowest < losses[0] * (1 - _NOT_LEARNT):
        return None
    text = (
        f"The training loss never fell by {100 * _NOT_LEARNT:g} %: {loss_text(losses[0])} at "
        f"{log.name_of(1)}, at the lowest {loss_text(lowest)}. The learning rate may be far too "
        "small or too large, the gradient may vanish, or the inputs may not reach the network."
    )
    evidence = {"first": losses[0], "lowest": lowest}
    return Finding(FindingKind.NOTHING_LEARNT, Severity.PROBLEM, evidence, text)


def _best_point(log: TrainingLog) -> Finding | None:
    """Report where the validation error, or else the loss, was lowest, if before the end."""
    for name, shown in (("error", True), ("loss", False)):
        curve = log.validation_error if shown else log.validation_loss
        if curve is None or curve[-1] is None:
            continue
        values = [math.inf if value is None else value for value in curve]
        best = min(range(len(values)), key=values.__getitem__)
        if best == len(values) - 1 or values[best] == values[-1]:
            return None
        lowest, last = (
            error_text(v, LOGGED) if shown else loss_text(v) for v in (values[best], values[-1])
        )
        text = (
            f"The validation {name} was lowest at {log.name_of(best + 1)}: {lowest}, at the end "
            f"{last}. As the lowest of {len(values)} it is flattered."
        )
        evidence = {"at": log.at[best], "lowest": values[best], "last": values[-1]}
        return Finding(FindingKind.BEST_EPOCH, Severity.INFO, evidence, text)
    return None
