"""Whether rows are equal because columns have few values, or because rows were copied."""

from typing import NamedTuple

import numpy as np

MOST_COPIES = 0.9  # of the pairs of rows alike in some column; in more that column comes by copying
_NUMBERS = 5_000_000  # rows × columns that are looked at
_LEAST_ROWS = 2_000


class EqualPairs(NamedTuple):
    """Pairs of rows that are equal, and such as differ in one column alone."""

    equal: int
    nearly: int
    most_copies: float  # of the pairs alike in a column the share that are equal, at its largest

    @property
    def by_chance(self) -> bool:
        """Whether columns have so few values that rows are equal by chance.

        Then more pairs differ in one column alone than in none, and in each column alike rows are
        mostly not equal altogether. Of rows that were copied no pair need be nearly equal, and what
        is alike in a column of many values is a copy.
        """
        return 0 < self.equal <= self.nearly and self.most_copies <= MOST_COPIES


def count_equal_pairs(inputs: np.ndarray, used: np.ndarray) -> EqualPairs:
    """Count pairs of rows that are equal in all columns, and in all but one.

    Of many numbers rows at random are looked at, so many that they hold 5,000,000 (2,000 at least).

    Args:
        inputs: (n, columns) finite; maybe memory-mapped.
        used: numbers of the rows to look at, each once.
    """
    columns = inputs.shape[1]
    most = max(_LEAST_ROWS, _NUMBERS // columns)
    rng = np.random.default_rng(0)
    rows = np.asarray(inputs[np.sort(rng.permutation(used)[:most])])
    # A row's number is the sum of random ones, one for each value of each column, modulo 2⁶⁴: so
    # the number without a column is a difference, and two unlike rows share one hardly ever.
    numbers = np.empty(rows.shape, np.uint64)
    alike = np.empty(columns)
    for place in range(columns):
        values, which, counts = np.unique(rows[:, place], return_inverse=True, return_counts=True)
        numbers[:, place] = rng.integers(0, 2**64, len(values), dtype=np.uint64)[which]
        alike[place] = _pairs(counts)
    whole = numbers.sum(axis=1, dtype=np.uint64)
    equal = _pairs_of(whole)
    if not equal:
        return EqualPairs(0, 0, 0.0)
    most_copies = float(np.max(equal / alike))
    if most_copies > MOST_COPIES:  # so that it is settled
        return EqualPairs(equal, 0, most_copies)
    without = (whole - numbers[:, place] for place in range(columns))
    return EqualPairs(equal, sum(_pairs_of(it) - equal for it in without), most_copies)


def _pairs_of(numbers: np.ndarray) -> int:
    return _pairs(np.unique(numbers, return_counts=True)[1])


def _pairs(counts: np.ndarray) -> int:
    return int((counts.astype(np.int64) * (counts - 1) // 2).sum())
