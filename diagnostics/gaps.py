"""The ladder of errors and the gaps between its rungs, each with an interval."""

from collections.abc import Mapping

from ..storage.records.data import GROUP_EFFECT, BayesRecord, ClassRows, SplitSizes
from ..storage.records.results import TrialResult
from ..storage.records.study import StudyRecord
from .bayes.likely_limits import SIDES, likely_of, shrunk
from .ladder import Errors, Estimate, Gap, Gaps, Likely
from .objective import class_counts
from .statistics.grouped import Grouping, square_limits, worth_of
from .statistics.intervals import Interval, clustered_wilson, difference, wilson, within
from .statistics.rates import ClassCounts, mean_of_rates
from .units import CLASSIFICATION, Task, Unit

CONFIDENCE = 0.95
# Bonferroni: avoidable bias and variance on test rows hold together with at least CONFIDENCE.
JOINT_CONFIDENCE = 1 - (1 - CONFIDENCE) / 2
BRIDGED_CONFIDENCE = 1 - (1 - CONFIDENCE) / 3  # a third gap is judged: data mismatch
_NAMED = {
    Task.CLASSIFICATION: "Wilson score interval",
    Task.REGRESSION: "gamma interval of the mean square",
    Task.MULTILABEL: "Wilson score interval, widened as rows spread",
    Task.MULTITASK: "gamma interval of the mean over rows",
}
_DIFFERENCES = {
    Task.CLASSIFICATION: "Newcombe's hybrid score interval",
    Task.REGRESSION: "distances of the two gamma intervals' limits squared and added",
    Task.MULTILABEL: "Newcombe's hybrid score interval, widened as rows spread",
    Task.MULTITASK: "distances of the two gamma intervals' limits squared and added",
}


_BALANCED = "Score interval of a mean of independent rates"
_BALANCED_DIFFERENCE = "distances of the two score intervals' limits squared and added (MOVER)"


def groupings(study: StudyRecord) -> dict[str, Grouping]:
    """How the rows of each split hang together, by its name; empty where they are no groups'.

    Of several tasks by the error of all together; those of ``task_studies`` have each one's own.
    """
    checks = (
        it for it in study.data_checks if it.kind == GROUP_EFFECT and "task" not in it.details
    )
    return {
        it.split: Grouping(it.details["groups"], it.value, it.details.get("alike"))
        for it in checks
        if it.split
    }


def measure_errors(
    result: TrialResult,
    rows: SplitSizes,
    bayes: BayesRecord,
    unit: Unit = CLASSIFICATION,
    classes: ClassRows | None = None,
    groupings: Mapping[str, Grouping] | None = None,
) -> Errors:
    """Put the Bayes, training, bridge, validation and test error of a trial beside each other.

    Args:
        result: a completed trial's; its errors on all splits must have been measured, and the rows'
            deviations where the unit needs them.
        rows: in each split.
        bayes: the floor.
        unit: of the errors.
        classes: rows of each class, which balanced errors need.
        groupings: how the rows of splits hang together, by their names; none: not in groups.

    Raises:
        ValueError: an error was not measured.
    """
    grouped = groupings or {}

    def estimate(split: str, count: int) -> Estimate:
        error, deviation = (getattr(result, f"{split}_{it}") for it in ("error", "deviation"))
        counts = class_counts(result, classes, split) if unit.balanced else None
        return _estimate(error, deviation, count, unit, counts, grouped.get(split))

    return Errors(
        bayes=Estimate(
            bayes.value, bayes.low, bayes.high, bayes.n, bayes.method, likely=likely_of(bayes)
        ),
        training=estimate("training", rows.train),
        validation=estimate("validation", rows.validation),
        test=estimate("test", rows.test),
        bridge=estimate("bridge", rows.bridge) if rows.bridge else None,
    )


def measure_gaps(errors: Errors, unit: Unit = CLASSIFICATION, tasks: int = 1) -> Gaps:
    """Measure the gaps between the rungs, in the errors' unit; fractions lie in [−1, 1].

    The validation rows chose the trial among many, so its validation error, and the variance with
    it, is flattered. The verdict therefore leans on the test rows, which chose nothing: avoidable
    bias and ``test_variance`` hold together with 95 % (97.5 % each). The Bayes error's interval is
    a pair of bounds and no sampling error, so it is added whole: [training low − Bayes high,
    training high − Bayes low].

    With a bridge (Ng 2018, *Machine Learning Yearning*, chapters 40 and 41) the variance is bridge
    − training, and what is left of the way to the other splits is data mismatch. As bridge rows
    chose nothing, avoidable bias, ``variance`` and ``test_mismatch`` hold together with 95 %.

    Of several ``tasks`` those of all hold together with 95 %: Bonferroni's correction once more.
    """
    if errors.bridge is not None:
        return _bridged_gaps(errors, errors.bridge, unit, tasks)
    confidence, all_of = joint_confidence(2 * tasks), _of_all(tasks)
    training, validation, test = errors.training, errors.validation, errors.test
    judged = unpaired_gap(test, training, confidence, unit)
    joint = f"so that it and avoidable bias{all_of} hold together with 95 % (Bonferroni)"
    others = f"the variance on test rows{all_of}"
    return Gaps(
        avoidable_bias=avoidable_bias(training, errors.bayes, unit, confidence, others),
        variance=unpaired_gap(validation, training, CONFIDENCE, unit),
        selection_optimism=unpaired_gap(test, validation, CONFIDENCE, unit),
        test_variance=judged._replace(method=f"{judged.method}, {joint}"),
    )


def joint_confidence(gaps: int) -> float:
    """What each of so many gaps needs to hold with, all to hold together with 95 %."""
    return 1 - (1 - CONFIDENCE) / gaps


def _of_all(tasks: int) -> str:
    return f" of all {tasks} tasks" if tasks > 1 else ""


def _bridged_gaps(errors: Errors, bridge: Estimate, unit: Unit, tasks: int) -> Gaps:
    training, validation, test = errors.training, errors.validation, errors.test
    confidence, all_of = joint_confidence(3 * tasks), _of_all(tasks)
    variance = unpaired_gap(bridge, training, confidence, unit)
    mismatch = unpaired_gap(test, bridge, confidence, unit)
    joint = "so that it, avoidable bias and {} hold together with 95 % (Bonferroni)"
    judged = joint.format(f"the mismatch on test rows{all_of}"), joint.format(f"variance{all_of}")
    others = f"variance and the mismatch on test rows{all_of}"
    return Gaps(
        avoidable_bias=avoidable_bias(training, errors.bayes, unit, confidence, others),
        variance=variance._replace(method=f"{variance.method}, {judged[0]}"),
        selection_optimism=unpaired_gap(test, validation, CONFIDENCE, unit),
        test_variance=None,
        data_mismatch=unpaired_gap(validation, bridge, CONFIDENCE, unit),
        test_mismatch=mismatch._replace(method=f"{mismatch.method}, {judged[1]}"),
    )


def avoidable_bias(
    training: Estimate,
    bayes: Estimate,
    unit: Unit,
    confidence: float = JOINT_CONFIDENCE,
    others: str = "the variance on test rows",
) -> Gap:
    """Training error − Bayes error, from the training rows and the Bayes error's interval.

    Args:
        training: with its rows.
        bayes: the floor.
        unit: of the errors.
        confidence: of the interval, such that it and ``others`` hold together with 95 %.
        others: names of gaps.
    """
    it = limits(training, rows_of(training), confidence, unit)
    floor = (
        "less the Bayes error, taken as exact"
        if bayes.low == bayes.high
        else "less the Bayes error's interval as bounds"
    )
    method = (
        f"{named(unit)} of the training error, {100 * confidence:.4g} %, {floor}; "
        f"it and {others} hold together with 95 % (Bonferroni)"
    )
    likely = limits(training, rows_of(training), SIDES, unit)
    below = bayes.likely or shrunk(bayes.value, bayes.low, bayes.high, CONFIDENCE)
    return Gap(
        value=it.value - bayes.value,
        low=it.low - bayes.high,
        high=it.high - bayes.low,
        confidence=confidence,
        method=method,
        likely=Likely(likely.low - below.high, likely.high - below.low),
    )


def unpaired_gap(first: Estimate, second: Estimate, confidence: float, unit: Unit) -> Gap:
    """First error − second error, which were measured on different rows."""
    it = gap_limits(first, rows_of(first), second, confidence, unit)
    differences = _BALANCED_DIFFERENCE if unit.balanced else _DIFFERENCES[unit.task]
    counted = ", rows counted as their groups tell" if first.grouped or second.grouped else ""
    method = f"{differences} (different rows{counted}), {100 * confidence:.4g} %"
    likely = gap_limits(first, rows_of(first), second, SIDES, unit)
    return Gap(*it, confidence, method, Likely(likely.low, likely.high))


def limits(estimate: Estimate, rows: float, confidence: float, unit: Unit) -> Interval:
    """The interval that an error would have were it measured on so many rows.

    Raises:
        ValueError: the rows' deviation is missing where the unit needs it.
    """
    grouped = _grouped(estimate, rows)
    telling = rows * worth_of(grouped, confidence)
    shares = unit.balanced or unit.task.shares
    if shares and telling < 1:
        return Interval(estimate.value, 0.0, 1.0)
    if unit.balanced:
        return mean_of_rates(_counts_of(estimate).times(telling / rows_of(estimate)), confidence)
    if unit.task is Task.CLASSIFICATION:
        return wilson(round(estimate.value * rows) * telling / rows, telling, confidence)
    if estimate.deviation is None:
        raise ValueError(f"got no deviation of the rows' errors; {unit.task} needs one")
    if unit.task is Task.MULTILABEL:
        spread = (estimate.value, estimate.deviation, telling, unit.columns)
        return clustered_wilson(*spread, confidence)
    # Two degrees of freedom at least, so that the upper limit is a number.
    return square_limits(estimate.value, estimate.deviation, rows, grouped, confidence, least=2.0)


def _grouped(estimate: Estimate, rows: float) -> Grouping | None:
    """How so many rows hang together as an estimate's do: more rows are rows of more groups."""
    it = estimate.grouped
    if it is None:
        return None
    times = rows / rows_of(estimate)
    return it._replace(number=round(it.number * times), alike=it.alike and it.alike * times)


def gap_limits(
    first: Estimate, first_rows: int, second: Estimate, confidence: float, unit: Unit
) -> Interval:
    """The interval of first − second error were the first measured on so many rows."""
    second_rows = rows_of(second)
    it = difference(
        limits(first, first_rows, confidence, unit), limits(second, second_rows, confidence, unit)
    )
    shares = unit.balanced or unit.task.shares
    return within(it) if shares else it


def rows_of(estimate: Estimate) -> int:
    """Rows that an error was measured on.

    Raises:
        ValueError: it has none.
    """
    if estimate.n is None:
        raise ValueError("got an error without rows; only the Bayes error may have none")
    return estimate.n


def named(unit: Unit) -> str:
    """What the interval of an error is called."""
    return _BALANCED if unit.balanced else _NAMED[unit.task]


def _counts_of(estimate: Estimate) -> ClassCounts:
    if estimate.classes is None:
        raise ValueError("got no rows of each class; a balanced error needs them")
    return estimate.classes


def _estimate(
    error: float | None,
    deviation: float | None,
    rows: int,
    unit: Unit,
    classes: ClassCounts | None,
    grouped: Grouping | None,
) -> Estimate:
    if error is None:
        raise ValueError("got a trial with an error that was not measured")
    method = f"{named(unit)}, 95 %"
    if grouped:
        shares = unit.balanced or unit.task.shares
        few = "Korn and Graubard's correction for few groups" if shares else "groups count as rows"
        method += (
            f", of rows of {grouped.number:,} groups: {grouped.effect:.3g} tell as little as one "
            f"independent row (Kish's design effect; {few})"
        )
    estimate = Estimate(error, error, error, rows, method, deviation, classes, grouped)
    it = limits(estimate, rows, CONFIDENCE, unit)
    return estimate._replace(value=it.value, low=it.low, high=it.high)
