"""How far a learning curve is known: the errors that were measured, and what they might have been.

A curve is uncertain by its test rows, by the subsets of rows that were drawn and the seeds they
were trained with, and by all the training rows there are, of which every subset is a part.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .chances import Chance, degrees_together, of_rows, shares_of_rows, student
from .grouped import number_alike
from .intervals import Interval

Numbers = NDArray[np.float64]

DRAWS = 600
CONFIDENCE = 0.95
_AT_ONCE = 2**22  # weights of rows in memory at once
_SEED = 19850301  # any number: the same errors always give the same draws
_MOST_OF_ALL = 0.75  # subsets with more of the rows hardly differ


class CurveErrors(NamedTuple):
    """Errors on the test rows of trainings on subsets of the training rows."""

    sizes: NDArray[np.integer]  # (K,), rising, of training rows; the last has all that there are
    # (K, R, rows), mean over seeds; NaN throughout where all trainings of a subset diverged. Subset
    # r at one size is part of subset r at the next one, and the same at the last size for all r.
    errors: NDArray[np.floating]
    classes: NDArray[np.integer] | None = None  # (rows,), of each row, where classes count alike
    groups: NDArray[np.integer] | None = None  # (rows,), where test rows come in groups


class CurveDraws(NamedTuple):
    """A curve of mean errors, and how it might have come out otherwise."""

    sizes: Numbers  # (K,)
    means: Numbers  # (K,)
    noise: Numbers  # (draws, K), deviations from the means

    @property
    def curves(self) -> Numbers:
        """(draws, K)."""
        return self.means + self.noise

    def up_to(self, rows: float) -> "CurveDraws":
        """Of sizes of at most so many rows."""
        kept = self.sizes <= rows
        return CurveDraws(self.sizes[kept], self.means[kept], self.noise[:, kept])


class _Parts(NamedTuple):
    """Errors averaged over one thing or the other."""

    by_subset: Numbers  # (K, R), NaN where all trainings diverged
    by_row: Numbers  # (K, rows), mean over subsets
    spread: Numbers  # (K,), standard deviation over subsets
    common: Numbers  # (K,), standard deviation of what all subsets of one set of rows share


def draw_curves(measured: CurveErrors, *, shares: bool, draws: int = DRAWS) -> CurveDraws:
    """The mean curve and draws of it over test rows, subsets, seeds and training rows.

    Test rows, or groups of them, are drawn by the Bayesian bootstrap (Rubin 1981, Ann Stat 9:130),
    the same ones at all sizes. Of subsets, which are few, whole curves are drawn as Student's t of
    their covariance: drawn with replacement they would scatter too little.

    Args:
        measured: errors of at least two subsets at each of at least two sizes.
        shares: whether a row's error is a share, 0 to 1.
        draws: how many.

    Raises:
        ValueError: fewer subsets, sizes or groups than two, or sizes that do not rise.
    """
    parts = _parts(measured)
    random = np.random.default_rng(_SEED)
    subsets = parts.by_subset.shape[1]
    trained = np.isfinite(parts.by_subset)
    number = trained.sum(axis=1, keepdims=True)
    apart = np.where(trained, parts.by_subset, 0.0)
    means = apart.sum(axis=1) / number[:, 0]
    apart = np.where(trained, apart - means[:, None], 0.0) / np.sqrt(number * (number - 1))
    of_subsets = random.standard_normal((draws, subsets)) @ apart.T
    of_subsets *= _scale(random, draws, subsets - 1)
    shared = random.standard_normal((draws, 1)) * _scale(random, draws, subsets - 1) * parts.common
    rows = _row_noise(random, draws, parts.by_row, measured, shares=shares)
    return CurveDraws(measured.sizes.astype(np.float64), means, of_subsets + shared + rows)


def point_intervals(measured: CurveErrors, *, shares: bool) -> tuple[Interval, ...]:
    """The mean error at each size, with Student's limits of 95 %.

    Args:
        measured: as for ``draw_curves``.
        shares: as for ``draw_curves``.

    Raises:
        ValueError: as of ``draw_curves``.
    """
    parts = _parts(measured)
    rows = parts.by_row.shape[1]
    classes = np.zeros(rows, np.int64) if measured.classes is None else measured.classes
    found = []
    for of_size, by_row, spread, common in zip(*parts, strict=True):
        number = int(np.isfinite(of_size).sum())
        chances = [
            of_rows(by_row, classes, measured.groups, shares=shares),
            Chance(float(spread) ** 2 / number, number - 1),
            Chance(float(common) ** 2, len(of_size) - 1),
        ]
        error = math.sqrt(sum(it.variance for it in chances))
        # Of groups of unlike size so few may tell that Student's limits would be infinite.
        degrees = max(1.0, degrees_together(chances))
        it = student(float(np.nanmean(of_size)), error, degrees, CONFIDENCE)
        high = min(1.0, it.high) if shares else it.high
        found.append(Interval(it.value, max(0.0, it.low), high))
    return tuple(found)


def _parts(measured: CurveErrors) -> _Parts:
    sizes, errors = measured.sizes, measured.errors
    if len(sizes) != len(errors) or len(sizes) < 2 or not np.all(np.diff(sizes) > 0):
        raise ValueError(
            f"got sizes {sizes.tolist()} of {len(errors)} errors; they must rise, two at least"
        )
    trained = np.isfinite(errors[..., 0])
    if trained.sum(axis=1).min() < 2:
        raise ValueError(
            f"got {trained.sum(axis=1).tolist()} subsets trained at sizes {sizes.tolist()}; each "
            "needs two; leave out those with fewer"
        )
    if measured.groups is not None and len(np.unique(measured.groups)) < 2:
        raise ValueError("got test rows of one group; how others differ needs two at least")
    rows = errors.shape[-1]
    classes = np.zeros(rows, np.int64) if measured.classes is None else measured.classes
    by_subset = errors.astype(np.float64) @ shares_of_rows(classes)
    by_row = np.stack(
        [of[is_there].mean(axis=0) for of, is_there in zip(errors, trained, strict=True)]
    )
    spread = np.nanstd(by_subset, axis=1, ddof=1)
    return _Parts(by_subset, by_row.astype(np.float64), spread, _common(sizes, spread))


def _common(sizes: NDArray[np.integer], spread: Numbers) -> Numbers:
    """The deviation of what subsets of the same rows have in common, (K,).

    The mean of n rows out of N varies by v/n − v/N among subsets and by v/N with the N rows, so
    what is common to the subsets follows from how they differ: what they do beyond the seeds, which
    alone make the trainings on all rows differ. What n rows do to the error, v/n, falls as a power
    of n, at most as 1/n, as the spread is known of few subsets.
    """
    share = sizes / sizes[-1]
    known = (share <= _MOST_OF_ALL) & (spread > spread[-1])
    if not known.any():
        return np.zeros(len(sizes))
    of_rows = (spread[known] ** 2 - spread[-1] ** 2) / (1 - share[known])
    power = 0.0
    if known.sum() > 1:
        line = np.polynomial.Polynomial.fit(np.log(share[known]), np.log(of_rows), 1).convert()
        power = float(np.clip(line.coef[-1], -1.0, 0.0))
    at_all = float(np.mean(of_rows * share[known] ** -power))
    return np.sqrt(at_all * share ** (power + 1))


def _scale(random: np.random.Generator, draws: int, degrees: float) -> Numbers:
    """(draws, 1), what makes normal deviates Student's."""
    return np.sqrt(degrees / random.chisquare(degrees, (draws, 1)))


def _row_noise(
    random: np.random.Generator,
    draws: int,
    by_row: Numbers,
    measured: CurveErrors,
    *,
    shares: bool,
) -> Numbers:
    """(draws, K), deviations of the mean errors when other test rows are drawn."""
    groups, classes = measured.groups, measured.classes
    if classes is None:
        classes = np.zeros(by_row.shape[1], np.int64)
    if shares and groups is None:
        # As in ``of_rows``: a right and a wrong row more in each class.
        names = np.unique(classes)
        more = np.repeat([[0.0, 1.0]], len(by_row), axis=0)
        by_row = np.hstack([by_row, *[more] * len(names)])
        classes = np.concatenate([classes, np.repeat(names, 2)])
    found = np.empty((draws, len(by_row)))
    drawn = np.arange(len(classes)) if groups is None else np.unique(groups, return_inverse=True)[1]
    number = int(drawn.max()) + 1
    of_class = [classes == name for name in np.unique(classes)]
    at_once = max(1, _AT_ONCE // len(classes))
    for begin in range(0, draws, at_once):
        weights = random.standard_exponential((min(at_once, draws - begin), number))[:, drawn]
        of = [
            weights[:, it] @ by_row[:, it].T / weights[:, it].sum(axis=1, keepdims=True)
            for it in of_class
        ]
        found[begin : begin + at_once] = np.mean(of, axis=0)
    found -= np.mean([by_row[:, it].mean(axis=1) for it in of_class], axis=0)
    if groups is None:
        return found
    alike = max(1.0, number_alike(groups) - 1)
    return found * math.sqrt((number + 1) / (number - 1)) * _scale(random, draws, alike)
