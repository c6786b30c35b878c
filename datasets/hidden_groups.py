"""Columns by which rows belong together, as a patient's number, where the split parts them."""

import json
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .dataset import DataWarning
from .rows import Rows
from .splits import SplitRows
from .wording import counted, listed

LEAST_ROWS = 100
LEAST_GROUPS = 10
MOST_OF_ONE = 0.1  # of all rows: a value that more have is a kind, not a thing
LEAST_SHARED = 0.8  # of rows that have one of the same value beside them
LEAST_OTHERS = 3  # columns that rows may be alike in
# How much less rows of one value differ than those of neighbouring values, in half of the columns.
LEAST_ALIKE = 0.5
LEAST_APART = 0.25  # rows of neighbouring values, by any two: less is a quantity that others follow
LEAST_PARTED = 0.5  # of held-out rows whose value the training rows have, too
MOST_COPIES = 0.5  # of pairs of one value that are alike in all columns
MOST_COLUMNS = 500  # that may be such
_SCREENED = 2000  # rows that most columns are ruled out by


class _Size(NamedTuple):
    """How much is looked at."""

    pairs: int
    columns: int


_SCREEN, _ALL = _Size(400, 11), _Size(2000, 100)


class _Differ(NamedTuple):
    """How much two rows differ in a column, on average over pairs."""

    same: float  # of one value
    near: float  # of two neighbouring values
    any_two: float


class _Found(NamedTuple):
    """A column by which rows belong together."""

    alike: float  # the median over columns of how much less rows of one value differ
    place: int  # among the columns that may be
    column: str
    groups: int
    most: int  # columns in which they differ by half as much at most
    others: int  # columns looked at
    parted: int  # held-out rows with a value that training rows have


def hidden_groups(rows: Rows, splits: SplitRows) -> tuple[DataWarning, ...]:
    """Look for columns whose values are things of several rows each, which stand in several splits.

    A network then meets held-out rows of things that it learnt by heart, and its errors tell
    nothing of new ones. Values are such things where their rows are alike in most other columns,
    and those of neighbouring values are not: of a quantity that others follow from these are
    nearly as much alike. So pairs of rows of one value, of two neighbouring values and of any two
    are compared by the mean difference of their ranks; of categories by the share that differs.
    Pairs that are alike in all columns are copies, and none of this.

    Args:
        rows: of the source; columns that are to be ignored are looked at, too.
        splits: whose rows are parted.

    Returns:
        One warning at most, of the column by which rows are most alike.
    """
    count, columns = rows.inputs.shape
    if count < LEAST_ROWS or columns < LEAST_OTHERS or rows.shape is not None:
        return ()
    held_out = np.concatenate([splits.validation, splits.test])
    used = np.concatenate([splits.train, held_out])
    found = []
    for place, (name, values) in enumerate(_candidates(rows)):
        codes = np.unique(values, return_inverse=True)[1]
        parted = int(np.isin(codes[held_out], codes[splits.train]).sum())
        if parted < LEAST_PARTED * len(held_out) or not _are_things(np.bincount(codes)):
            continue
        if _typical(_alike(rows, name, codes, used, _SCREEN)) < LEAST_ALIKE / 2:
            continue
        alike = _alike(rows, name, codes, used, _ALL)
        if (typical := _typical(alike)) < LEAST_ALIKE:
            continue
        most = int((alike >= LEAST_ALIKE).sum())
        groups = int(codes.max()) + 1
        found.append(_Found(-typical, place, name, groups, most, len(alike), parted))
    return (_told(sorted(found), len(held_out), rows),) if found else ()


def _candidates(rows: Rows) -> Iterator[tuple[str, np.ndarray]]:
    """Columns some of whose values are shared, and none by too many, as far as few rows tell."""
    count, columns = rows.inputs.shape
    drawn = np.random.default_rng(0).permutation(count)[:_SCREENED]
    few = np.asarray(rows.inputs[np.sort(drawn)])
    yield from rows.aside
    given = 0
    for place in range(columns):
        _, counts = np.unique(few[:, place], return_counts=True)
        if LEAST_GROUPS <= len(counts) < len(few) and counts.max() <= 2 * MOST_OF_ONE * len(few):
            yield rows.columns[place], np.asarray(rows.inputs[:, place])
            given += 1
        if given == MOST_COLUMNS:
            return


def _are_things(sizes: np.ndarray) -> bool:
    """Whether enough values have several rows, and none too many of all.

    Args:
        sizes: (values,) rows of each.
    """
    total, several = sizes.sum(), sizes[sizes > 1]
    return bool(
        len(several) >= LEAST_GROUPS
        and several.max() <= MOST_OF_ONE * total
        and several.sum() >= LEAST_SHARED * total
    )


def _alike(rows: Rows, name: str, codes: np.ndarray, used: np.ndarray, size: _Size) -> np.ndarray:
    """By how much less rows of one value differ than those of two, of each column that differs.

    Args:
        rows: of the source.
        name: of the column.
        codes: (n,) numbers of its values, in their order.
        used: rows that are in some split.
        size: how much is looked at.

    Returns:
        (columns,) 1 where rows of one value never differ, 0 where they do as others; empty where
        most of those pairs are copies.
    """
    rng = np.random.default_rng(0)  # a copy of a column is as good as that
    sizes = np.bincount(codes)
    order = np.argsort(codes, kind="stable")
    begin = np.concatenate([[0], np.cumsum(sizes)])
    one = used[np.sort(rng.permutation(len(used))[: size.pairs])]
    of, drawn = codes[one], rng.random(len(one))
    beside = np.where(of + 1 < len(sizes), of + 1, of - 1)
    same, near = (order[begin[it] + (drawn * sizes[it]).astype(np.int64)] for it in (of, beside))
    kept = same != one
    any_row = used[rng.integers(len(used), size=len(one))]
    others = [it for it, column in enumerate(rows.columns) if column != name]
    others = np.array(others[:: max(1, len(others) // size.columns)][: size.columns])
    drawn_rows = (it[kept] for it in (one, same, near, any_row))
    fours = np.stack([rows.inputs[np.ix_(it, others)] for it in drawn_rows])
    copies = (fours[0] == fours[1]).all(axis=1)
    if copies.all() or copies.mean() > MOST_COPIES:
        return np.empty(0)
    differ = [
        _differences(fours[:, ~copies, column], category=rows.categories[other] is not None)
        for column, other in enumerate(others.tolist())
    ]
    return np.array([it for it in map(_less, differ) if it is not None])


def _less(differ: _Differ) -> float | None:
    """By how much less rows of one value differ than those of two; ``None`` where none do.

    Nothing counts where rows of neighbouring values are nearly as much alike, by what any two are.
    """
    same, near, any_two = differ
    if near == 0 or any_two == 0:
        return None
    return 1 - same / near if near >= LEAST_APART * any_two else 0.0


def _typical(alike: np.ndarray) -> float:
    """The median over columns; 0 of too few."""
    return float(np.median(alike)) if len(alike) >= LEAST_OTHERS else 0.0


def _differences(fours: np.ndarray, *, category: bool) -> _Differ:
    """How far the others of (4, pairs) values are from the first, on average."""
    if category:
        return _Differ(*(float((fours[0] != it).mean()) for it in fours[1:]))
    ranks = np.unique(fours, return_inverse=True)[1].reshape(fours.shape)
    return _Differ(*(float(np.abs(ranks[0] - it).mean()) for it in ranks[1:]))


def _told(found: list[_Found], held_out: int, rows: Rows) -> DataWarning:
    best, *others = found
    named = bool(rows.label_names)
    verb = "do" if len(others) > 1 else "does"
    so = f" So {verb} {listed(repr(it.column) for it in others)}." if others else ""
    by = f'and group = "{best.column}"' if named else "with these values as group"
    features = [it.column for it in others if it.column in rows.columns]
    left = f", and leave {listed(map(repr, features))} out" if features else ""
    left += " by ignore" if left and named else ""
    return DataWarning(
        "hidden_groups",
        best.parted,
        f"Column {best.column!r} tells which rows belong together: those of one of its "
        f"{best.groups:,} values differ in {best.most:,} of {best.others:,} other columns by less "
        f"than half as much as those of two.{so} {best.parted:,} of "
        f"{counted(held_out, 'held-out row')} have a value that training rows have, too: where "
        "the network is to answer for new ones, as for a new patient, all errors here are too "
        f'good. Then write, under [data], split = "grouped" {by}{left}.',
        _split_by(best.column, features) if named else {},
    )


def _split_by(group: str, ignored: list[str]) -> dict[str, str | int]:
    """What a spec needs to split by it: the column, and a JSON list of those to leave out."""
    return {"group": group, **({"ignored": json.dumps(ignored)} if ignored else {})}
