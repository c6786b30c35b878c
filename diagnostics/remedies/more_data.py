"""More training rows as a remedy: its neighbours, and what a measured learning curve says of it."""

from ...storage.records.learning_curves import Forecast
from ..error_text import gap_limit, size_in_full
from ..findings import FindingKind, Gain
from ..gaps import CONFIDENCE
from .case import Case

# Places right behind it among the remedies of a gap, see ``remedies.TABLE``.
BEHIND_MORE_DATA = {FindingKind.HIGH_VARIANCE: 20.2, FindingKind.VARIANCE_UNDETERMINED: 28.2}


def is_measured(case: Case) -> bool:
    """Whether the diagnosed trial's learning curve was measured."""
    curve = case.study.learning_curve
    return curve is not None and curve.trial == case.best.number


def doubled(case: Case) -> Forecast | None:
    """What twice the rows are forecast to bring to the diagnosed trial; ``None``: not known."""
    curve = case.study.learning_curve
    if curve is None or not is_measured(case) or not curve.forecasts:
        return None
    return curve.forecasts[0]


def gain_of_doubling(case: Case) -> Gain | None:
    """By how much twice the rows are forecast to lower the test error; ``None``: not known."""
    it = doubled(case)
    if it is None:
        return None
    method = f"what the learning curve forecasts of twice the rows, {it.train_rows:,}"
    return Gain("test", it.lower_by, it.fall_low, it.fall_high, CONFIDENCE, method)


def too_little_to_gain(case: Case) -> tuple[str, dict[str, float | int | str | None]] | None:
    """Why twice the rows gain too little to count, and its numbers; ``None`` where that is open."""
    it = doubled(case)
    if it is None or it.fall_high > case.tolerance:
        return None
    limits = " to ".join(gap_limit(limit, case.unit) for limit in (it.fall_low, it.fall_high))
    reason = (
        f"The learning curve forecasts that twice the rows ({it.train_rows:,}) lower the test "
        f"error by {size_in_full(it.lower_by, case.unit)} ({limits}; 95 %), and "
        f"{size_in_full(case.tolerance, case.unit)} are tolerated."
    )
    evidence: dict[str, float | int | str | None] = {
        "train_rows": it.train_rows,
        "fall": it.lower_by,
        "low": it.fall_low,
        "high": it.fall_high,
        "tolerance": case.tolerance,
    }
    return reason, evidence
