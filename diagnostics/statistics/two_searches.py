"""Two searches compared by what they lead to: the difference of their winners' errors.

Three things are left to chance: the seeds that each winner is trained with, the test rows, and
which trial each search picks. Each has a variance of its own; they are added, with degrees of
freedom by Satterthwaite (1946, Biometrics Bull 2:110), as in analyses of several readers and cases
(Obuchowski and Rockette 1995, Commun Stat Simul Comput 24:285).
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from .grouped import error_of_mean, number_alike
from .intervals import Interval

Numbers = NDArray[np.floating]

BOOTSTRAPS = 2_000
PAIRS_AT_LEAST = 4
_AT_ONCE = 2**22  # draws of trials in memory at once
_SEED = 19950101  # any number: the same searches are always drawn in the same way


class Search(NamedTuple):
    """A search, and its winner trained again."""

    # (seeds, rows): the error of each training of the winner on each test row. The seeds had no
    # part in choosing it. Two at least.
    errors: Numbers
    # trial number → what the search minimises, and the test error; of every completed trial
    trials: Mapping[int, tuple[float, float]]


class Chance(NamedTuple):
    """One thing that is left to chance."""

    variance: float  # of the difference
    degrees: float  # of freedom, > 0


class Difference(NamedTuple):
    """First error − second error, and what it is uncertain by."""

    value: float
    seeds: float  # standard errors: of the seeds of both,
    rows: float  # of the test rows,
    search: float  # of which trial either search picks
    degrees: float  # of freedom, of all together

    @property
    def error(self) -> float:
        """The standard error of all together."""
        return math.hypot(self.seeds, self.rows, self.search)

    def interval(self, confidence: float) -> Interval:
        """Student's limits."""
        return student(self.value, self.error, self.degrees, confidence)


class Pairs(NamedTuple):
    """Trials of two searches with the same numbers, which were drawn alike, side by side."""

    number: int  # of pairs
    value: float  # mean of first − second test error
    pairs: float  # standard errors: of the pairs,
    rows: float  # of the test rows
    degrees: float  # of freedom, of both together

    @property
    def error(self) -> float:
        """The standard error of both together."""
        return math.hypot(self.pairs, self.rows)

    def interval(self, confidence: float) -> Interval:
        """Student's limits."""
        return student(self.value, self.error, self.degrees, confidence)


def student(value: float, error: float, degrees: float, confidence: float) -> Interval:
    """Student's limits of a value with a standard error."""
    half = float(stdtrit(degrees, (1 + confidence) / 2)) * error
    return Interval(value, value - half, value + half)


def compare_searches(
    first: Search,
    second: Search,
    classes: NDArray[np.integer] | None = None,
    groups: NDArray[np.integer] | None = None,
    *,
    shares: bool,
) -> Difference:
    """The first winner's mean error less the second's, over new seeds, rows and searches.

    Args:
        first: one search.
        second: another one, on the same test rows.
        classes: (rows,), the class of each row, where classes count alike; ``None`` where rows do.
        groups: (rows,), the number of each row's group; ``None`` where rows are independent.
        shares: whether a row's error is a share, 0 to 1.

    Raises:
        ValueError: fewer than two seeds, or other rows.
    """
    sides = first.errors, second.errors
    if min(len(it) for it in sides) < 2 or sides[0].shape[1] != sides[1].shape[1]:
        raise ValueError(f"got errors {sides[0].shape} and {sides[1].shape}: (seeds, rows) each")
    counts = np.zeros(sides[0].shape[1], np.int64) if classes is None else classes
    shared = _shares_of_rows(counts)
    means = [it @ shared for it in sides]
    by_row = sides[0].mean(axis=0) - sides[1].mean(axis=0)
    seeds = [Chance(float(it.var(ddof=1)) / len(it), len(it) - 1) for it in means]
    rows = _of_rows(by_row, counts, groups, shares=shares)
    search = _of_search(first.trials, second.trials)
    return Difference(
        value=float(by_row @ shared),
        seeds=math.sqrt(sum(it.variance for it in seeds)),
        rows=math.sqrt(rows.variance),
        search=math.sqrt(search.variance),
        degrees=_degrees([*seeds, rows, search]),
    )


def best_pairs(
    first: Mapping[int, tuple[float, float]], second: Mapping[int, tuple[float, float]]
) -> tuple[int, ...]:
    """The numbers of the best quarter of trials that both searches have, four at least.

    By the sum of their ranks in both, so that neither is favoured; empty where there are fewer.

    Args:
        first: as ``Search.trials``.
        second: as ``first``.
    """
    common = sorted(first.keys() & second.keys())
    count = max(PAIRS_AT_LEAST, len(common) // 4)
    if len(common) < count:
        return ()
    ranks = np.zeros(len(common))
    for trials in (first, second):
        values = np.array([trials[number][0] for number in common])
        ordered = np.sort(values)
        # Equals share the mean of their ranks.
        ranks += np.searchsorted(ordered, values) + np.searchsorted(ordered, values, side="right")
    best = np.argsort(ranks, kind="stable")[:count]
    return tuple(sorted(common[place] for place in best))


def compare_pairs(
    numbers: Sequence[int],
    first: Mapping[int, tuple[float, float]],
    second: Mapping[int, tuple[float, float]],
    by_row: Numbers,
    test_rows: int,
    classes: NDArray[np.integer] | None = None,
    groups: NDArray[np.integer] | None = None,
    *,
    shares: bool,
) -> Pairs:
    """The mean difference of the test errors of trials with the same numbers.

    How it varies with the test rows is told by the validation rows, whose errors are kept one by
    one: as many of these as there are test rows would say as much.

    Args:
        numbers: of the trials, two at least.
        first: as ``Search.trials``, of one search.
        second: of the other one.
        by_row: (rows,), first − second error on each validation row, mean over these trials.
        test_rows: how many there are.
        classes: as for ``compare_searches``, of the validation rows.
        groups: as for ``compare_searches``, of the validation rows.
        shares: as for ``compare_searches``.
    """
    apart = np.array([first[number][1] - second[number][1] for number in numbers])
    counts = np.zeros(len(by_row), np.int64) if classes is None else classes
    rows = _of_rows(by_row, counts, groups, shares=shares)
    rows = rows._replace(variance=rows.variance * len(by_row) / test_rows)
    pairs = Chance(float(apart.var(ddof=1)) / len(apart), len(apart) - 1)
    return Pairs(
        len(apart),
        float(apart.mean()),
        math.sqrt(pairs.variance),
        math.sqrt(rows.variance),
        _degrees([pairs, rows]),
    )


def mean_error(errors: Numbers, classes: NDArray[np.integer] | None = None) -> float:
    """The error of trainings on rows, (trainings, rows): over rows, or over classes alike."""
    counts = np.zeros(errors.shape[1], np.int64) if classes is None else classes
    return float(errors.mean(axis=0) @ _shares_of_rows(counts))


def _shares_of_rows(classes: NDArray[np.integer]) -> Numbers:
    """What each row counts of an error in which classes count alike; 1 in all."""
    names, of_row, sizes = np.unique(classes, return_inverse=True, return_counts=True)
    return 1 / (len(names) * sizes[of_row])


def _of_rows(
    by_row: Numbers,
    classes: NDArray[np.integer],
    groups: NDArray[np.integer] | None,
    *,
    shares: bool,
) -> Chance:
    """Of the mean over classes of the mean over their rows of differences.

    Of shares that of two rows more in each class, of which one speaks for either side (Bonett and
    Price 2012, J Educ Behav Stat 37:479): where all rows agree, or nearly so, they show no spread.
    """
    if groups is not None:
        return _of_groups(by_row * _shares_of_rows(classes) * len(by_row), groups)
    names, more = np.unique(classes), 2 if shares else 0
    variance = 0.0
    for name in names:
        differences = by_row[classes == name]
        n = len(differences) + more
        spread = (float(differences @ differences) + more) / n - (float(differences.sum()) / n) ** 2
        variance += max(0.0, spread) / (n if shares else max(1, n - 1))
    return Chance(variance / len(names) ** 2, max(1, len(by_row) - len(names)))


def _of_groups(by_row: Numbers, groups: NDArray[np.integer]) -> Chance:
    """Of the mean over rows of differences, where rows of a group count as their groups tell."""
    degrees = number_alike(groups) - 1
    if degrees <= 0:
        return Chance(math.inf, 1.0)
    return Chance(error_of_mean(by_row, groups) ** 2, degrees)


def _of_search(
    first: Mapping[int, tuple[float, float]], second: Mapping[int, tuple[float, float]]
) -> Chance:
    """Of the difference of the test errors of the trials picked, over trials drawn anew.

    Searches that share the numbers of their trials share what was drawn for them, so the same
    numbers are drawn for both. A test error in the search is that of a single training, whose luck
    counts here, too, beside that of the seeds: the variance is rather too large. Without that luck
    up to 11 % of intervals of searches alike had been without 0, with it up to 5 % (LOG.md).
    """
    random = np.random.default_rng(_SEED)
    one, other = (_ranked(it) for it in (first, second))
    if first.keys() == second.keys():
        picks = _picked(random, [one, other])
    else:
        picks = [_picked(random, [it])[0] for it in (one, other)]
    degrees = max(1.0, min(len(first), len(second)) - 1.0)
    return Chance(float((picks[0] - picks[1]).var()), degrees)


def _ranked(trials: Mapping[int, tuple[float, float]]) -> tuple[NDArray[np.int64], Numbers]:
    """The rank of each trial, by number, and the test errors by rank."""
    by_number = [trials[number] for number in sorted(trials)]
    order = sorted(range(len(by_number)), key=lambda place: (by_number[place][0], place))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks, np.array([by_number[place][1] for place in order])


def _picked(
    random: np.random.Generator, searches: Sequence[tuple[NDArray[np.int64], Numbers]]
) -> list[Numbers]:
    """The test error that each search picks, (bootstraps,), where the same trials are drawn."""
    trials = len(searches[0][0])
    found: list[Numbers] = [np.empty(BOOTSTRAPS) for _ in searches]
    at_once = max(1, _AT_ONCE // trials)
    for begin in range(0, BOOTSTRAPS, at_once):
        end = min(begin + at_once, BOOTSTRAPS)
        drawn = random.integers(0, trials, (end - begin, trials))
        for (ranks, tests), picks in zip(searches, found, strict=True):
            picks[begin:end] = tests[ranks[drawn].min(axis=1)]
    return found


def _degrees(parts: Sequence[Chance]) -> float:
    """Of freedom of a sum of variances."""
    total = sum(it.variance for it in parts)
    if total == 0 or math.isinf(total):
        return min(it.degrees for it in parts)
    return total**2 / sum(it.variance**2 / it.degrees for it in parts)
