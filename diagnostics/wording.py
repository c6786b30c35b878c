"""The verdict in one sentence, for every reader of a report."""

from .findings import Diagnosis, Gap, Verdict
from .number_text import percent, percent_interval


def verdict_sentence(diagnosis: Diagnosis) -> str:
    """Say in plain words what the network suffers from, with the numbers that show it."""
    verdict = diagnosis.verdict
    tolerated = f"{100 * diagnosis.tolerance:.1f}"
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
    errors, gaps = diagnosis.errors, diagnosis.gaps
    # A gap wholly below zero is no more than a gap of zero to its reader.
    bias, variance = (_points(max(0.0, g.high)) for g in (gaps.avoidable_bias, gaps.test_variance))
    return (
        f"training error {percent(errors.training.value)} is at most {bias} points above Bayes "
        f"error, and test error {percent(errors.test.value)} at most {variance} "
        "points above training error"
    )


def _bias(diagnosis: Diagnosis) -> str:
    error = percent(diagnosis.errors.training.value)
    return f"training error {error} is {_range(diagnosis.gaps.avoidable_bias)} above Bayes error"


def _variance(diagnosis: Diagnosis) -> str:
    error = percent(diagnosis.errors.test.value)
    return f"test error {error} is {_range(diagnosis.gaps.test_variance)} above training error"


def _open(diagnosis: Diagnosis) -> str:
    """What the rows leave open: at least one gap whose interval holds the tolerance."""
    gaps = (
        ("training error", "Bayes error", diagnosis.gaps.avoidable_bias),
        ("test error", "training error", diagnosis.gaps.test_variance),
    )
    parts = [
        f"{upper} may lie anywhere from {_points(gap.low)} to {_points(gap.high)} points above "
        f"{lower}"
        for upper, lower, gap in gaps
        if gap.low <= diagnosis.tolerance < gap.high
    ]
    return ", and ".join(parts)


def _range(gap: Gap) -> str:
    return f"{percent_interval(gap.low, gap.high).removesuffix(' %')} points"


def _points(gap: float) -> str:
    return percent(gap).removesuffix(" %")
