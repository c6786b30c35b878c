"""The verdict: which of the judged gaps exceed the tolerance."""

from collections.abc import Mapping
from enum import Enum

from .findings import Diagnosis, Verdict
from .ladder import Gap, Gaps


class Standing(Enum):
    """Where a gap's interval lies with respect to the tolerance."""

    HIGH = "high"  # wholly above it
    LOW = "low"  # not above it
    UNDETERMINED = "undetermined"  # it holds the tolerance


def standing(low: float, high: float, tolerance: float) -> Standing:
    """Compare a gap's limits with the tolerance, all in the same unit."""
    if low > tolerance:
        return Standing.HIGH
    return Standing.LOW if high <= tolerance else Standing.UNDETERMINED


def judged_gaps(gaps: Gaps) -> Mapping[Verdict, Gap]:
    """The gaps by which the verdict is given, each by what it is called where it is high.

    The variance is judged on the test rows, or on the bridge rows where there are some, since the
    validation rows chose the trial; so is data mismatch, which only a bridge tells.
    """
    judged = {
        Verdict.HIGH_BIAS: gaps.avoidable_bias,
        Verdict.HIGH_VARIANCE: gaps.judged_variance,
        Verdict.DATA_MISMATCH: gaps.test_mismatch,
    }
    return {verdict: gap for verdict, gap in judged.items() if gap}


def open_gaps(judged: Mapping[Verdict, Gap], tolerance: float) -> dict[Verdict, Gap]:
    """Those of the gaps whose intervals hold the tolerance."""
    return {
        verdict: gap
        for verdict, gap in judged.items()
        if standing(gap.low, gap.high, tolerance) is Standing.UNDETERMINED
    }


def judge(gaps: Gaps, tolerance: float) -> tuple[Verdict, ...]:
    """Name what the network suffers from: several may stand, and healthy needs all gaps low."""
    stand = {v: standing(gap.low, gap.high, tolerance) for v, gap in judged_gaps(gaps).items()}
    high = tuple(verdict for verdict, where in stand.items() if where is Standing.HIGH)
    if high:
        return high
    healthy = all(where is Standing.LOW for where in stand.values())
    return (Verdict.HEALTHY if healthy else Verdict.UNDETERMINED,)


def of_all(tasks: Mapping[str, Diagnosis]) -> tuple[Verdict, ...]:
    """The verdict on several tasks: what any suffers from; healthy needs all of them healthy."""
    every = {verdict for it in tasks.values() for verdict in it.verdict}
    high = tuple(v for v in Verdict if v in every - {Verdict.HEALTHY, Verdict.UNDETERMINED})
    if high:
        return high
    return (Verdict.UNDETERMINED if Verdict.UNDETERMINED in every else Verdict.HEALTHY,)
