"""Test rows that are of another kind than the validation rows: not variance, but data mismatch."""

from ...storage.records.study import StudyRecord
from ..data.drift_findings import KIND as DRIFT
from ..gaps import BRIDGED_CONFIDENCE, CONFIDENCE, avoidable_bias
from ..ladder import Errors, Gap, Gaps
from ..statistics.intervals import two_sided_z
from ..units import Unit
from .selection import Corrected, gap_of


def beyond_luck(errors: Errors, corrected: Corrected | None) -> Gap | None:
    """Test error − corrected validation error, where that is wholly above 0; else ``None``."""
    gap = gap_of(errors.test, corrected.error) if corrected else None
    return gap if gap and gap.low > 0 else None


def tell_mismatch_apart(
    study: StudyRecord, errors: Errors, gaps: Gaps, corrected: Corrected | None, unit: Unit
) -> tuple[Errors, Gaps]:
    """Judge the variance by validation rows where test rows are harder beyond luck.

    What lies between test and training error is then not what the network learnt by heart alone:
    up to the validation error, corrected for the choice of the trial, it is variance, and from
    there on data mismatch. Only where the splits were made otherwise than at random, by time or by
    the source; there drift is looked for. Where a bridge tells the two apart, nothing changes.

    Args:
        study: whose splits they are.
        errors: of the best trial.
        gaps: between them.
        corrected: its validation error for its having been chosen, where known.
        unit: of the errors.
    """
    apart = any(check.kind == DRIFT for check in study.data_checks)
    beyond = beyond_luck(errors, corrected) if gaps.selection_optimism.low > 0 else None
    if not (apart and corrected and beyond) or errors.bridge is not None:
        return errors, gaps
    bias = avoidable_bias(
        errors.training,
        errors.bayes,
        unit,
        BRIDGED_CONFIDENCE,
        "variance and the mismatch on test rows",
    )
    told = gaps._replace(
        avoidable_bias=bias,
        variance=_wider(gap_of(corrected.error, errors.training)),
        test_variance=None,
        test_mismatch=_wider(beyond),
    )
    return errors._replace(corrected=corrected.error), told


def _wider(gap: Gap) -> Gap:
    """A gap at 95 % as one of three that hold together with 95 %, its distances as normal ones."""
    by = two_sided_z(BRIDGED_CONFIDENCE) / two_sided_z(CONFIDENCE)
    return gap._replace(
        low=gap.value - by * (gap.value - gap.low),
        high=gap.value + by * (gap.high - gap.value),
        confidence=BRIDGED_CONFIDENCE,
        method=f"{gap.method}, {by:.3f} times as wide, so that avoidable bias, variance and the "
        "mismatch on test rows hold together with 95 % (Bonferroni)",
    )
