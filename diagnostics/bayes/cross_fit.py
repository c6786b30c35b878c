"""Rows judged by models that were fitted to others, mixed as suits yet others.

Nothing is judged by rows that chose it. Of five folds, each is judged by two fits, made without it
and without the fold before or after it; how the models are mixed was chosen on these two others.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

Array = np.ndarray

FOLDS = 5

# A fit's answers and which rows of it are looked at, (n,) bool
Chosen = tuple[Array, Array]


class Judgement(NamedTuple):
    """What mixed fits say of one fold."""

    rows: Array  # (n,) bool: the fold
    pair: Array  # (2, rows, …) by two fits on three folds each
    few: Array | None  # (4, rows, …) by four fits on one fold each; None where not asked for


def learnt_from(fold: Array, *, falls: bool) -> tuple[list[Array], list[Array]]:
    """The rows that large and small fits learn from, (n,) bool each.

    Large fit i lacks the folds i and i + 1 and judges both; small fit i has fold i alone.

    Args:
        fold: (n,) from 0 to ``FOLDS`` − 1, of every row.
        falls: whether to learn from one fold alone, too; without, there are no small fits.
    """
    within = [fold == i for i in range(FOLDS)]
    large = [~(within[i] | within[(i + 1) % FOLDS]) for i in range(FOLDS)]
    return large, within if falls else []


def cross_fit(
    fold: Array,
    large: Sequence[Array],
    small: Sequence[Array],
    mixing: Callable[[list[Chosen]], Callable[[Array], Array]],
) -> Iterator[Judgement]:
    """Judge fold after fold.

    Args:
        fold: (n,) from 0 to ``FOLDS`` − 1, of every row.
        large: what each model says of all rows that a fit did not learn from, (models, n, …), of
            the fits of ``learnt_from``.
        small: the same, or none.
        mixing: some fits with rows to choose by → what turns (models, rows, …) into (rows, …).
    """
    within = [fold == i for i in range(FOLDS)]
    for i, rows in enumerate(within):
        before, after = (i - 1) % FOLDS, (i + 1) % FOLDS
        mixed = mixing([(large[before], within[before]), (large[i], within[after])])
        pair = np.stack([mixed(large[j][:, rows]) for j in (before, i)])
        few = None
        if small:
            # A fifth of the rows wants other models, chosen on the same folds.
            mixed = mixing([(small[after], within[before]), (small[before], within[after])])
            few = np.stack([mixed(small[j][:, rows]) for j in range(FOLDS) if j != i])
        yield Judgement(rows, pair, few)
