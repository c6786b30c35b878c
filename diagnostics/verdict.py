"""The verdict: which gaps exceed the tolerance, which do not, and what would settle the rest."""

from collections.abc import Callable
from enum import Enum

from .error_text import error_range, error_text, gap_range, points, tolerated
from .findings import Errors, Estimate, Finding, FindingKind, Gap, Gaps, Severity, Verdict
from .gaps import JOINT_CONFIDENCE, gap_limits, limits
from .units import CLASSIFICATION, Unit

_TIMES_AT_MOST = 100  # as many rows as now; more is no advice


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


def judge(gaps: Gaps, tolerance: float) -> tuple[Verdict, ...]:
    """Name what the network suffers from: both may stand, and healthy needs both gaps low.

    The variance is judged on the test rows, since the validation rows chose the trial.
    """
    bias = standing(gaps.avoidable_bias.low, gaps.avoidable_bias.high, tolerance)
    variance = standing(gaps.test_variance.low, gaps.test_variance.high, tolerance)
    high = [
        verdict
        for verdict, where in ((Verdict.HIGH_BIAS, bias), (Verdict.HIGH_VARIANCE, variance))
        if where is Standing.HIGH
    ]
    if high:
        return tuple(high)
    healthy = bias is Standing.LOW and variance is Standing.LOW
    return (Verdict.HEALTHY if healthy else Verdict.UNDETERMINED,)


def gap_findings(
    errors: Errors, gaps: Gaps, tolerance: float, unit: Unit = CLASSIFICATION
) -> tuple[Finding, ...]:
    """Report each of the two gaps that is high, or that the rows leave open and what would settle.

    A gap at or below the tolerance gives none.
    """
    found = []
    bias, variance = gaps.avoidable_bias, gaps.test_variance
    where = standing(bias.low, bias.high, tolerance)
    if where is Standing.HIGH:
        found.append(_high_bias(errors, bias, tolerance, unit))
    elif where is Standing.UNDETERMINED:
        found.append(_bias_undetermined(errors, bias, tolerance, unit))
    where = standing(variance.low, variance.high, tolerance)
    if where is Standing.HIGH:
        found.append(_high_variance(errors, variance, tolerance, unit))
    elif where is Standing.UNDETERMINED:
        found.append(_variance_undetermined(errors, variance, tolerance, unit))
    return tuple(found)


def training_rows_to_settle(
    training: Estimate, bayes: Estimate, tolerance: float, unit: Unit
) -> int | None:
    """Training rows at which the same errors settle the bias; ``None`` if a hundredfold do not.

    No number at all does where the Bayes error's own interval is what leaves it open.
    """

    def settled(rows: int) -> bool:
        it = limits(training, rows, JOINT_CONFIDENCE, unit)
        where = standing(it.low - bayes.high, it.high - bayes.low, tolerance)
        return where is not Standing.UNDETERMINED

    return _least_rows(training.n or 1, settled)


def test_rows_to_settle(
    training: Estimate, test: Estimate, tolerance: float, unit: Unit
) -> int | None:
    """Test rows at which the same errors settle the variance, up to a hundredfold of them.

    ``None`` where the gap is too near the tolerance for these training rows.
    """

    def settled(rows: int) -> bool:
        it = gap_limits(test, rows, training, JOINT_CONFIDENCE, unit)
        return standing(it.low, it.high, tolerance) is not Standing.UNDETERMINED

    return _least_rows(test.n or 1, settled)


def _least_rows(now: int, settled: Callable[[int], bool]) -> int | None:
    """Search the least number of rows up to 100 times ``now``, to a tenth: double, then bisect."""
    below, above = now, 2 * now
    while not settled(above):
        below, above = above, 2 * above
        if above > _TIMES_AT_MOST * now:
            return None
    while above - below > max(1, below // 10):
        middle = (below + above) // 2
        below, above = (below, middle) if settled(middle) else (middle, above)
    return _two_digits(above)


def _two_digits(rows: int) -> int:
    """Round up to two significant digits: rates that are estimates deserve no more."""
    unit = 10 ** max(0, len(str(rows)) - 2)
    return -(-rows // unit) * unit


def _evidence(gap: Gap, tolerance: float) -> dict[str, float | int | str | None]:
    return {"gap": gap.value, "low": gap.low, "high": gap.high, "tolerance": tolerance}


def _high_bias(errors: Errors, gap: Gap, tolerance: float, unit: Unit) -> Finding:
    text = (
        f"The training error of {error_text(errors.training.value, unit)} lies "
        f"{gap_range(gap, unit)} above the Bayes error of {error_text(errors.bayes.value, unit)}; "
        f"{tolerated(tolerance, unit)} are tolerated. "
        "The network has not learnt what can be learnt."
    )
    return Finding(FindingKind.HIGH_BIAS, Severity.PROBLEM, _evidence(gap, tolerance), text)


def _high_variance(errors: Errors, gap: Gap, tolerance: float, unit: Unit) -> Finding:
    text = (
        f"The test error of {error_text(errors.test.value, unit)} lies {gap_range(gap, unit)} "
        f"above the training error of {error_text(errors.training.value, unit)}; "
        f"{tolerated(tolerance, unit)} are tolerated. The "
        "network has learnt quirks of its training rows. (The test rows judge, since the "
        f"validation rows, with an error of {error_text(errors.validation.value, unit)}, chose the "
        "trial.)"
    )
    evidence = {**_evidence(gap, tolerance), "validation_error": errors.validation.value}
    return Finding(FindingKind.HIGH_VARIANCE, Severity.PROBLEM, evidence, text)


def _bias_undetermined(errors: Errors, gap: Gap, tolerance: float, unit: Unit) -> Finding:
    training, bayes = errors.training, errors.bayes
    needed = training_rows_to_settle(training, bayes, tolerance, unit)
    if needed is not None:
        settle = (
            f"About {needed:,} training rows (now {training.n:,}) with the same error would settle "
            "it."
        )
    elif training.value - bayes.high <= tolerance < training.value - bayes.low:
        settle = (
            "More rows would not settle it, as the Bayes error is only known to lie in "
            f"{error_range(bayes.low, bayes.high, unit)}; give a better figure as "
            "diagnosis.bayes_error."
        )
    else:
        settle = (
            f"A hundred times the {training.n:,} training rows would not settle it: the gap is too "
            "near the tolerance."
        )
    text = (
        "Whether the training error exceeds the Bayes error by more than "
        f"{tolerated(tolerance, unit)} is open: the gap is {points(gap.value, unit)}, "
        f"between {points(gap.low, unit)} and {points(gap.high, unit)}. {settle}"
    )
    evidence = {
        **_evidence(gap, tolerance),
        "training_rows": training.n,
        "training_rows_needed": needed,
    }
    return Finding(FindingKind.BIAS_UNDETERMINED, Severity.WARNING, evidence, text)


def _variance_undetermined(errors: Errors, gap: Gap, tolerance: float, unit: Unit) -> Finding:
    rows = errors.test.n or 0
    needed = test_rows_to_settle(errors.training, errors.test, tolerance, unit)
    settle = (
        f"About {needed:,} test rows (now {rows:,}) with the same error would settle it."
        if needed is not None
        else f"A hundred times the {rows:,} test rows would not settle it: the gap is too "
        f"near the tolerance for that, and for {errors.training.n:,} training rows."
    )
    text = (
        "Whether the test error exceeds the training error by more than "
        f"{tolerated(tolerance, unit)} is open: the gap is {points(gap.value, unit)}, between "
        f"{points(gap.low, unit)} and {points(gap.high, unit)}. {settle}"
    )
    evidence = {
        **_evidence(gap, tolerance),
        "test_rows": rows,
        "test_rows_needed": needed,
    }
    return Finding(FindingKind.VARIANCE_UNDETERMINED, Severity.WARNING, evidence, text)
