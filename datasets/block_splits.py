"""Splits that keep rows together: whole groups in one split, or training before test in time.

Rows of one patient, speaker or day are alike. Where they stand in training and test split, the
test error says how well the network knows those patients, not how it will do on new ones.
"""

import warnings
from collections.abc import Sequence

import numpy as np

from .dataset import DataError
from .draws import Stream, generator
from .labels import Classes
from .splits import SplitRows, hold_out_bridge, size_of, split_rows
from .wording import counted

FEW_GROUPS = 9  # up to so many, every way to deal them out is tried
_ROOM = 8  # times the largest group: what is left to be filled exactly


def split_groups(
    groups: np.ndarray, validation: float | int, test: float | int, seed: int, where: str
) -> SplitRows:
    """Deal whole groups out, at random, so that the sizes come as near as they can.

    Args:
        groups: (n,) values that are equal within a group.
        validation: a fraction of all rows or a number of rows.
        test: the same.
        seed: of the draw.
        where: how messages call the groups, e.g. ``"x.csv: group 'patient'"``.

    Raises:
        DataError: see ``size_of``; fewer than three groups, or they are so large that a split
            would be off by more than half of what was asked for.
    """
    rng = generator(seed, Stream.SPLIT)
    names, of_row, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    asked = _asked(len(groups), validation, test)
    if len(names) < 3:
        raise DataError(
            f"{where} has {counted(len(names), 'group')}; three splits need at least one each. "
            f'Take another column, or write split = "random".'
        )
    order = rng.permutation(len(names))
    split_of = np.zeros(len(names), int)
    split_of[order] = _dealt(sizes[order], asked)
    got = [int(sizes[split_of == part].sum()) for part in range(3)]
    largest = int(sizes.argmax())
    hint = f"the largest group, {str(names[largest])!r}, has {counted(int(sizes[largest]), 'row')}"
    _check_near(asked, got, where, f"whole groups ({hint})")
    parts = [rng.permutation(np.flatnonzero(split_of[of_row] == part)) for part in range(3)]
    return SplitRows(*parts)


def split_distinct(
    classes: Classes, equal: np.ndarray, validation: float | int, test: float | int, seed: int
) -> SplitRows:
    """Divide rows at random, every class in proportion, equal rows into one split.

    The sizes are those of different rows: what is equal to one of them comes along.

    Args:
        classes: of all rows; the first of equal rows tells theirs.
        equal: (n,) numbers that equal rows share, from 0 in the order of their first.
        validation: a fraction of the different rows or a number of them.
        test: the same.
        seed: of the draw.

    Raises:
        DataError: see ``split_rows``, of the different rows.
    """
    different = _of_different(classes, equal)
    count = len(different.labels)
    try:
        dealt = split_rows(different, validation, test, seed)
    except DataError as error:
        raise DataError(f"of {counted(count, 'different row')}: {error}") from None
    split_of = np.empty(count, int)
    for part, numbers in enumerate(dealt[:3]):
        split_of[numbers] = part
    rng = generator(seed, Stream.TRAINING_ORDER)
    parts = [rng.permutation(np.flatnonzero(split_of[equal] == part)) for part in range(3)]
    return SplitRows(*parts)


def bridge_of_distinct(
    classes: Classes, equal: np.ndarray, splits: SplitRows, bridge: float | int, seed: int
) -> SplitRows:
    """Take bridge rows out of the training rows with all that are equal to them.

    A copy that is trained on would make of its bridge row one more training row.

    Args:
        classes: see ``split_distinct``, as the next.
        equal: (n,) numbers that equal rows share.
        splits: of ``split_distinct``.
        bridge: a fraction of the different rows or a number of them.
        seed: of the draw.

    Raises:
        DataError: see ``hold_out_bridge``, of the different rows.
    """
    dealt = SplitRows(*(np.unique(equal[part]) for part in splits[:3]))
    held_out = hold_out_bridge(_of_different(classes, equal), dealt, bridge, seed).bridge
    taken = np.isin(equal[splits.train], held_out)
    return splits._replace(train=splits.train[~taken], bridge=splits.train[taken])


def _of_different(classes: Classes, equal: np.ndarray) -> Classes:
    """The classes of the different rows, by number: of equal rows that of the first."""
    first = np.unique(equal, return_index=True)[1]
    return classes._replace(labels=classes.labels[first])


def number_groups(groups: np.ndarray | None, splits: SplitRows) -> tuple[np.ndarray, ...]:
    """The number, from 0, of the group of each row of each split.

    Args:
        groups: (n,) values that are equal within a group; ``None`` where the source brought its
            splits along, and whoever made them knows what they keep together.
        splits: numbers of rows.
    """
    if groups is None:
        return ()
    numbers = np.unique(groups, return_inverse=True)[1]
    return tuple(numbers[part] for part in splits)


def split_in_order(
    times: np.ndarray, validation: float | int, test: float | int, seed: int, where: str
) -> SplitRows:
    """Train on the earliest rows, validate on later ones, test on the last.

    Rows of equal time stay in one split, so every training row comes before every validation row.

    Args:
        times: (n,) numbers, dates or text that is a date.
        validation: a fraction of all rows or a number of rows.
        test: the same.
        seed: of the order of the rows within a split.
        where: how messages call the times.

    Raises:
        DataError: see ``size_of``; text is no date; or so many rows have equal times that a split
            would be off by more than half of what was asked for.
    """
    times, rows = _times(times, where), len(times)
    rng = generator(seed, Stream.SPLIT)
    asked = _asked(rows, validation, test)
    by_time = np.argsort(times, kind="stable")
    borders = np.flatnonzero(np.diff(times[by_time]).astype(bool)) + 1
    if len(borders) < 2:
        raise DataError(
            f"{where} has {counted(len(borders) + 1, 'distinct value')}; three splits need at "
            f'least one each. Take another column, or write split = "random".'
        )
    second = _nearest(borders[1:], rows - asked[2])
    first = _nearest(borders[borders < second], second - asked[1])
    got = [first, second - first, rows - second]
    _check_near(asked, got, where, "rows of equal time in one split")
    return SplitRows(*(rng.permutation(part) for part in np.split(by_time, [first, second])))


def _times(values: np.ndarray, where: str) -> np.ndarray:
    """Return numbers and times as they are, and text that is a date as times."""
    if values.dtype.kind in "biufM":
        return values
    try:
        with warnings.catch_warnings(action="error"):  # as of a time zone
            times = values.astype(str).astype("datetime64[us]")
    except (ValueError, Warning):
        times = None
    if times is None or np.isnat(times).any():
        raise DataError(
            f"{where} is text, which has no order in time. Write numbers, or dates like 2024-05-31."
        )
    return times


def _asked(rows: int, validation: float | int, test: float | int) -> list[int]:
    """Return the sizes of training, validation and test split."""
    held_out = [size_of("validation", validation, rows), size_of("test", test, rows)]
    if sum(held_out) >= rows:
        raise DataError(
            f"validation and test take {sum(held_out)} of {counted(rows, 'row')}, which leaves "
            f"none to train on. Change validation or test."
        )
    return [rows - sum(held_out), *held_out]


def _check_near(asked: Sequence[int], got: Sequence[int], where: str, whole: str) -> None:
    """Refuse a split that is off by more than half."""
    for split, wanted, size in zip(("training", "validation", "test"), asked, got, strict=True):
        if abs(size - wanted) > wanted / 2:
            raise DataError(
                f"{where}: {wanted} rows are asked for the {split} split, and with {whole} it gets "
                f"{size}. Change validation or test, or take another column."
            )


def _nearest(places: np.ndarray, wanted: int) -> int:
    return int(places[np.abs(places - wanted).argmin()])


def _dealt(sizes: np.ndarray, asked: Sequence[int]) -> np.ndarray:
    """Return the split (0 training, 1 validation, 2 test) of each group of these sizes."""
    if len(sizes) <= FEW_GROUPS:
        ways = np.indices((3,) * len(sizes)).reshape(len(sizes), -1).T
        filled = np.stack([(ways == part) @ sizes for part in range(3)], axis=1)
        off = np.abs(filled[:, 1:] - asked[1:]).sum(axis=1)
        return ways[np.where((filled > 0).all(axis=1), off, sizes.sum() * 2).argmin()]
    split_of = np.zeros(len(sizes), int)
    for part in (2, 1):
        free = np.flatnonzero(split_of == 0)
        split_of[free[_subset(sizes[free], asked[part])]] = part
    return split_of


def _subset(sizes: np.ndarray, wanted: int) -> np.ndarray:
    """Return places of groups whose sizes add up to nearly ``wanted``, the first ones if any.

    There may be none to choose from: then the test split has taken all.

    The first groups are taken while there is ample room; what is left is filled by dynamic
    programming over the sums that can be had, which is exact.
    """
    room, taken = wanted, 0
    while taken < len(sizes) and room - sizes[taken] > _ROOM * sizes.max():
        room -= sizes[taken]
        taken += 1
    # The group by which a sum was first had: the sum without it was had by earlier ones alone.
    first_by = np.full(2 * room + 1, -1)
    first_by[0] = 0
    for group in range(taken, len(sizes)):
        if first_by[room] >= 0 or sizes[group] > 2 * room:
            continue
        had = np.flatnonzero(first_by[: len(first_by) - sizes[group]] >= 0) + sizes[group]
        new = had[first_by[had] < 0]
        first_by[new] = group
    sums = np.flatnonzero(first_by >= 0)[1:]
    chosen = list(range(taken))
    if len(sums):
        left = _nearest(sums, room)
        while left:
            chosen.append(int(first_by[left]))
            left -= int(sizes[chosen[-1]])
    return np.array(chosen, int)
