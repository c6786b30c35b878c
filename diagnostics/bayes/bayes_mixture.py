"""What a cross-fitted mixture of classifiers, and its own doubt, say of the Bayes error."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from ...datasets.dealing import deal
from ..statistics.grouped import (
    ALIKE_AT_LEAST,
    Grouping,
    grouping,
    number_alike,
    rate_limits,
)
from .class_mixing import mixed, mixing_of
from .class_models import class_probabilities
from .cross_fit import FOLDS, Chosen, cross_fit, learnt_from
from .dimension import dimension_of
from .error_limit import LEARNT, LEARNT_IN_THE_PLANE, PLANE, learning, limit_below, mean_fall
from .geometry import compressed, geometry
from .unlearnt import Neighbourhood, neighbourhoods, unlearnt

Array = np.ndarray

ROWS_AT_LEAST = 50  # fewer give folds too small to learn from


class Judged(NamedTuple):
    """How the mixture did on each of n rows, which neither fitted nor mixed it."""

    wrong: Array  # (n,) bool (of several labels: shares), by the mean of two fits on three folds
    doubt: Array  # (n,) 1 less the largest of these mean probabilities
    wrong_alone: Array  # (n,) the share of these two fits that are wrong
    wrong_small: Array  # (n,) the share of four fits on one fold each that are wrong
    # (n,) what it adds to the mean of ‖η − p‖², p the mean probabilities, η the true ones; see
    # ``unlearnt``
    unlearnt: Array


class MixtureReading(NamedTuple):
    """The Bayes error as the mixture tells it, all but ``wrong`` and ``n`` fractions."""

    wrong: int  # rows that the mixture gets wrong
    n: int
    doubt: float  # the error that its probabilities expect
    fall: float  # of its error from a fifth of the rows to three fifths
    fall_error: float  # standard error of that
    unlearnt: float  # of its error, as neighbours' residuals tell it
    commonest: float  # error of always answering the commonest class
    value: float  # the point
    low: float  # its lower limit; 0 where the evidence does not permit another
    confidence: float  # of that limit, one-sided
    grouped: Grouping | None = None  # how the rows that it gets wrong hang together


def can_judge(n: int, groups: Array | None = None) -> bool:
    """Whether n rows, or as many in these groups (n,), are enough to learn from and to judge by."""
    return n >= ROWS_AT_LEAST and (groups is None or number_alike(groups) >= ALIKE_AT_LEAST)


def judge_by_mixture(
    inputs: Array,
    labels: Array,
    classes: int,
    rng: np.random.Generator,
    groups: Array | None = None,
    *,
    falls: bool = True,
) -> Judged:
    """Judge every row by mixtures of ``class_models`` that were fitted and mixed on others.

    Args:
        inputs: (n, features), scaled, so many that ``can_judge``.
        labels: (n,) integers from 0 to ``classes`` − 1.
        classes: their number.
        rng: deals rows to folds, every class in proportion.
        groups: (n,) numbers of groups of rows that are alike, such as those of one person: whole
            groups go to folds, or rows would be judged by what saw their like. ``None``: there are
            none.
        falls: whether to learn from few rows, too; without, ``wrong_small`` is ``wrong_alone`` and
            ``unlearnt`` is 0.
    """
    return judge_with_probabilities(inputs, labels, classes, rng, groups, falls=falls)[0]


def judge_with_probabilities(
    inputs: Array,
    labels: Array,
    classes: int,
    rng: np.random.Generator,
    groups: Array | None = None,
    *,
    falls: bool = True,
) -> tuple[Judged, Array]:
    """As ``judge_by_mixture``, with each row's class probabilities, (n, classes) float32."""
    fold = deal(labels, FOLDS, rng, groups)
    (found,) = judge_in_folds(inputs, [labels], classes, fold, groups, falls=falls)
    return found


# Small matrices: threads would wait for one another, for ten times as long on a busy machine.
@threadpool_limits.wrap(limits=1)
def judge_in_folds(
    inputs: Array,
    labellings: Sequence[Array],
    classes: int,
    fold: Array,
    groups: Array | None = None,
    *,
    falls: bool = True,
) -> list[tuple[Judged, Array]]:
    """As ``judge_with_probabilities``, by folds dealt already, several labellings of the rows.

    What takes no labels (``geometry``, neighbours) is worked out once for all of them; each is
    judged as it would be alone, to the last bit.

    Args:
        inputs: as for ``judge_by_mixture``, as the others.
        labellings: (n,) each.
        classes: of every labelling.
        fold: (n,) from 0 to ``FOLDS`` − 1.
        groups: (n,), or ``None``.
        falls: whether to learn from few rows, too.
    """
    inputs = compressed(inputs)
    large, small = (
        [_fits(rows, inputs, labellings, classes) for rows in those]
        for those in learnt_from(fold, falls=falls)
    )
    among = neighbourhoods(inputs, groups) if falls else ()
    return [
        _judge(labels, classes, fold, ([it[k] for it in large], [it[k] for it in small]), among)
        for k, labels in enumerate(labellings)
    ]


def _judge(
    labels: Array,
    classes: int,
    fold: Array,
    fits: tuple[list[Array], list[Array]],
    among: Sequence[Neighbourhood],
) -> tuple[Judged, Array]:
    """One labelling of ``judge_in_folds``, of large and small fits to it."""
    judged = Judged(np.zeros(len(labels), bool), *(np.zeros(len(labels)) for _ in range(4)))
    probabilities = np.empty((len(labels), classes), np.float32)
    truth = np.eye(classes, dtype=np.float32)[labels]
    # Of each small fit, 0 on the fold that it learnt from.
    residuals = np.zeros((FOLDS, len(labels), classes), np.float32)

    def mixing(parts: list[Chosen]) -> Callable[[Array], Array]:
        return partial(mixed, mixing=mixing_of(parts, labels))

    for own, (rows, pair, few) in enumerate(cross_fit(fold, *fits, mixing)):
        mean = pair.mean(axis=0)
        if few is not None:
            residuals[np.ix_(np.arange(FOLDS) != own, rows)] = truth[rows] - few
        probabilities[rows] = mean
        judged.wrong[rows] = mean.argmax(axis=1) != labels[rows]
        judged.doubt[rows] = 1 - mean.max(axis=1)
        judged.wrong_alone[rows] = (pair.argmax(axis=2) != labels[rows]).mean(axis=0)
        judged.wrong_small[rows] = (
            judged.wrong_alone[rows]
            if few is None
            else (few.argmax(axis=2) != labels[rows]).mean(axis=0)
        )
    if among:
        squares = (residuals**2).sum(axis=2).sum(axis=0) / (FOLDS - 1)
        # What a fifth of the rows left to be learnt, less what three fifths taught of it.
        taught = squares - ((truth - probabilities) ** 2).sum(axis=1)
        judged.unlearnt[:] = unlearnt(among, fold, residuals) - taught
    return judged, probabilities


def read_mixture(
    judged: Judged,
    labels: Array,
    confidence: float,
    groups: Array | None = None,
    inputs: Array | None = None,
) -> MixtureReading:
    """A point and a lower limit of the Bayes error.

    Point: the mean of the held-out error and of the mixture's own doubt, where that is less; minus
    what the error fell when rows grew threefold, D, times D²/(D² + 2·se²), so that noise is not
    taken for a fall.

    Lower limit: no data can bound the Bayes error from below without assumptions (Antos, Devroye
    and Györfi 1999, IEEE Trans PAMI 21:643). Assumed here: with any number of rows the error falls
    by no more than three times D, or by what neighbours' residuals tell to be unlearnt
    (``unlearnt``) where that is more. So the held-out error less 3·D and what chance allows both
    (Clopper–Pearson and normal, in quadrature), or less the unlearnt and what chance allows the
    error, whichever is lower. 0 where the mixture does not leave at least half of the commonest
    class's error behind, as a border it has not found keeps its error flat too. In the plane, where
    neighbours are near, they would tell of it: there 0.3 of that error is enough, with what chance
    allows the unlearnt in quadrature.

    Args:
        judged: of n rows.
        labels: (n,), theirs.
        confidence: of the one-sided lower limit, e.g. 0.975.
        groups: (n,) as for ``judge_by_mixture``; chance then deals with groups.
        inputs: (n, features), to tell whether they live in the plane; ``None``: not asked.
    """
    n, wrong = len(labels), int(judged.wrong.sum())
    error, doubt = wrong / n, float(judged.doubt.mean())
    commonest = 1 - float(np.bincount(labels).max()) / n
    value = max(0.0, float(row_readings(judged, groups).mean()))
    grouped = None if groups is None else grouping(judged.wrong, groups)
    left = learning(judged.wrong_small - judged.wrong_alone, judged.unlearnt, groups)
    low, share = 0.0, error / commonest if commonest > 0 else 1.0
    half = share < LEARNT
    if half or _tells_in_the_plane(share, inputs):
        chance = error - rate_limits(wrong, n, grouped, 2 * confidence - 1)[0]
        counted = left._replace(unlearnt_error=0.0) if half else left
        low = limit_below(error, chance, counted, confidence)
    value = max(value, low)
    return MixtureReading(
        wrong,
        n,
        doubt,
        left.fall,
        left.fall_error,
        left.unlearnt,
        commonest,
        value,
        low,
        confidence,
        grouped,
    )


def _tells_in_the_plane(share: float, inputs: Array | None) -> bool:
    """Whether neighbours lie near enough to tell of a border that was not found.

    Args:
        share: of the commonest class's error that is left.
        inputs: as for ``read_mixture``.
    """
    return inputs is not None and share < LEARNT_IN_THE_PLANE and dimension_of(inputs) < PLANE


def row_readings(judged: Judged, groups: Array | None = None) -> Array:
    """What each row adds to the point before it is kept from falling below 0; (n,), its mean."""
    fall, fall_error = fall_of(judged, groups)
    # As a part of the fall itself, so that the mean is what ``read_mixture`` says.
    counted = fall**2 / (fall**2 + 2 * fall_error**2) if fall > 0 else 0.0
    wrong = judged.wrong.astype(np.float64)
    doubt = judged.doubt if judged.doubt.mean() < wrong.mean() else wrong
    return (wrong + doubt) / 2 - counted * (judged.wrong_small - judged.wrong_alone)


def fall_of(judged: Judged, groups: Array | None = None) -> tuple[float, float]:
    """How far the error fell when rows grew threefold, and the standard error of that."""
    return mean_fall(judged.wrong_small - judged.wrong_alone, groups)


def unlearnt_of(judged: Judged) -> float:
    """How much of the error is still to be learnt, as neighbours' residuals tell it; ≥ 0."""
    return max(0.0, float(judged.unlearnt.mean()))


def _fits(rows: Array, inputs: Array, labellings: Sequence[Array], classes: int) -> list[Array]:
    """Of each labelling the probabilities (models, n, classes) by models fitted to ``rows``; NaN on
    these themselves.
    """
    compared, found = geometry(inputs[rows], inputs[~rows]), []
    for labels in labellings:
        of_others = class_probabilities(compared, labels[rows], classes)
        everywhere = np.full((len(of_others), len(labels), classes), np.nan, np.float32)
        everywhere[:, ~rows] = of_others
        found.append(everywhere)
    return found
