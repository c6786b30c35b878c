"""The ladder of errors and the gaps between its rungs, each with an interval."""

from ..storage.records import BayesRecord, SplitSizes, TrialResult
from .findings import Errors, Estimate, Gap, Gaps
from .intervals import newcombe_difference, wilson

CONFIDENCE = 0.95
# Bonferroni: avoidable bias and variance on test rows hold together with at least CONFIDENCE.
JOINT_CONFIDENCE = 1 - (1 - CONFIDENCE) / 2


def measure_errors(result: TrialResult, rows: SplitSizes, bayes: BayesRecord) -> Errors:
    """Put the Bayes, training, validation and test error of a trial beside each other.

    Args:
        result: a completed trial's; its three errors must have been measured.
        rows: in each split.
        bayes: the floor.

    Raises:
        ValueError: an error was not measured.
    """
    return Errors(
        bayes=Estimate(bayes.value, bayes.low, bayes.high, bayes.n, bayes.method),
        training=_estimate(result.training_error, rows.train),
        validation=_estimate(result.validation_error, rows.validation),
        test=_estimate(result.test_error, rows.test),
    )


def measure_gaps(errors: Errors) -> Gaps:
    """Measure the gaps between the rungs; fractions in [−1, 1].

    The validation rows chose the trial among many, so its validation error, and the variance with
    it, is flattered. The verdict therefore leans on the test rows, which chose nothing: avoidable
    bias and ``test_variance`` hold together with 95 % (97.5 % each). The Bayes error's interval is
    a pair of bounds and no sampling error, so it is added whole: [training low − Bayes high,
    training high − Bayes low].
    """
    training, validation, test = errors.training, errors.validation, errors.test
    judged = unpaired_gap(test, training, JOINT_CONFIDENCE)
    joint = "so that it and avoidable bias hold together with 95 % (Bonferroni)"
    return Gaps(
        avoidable_bias=avoidable_bias(training, errors.bayes),
        variance=unpaired_gap(validation, training, CONFIDENCE),
        selection_optimism=unpaired_gap(test, validation, CONFIDENCE),
        test_variance=judged._replace(method=f"{judged.method}, {joint}"),
    )


def avoidable_bias(training: Estimate, bayes: Estimate) -> Gap:
    """Training error − Bayes error, from the counts behind ``training`` and the Bayes interval."""
    it = wilson(wrong_rows(training), _rows(training), JOINT_CONFIDENCE)
    floor = (
        "less the Bayes error, taken as exact"
        if bayes.low == bayes.high
        else "less the Bayes error's interval as bounds"
    )
    method = (
        f"Wilson score interval of the training error, 97.5 %, {floor}; "
        "it and the variance on test rows hold together with 95 % (Bonferroni)"
    )
    return Gap(
        value=it.value - bayes.value,
        low=it.low - bayes.high,
        high=it.high - bayes.low,
        confidence=JOINT_CONFIDENCE,
        method=method,
    )


def unpaired_gap(first: Estimate, second: Estimate, confidence: float) -> Gap:
    """First error − second error, which were measured on different rows."""
    it = newcombe_difference(
        wrong_rows(first), _rows(first), wrong_rows(second), _rows(second), confidence
    )
    method = f"Newcombe's hybrid score interval (different rows), {100 * confidence:g} %"
    return Gap(it.value, it.low, it.high, confidence, method)


def wrong_rows(estimate: Estimate) -> int:
    """Rows that were wrong, from the fraction."""
    return round(estimate.value * _rows(estimate))


def _rows(estimate: Estimate) -> int:
    if estimate.n is None:
        raise ValueError("got an error without rows; only the Bayes error may have none")
    return estimate.n


def _estimate(error: float | None, rows: int) -> Estimate:
    if error is None:
        raise ValueError("got a trial with an error that was not measured")
    it = wilson(round(error * rows), rows, CONFIDENCE)
    return Estimate(it.value, it.low, it.high, rows, "Wilson score interval, 95 %")
