"""The least error that anything can reach, of quantities and of several labels."""

import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ...datasets.dataset import Dataset
from ...storage.records.data import BayesRecord
from ...storage.records.study import StudyRecord
from ..findings import DiagnosisError
from ..gaps import limits
from ..ladder import Estimate
from ..number_text import plain_number
from ..statistics.grouped import ALIKE_AT_LEAST, Grouping, worth_of
from ..statistics.intervals import clustered_wilson
from ..units import Task, Unit
from .bayes_mixture import ROWS_AT_LEAST as MIXED_AT_LEAST
from .bayes_mixture import can_judge
from .gamma_test import ROWS_AT_LEAST, GammaTest, gamma_test, has_neighbours
from .label_mixture import LabelReading, judge_labels, read_labels
from .limit_text import lower_limit, of_groups, percent
from .looked_at import LookedAt
from .network_groups import network_grouping
from .regressor_mixture import NoiseReading, predict_by_mixture, read_noise

_SIDE = 0.025  # probability of error allowed on each side of the interval


class _Judged(NamedTuple):
    """Something that predicts, on rows that neither taught nor chose it."""

    error: float
    deviation: float  # of the rows' errors
    n: int


class QuantityReading(NamedTuple):
    """What rows' neighbours and a mixture of regressions say of the noise."""

    gamma: GammaTest
    mixture: NoiseReading
    n: int  # rows


def read_quantities(
    rows: LookedAt, scale: float, rng: np.random.Generator
) -> QuantityReading | None:
    """Ask neighbours and a mixture of regressions; ``None`` where rows, or groups, are few.

    Args:
        rows: of all splits; labels (n,) are targets, standardised.
        scale: of the targets, in their unit.
        rng: draws the halves of the rows and deals rows to folds.
    """
    if not has_neighbours(len(rows.labels), rows.groups):
        return None
    targets = rows.labels.astype(np.float64) * scale
    gamma = gamma_test(rows.inputs, targets, 1 - _SIDE, rng, rows.groups)
    predicted = predict_by_mixture(rows.inputs, targets, rng, rows.groups)
    mixture = read_noise(predicted, targets, 1 - _SIDE, rows.groups)
    return QuantityReading(gamma, mixture, len(targets))


def regression_floor(
    dataset: Dataset, reading: QuantityReading | None, study: StudyRecord
) -> BayesRecord:
    """The variance of a target's noise, in squared units of the target.

    Upper limit: any function's mean squared error is at least the noise's variance, so the smaller
    of those of the gamma intervals of the best trial's test error and of a mixture of regressions
    (``regressor_mixture``, cross-fitted over all rows), Bonferroni-corrected. Lower limit: the
    smaller of the mixture's (``read_noise``) and of the Gamma test's (``gamma_test``), as each is
    too high for other functions: targets that jump, and waves finer than neighbours lie apart; 0
    where the upper one refutes it. Point: the smallest of the Gamma test's estimate and both
    errors, which are too high in expectation. Each side holds with about 97.5 %, the lower one
    where one of both assumptions is right, so it is evidence and no guarantee.

    Args:
        dataset: the study's.
        reading: ``read_quantities`` of its rows.
        study: with its best trial.

    Raises:
        DiagnosisError: no trial completed.
    """
    network = _network(dataset, study)
    details: dict[str, float | int | str | None] = {
        "network_test_error": network.error,
        "network_test_rows": network.n,
    }
    noise = reading and reading.mixture
    grouped = network_grouping(study, dataset, noise and noise.grouped)
    by = {f"{study.network} on {network.n:,} test rows{of_groups(grouped)}": (network, grouped)}
    if reading is None or noise is None:
        high, upper = _quantity_high(by)
        method = (
            f"The point is the test error of the best network; {upper}; the lower limit is 0, as "
            f"fewer than {ROWS_AT_LEAST} rows, or few groups of rows, cannot tell more."
        )
        return BayesRecord(network.error, 0.0, high, network.n, method, False, details)
    it, n = reading.gamma, reading.n
    who = f"a mixture of regressions on {n:,} held-out rows{of_groups(noise.grouped)}"
    by[who] = _Judged(noise.error, noise.deviation, n), noise.grouped
    high, upper = _quantity_high(by)
    both = min(noise.low, it.low)
    low = both if both <= high else 0.0
    value = min(max(min(it.gamma, network.error, noise.error), low), high)
    method = (
        f"The point is the smallest of the test error of the best network, of the held-out error "
        f"of a mixture of regressions, {plain_number(noise.error)}, and of the Gamma test's "
        f"estimate of {plain_number(it.gamma)} over {n:,} rows (intrinsic dimension "
        f"{it.dimension:.1f}); {upper}; the lower limit is {_noise_low(low, noise, it.low)}."
    )
    details |= {**_measured(it, noise), "rows_used": n}
    return BayesRecord(value, low, high, network.n, method, False, details)


def _measured(gamma: GammaTest, noise: NoiseReading) -> dict[str, float | int | str | None]:
    """Every number that the Gamma test and the mixture of regressions give."""
    return {
        "gamma": gamma.gamma,
        "gamma_half": gamma.gamma_half,
        "dimension": gamma.dimension,
        "gamma_low": gamma.low,
        "mixture_error": noise.error,
        "mixture_fall": noise.left.fall,
        "mixture_fall_standard_error": noise.left.fall_error,
        "mixture_unlearnt": noise.left.unlearnt,
        "mixture_unlearnt_standard_error": noise.left.unlearnt_error,
        "mixture_low": noise.low,
    }


def _noise_low(low: float, noise: NoiseReading, gamma: float) -> str:
    """Say where the lower limit comes from."""
    sure, better = f"one-sided {100 * (1 - _SIDE):g} %", "a network that does better"
    if gamma < noise.low:
        if gamma == 0:
            return "0, as the Gamma test does not find it clearly above 0"
        if low == 0:
            return f"0, as the Gamma test's limit of {plain_number(gamma)} was refuted by {better}"
        return (
            f"the Gamma test's ({sure}), which is less than the {plain_number(noise.low)} by a "
            "mixture of regressions; evidence rather than a guarantee"
        )
    return lower_limit(
        low,
        plain_number(noise.low) if noise.low > 0 else "",
        f"the mean squared error of a mixture of regressions ({sure})",
        better,
        f"the {plain_number(noise.left.fall)} that it",
        f"the {plain_number(noise.left.unlearnt)} that",
    )


def ask_labels(rows: LookedAt, rng: np.random.Generator) -> LabelReading | None:
    """Ask a mixture of classifiers for each label; ``None`` where rows, or groups, are few.

    Args:
        rows: of all splits; labels are (n, labels), 1 or 0.
        rng: draws labels and deals rows to folds.
    """
    if not can_judge(len(rows.labels), rows.groups):
        return None
    judged, places = judge_labels(rows.inputs, rows.labels, rng, rows.groups)
    labels = rows.labels[:, places]
    return read_labels(judged, labels, rows.labels.shape[1], 1 - _SIDE, rows.groups)


def multilabel_floor(dataset: Dataset, it: LabelReading | None, study: StudyRecord) -> BayesRecord:
    """The least share of wrong labels, the mean over labels of each label's Bayes error.

    Upper limit: the smaller of the limits of the best trial on test rows and of a mixture of
    classifiers for each label (``label_mixture``, cross-fitted over all rows),
    Bonferroni-corrected. Point and lower limit: ``label_mixture.read_labels``; the point is the
    best trial's error where that gives the upper limit and is smaller. A lower limit above the best
    trial's error is refuted and becomes 0. Where a row has more labels than the mixtures look at,
    the upper limit and the point are the best trial's.

    Args:
        dataset: the study's.
        it: ``ask_labels`` of its rows.
        study: with its best trial.

    Raises:
        DiagnosisError: no trial completed.
    """
    network = _network(dataset, study)
    details: dict[str, float | int | str | None] = {
        "network_test_error": network.error,
        "network_test_rows": network.n,
    }
    by = {study.network: (network.error, network.deviation, network.n)}
    if it is not None:
        told = it._asdict()
        del told["grouped"]
        details |= {f"mixture_{name}": number for name, number in told.items()}
        if it.looked_at == dataset.classes:
            by["a mixture of classifiers for each label"] = (it.error, it.deviation, it.n)
    side = _SIDE / len(by)  # Bonferroni: whichever limit is the smaller must hold
    grouped = [network_grouping(study, dataset, it and it.grouped), it and it.grouped]
    highs = [
        _labels_high(*each, dataset.classes, group, 1 - 2 * side)
        for each, group in zip(by.values(), grouped, strict=False)
    ]
    high, value, low = min(highs), network.error, 0.0
    if it is not None:
        if it.looked_at == dataset.classes:
            value = it.value if highs[0] > high else min(value, it.value)
        low = it.low if it.low <= min(high, network.error) else 0.0
    value = min(max(value, low), high)
    method = _labels_sentence(by, grouped, side, it, low)
    return BayesRecord(value, low, high, network.n, method, False, details)


def _labels_high(
    error: float, deviation: float, n: int, labels: int, grouped: Grouping | None, confidence: float
) -> float:
    """The upper limit of a share of wrong labels, of as many independent rows as these tell."""
    rows = n * worth_of(grouped, confidence)
    return clustered_wilson(error, deviation, rows, labels, confidence).high if rows >= 1 else 1.0


def _labels_sentence(
    by: Mapping[str, tuple[float, float, int]],
    grouped: Sequence[Grouping | None],
    side: float,
    it: LabelReading | None,
    low: float,
) -> str:
    judged = " and of ".join(
        f"{who} ({100 * error:.1f} % of the labels of {n:,} held-out rows{of_groups(group)})"
        for (who, (error, _, n)), group in zip(by.items(), grouped, strict=False)
    )
    smaller = "the smaller of the one-sided" if len(by) > 1 else "the one-sided"
    point = "the test error of the best network"
    if len(by) > 1:
        point = (
            "the smaller of the test error of the best network, where that is the upper limit's, "
            "and of the mixtures' held-out error and the one that they expect, averaged, less what "
            "it still falls with more rows"
        )
    return (
        f"The point is {point}; the upper limit is {smaller} {100 * (1 - side):g} % limits "
        f"(Wilson, widened as rows spread) of {judged}; the lower limit is {_labels_low(low, it)}."
    )


def _labels_low(low: float, it: LabelReading | None) -> str:
    if it is None:
        return f"0, as fewer than {MIXED_AT_LEAST} rows or {ALIKE_AT_LEAST} groups cannot tell more"
    of = (
        f"the mixture's error (one-sided {100 * (1 - _SIDE):g} %) on the {it.learnt} of "
        f"{it.looked_at} labels that it learnt, the others counted as 0"
    )
    return lower_limit(low, percent(it.low), of, "a network that does better")


def no_network(study: StudyRecord) -> DiagnosisError:
    """What is said of a study without an upper limit."""
    return DiagnosisError(
        f"study {study.name!r} has no completed trial with a test error, which is the upper "
        f"limit of the Bayes error. Train some with `netclinic resume {shlex.quote(study.name)}`; "
        "if all diverged, lower the upper limit of search.learning_rate."
    )


def _quantity_high(by: Mapping[str, tuple[_Judged, Grouping | None]]) -> tuple[float, str]:
    """The smallest upper limit of mean squared errors, by who has them, and how it is found."""
    side = _SIDE / len(by)  # Bonferroni: whichever limit is the smaller must hold
    highs = []
    for (error, deviation, n), grouped in by.values():
        measured = Estimate(error, error, error, n, "", deviation, grouped=grouped)
        highs.append(limits(measured, n, 1 - 2 * side, Unit(Task.REGRESSION)).high)
    one = len(by) == 1
    return min(highs), (
        f"the upper limit is {'the' if one else 'the smaller of the'} one-sided "
        f"{100 * (1 - side):g} % {'limit' if one else 'limits'} (gamma interval) of the mean "
        f"squared {'error' if one else 'errors'} of {' and of '.join(by)}"
    )


def _network(dataset: Dataset, study: StudyRecord) -> _Judged:
    best = study.best()
    result = best and best.result
    error, deviation = result and result.test_error, result and result.test_deviation
    if best is None or error is None or deviation is None:
        raise no_network(study)
    return _Judged(error, deviation, len(dataset.test.labels))
