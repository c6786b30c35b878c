"""The Bayes error, the least that anything can reach: taken from the user or estimated."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..datasets.dataset import Dataset, Split
from ..storage.records import BayesRecord, StudyRecord
from .findings import DiagnosisError
from .floors import multilabel_floor, multitask_floor, regression_floor
from .intervals import clopper_pearson
from .neighbours import BestK, OneNearest, extrapolate_one_nearest, judge_best_k

_ROWS_AT_MOST = 10_000  # all pairs of rows are compared
_ROWS_AT_LEAST = 50  # fewer say nothing about the 1-NN error's limit
_SIDE = 0.025  # probability of error allowed on each side of the interval


class _Candidate(NamedTuple):
    """A classifier judged on rows that did not choose it."""

    who: str
    wrong: int
    n: int


def estimate_bayes_error(dataset: Dataset, study: StudyRecord) -> BayesRecord:
    """Estimate the Bayes error, or pass on the figure that the study's spec gives.

    Upper limit: every classifier's true error is at least the Bayes error, so the smaller of the
    Clopper–Pearson limits of the best trial (chosen on validation rows, judged on test rows) and
    of k-nearest-neighbours (k by leave-one-out on the training rows, judged on the others),
    Bonferroni-corrected. Point: the smaller of their errors. Lower limit: the bound of Cover and
    Hart 1967 (IEEE Trans Inf Theory 13:21) on the 1-NN error extrapolated to infinitely many rows,
    0 where that is not clearly positive. Each side holds with about 97.5 %; the lower one rests on
    smooth densities, so it is evidence and no guarantee.

    Of regression, multilabel and multitask see ``floors``.

    Args:
        dataset: the study's; at most 10,000 rows of it are used, drawn with a fixed seed.
        study: ``spec["diagnosis"]["bayes_error"]`` is ``"estimate"``, a number, or a mapping with
            ``value``, ``low`` and ``high``.

    Raises:
        DiagnosisError: the study has no spec.
    """
    if study.spec is None:
        raise DiagnosisError(
            f"study {study.name!r} has no spec, so it was not made here; "
            "write one and start it with `netclinic run SPEC`."
        )
    figure = study.spec["diagnosis"]["bayes_error"]
    if figure != "estimate":
        return _given(figure)
    rng = np.random.default_rng(0)
    if dataset.task == "multilabel":
        return multilabel_floor(dataset, study)
    if dataset.task == "multitask":
        return multitask_floor(dataset, study)
    training, held_out = _capped(dataset, rng)
    pooled = _Points(*(np.concatenate(parts) for parts in zip(training, held_out, strict=True)))
    if dataset.task == "regression":
        return regression_floor(dataset, pooled.inputs, pooled.labels, study, rng)
    nearest = judge_best_k(*training, *held_out)
    one_nearest = None
    if len(pooled.labels) >= _ROWS_AT_LEAST:
        one_nearest = extrapolate_one_nearest(*pooled, confidence=1 - _SIDE, rng=rng)
    network = _network(dataset, study)
    return _combined(network, nearest, one_nearest, dataset.classes, len(pooled.labels))


def cover_hart_low(one_nearest_error: float, classes: int) -> float:
    """The least Bayes error compatible with a 1-NN error in the limit of infinitely many rows.

    (C−1)/C · [1 − √(1 − C/(C−1)·R)], fractions; R above its maximum (C−1)/C counts as that.
    Source: Cover and Hart 1967, IEEE Trans Inf Theory 13:21, equation 7 solved for R*.
    """
    most = (classes - 1) / classes
    return most * (1 - math.sqrt(1 - min(max(one_nearest_error, 0.0), most) / most))


def _given(figure: float | Mapping[str, Any]) -> BayesRecord:
    if isinstance(figure, Mapping):
        value, low, high = (float(figure[key]) for key in ("value", "low", "high"))
        method = "Given by the user, with its interval."
    else:
        value = low = high = float(figure)
        method = "Given by the user as one number, so taken as exact."
    return BayesRecord(value, low, high, n=None, method=method, given=True)


class _Points(NamedTuple):
    """Rows that are looked at, in memory."""

    inputs: np.ndarray  # (n, features) float32
    labels: np.ndarray  # (n,), as the data set has them


def _capped(dataset: Dataset, rng: np.random.Generator) -> tuple[_Points, _Points]:
    """Training rows, and validation and test rows together, thinned alike where too many."""
    held_out = dataset.validation, dataset.test
    total = sum(len(split.labels) for split in (dataset.train, *held_out))

    def thinned(*splits: Split) -> _Points:
        rows = sum(len(split.labels) for split in splits)
        kept = np.arange(rows)
        if total > _ROWS_AT_MOST:
            kept = rng.permutation(rows)[: max(2, rows * _ROWS_AT_MOST // total)]
        return _joined(splits, kept)

    return thinned(dataset.train), thinned(*held_out)


def _joined(splits: tuple[Split, ...], kept: np.ndarray) -> _Points:
    """The rows ``kept`` of those of all ``splits`` together; the others are not read."""
    inputs = np.empty((len(kept), splits[0].inputs.shape[1]), np.float32)
    first = 0
    for split in splits:
        here = (kept >= first) & (kept < first + len(split.labels))
        inputs[here] = split.inputs[kept[here] - first]
        first += len(split.labels)
    return _Points(inputs, np.concatenate([split.labels for split in splits])[kept])


def _network(dataset: Dataset, study: StudyRecord) -> _Candidate | None:
    best = study.best()
    if best is None or best.result is None or best.result.test_error is None:
        return None
    n = len(dataset.test.labels)
    return _Candidate(f"the network of trial {best.number}", round(best.result.test_error * n), n)


def _combined(
    network: _Candidate | None,
    nearest: BestK,
    one_nearest: OneNearest | None,
    classes: int,
    rows_used: int,
) -> BayesRecord:
    candidates = [
        _Candidate(f"the {nearest.k}-nearest-neighbour classifier", nearest.wrong, nearest.n)
    ]
    candidates = candidates if network is None else [network, *candidates]
    side = _SIDE / len(candidates)  # Bonferroni: whichever limit is the smaller must hold
    limits = [clopper_pearson(c.wrong, c.n, 1 - 2 * side).high for c in candidates]
    best = min(candidates, key=lambda c: c.wrong / c.n)
    high = min(limits)
    bound = cover_hart_low(one_nearest.low, classes) if one_nearest else 0.0
    # A bound above what a classifier reaches is refuted: the extrapolation's assumption fails.
    low = bound if bound <= high else 0.0
    value = min(max(best.wrong / best.n, low), high)
    details = {
        "knn_k": nearest.k,
        "knn_error": nearest.wrong / nearest.n,
        "knn_rows": nearest.n,
        "knn_error_leave_one_out": nearest.training_error,
        "network_test_error": network.wrong / network.n if network else None,
        "network_test_rows": network.n if network else None,
        "one_nn_error": one_nearest.error if one_nearest else None,
        "one_nn_error_half": one_nearest.error_half if one_nearest else None,
        "intrinsic_dimension": one_nearest.dimension if one_nearest else None,
        "one_nn_error_extrapolated": one_nearest.extrapolated if one_nearest else None,
        "one_nn_standard_error": one_nearest.standard_error if one_nearest else None,
        "one_nn_error_low": one_nearest.low if one_nearest else None,
        "cover_hart_low": bound,
        "rows_used": rows_used,
    }
    method = _sentence(candidates, best, side, _floor(low, bound, one_nearest))
    return BayesRecord(value, low, high, best.n, method, given=False, details=details)


def _sentence(candidates: list[_Candidate], best: _Candidate, side: float, floor: str) -> str:
    judged = " and of ".join(f"{c.who} ({c.wrong} of {c.n} held-out rows)" for c in candidates)
    smaller = "the smaller of the one-sided" if len(candidates) > 1 else "the one-sided"
    return (
        f"The point is the held-out error of {best.who}, the upper limit {smaller} "
        f"{100 * (1 - side):g} % Clopper–Pearson limits of {judged}, "
        f"and the lower limit is {floor}."
    )


def _floor(low: float, bound: float, one_nearest: OneNearest | None) -> str:
    """Say where the lower limit comes from."""
    if one_nearest is None:
        return f"0, as fewer than {_ROWS_AT_LEAST} rows cannot tell more"
    if low > 0:
        return (
            "Cover and Hart's bound on the nearest-neighbour error extrapolated to infinitely many "
            f"rows (intrinsic dimension {one_nearest.dimension:.1f}, one-sided "
            f"{100 * (1 - _SIDE):g} %), evidence rather than a guarantee"
        )
    if bound > 0:
        return (
            f"0, as Cover and Hart's bound of {100 * bound:.1f} % was refuted by a classifier "
            "that does better"
        )
    return (
        "0, as the nearest-neighbour error extrapolated to infinitely many rows is not clearly "
        "above 0"
    )
