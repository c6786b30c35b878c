"""The least error that anything can reach where classes count alike, rare ones like others."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...datasets.dataset import Dataset
from ...storage.records.data import BayesRecord
from ...storage.records.study import StudyRecord
from ..ladder import Likely
from ..objective import class_counts
from ..statistics.grouped import Grouping, rate_limits, worth_of
from ..statistics.rates import ClassCounts, mean_of_rates
from .bayes_mixture import (
    ROWS_AT_LEAST,
    MixtureReading,
    can_judge,
    judge_by_mixture,
    read_mixture,
)
from .error_limit import Learning
from .floors import no_network
from .likely_limits import LIKELY, likely_details, likely_low, likely_sentence
from .limit_text import of_groups
from .looked_at import LookedAt
from .network_groups import network_grouping
from .noise_test import inject_noise, sentence

# Rows of a class that are too few for a limit of their own tell more than nothing, where otherwise
# only one class would be left.
_FEW_AT_LEAST = 20
_SIDE = 0.025  # probability of error allowed on each side of the interval


class BalancedReading(NamedTuple):
    """What a mixture of classifiers says of classes of which it saw equally many rows."""

    low: float  # lower limit of the balanced error of all classes
    likely_low: float  # the same, with 80 %
    mixture: MixtureReading  # on the classes with enough rows
    classes: int  # with enough rows
    each: int  # rows of each of them
    told: str  # by the self-test


def balanced_floor(dataset: Dataset, it: BalancedReading | None, study: StudyRecord) -> BayesRecord:
    """The least balanced error, between what a mixture of classifiers and the best trial tell.

    Any classifier's balanced error is at least the least one, so the one-sided limit of the best
    trial's, whom the test rows did not choose, bounds it from above. So does the mixture's where it
    saw all classes; the smaller one counts (Bonferroni), and the point is its error, the mixture's
    as ``read_mixture`` has it, or the other where that is less.

    The least balanced error is the Bayes error of rows of which every class has as many. So the
    lower limit is ``bayes_mixture.read_mixture``'s of equally many rows of each class, drawn, less
    what the noise test finds amiss. Classes of fewer than 50 rows are left out, of fewer than 20
    where only one would be left: the errors of all C classes add up to no less than those of S of
    them, and these to no less than where only these S could be answered, so the limit counts for
    S/C. A limit above the best trial's error is refuted and becomes 0. It rests on the same
    assumption as ``read_mixture``'s. Likewise the limits that hold with 80 % (``likely_limits``);
    from below they are 0 where nothing but the best trial's error is known, which says nothing of
    how far others get.

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
    grouped = network_grouping(study, dataset, it and it.mixture.grouped)
    mixture = it.mixture if it is not None and it.classes == dataset.classes else None
    side = _SIDE / (2 if mixture else 1)  # Bonferroni: whichever limit is the smaller must hold
    high, by_mixture = _least(_limits(counts, grouped, mixture, side))
    value = error if mixture is None else min(mixture.value, math.inf if by_mixture else error)
    low = it.low if it is not None and it.low <= min(error, high) else 0.0
    value = min(max(value, low), high)
    n = int(sum(counts.rows))
    network = f"{study.network} over {n:,} test rows{of_groups(grouped)}"
    method = _sentence(network, mixture, side, by_mixture, _told(low, it, dataset.classes))
    likely_high, _ = _least(_limits(counts, grouped, mixture, (1 - LIKELY) / (2 if mixture else 1)))
    # What does better than the mixture refutes its fall.
    below = it.likely_low if it is not None and it.likely_low <= error else low
    likely = Likely(min(value, max(low, below)), max(value, min(high, likely_high)))
    details = {
        "network_balanced_test_error": error,
        "network_test_rows": n,
        **likely_details(likely),
        **(_told_of_mixture(it) if it else {}),
    }
    method = f"{method} {likely_sentence(likely)}" if it else method
    rows = mixture.n if mixture and by_mixture else n
    return BayesRecord(value, low, high, rows, method, False, details)


def _told_of_mixture(it: BalancedReading) -> dict[str, float]:
    return {
        "mixture_balanced_error": it.mixture.wrong / it.mixture.n,
        "mixture_classes": it.classes,
        "mixture_rows_of_a_class": it.each,
        "mixture_low": it.low,
    }


def _least(limits: Sequence[float]) -> tuple[float, bool]:
    """The smaller limit, and whether it is the mixture's, which comes second."""
    return min(limits), len(limits) > 1 and limits[1] < limits[0]


def _limits(
    counts: ClassCounts, grouped: Grouping | None, mixture: MixtureReading | None, side: float
) -> list[float]:
    """One-sided upper limits at 1 − ``side`` of the network's balanced error and the mixture's.

    Of the network of as many independent rows as its test rows tell.
    """
    confidence = 1 - 2 * side
    worth = worth_of(grouped, confidence)
    limits = [mean_of_rates(counts.times(worth), confidence).high if worth > 0 else 1.0]
    if mixture is not None:
        limits.append(rate_limits(mixture.wrong, mixture.n, mixture.grouped, confidence)[1])
    return limits


def _sentence(
    network: str, mixture: MixtureReading | None, side: float, by_mixture: bool, lower: str
) -> str:
    """How the point and the limits came about."""
    level = f"{100 * (1 - side):g} %"
    if mixture is None:
        return (
            f"The point is the balanced test error of {network}, the upper limit its one-sided "
            f"{level} limit (score interval of a mean of independent rates), and the lower limit "
            f"is {lower}"
        )
    read = (
        "the held-out error of a mixture of classifiers on equally many rows of each class and "
        "the error that its probabilities expect, averaged, less what it still falls with more rows"
    )
    point = read if by_mixture else f"the smaller of the balanced test error and of {read}"
    return (
        f"The point is {point}; the upper limit is the smaller of the one-sided {level} limits of "
        f"{network} (score interval of a mean of independent rates) and of the mixture "
        f"({mixture.wrong:,} of {mixture.n:,} held-out rows{of_groups(mixture.grouped)}; "
        f"Clopper–Pearson); the lower limit is {lower}"
    )


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
        enough = np.flatnonzero(counts >= _FEW_AT_LEAST)
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
    left = Learning(it.fall, it.fall_error, it.unlearnt)
    likely = likely_low(it.wrong, it.n, it.grouped, left)
    told, low = "", it.low
    if low > 0:
        test = inject_noise(inputs, labels, len(enough), judged, rng, groups)
        low, likely = (max(0.0, limit - test.misfit) for limit in (low, likely))
        told = f" {sentence(test, it.low, low)}"
    share = len(enough) / classes
    return BalancedReading(share * low, share * likely, it, len(enough), each, told)


def _told(low: float, it: BalancedReading | None, classes: int) -> str:
    """Say where the lower limit comes from."""
    if it is None:
        return f"0, as fewer than two classes have {_FEW_AT_LEAST} rows or there are few groups."
    if low == 0:
        why = "a network does better than it" if it.low > 0 else "its error may fall much further"
        return f"0, though a mixture of classifiers was asked: {why}.{it.told}"
    of_all = "" if it.classes == classes else f", of {classes}, times {it.classes}/{classes}"
    return (
        f"that of a mixture of classifiers on {it.each:,} rows of each of {it.classes} "
        f"classes{of_all} (one-sided {100 * (1 - _SIDE):g} %), evidence rather than a "
        f"guarantee.{it.told}"
    )
