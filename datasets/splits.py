"""Stratified, seeded splits of exact sizes.

Every class gets its share of every split, rounded so that the sizes come out exactly, and at
least one row.
"""

from typing import NamedTuple

import numpy as np

from .dataset import DataError
from .dealing import by_class
from .draws import Stream, generator
from .labels import Classes
from .rows import ReadyMade
from .wording import counted


class SplitRows(NamedTuple):
    """Row numbers of each split; disjoint."""

    train: np.ndarray  # (n,) int64, in a seeded random order
    validation: np.ndarray  # (n,) int64
    test: np.ndarray  # (n,) int64
    bridge: np.ndarray = np.empty(0, np.int64)  # (n,) int64, held out from the training rows


def size_of(split: str, amount: float | int, rows: int) -> int:
    """Return how many of all rows a split gets; a fraction is rounded to the nearest row.

    Args:
        split: ``"validation"``, ``"test"`` or ``"bridge"``, for the messages.
        amount: a fraction of all rows in (0, 1) as a float, or a number of rows as an int.
        rows: how many rows there are.

    Raises:
        DataError: the amount is out of range or comes to no row.

    >>> size_of("test", 0.2, 1797), size_of("test", 300, 1797)
    (359, 300)
    """
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise DataError(f"{split} = {amount!r}; write a fraction (0.2) or a number of rows (300).")
    if isinstance(amount, int):
        if amount < 1:
            raise DataError(f"{split} = {amount}; write a number of rows of at least 1.")
        return amount
    if not 0 < amount < 1:
        raise DataError(
            f"{split} = {amount}; a fraction lies between 0 and 1, a number of rows has no point."
        )
    size = int(amount * rows + 0.5)
    if size == 0:
        raise DataError(
            f"{split} = {amount} of {counted(rows, 'row')} leaves no row in the {split} split; "
            f"write a larger fraction."
        )
    return size


def split_rows(
    classes: Classes, validation: float | int, test: float | int, seed: int
) -> SplitRows:
    """Divide all rows into training, validation and test rows.

    Raises:
        DataError: see ``size_of``; or the sizes or a class leave a split short.
    """
    rows = len(classes.labels)
    sizes = {
        "validation": size_of("validation", validation, rows),
        "test": size_of("test", test, rows),
    }
    pool = np.arange(rows)
    train, (validation_rows, test_rows) = _cut(classes, pool, sizes, seed)
    return SplitRows(train, validation_rows, test_rows)


def split_ready_made(
    classes: Classes, blocks: ReadyMade, validation: float | int, seed: int
) -> SplitRows:
    """Take the source's own splits; cut a missing validation split from the training rows.

    ``validation`` is used only for that cut; as a fraction it is one of all rows, test included.

    Raises:
        DataError: a class is absent from a split, or the cut leaves a split short.
    """
    rows = len(classes.labels)
    first = np.arange(blocks.train)
    test = np.arange(rows - blocks.test, rows)
    if blocks.validation:
        middle = np.arange(blocks.train, blocks.train + blocks.validation)
        splits = SplitRows(generator(seed, Stream.SPLIT).permutation(first), middle, test)
    else:
        sizes = {"validation": size_of("validation", validation, rows)}
        train, (middle,) = _cut(classes, first, sizes, seed)
        splits = SplitRows(train, middle, test)
    check_every_class(classes, splits)
    return splits


def hold_out_bridge(
    classes: Classes, splits: SplitRows, bridge: float | int | None, seed: int
) -> SplitRows:
    """Take the bridge rows out of the training rows, stratified; the other splits stay.

    Args:
        classes: of all rows.
        splits: without a bridge.
        bridge: a fraction of all rows or a number of rows; ``None``: no bridge.
        seed: of the draw.

    Raises:
        DataError: see ``size_of``; or the size or a class leaves a split short.
    """
    if bridge is None:
        return splits
    sizes = {"bridge": size_of("bridge", bridge, len(classes.labels))}
    train, (held_out,) = _cut(classes, splits.train, sizes, seed, Stream.BRIDGE)
    return splits._replace(train=train, bridge=held_out)


def keep_training_rows(
    classes: Classes, train: np.ndarray, count: int | None, seed: int
) -> np.ndarray:
    """Return the training rows to learn from: stratified, and smaller sets lie in larger ones.

    Args:
        classes: of all rows.
        train: (n,) row numbers of the whole training split.
        count: how many to keep; ``None`` keeps all in their order.
        seed: of the draw.

    Raises:
        DataError: the count is more than there are, or less than one row a class.
    """
    if count is None:
        return train
    least = len(classes.names)
    if isinstance(count, bool) or not least <= count <= len(train):
        # Rows without classes of their own are dealt as one.
        beside = f" and {counted(least, 'class')}" if least > 1 else ""
        raise DataError(
            f"train_rows = {count}; the training split has {counted(len(train), 'row')}{beside}: "
            f"write a number from {least} to {len(train)}."
        )
    rng = generator(seed, Stream.TRAINING_ORDER)
    grouped, rank = by_class(classes.labels, rng.permutation(train))
    labels = classes.labels[grouped]
    # Systematic sampling: the i-th of c rows of a class stands at (i + ½)/c, so every prefix
    # holds the classes in proportion; the first row of each class goes before all others.
    position = (rank + 0.5) / np.bincount(labels)[labels]
    return grouped[np.lexsort((rng.random(len(grouped)), position, rank > 0))][:count]


def _cut(
    classes: Classes,
    pool: np.ndarray,
    sizes: dict[str, int],
    seed: int,
    stream: Stream = Stream.SPLIT,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return what stays for training, and one part of each size; all in random order."""
    counts = np.bincount(classes.labels[pool], minlength=len(classes.names))
    elsewhere = np.bincount(classes.labels, minlength=len(classes.names)) - counts
    _check_counts(classes, counts, elsewhere, ("training", *sizes))
    _check_sizes(sizes, len(pool), len(classes.names))
    rng = generator(seed, stream)
    grouped, rank = by_class(classes.labels, rng.permutation(pool))
    of_class = classes.labels[grouped]
    taken = np.zeros_like(counts)
    parts = []
    for later, size in zip(range(len(sizes), 0, -1), sizes.values(), strict=True):
        # The parts still to come, training included, need one row of each class too.
        quota = apportion(size, counts, most=counts - taken - later)
        chosen = (rank >= taken[of_class]) & (rank < (taken + quota)[of_class])
        parts.append(rng.permutation(grouped[chosen]))
        taken += quota
    return rng.permutation(grouped[rank >= taken[of_class]]), parts


def apportion(size: int, counts: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Share ``size`` seats among classes in proportion to ``counts`` by largest remainders.

    Args:
        size: seats; ``len(counts) <= size <= most.sum()``.
        counts: (classes,) int rows of each class.
        most: (classes,) int, each at least 1: the most a class can get.

    Returns:
        (classes,) int64 that sum to ``size``, each from 1 to ``most``; within one seat of the
        exact share wherever those two limits do not bind.

    >>> apportion(10, np.array([50, 30, 1]), most=np.array([48, 28, 1]))
    array([6, 3, 1])
    """
    total = int(counts.sum())
    # Integers throughout: a share such as 0.1·30 is exact and the same on every machine.
    seats = np.clip(counts * size // total, 1, most)
    while (missing := size - int(seats.sum())) != 0:
        owed = counts * size - seats * total
        if missing > 0:
            seats[np.where(seats < most, owed, np.iinfo(np.int64).min).argmax()] += 1
        else:
            seats[np.where(seats > 1, owed, np.iinfo(np.int64).max).argmin()] -= 1
    return seats


def _check_sizes(sizes: dict[str, int], rows: int, classes: int) -> None:
    """Refuse sizes that leave a split with fewer rows than classes."""
    asked = " and ".join(f"{size} for {split}" for split, size in sizes.items())
    parts = {"training": rows - sum(sizes.values()), **sizes}
    for split, size in parts.items():
        if size < classes:
            each = f" for each of {counted(classes, 'class')}" if classes > 1 else ""
            raise DataError(
                f"the {split} split gets {max(size, 0)} of {counted(rows, 'row')} ({asked}); it "
                f"needs at least one{each}. Change {' or '.join(sizes)}."
            )


def _check_counts(
    classes: Classes, counts: np.ndarray, elsewhere: np.ndarray, splits: tuple[str, ...]
) -> None:
    """Refuse a class with fewer rows than there are splits to serve.

    Args:
        classes: of all rows.
        counts: rows of each class that are split.
        elsewhere: rows of each class in splits that are made already.
        splits: to serve.
    """
    scarce = np.flatnonzero(counts < len(splits))
    if not len(scarce):
        return
    first = int(scarce[0])
    if len(classes.names) == 1:  # rows have no classes to be dealt by
        raise DataError(
            f"there are {counted(int(counts[0]), 'row')} for {', '.join(splits)}, which need at "
            "least one each. Add rows."
        )
    others = int(elsewhere[first])
    beside = f" beside the {others:,} of other splits" if others else ""
    more = f" ({len(scarce)} classes are that small)" if len(scarce) > 1 else ""
    numbers = all(_is_number(name) for name in classes.names)
    quantity = '; or is the target a quantity? Then write task = "regression"' if numbers else ""
    raise DataError(
        f"class {classes.names[first]!r} has {counted(int(counts[first]), 'row')}{beside}; "
        f"{', '.join(splits)} need at least one each{more}. Add rows, drop or merge the "
        f"class{quantity}."
    )


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def check_every_class(
    classes: Classes,
    splits: SplitRows,
    advice: str = "Move rows of it there, drop the class, or give x and y alone to have them split",
) -> None:
    """Refuse splits in one of which a class has no row."""
    counts = [np.bincount(classes.labels[part], minlength=len(classes.names)) for part in splits]
    for split, of_split in zip(("training", "validation", "test"), counts, strict=False):
        if (of_split == 0).any():
            c = int((of_split == 0).argmax())
            raise DataError(
                f"class {classes.names[c]!r} is absent from the {split} split: it has "
                f"{counts[0][c]} training, {counts[1][c]} validation and {counts[2][c]} test rows. "
                f"{advice}."
            )


def check_spread(splits: SplitRows) -> None:
    """Refuse a split of a single row, of whose squared errors nothing tells how they spread.

    Raises:
        DataError: names the split.
    """
    for split, rows in zip(SplitRows._fields, splits, strict=True):
        if len(rows) == 1:
            raise DataError(
                f"the {split} split has 1 row; regression needs 2 or more in each. Write a larger "
                f"number."
            )
