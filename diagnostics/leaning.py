"""What the rows leave open, yet make likely: limits at 80 % beside those that the verdict needs."""

from collections.abc import Mapping

from .bayes.likely_limits import shrunk
from .findings import Diagnosis, Finding, FindingKind, Verdict
from .ladder import Gap, Gaps, Likely
from .verdict import Standing, judge, judged_gaps, open_gaps, standing

OPEN = (
    FindingKind.BIAS_UNDETERMINED,
    FindingKind.VARIANCE_UNDETERMINED,
    FindingKind.MISMATCH_UNDETERMINED,
)


def likely_limits(gap: Gap) -> Likely:
    """The gap's limits that hold with 80 % each."""
    return gap.likely or shrunk(gap.value, gap.low, gap.high, gap.confidence)


def leaning(gap: Gap, tolerance: float) -> Standing:
    """Where an open gap likely stands; undetermined where it is open at 80 %, too."""
    return standing(*likely_limits(gap), tolerance)


def leanings(judged: Mapping[Verdict, Gap], tolerance: float) -> dict[Verdict, Standing]:
    """Where each gap that is open likely stands; those that are not open are left out."""
    opened = open_gaps(judged, tolerance)
    return {verdict: leaning(gap, tolerance) for verdict, gap in opened.items()}


def likely_verdict(gaps: Gaps, tolerance: float) -> tuple[Verdict, ...]:
    """What the open gaps lean to: those likely high; healthy where none is, and all likely are low.

    Empty where no gap is open, and where one leans to neither side and none is likely high.
    """
    leans = leanings(judged_gaps(gaps), tolerance)
    high = tuple(verdict for verdict, where in leans.items() if where is Standing.HIGH)
    if high or judge(gaps, tolerance) != (Verdict.UNDETERMINED,):
        return high
    return (Verdict.HEALTHY,) if set(leans.values()) == {Standing.LOW} else ()


def leaning_of_all(tasks: Mapping[str, Diagnosis]) -> tuple[Verdict, ...]:
    """What several tasks lean to: what any does and none is sure to suffer from.

    Healthy where nothing is known to be high, and each task is healthy or likely so.
    """
    sure = {verdict for it in tasks.values() for verdict in it.verdict}
    likely = {verdict for it in tasks.values() for verdict in it.leaning}
    high = tuple(v for v in Verdict if v in likely - sure - {Verdict.HEALTHY})
    if high or Verdict.UNDETERMINED not in sure:
        return high
    healthy = all(Verdict.HEALTHY in (*it.verdict, *it.leaning) for it in tasks.values())
    return (Verdict.HEALTHY,) if healthy else ()


def likely_high(finding: Finding) -> bool:
    """Whether a finding is of an open gap that likely is high."""
    low, tolerance = (finding.evidence.get(name) for name in ("likely_low", "tolerance"))
    if finding.kind not in OPEN or low is None or tolerance is None:
        return False
    return float(low) > float(tolerance)
