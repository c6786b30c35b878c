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

from .chances import Chance, degrees_together, of_rows, shares_of_rows, student
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
    shared = shares_of_rows(counts)
    means = [it @ shared for it in sides]
    by_row = sides[0].mean(axis=0) - sides[1].mean(axis=0)
    seeds = [Chance(float(it.var(ddof=1)) / len(it), len(it) - 1) for it in means]
    rows = of_rows(by_row, counts, groups, shares=shares)
    search = _of_search(first.trials, second.trials)
    return Difference(
        value=float(by_row @ shared),
        seeds=math.sqrt(sum(it.variance for it in seeds)),
        rows=math.sqrt(rows.variance),
        search=math.sqrt(search.variance),
        degrees=degrees_together([*seeds, rows, search]),
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
    rows = of_rows(by_row, counts, groups, shares=shares)
    rows = rows._replace(variance=rows.variance * len(by_row) / test_rows)
    pairs = Chance(float(apart.var(ddof=1)) / len(apart), len(apart) - 1)
    return Pairs(
        len(apart),
        float(apart.mean()),
        math.sqrt(pairs.variance),
        math.sqrt(rows.variance),
        degrees_together([pairs, rows]),
    )


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
