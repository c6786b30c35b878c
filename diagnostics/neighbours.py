"""What nearest neighbours say about a data set: a best-k classifier, and 1-NN extrapolated.

Inputs are compared by Euclidean distance as they are, so scaled columns are assumed.
"""

from typing import NamedTuple

import numpy as np
from scipy.stats import norm
from sklearn.neighbors import NearestNeighbors

_KS = (1, 3, 5, 7, 9, 11, 15, 21, 31, 45, 65, 91, 127)
# 2⁻⁴⁰ of the random halves hold none of a row's 40 nearest neighbours.
_NEIGHBOURS_KEPT = 40
_HALVES = 50


class BestK(NamedTuple):
    """A k-nearest-neighbour classifier on rows that did not choose its k."""

    k: int
    training_error: float  # leave-one-out, of the chosen k
    wrong: int  # judged rows that it gets wrong
    n: int  # judged rows


class OneNearest(NamedTuple):
    """The leave-one-out error of 1-NN, and where it goes with more rows."""

    error: float  # with all n rows, fraction
    error_half: float  # expected with a random half of the rows
    dimension: float  # intrinsic, of the inputs
    extrapolated: float  # to infinitely many rows; may leave [0, 1]
    standard_error: float  # of the extrapolated error
    low: float  # its one-sided lower confidence limit, cut at 0


def judge_best_k(
    inputs: np.ndarray, labels: np.ndarray, judged_inputs: np.ndarray, judged_labels: np.ndarray
) -> BestK:
    """Choose k by leave-one-out on some rows and count its errors on others.

    Args:
        inputs: (n, features), n ≥ 2.
        labels: (n,) integers from 0.
        judged_inputs: (m, features), m ≥ 1, rows that are not among ``inputs``.
        judged_labels: (m,).
    """
    ks = [k for k in _KS if k <= max(1, (len(labels) - 1) // 2)]
    index = NearestNeighbors(n_neighbors=ks[-1], algorithm="brute").fit(inputs)
    classes = int(max(labels.max(), judged_labels.max())) + 1
    # kneighbors() without rows leaves each row itself out.
    left_out = _wrong_by_k(labels[index.kneighbors(return_distance=False)], labels, classes, ks)
    best = int(np.argmin(left_out))
    judged = labels[index.kneighbors(judged_inputs, return_distance=False)]
    wrong = _wrong_by_k(judged, judged_labels, classes, [ks[best]])[0]
    return BestK(ks[best], left_out[best] / len(labels), wrong, len(judged_labels))


def _wrong_by_k(
    neighbours: np.ndarray, labels: np.ndarray, classes: int, ks: list[int]
) -> list[int]:
    """Count the rows that the k nearest vote wrong; ``neighbours`` (rows, kept), nearest first."""
    rows = np.arange(len(labels))
    votes = np.zeros((len(labels), classes), np.float32)
    votes[rows, neighbours[:, 0]] = 0.5  # the nearest breaks ties
    wrong, counted = [], 0
    for k in ks:
        for column in range(counted, k):
            votes[rows, neighbours[:, column]] += 1
        counted = k
        wrong.append(int((votes.argmax(axis=1) != labels).sum()))
    return wrong


def extrapolate_one_nearest(
    inputs: np.ndarray, labels: np.ndarray, confidence: float, rng: np.random.Generator
) -> OneNearest:
    """Extrapolate the 1-NN error to infinitely many rows.

    The finite-sample excess of 1-NN decays as n^(−2/d) where densities are smooth (Snapp and
    Venkatesh 1998, Ann Stat 26:850, leading term), d being the intrinsic dimension. Hence with
    Δ = R(n/2) − R(n), the limit is R(n) − Δ/(2^(2/d) − 1). R(n/2) is not simulated: the nearest
    neighbour within a random half is the j-th neighbour with probability 2⁻ʲ, which gives its
    expectation exactly. The standard error is the spread over random halves of the rows, which
    equals that of n rows (delete-half jackknife, Shao and Wu 1989, Ann Stat 17:1176) and, unlike
    a binomial one, allows for neighbours who share each other's errors; d is held fixed.

    Args:
        inputs: (n, features), n ≥ 10.
        labels: (n,).
        confidence: of the one-sided lower limit, e.g. 0.975.
        rng: draws the halves.
    """
    kept = min(_NEIGHBOURS_KEPT, len(labels) - 1)
    search = NearestNeighbors(n_neighbors=kept, algorithm="brute").fit(inputs)
    distances, nearest = search.kneighbors()
    differs = labels[nearest] != labels[:, None]
    dimension = intrinsic_dimension(distances, inputs.shape[1])
    factor = 1 / (2 ** (2 / dimension) - 1)

    def limit(error: float, half: float) -> float:
        return error - (half - error) * factor

    error, half = _errors_full_and_half(differs, np.ones_like(differs))
    spread = []
    for _ in range(_HALVES):
        member = rng.permutation(len(labels)) < len(labels) // 2
        spread.append(limit(*_errors_full_and_half(differs[member], member[nearest[member]])))
    extrapolated, standard_error = limit(error, half), float(np.std(spread))
    low = max(0.0, extrapolated - float(norm.ppf(confidence)) * standard_error)
    return OneNearest(error, half, dimension, extrapolated, standard_error, low)


def _errors_full_and_half(differs: np.ndarray, present: np.ndarray) -> tuple[float, float]:
    """1-NN error among the present neighbours, and expected in a random half of them.

    Both arguments are (rows, kept) booleans, nearest neighbour first. Rows without any present
    neighbour are left out.
    """
    usable = present.any(axis=1)
    differs, present = differs[usable], present[usable]
    rank = np.cumsum(present, axis=1)
    weights = np.where(present, 0.5**rank, 0.0)
    full = differs[np.arange(len(differs)), present.argmax(axis=1)]
    half = (weights * differs).sum(axis=1) / weights.sum(axis=1)
    return float(full.mean()), float(half.mean())


def intrinsic_dimension(distances: np.ndarray, features: int) -> float:
    """Estimate the dimension that inputs live in from their two nearest neighbours' distances.

    The ratio μ of the second to the first distance follows a Pareto law with exponent d; this is
    its maximum-likelihood estimate, within [1, features]. Rows on top of another are left out;
    ``features`` is returned where fewer than ten are left. Source: TwoNN, Facco et al. 2017,
    Sci Rep 7:12140.

    Args:
        distances: (n, ≥ 2), ascending along each row.
        features: columns of the inputs.
    """
    first, second = distances[:, 0], distances[:, 1]
    ratios = second[first > 0] / first[first > 0]
    total = float(np.log(ratios).sum())
    if len(ratios) < 10 or total <= 0:
        return float(features)
    return float(np.clip((len(ratios) - 1) / total, 1.0, max(1, features)))
