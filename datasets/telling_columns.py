"""Columns that tell the answer on their own, as one made from it does (target leakage)."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from .checks import group_equal
from .dataset import MISSING, DataWarning
from .dealing import by_class
from .rows import Rows
from .targets import Targets
from .telling_text import Answer, Found, told_in_training, told_of_all

LEAST_ROWS = 100
LEAST_OF_CLASS = 10  # rows; rarer classes are not looked at
MOST_WRONG = 0.01  # of a class's rows, whose neighbour by the column is of another class
# How far neighbours by the column are apart in a quantity, where two rows at random are 1 apart. A
# copy with normal noise of 5 % of the target's deviation reaches it, so does one of 20 values.
MOST_APART = 0.05
LEAST_MONOTONE = 0.9  # Gini's correlation: time tells what changes slowly, and is not made of it
LEAST_SHARED = 0.9  # of rows that have one of the same value before them, for values to be codes
_SCREENED = 1000  # rows that most columns are ruled out by,
_OF_EACH = 20  # and so many at least of each class,
_FROM = 100_000  # of so many
_LENIENT = 3.0  # the screen, to what is found by all rows
_LOST = 5.0  # as unlike test rows are at least, to that, where the training rows alone are told


class _Neighbours(NamedTuple):
    """Rows one after the other, as a column has them."""

    order: np.ndarray  # (n,) row numbers
    compared: np.ndarray  # (n − 1,) bool: which rows, from the second on, with the one before
    within: bool  # rows of the same value only
    category: bool  # so that the order means nothing


def answers_of(task: str, targets: Targets, rows: Rows) -> tuple[Answer, ...]:
    """What a network is to answer, one by one.

    Args:
        task: as in ``DataRequest``.
        targets: of the source.
        rows: of the source.
    """
    values = targets.values
    if task == "classification":
        return (Answer("the class", values, True),)
    if task == "regression":
        called = f"target {targets.names[0]!r}" if rows.label_names else "the target"
        return (Answer(called, values, False),)
    if task == "multilabel":
        names = enumerate(targets.names)
        return tuple(Answer(f"label {name!r}", values[:, i], True) for i, name in names)
    return tuple(
        Answer(f"target {name!r}", classes.labels if classes else values[:, place], bool(classes))
        for place, (name, classes) in enumerate(zip(targets.names, targets.columns, strict=True))
    )


def telling_columns(
    answers: Sequence[Answer],
    rows: Rows,
    groups: np.ndarray | None = None,
    apart: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[DataWarning, ...]:
    """Look for single columns that put rows of like answers one behind the other.

    Rows are sorted by the column, those of one value at random, and each is compared with the one
    before. Of classes, each row of another class than the one before counts against its class, but
    for one of each class; the mean over classes of such shares is 1 % at most in a column that
    tells. A column of noise has 50 % of two classes alike in size. Of a quantity, the mean
    difference in ranks, beyond the one climb from the least to the greatest, is 5 % at most of that
    of two rows at random, which is 1 − Chatterjee's ξ but for the climb, and ranks go up or down
    with the column. Where nearly all rows share their value with ten others, as in a column of
    categories, only rows of the same value are compared, whatever the order of values.

    Where a column tells, equal rows are counted once, and so are those of one group that have one
    value of the column: a patient's weight brings his rows side by side, which have one class
    because he has, and tells it of nobody else.

    Args:
        answers: what is to be told.
        rows: of the source; a sole column is what is learnt from, and pixels are none.
        groups: (n,) whose rows these are, where the split keeps them together.
        apart: numbers of the training and of the test rows where these were not dealt at random:
            of what all rows together do not tell, the training rows may, and the test rows not.

    Returns:
        One warning for each answer that is told, whatever the number of its columns.

    Source: Chatterjee 2021, A new coefficient of correlation, JASA 116.
    """
    if len(rows.inputs) < LEAST_ROWS or rows.inputs.shape[1] < 2 or rows.shape is not None:
        return ()
    every = np.arange(len(rows.inputs))
    units = cache(lambda: _units(rows.inputs, groups))
    found = _look(answers, rows, every, units)
    told = [told_of_all(*it, len(every)) for it in zip(answers, found, strict=True) if it[1]]
    if apart is None or min(map(len, apart)) < LEAST_ROWS:
        return tuple(told)
    training, test = apart
    others = [answer for answer, columns in zip(answers, found, strict=True) if not columns]
    for answer, columns in zip(others, _look(others, rows, training, units), strict=True):
        lost = [(it, left) for it in columns if (left := _left(answer, rows, it, test))]
        told += [told_in_training(answer, lost, len(training))] if lost else []
    return tuple(told)


def _look(
    answers: Sequence[Answer],
    rows: Rows,
    among: np.ndarray,
    units: Callable[[], np.ndarray | None],
) -> list[list[Found]]:
    """The columns that tell each answer of some of the rows, whose numbers are given."""
    shuffled = np.random.default_rng(0).permutation(among)
    few = _sample(answers, shuffled)
    sample = np.asarray(rows.inputs[np.sort(few)])[np.argsort(np.argsort(few))]
    on_sample = [_comparable(answer, few) for answer in answers]
    on_all = cache(lambda number: _comparable(answers[number], shuffled))
    found: list[list[Found]] = [[] for _ in answers]
    for place, categories in enumerate(rows.categories):
        likely = list(range(len(answers)))
        if categories is None:  # Codes of categories sort quickly; numbers do not.
            likely = _likely(sample[:, place], answers, on_sample)
        if not likely:
            continue
        values = _values(rows, place, shuffled)
        neighbours = _neighbours(values, category=categories is not None)
        for number in likely:
            answer = answers[number]
            unlike = _unlike(on_all(number), neighbours)
            if unlike <= _most(answer) and _tells_units(
                answer, shuffled, values, categories, units()
            ):
                name = _named(rows, place)
                found[number].append(Found(unlike, name, neighbours.within, place))
    return found


def _values(rows: Rows, place: int, of: np.ndarray) -> np.ndarray:
    """A column's values, those of categories as small codes."""
    values, categories = np.asarray(rows.inputs[:, place])[of], rows.categories[place]
    return values if categories is None else values.astype(np.min_scalar_type(len(categories)))


def _left(answer: Answer, rows: Rows, found: Found, test: np.ndarray) -> float:
    """How unlike the column's neighbours are among test rows; 0 where it may tell these, too."""
    shuffled = np.random.default_rng(0).permutation(test)
    category = rows.categories[found.place] is not None
    neighbours = _neighbours(_values(rows, found.place, shuffled), category=category)
    levels = _comparable(answer, shuffled)
    if levels is None or not neighbours.compared.any():
        return 0.0
    unlike = _unlike(levels, neighbours)
    return unlike if unlike > _LOST * _most(answer) else 0.0


def _likely(
    values: np.ndarray, answers: Sequence[Answer], levels: Sequence[np.ndarray | None]
) -> list[int]:
    """Numbers of the answers that a column of numbers may tell, by a sample of its values."""
    neighbours = _neighbours(values, category=False)
    pairs = enumerate(zip(answers, levels, strict=True))
    return [i for i, (it, of) in pairs if _unlike(of, neighbours) <= _LENIENT * _most(it)]


def _named(rows: Rows, place: int) -> str:
    """A column's name; of one that says where another lacks a number what its feature is called."""
    name = rows.columns[place]
    return f"{name}={MISSING}" if rows.categories[place] == (MISSING,) else name


def _units(inputs: np.ndarray, groups: np.ndarray | None) -> np.ndarray | None:
    """Return (n,) which rows hang together, of a group or as copies; ``None`` where none do."""
    if groups is not None:
        return groups
    equal = group_equal(inputs)
    distinct = int(equal.max()) + 1
    # Of few distinct ones rows are alike since columns have few values.
    return equal if LEAST_ROWS <= distinct < len(equal) else None


def _tells_units(
    answer: Answer,
    shuffled: np.ndarray,
    values: np.ndarray,
    categories: tuple[str, ...] | None,
    units: np.ndarray | None,
) -> bool:
    """Whether a column tells the answer even if rows that hang together count once.

    Args:
        answer: that it tells of all rows.
        shuffled: their numbers.
        values: the column's, of these.
        categories: its categories, as in ``Rows``.
        units: as ``_units`` gives them.
    """
    if units is None:
        return True
    keys = [units[shuffled], values] + ([answer.values[shuffled]] if answer.is_class else [])
    numbers = np.stack([np.unique(key, return_inverse=True)[1] for key in keys], axis=1)
    once = np.sort(np.unique(numbers, axis=0, return_index=True)[1])
    levels = _comparable(answer, shuffled[once])
    neighbours = _neighbours(values[once], category=categories is not None)
    return _unlike(levels, neighbours) <= _most(answer)


def _most(answer: Answer) -> float:
    return MOST_WRONG if answer.is_class else MOST_APART


def _sample(answers: Sequence[Answer], shuffled: np.ndarray) -> np.ndarray:
    """Numbers of rows at random, with some of each class, and of a quantity's rare values."""
    chosen = [shuffled[:_SCREENED]]
    among = shuffled[:_FROM]
    for answer in answers:
        strata = answer.values[among]
        if not answer.is_class:
            _, of_rows, counts = np.unique(strata, return_inverse=True, return_counts=True)
            strata = (of_rows == counts.argmax()).astype(np.int32)
        ordered, before = by_class(strata, np.arange(len(among)))
        chosen.append(among[ordered[before < _OF_EACH]])
    several = np.concatenate(chosen)
    _, first = np.unique(several, return_index=True)
    return several[np.sort(first)]


def _comparable(answer: Answer, rows: np.ndarray) -> np.ndarray | None:
    """Classes of the rows; of a quantity ranks, such that two rows at random are 1 apart.

    ``None`` where nearly all rows have the same.
    """
    values = answer.values[rows]
    if answer.is_class:
        return values if (np.bincount(values) >= LEAST_OF_CLASS).sum() > 1 else None
    _, of_rows, counts = np.unique(values, return_inverse=True, return_counts=True)
    n = len(values)
    if n - counts.max() < LEAST_OF_CLASS:
        return None
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return (ranks / _rise(np.repeat(ranks, counts)))[of_rows]


def _neighbours(values: np.ndarray, *, category: bool) -> _Neighbours:
    """Sort rows by a column; of categories with few rows each none are compared."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    same = ordered[1:] == ordered[:-1]
    within = bool(same.mean() >= LEAST_SHARED)
    compared = same if within else np.full_like(same, not category)
    return _Neighbours(order, compared, within, category)


def _unlike(levels: np.ndarray | None, neighbours: _Neighbours) -> float:
    """How unlike neighbours are: a share of classes, or of what two rows at random are apart."""
    if levels is None or not neighbours.compared.any():
        return 1.0
    ordered = levels[neighbours.order]
    before, after = ordered[:-1][neighbours.compared], ordered[1:][neighbours.compared]
    if ordered.dtype.kind == "f":
        if not neighbours.category and abs(_rise(ordered)) < LEAST_MONOTONE:
            return 1.0
        climb = 0.0 if neighbours.within else ordered.max() - ordered.min()
        return max(0.0, float((np.abs(after - before).sum() - climb) / len(after)))
    sizes = np.bincount(after)
    begun = np.bincount(after[after != before], minlength=len(sizes))
    if not neighbours.within:  # one beginning of each class, and the first row begins one
        begun = np.maximum(begun - (np.arange(len(sizes)) != ordered[0]), 0)
    looked_at = sizes >= LEAST_OF_CLASS
    return float(np.mean(begun[looked_at] / sizes[looked_at])) if looked_at.sum() > 1 else 1.0


def _rise(ordered: np.ndarray) -> float:
    """Mean over pairs of the later less the earlier: of what is sorted Gini's mean difference."""
    n = len(ordered)
    return float(2 * np.dot(ordered, 2 * np.arange(n) - n + 1) / (n * (n - 1)))
