"""By how much a remedy is predicted to lower an error, where the evidence tells."""

from collections.abc import Callable, Mapping, Sequence

from ..findings import Finding, FindingKind, Gain, RemedyKind
from ..gaps import CONFIDENCE, gap_limits
from ..ladder import Errors, Estimate, Gap, Gaps
from ..objective import class_counts
from ..statistics.grouped import Grouping
from ..studies.stopping import patience_of
from ..units import Task
from .case import Case
from .epochs_forecast import forecast
from .more_data import gain_of_doubling

_BIAS = FindingKind.HIGH_BIAS, FindingKind.BIAS_UNDETERMINED
_VARIANCE = FindingKind.HIGH_VARIANCE, FindingKind.VARIANCE_UNDETERMINED
_MISMATCH = FindingKind.DATA_MISMATCH, FindingKind.MISMATCH_UNDETERMINED

Predict = Callable[[Sequence[Finding], Case, Errors, Gaps], Gain | None]


def predicted_gain(kind: RemedyKind, asking: Sequence[Finding], case: Case) -> Gain | None:
    """What is predicted; ``None`` where the evidence bounds nothing.

    No gain is larger than what the error shown lies above its floor's lower limit.

    Args:
        kind: of the remedy.
        asking: the findings that ask for it.
        case: what is known.
    """
    predict = _PREDICTIONS.get(kind)
    if predict is None or case.errors is None or case.gaps is None:
        return None
    found = predict(asking, case, case.errors, case.gaps)
    return found and _capped(found, case.errors)


def _capped(gain: Gain, errors: Errors) -> Gain:
    """The gain, cut at what is left of the error shown above the lower limit of its floor.

    The limits of a gap allow for chance in the error that is shown; a gain is counted from that
    error, and what is reached instead is no less than the floor.
    """
    shown: Estimate = getattr(errors, gain.error)
    most = max(0.0, shown.value - errors.bayes.low)
    if gain.high <= most:
        return gain
    return gain._replace(
        value=None if gain.value is None else min(gain.value, most),
        low=min(gain.low, most),
        high=most,
        method=f"{gain.method}; cut at the error shown less its floor's lower limit",
    )


def _of_bias(asking: Sequence[Finding], _: Case, __: Errors, gaps: Gaps) -> Gain | None:
    if not _asks(asking, *_BIAS):
        return None
    bias = gaps.avoidable_bias
    return _at_most("training", [bias], "at most the avoidable bias: no error is below the floor")


def _of_variance(asking: Sequence[Finding], _: Case, __: Errors, gaps: Gaps) -> Gain | None:
    if not _asks(asking, *_VARIANCE):
        return None
    method = "at most the variance: it does not lower the training error"
    return _at_most("test", [gaps.judged_variance], method)


def _more_data(asking: Sequence[Finding], case: Case, errors: Errors, gaps: Gaps) -> Gain | None:
    return gain_of_doubling(case) or _of_variance(asking, case, errors, gaps)


def _of_mismatch(asking: Sequence[Finding], _: Case, __: Errors, gaps: Gaps) -> Gain | None:
    if gaps.test_mismatch is None or not _asks(asking, *_MISMATCH):
        return None
    return _at_most("test", [gaps.test_mismatch], "at most the mismatch")


def _of_both(asking: Sequence[Finding], _: Case, __: Errors, gaps: Gaps) -> Gain | None:
    asked = []
    if _asks(asking, *_BIAS):
        asked.append(gaps.avoidable_bias)
    if _asks(asking, *_VARIANCE):
        asked.append(gaps.judged_variance)
    return _at_most("test", asked, "at most what it is against") if asked else None


def _more_epochs(asking: Sequence[Finding], case: Case, errors: Errors, gaps: Gaps) -> Gain | None:
    """The curve carried on, where the learning rate stays as it was and nothing stops it."""
    training, result = case.spec["training"], case.best.result
    steady = training.get("schedule", "constant") == "constant" and not patience_of(case.spec)
    turned = case.first(FindingKind.OVERFITTED_AFTER)
    found = forecast(result.curves.validation_error) if steady and result and not turned else None
    if found is None:
        return _of_bias(asking, case, errors, gaps)
    method = (
        "the best trial's validation curve carried on to twice the epochs by a power law, which "
        f"foretold {found.backtests} beginnings of it; the interval is twice the worst miss and "
        "the epochs' noise, and no foreteller of a rise"
    )
    return Gain("validation", found.gain, found.low, found.high, CONFIDENCE, method)


def _early_stopping(_: Sequence[Finding], case: Case, errors: Errors, __: Gaps) -> Gain | None:
    """The last epochs' error less the lowest, were they measured on different rows."""
    result, turned = case.best.result, case.first(FindingKind.OVERFITTED_AFTER)
    if result is None or turned is None:
        return None
    lowest, last = (turned.evidence.get(f"validation_error_{of}") for of in ("lowest", "last"))
    if lowest is None or last is None:
        return None  # the loss alone rose: answers are no more often wrong
    grouped = errors.validation.grouped
    each = [_estimate(float(value), case, grouped) for value in (last, lowest)]
    if each[0] is None or each[1] is None:
        return None
    rows = case.provenance.rows.validation
    it = gap_limits(each[0], rows, each[1], CONFIDENCE, case.unit)
    method = (
        "the mean error of the last epochs less that of the lowest, as if measured on different "
        "rows: wider than a paired interval, for which the rows' errors at that epoch are not kept"
    )
    return Gain("validation", it.value, it.low, it.high, CONFIDENCE, method)


def _estimate(error: float, case: Case, grouped: Grouping | None) -> Estimate | None:
    """An epoch's validation error with what its interval needs, as the last epoch's rows spread."""
    rows, result = case.provenance.rows.validation, case.best.result
    if case.unit.balanced and result is not None:
        counts = class_counts(result, case.provenance.class_rows, "validation")
        now = result.validation_error
        if counts is None or not now:
            return None
        wrong = tuple(
            min(w * error / now, n) for w, n in zip(counts.wrong, counts.rows, strict=True)
        )
        of_epoch = counts._replace(wrong=wrong)
        return Estimate(error, error, error, rows, "", None, of_epoch, grouped)
    deviation = result.validation_deviation if result else None
    if deviation is None and case.unit.task is not Task.CLASSIFICATION:
        return None
    return Estimate(error, error, error, rows, "", deviation, None, grouped)


def _more_trials(asking: Sequence[Finding], _: Case, __: Errors, ___: Gaps) -> Gain | None:
    found = next((f for f in asking if f.kind is FindingKind.SEARCH_STILL_IMPROVING), None)
    if found is None:
        return None
    low, value, high = (found.evidence.get(name) for name in ("low", "expected_gain", "high"))
    if low is None or value is None or high is None:
        return None
    method = "the last doubling's expected gain; at most what the twelfth best lies above the best"
    return Gain("validation", float(value), float(low), float(high), CONFIDENCE, method)


def _asks(asking: Sequence[Finding], *kinds: FindingKind) -> bool:
    return any(finding.kind in kinds for finding in asking)


def _at_most(error: str, gaps: Sequence[Gap], method: str) -> Gain:
    """From 0 to the upper limits of gaps, which is as far as a remedy against them can go."""
    high = sum(max(0.0, gap.high) for gap in gaps)
    return Gain(error, None, 0.0, high, min(gap.confidence for gap in gaps), method)


_PREDICTIONS: Mapping[RemedyKind, Predict] = {
    RemedyKind.BIGGER_NETWORK: _of_bias,
    RemedyKind.SCALE_INPUTS: _of_bias,
    RemedyKind.LESS_L2: _of_bias,
    RemedyKind.LESS_DROPOUT: _of_bias,
    RemedyKind.LESS_AUGMENTATION: _of_bias,
    RemedyKind.SMALLER_BATCHES: _of_bias,
    RemedyKind.MORE_EPOCHS: _more_epochs,
    RemedyKind.OTHER_ARCHITECTURE: _of_both,
    RemedyKind.MORE_DATA: _more_data,
    RemedyKind.L2: _of_variance,
    RemedyKind.DROPOUT: _of_variance,
    RemedyKind.AUGMENTATION: _of_variance,
    RemedyKind.EARLY_STOPPING: _early_stopping,
    RemedyKind.MORE_TRIALS: _more_trials,
    RemedyKind.COMPARE_SOURCES: _of_mismatch,
    RemedyKind.MATCHING_DATA: _of_mismatch,
}
