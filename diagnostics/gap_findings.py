"""Findings of the gaps: which exceed the tolerance, which are open, and what would settle these."""

from collections.abc import Callable
from functools import partial

from scipy.special import ndtri

from .bayes.likely_limits import LIKELY
from .error_text import (
    between_in_full,
    error_range,
    error_text,
    range_in_full,
    signed_in_full,
    size_in_full,
)
from .findings import Finding, FindingKind, Severity
from .gaps import JOINT_CONFIDENCE, gap_limits, limits
from .ladder import Errors, Estimate, Gap, Gaps
from .leaning import leaning, likely_limits
from .number_text import two_digits_up
from .statistics.intervals import Interval, two_sided_z
from .units import CLASSIFICATION, Unit
from .verdict import Standing, standing

_TIMES_AT_MOST = 100  # as many rows as now; more is no advice
_POWER = 0.8  # how often so many fresh rows settle a gap, where the errors are as measured
_WOULD = "would settle it, in four draws of five."


def gap_findings(
    errors: Errors,
    gaps: Gaps,
    tolerance: float,
    unit: Unit = CLASSIFICATION,
    key: str = "bayes_error",
    chose: str = "chose the trial",
) -> tuple[Finding, ...]:
    """Report each judged gap that is high, or that the rows leave open and what would settle.

    A gap at or below the tolerance gives none.

    Args:
        errors: of the best trial.
        gaps: between them.
        tolerance: up to which a gap is no problem.
        unit: of all these.
        key: of [diagnosis], by which a figure for the Bayes error is given.
        chose: what the validation rows did, for which the test rows judge.
    """
    each = (
        (gaps.avoidable_bias, _high_bias, partial(_bias_undetermined, key=key)),
        (gaps.judged_variance, partial(_high_variance, chose=chose), _variance_undetermined),
        (gaps.test_mismatch, _data_mismatch, _mismatch_undetermined),
    )
    found = []
    for gap, high, undetermined in each:
        if gap is None:
            continue
        where = standing(gap.low, gap.high, tolerance)
        if where is Standing.HIGH:
            found.append(high(errors, gap, tolerance, unit))
        elif where is Standing.UNDETERMINED:
            found.append(undetermined(errors, gap, tolerance, unit))
    return tuple(found)


def training_rows_to_settle(
    training: Estimate,
    bayes: Estimate,
    tolerance: float,
    unit: Unit,
    confidence: float = JOINT_CONFIDENCE,
) -> int | None:
    """Training rows of which the same error settles the bias; ``None`` if a hundredfold do not.

    In four fresh draws of five. No number at all does where the Bayes error's own interval is what
    leaves it open.
    """

    def settled(rows: int) -> bool:
        it = limits(training, rows, confidence, unit)
        below, above = _by_luck(it, confidence)
        where = standing(it.low - bayes.high - below, it.high - bayes.low + above, tolerance)
        return where is not Standing.UNDETERMINED

    return _least_rows(training.n or 1, settled)


def rows_to_settle(
    lower: Estimate,
    upper: Estimate,
    tolerance: float,
    unit: Unit,
    confidence: float = JOINT_CONFIDENCE,
) -> int | None:
    """Rows of ``upper`` of which the same error settles its gap, up to a hundredfold of them.

    In four fresh draws of five; ``None`` where the rows of ``lower`` are too few to tell the gap
    from the tolerance.
    """

    def settled(rows: int) -> bool:
        it = gap_limits(upper, rows, lower, confidence, unit)
        below, above = _by_luck(limits(upper, rows, confidence, unit), confidence)
        return standing(it.low - below, it.high + above, tolerance) is not Standing.UNDETERMINED

    return _least_rows(upper.n or 1, settled)


def _by_luck(error: Interval, confidence: float) -> tuple[float, float]:
    """How far below, and above, its true value an error on fresh rows lies, four times in five.

    No farther, that is, by the normal distribution that its limits are of.
    """
    share = float(ndtri(_POWER)) / two_sided_z(confidence)
    return share * (error.value - error.low), share * (error.high - error.value)


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
    return two_digits_up(above)


def _evidence(gap: Gap, tolerance: float) -> dict[str, float | int | str | None]:
    return {"gap": gap.value, "low": gap.low, "high": gap.high, "tolerance": tolerance}


def _open_evidence(gap: Gap, tolerance: float) -> dict[str, float | int | str | None]:
    likely = likely_limits(gap)
    return {**_evidence(gap, tolerance), "likely_low": likely.low, "likely_high": likely.high}


def _likely(gap: Gap, tolerance: float, unit: Unit) -> str:
    """What an open gap leans to, a sentence behind another; empty where to neither side."""
    likely, where = likely_limits(gap), leaning(gap, tolerance)
    sure = f"with {100 * LIKELY:.0f} % confidence it is at"
    if where is Standing.HIGH:
        return f" Likely it does: {sure} least {signed_in_full(likely.low, unit)}."
    if where is Standing.LOW:
        return f" Likely it does not: {sure} most {signed_in_full(likely.high, unit)}."
    return ""


def _high_bias(errors: Errors, gap: Gap, tolerance: float, unit: Unit) -> Finding:
    text = (
        f"The training error of {error_text(errors.training.value, unit)} lies "
        f"{range_in_full(gap, unit)} above the Bayes error of "
        f"{error_text(errors.bayes.value, unit)}; {size_in_full(tolerance, unit)} are tolerated. "
        "The network has not learnt what can be learnt."
    )
    return Finding(FindingKind.HIGH_BIAS, Severity.PROBLEM, _evidence(gap, tolerance), text)


def _high_variance(
    errors: Errors, gap: Gap, tolerance: float, unit: Unit, *, chose: str
) -> Finding:
    name, judge, why = _judge_of_variance(errors, unit, chose)
    text = (
        f"The {name} error of {error_text(judge.value, unit)} lies {range_in_full(gap, unit)} "
        f"above the training error of {error_text(errors.training.value, unit)}; "
        f"{size_in_full(tolerance, unit)} are tolerated. The "
        f"network has learnt quirks of its training rows. ({why})"
    )
    evidence = {**_evidence(gap, tolerance), "validation_error": errors.validation.value}
    return Finding(FindingKind.HIGH_VARIANCE, Severity.PROBLEM, evidence, text)


def _judge_of_variance(
    errors: Errors, unit: Unit, chose: str = "chose the trial"
) -> tuple[str, Estimate, str]:
    """The split whose error tells the variance: its name, its error, and why it."""
    name, judge = errors.judge()
    why = {
        "bridge": "The bridge rows judge, as they are like the training rows but were not learnt "
        "from.",
        "validation": "The validation rows judge, their error corrected for the choice of the "
        "trial, as the test rows are of another kind.",
    }
    return name, judge, why.get(name) or _why_test(errors, unit, chose)


def _why_test(errors: Errors, unit: Unit, chose: str = "chose the trial") -> str:
    return (
        "The test rows judge, since the validation rows, with an error of "
        f"{error_text(errors.validation.value, unit)}, {chose}."
    )


def _data_mismatch(errors: Errors, gap: Gap, tolerance: float, unit: Unit) -> Finding:
    name, below = errors.judge()
    unlike, why = (
        ("validation and test rows are unlike them", f" ({_why_test(errors, unit)})")
        if errors.bridge
        else ("test rows are unlike them: later, say, from elsewhere, or of other groups", "")
    )
    chosen = ", corrected for the choice of the trial" if errors.corrected else ""
    text = (
        f"The test error of {error_text(errors.test.value, unit)} lies {range_in_full(gap, unit)} "
        f"above the {name} error of {error_text(below.value, unit)}{chosen}; "
        f"{size_in_full(tolerance, unit)} are tolerated. The network does as well on new rows like "
        f"its training rows as that says, but {unlike}.{why}"
    )
    evidence = {**_evidence(gap, tolerance), "validation_error": errors.validation.value}
    return Finding(FindingKind.DATA_MISMATCH, Severity.PROBLEM, evidence, text)


def _bias_undetermined(errors: Errors, gap: Gap, tolerance: float, unit: Unit, key: str) -> Finding:
    training, bayes = errors.training, errors.bayes
    needed = training_rows_to_settle(training, bayes, tolerance, unit, gap.confidence)
    if needed is not None:
        settle = f"About {_more('training', training, needed)} {_WOULD}"
    elif training.value - bayes.high <= tolerance < training.value - bayes.low:
        settle = (
            "More rows would not settle it, as the Bayes error is only known to lie in "
            f"{error_range(bayes.low, bayes.high, unit)}; give a better figure as "
            f"diagnosis.{key}."
        )
    else:
        exact = bayes._replace(low=bayes.value, high=bayes.value)
        vague = training_rows_to_settle(training, exact, tolerance, unit, gap.confidence)
        why = (
            ": the gap is too near the tolerance."
            if vague is None
            else ", as the Bayes error is only known to lie in "
            f"{error_range(bayes.low, bayes.high, unit)}; give a better figure as diagnosis.{key}."
        )
        settle = f"A hundred times the {training.n:,} training rows would not settle it{why}"
    text = (
        "Whether the training error exceeds the Bayes error by more than "
        f"{size_in_full(tolerance, unit)} is open: the gap is {between_in_full(gap, unit)}."
        f"{_likely(gap, tolerance, unit)} {settle}"
    )
    evidence = {
        **_open_evidence(gap, tolerance),
        "training_rows": training.n,
        "training_rows_needed": needed,
    }
    return Finding(FindingKind.BIAS_UNDETERMINED, Severity.WARNING, evidence, text)


def _more(split: str, now: Estimate, needed: int) -> str:
    """So many rows of a split; of as many more groups where rows come in groups."""
    if now.grouped is None:
        return f"{needed:,} {split} rows (now {now.n:,}) with the same error"
    groups = needed * now.grouped.number // (now.n or 1)
    return (
        f"{needed:,} {split} rows of {groups:,} groups (now {now.n:,} of {now.grouped.number:,}) "
        "with the same error"
    )


def _variance_undetermined(errors: Errors, gap: Gap, tolerance: float, unit: Unit) -> Finding:
    name, judge, _ = _judge_of_variance(errors, unit)
    rungs = ("training", errors.training), (name, judge)
    return _undetermined(FindingKind.VARIANCE_UNDETERMINED, *rungs, gap, tolerance, unit)


def _mismatch_undetermined(errors: Errors, gap: Gap, tolerance: float, unit: Unit) -> Finding:
    rungs = errors.judge(), ("test", errors.test)
    return _undetermined(FindingKind.MISMATCH_UNDETERMINED, *rungs, gap, tolerance, unit)


def _undetermined(
    kind: FindingKind,
    lower: tuple[str, Estimate],
    upper: tuple[str, Estimate],
    gap: Gap,
    tolerance: float,
    unit: Unit,
) -> Finding:
    """A gap between two named splits that the rows leave open, and what would settle it."""
    (below, lower_error), (above, upper_error) = lower, upper
    rows = upper_error.n or 0
    needed = rows_to_settle(lower_error, upper_error, tolerance, unit, gap.confidence)
    settle = (
        f"About {_more(above, upper_error, needed)} {_WOULD}"
        if needed is not None
        else f"A hundred times the {rows:,} {above} rows would not settle it: {lower_error.n:,} "
        f"{below} rows are too few to tell such a gap from the tolerance."
    )
    text = (
        f"Whether the {above} error exceeds the {below} error by more than "
        f"{size_in_full(tolerance, unit)} is open: the gap is {between_in_full(gap, unit)}."
        f"{_likely(gap, tolerance, unit)} {settle}"
    )
    evidence = {
        **_open_evidence(gap, tolerance),
        f"{above}_rows": rows,
        f"{above}_rows_needed": needed,
    }
    return Finding(kind, Severity.WARNING, evidence, text)
