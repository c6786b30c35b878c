"""The least error that anything can reach where classes count alike, rare ones like others."""

from typing import NamedTuple

import numpy as np

from ...datasets.dataset import Dataset
from ...storage.records.data import BayesRecord
from ...storage.records.study import StudyRecord
from ..objective import class_counts
from ..statistics.grouped import Grouping, worth_of
from ..statistics.rates import ClassCounts, mean_of_rates
from .bayes_mixture import ROWS_AT_LEAST, can_judge, judge_by_mixture, read_mixture
from .floors import no_network
from .limit_text import of_groups
from .looked_at import LookedAt
from .network_groups import network_grouping
from .noise_test import inject_noise, sentence

_SIDE = 0.025  # probability of error allowed on each side of the interval


class BalancedReading(NamedTuple):
    """What a mixture of classifiers says of classes of which it saw equally many rows."""

    low: float  # lower limit of the balanced error of all classes
    error: float  # of the mixture, on these classes
    classes: int  # with enough rows
    each: int  # rows of each of them
    grouped: Grouping | None
    told: str  # by the self-test


def balanced_floor(dataset: Dataset, it: BalancedReading | None, study: StudyRecord) -> BayesRecord:
    """The least balanced error, between what a mixture of classifiers and the best trial tell.

    Any classifier's balanced error is at least the least one, so the one-sided limit of the best
    trial's, whom the test rows did not choose, bounds it from above.

    The least balanced error is the Bayes error of rows of which every class has as many. So the
    lower limit is ``bayes_mixture.read_mixture``'s of equally many rows of each class, drawn, less
    what the noise test finds amiss. Classes of fewer than 50 rows are left out: the errors of all C
    classes add up to no less than those of S of them, and these to no less than where only these S
    could be answered, so the limit counts for S/C. A limit above the best trial's error is refuted
    and becomes 0. It rests on the same assumption as ``read_mixture``'s.

    Args:
        dataset: the study's.
        it: what the mixture says (``read_balanced``).
        study: with its best trial.

    Raises:
        DiagnosisError: no trial completed.
    """
    best = study.best()
    result, provenance = best and best.result, study.provenance
    of_class = provenance and provenance.class_rows
    counts = result and class_counts(result, of_class, "test")
    if best is None or counts is None:
        raise no_network(study)
    error = mean_of_rates(counts).value
    grouped = network_grouping(study, dataset, it and it.grouped)
    high = _high(counts, grouped)
    low = it.low if it is not None and it.low <= error else 0.0
    n = int(sum(counts.rows))
    method = (
        f"The point is the balanced test error of {study.network}, the upper "
        f"limit its one-sided {100 * (1 - _SIDE):g} % limit (score interval of a mean of "
        f"independent rates) over {n:,} test rows{of_groups(grouped)}, and the lower limit is "
        f"{_told(low, it, dataset.classes)}"
    )
    details: dict[str, float | int | str | None] = {
        "network_balanced_test_error": error,
        "network_test_rows": n,
    }
    if it is not None:
        details |= {
            "mixture_balanced_error": it.error,
            "mixture_classes": it.classes,
            "mixture_rows_of_a_class": it.each,
            "mixture_low": it.low,
        }
    return BayesRecord(max(error, low), low, high, n, method, False, details)


def read_balanced(rows: LookedAt, classes: int, rng: np.random.Generator) -> BalancedReading | None:
    """Ask the mixture; ``None`` where only one class has enough rows, or groups are few.

    Args:
        rows: of all splits.
        classes: their number.
        rng: draws the rows and deals them to folds.
    """
    counts = np.bincount(rows.labels, minlength=classes)
    enough = np.flatnonzero(counts >= ROWS_AT_LEAST)
    if len(enough) < 2:
        return None
    each = int(counts[enough].min())
    drawn = [rng.permutation(np.flatnonzero(rows.labels == c))[:each] for c in enough]
    kept = np.sort(np.concatenate(drawn))
    inputs, labels = rows.inputs[kept], np.searchsorted(enough, rows.labels[kept])
    groups = None if rows.groups is None else rows.groups[kept]
    if not can_judge(len(labels), groups):
        return None
    judged = judge_by_mixture(inputs, labels, len(enough), rng, groups)
    it = read_mixture(judged, labels, 1 - _SIDE, groups, inputs)
    told, low = "", it.low
    if low > 0:
        test = inject_noise(inputs, labels, len(enough), judged, rng, groups)
        low = max(0.0, low - test.misfit)
        told = f" {sentence(test, it.low, low)}"
    share = len(enough) / classes
    return BalancedReading(share * low, it.wrong / it.n, len(enough), each, it.grouped, told)


def _high(counts: ClassCounts, grouped: Grouping | None) -> float:
    """The upper limit of the network's error, of as many independent rows as its test rows tell."""
    confidence = 1 - 2 * _SIDE
    worth = worth_of(grouped, confidence)
    return mean_of_rates(counts.times(worth), confidence).high if worth > 0 else 1.0


def _told(low: float, it: BalancedReading | None, classes: int) -> str:
    """Say where the lower limit comes from."""
    if it is None:
        return f"0, as fewer than two classes have {ROWS_AT_LEAST} rows or there are few groups."
    if low == 0:
        why = "a network does better than it" if it.low > 0 else "its error may fall much further"
        return f"0, though a mixture of classifiers was asked: {why}.{it.told}"
    of_all = "" if it.classes == classes else f", of {classes}, times {it.classes}/{classes}"
    return (
        f"that of a mixture of classifiers on {it.each:,} rows of each of {it.classes} "
        f"classes{of_all} (one-sided {100 * (1 - _SIDE):g} %), evidence rather than a "
        f"guarantee.{it.told}"
    )
