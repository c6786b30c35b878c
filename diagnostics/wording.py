"""The verdict in one sentence, for every reader of a report."""

from .error_text import error_text, gap_limit, gap_range, tolerated_number
from .findings import Diagnosis, Verdict
from .units import Task


def verdict_sentence(diagnosis: Diagnosis) -> str:
    """Say in plain words what the network suffers from, with the numbers that show it."""
    verdict = diagnosis.verdict
    tolerated = tolerated_number(diagnosis.tolerance, diagnosis.unit)
    if Verdict.HIGH_BIAS in verdict and Verdict.HIGH_VARIANCE in verdict:
        return (
            f"High bias and high variance: {_bias(diagnosis)}, and {_variance(diagnosis)}, "
            f"each more than the tolerated {tolerated}."
        )
    if Verdict.HIGH_BIAS in verdict:
        return f"High bias: {_bias(diagnosis)}, more than the tolerated {tolerated}."
    if Verdict.HIGH_VARIANCE in verdict:
        return f"High variance: {_variance(diagnosis)}, more than the tolerated {tolerated}."
    if Verdict.HEALTHY in verdict:
        return f"Healthy: {_healthy(diagnosis)}, where {tolerated} are tolerated."
    return f"Undetermined: {_open(diagnosis)}, where {tolerated} are tolerated."


def _healthy(diagnosis: Diagnosis) -> str:
    errors, gaps, unit = diagnosis.errors, diagnosis.gaps, diagnosis.unit
    # A gap wholly below zero is no more than a gap of zero to its reader.
    bias, variance = (
        gap_limit(max(0.0, g.high), unit) + _points(diagnosis)
        for g in (gaps.avoidable_bias, gaps.test_variance)
    )
    return (
        f"training error {error_text(errors.training.value, unit)} is at most {bias} above Bayes "
        f"error, and test error {error_text(errors.test.value, unit)} at most {variance} "
        "above training error"
    )


def _bias(diagnosis: Diagnosis) -> str:
    unit = diagnosis.unit
    error = error_text(diagnosis.errors.training.value, unit)
    above = gap_range(diagnosis.gaps.avoidable_bias, unit)
    return f"training error {error} is {above} above Bayes error"


def _variance(diagnosis: Diagnosis) -> str:
    unit = diagnosis.unit
    error = error_text(diagnosis.errors.test.value, unit)
    above = gap_range(diagnosis.gaps.test_variance, unit)
    return f"test error {error} is {above} above training error"


def _open(diagnosis: Diagnosis) -> str:
    """What the rows leave open: at least one gap whose interval holds the tolerance."""
    unit = diagnosis.unit
    gaps = (
        ("training error", "Bayes error", diagnosis.gaps.avoidable_bias),
        ("test error", "training error", diagnosis.gaps.test_variance),
    )
    parts = [
        f"{upper} may lie anywhere from {gap_limit(gap.low, unit)} to "
        f"{gap_limit(gap.high, unit)}{_points(diagnosis)} above {lower}"
        for upper, lower, gap in gaps
        if gap.low <= diagnosis.tolerance < gap.high
    ]
    return ", and ".join(parts)


def _points(diagnosis: Diagnosis) -> str:
    return "" if diagnosis.unit.task is Task.REGRESSION else " points"
