"""What is checked once the rows are split: leakage, conflicting labels, room for a batch."""

import hashlib

import numpy as np

from .chance_equals import count_equal_pairs
from .dataset import DataError, Dataset, DataWarning
from .splits import SplitRows
from .wording import counted

# What is wrong with equal rows that are not so by chance
_WRONG = {
    "duplicates_across_splits": "errors measured on them look better than they are.",
    "conflicting_labels": "no network can get all of them right.",
}


def check_batch_size(dataset: Dataset, batch_size: int) -> None:
    """Refuse a batch larger than the training split: an epoch would have no full batch.

    Raises:
        DataError: with both numbers.
    """
    rows = len(dataset.train.labels)
    if rows < batch_size:
        raise DataError(
            f"training.batch_size = {batch_size}, but the training split of {dataset.name!r} has "
            f"only {counted(rows, 'row')}; write a batch_size of at most {rows}."
        )


def group_equal(inputs: np.ndarray) -> np.ndarray:
    """Return a group number a row: two rows share it exactly if all their values are equal.

    Args:
        inputs: (n, columns) finite.

    Returns:
        (n,) int64, numbered from 0 in the order of first occurrence.
    """
    seen: dict[bytes, int] = {}
    # A dict over rows' bytes is four times as fast as sorting rows (60,000 × 784: a quarter of a
    # second). Of long rows it keeps 128-bit digests: two different rows share one never.
    groups = (seen.setdefault(_key(row), len(seen)) for row in inputs)
    return np.fromiter(groups, np.int64, len(inputs))


def _key(row: np.ndarray) -> bytes:
    """Return bytes that are equal exactly if rows are."""
    # Adding zero turns −0.0 into 0.0, which is equal but has other bytes.
    content = (row if row.dtype.kind in "biu" else row + 0.0).tobytes()
    return content if len(content) <= 64 else hashlib.blake2b(content, digest_size=16).digest()


def find_warnings(
    inputs: np.ndarray, labels: np.ndarray, splits: SplitRows
) -> tuple[DataWarning, ...]:
    """Look for exact duplicates across splits and for equal inputs with different labels.

    Where columns have so few values that rows are equal by chance, neither is a fault of the data:
    one warning of another kind says so.

    Args:
        inputs: (n, columns) raw, before encoding and scaling.
        labels: (n,) int32.
        splits: row numbers; rows in none of them are left out.
    """
    groups = group_equal(inputs)
    looked_at = _duplicates(groups, splits), _conflicts(groups, labels, splits)
    found = tuple(it for it in looked_at if it.count)
    if not found:
        return ()
    pairs = count_equal_pairs(inputs, np.concatenate(splits))
    if not pairs.by_chance:
        return tuple(it._replace(text=f"{it.text}: {_WRONG[it.kind]}") for it in found)
    texts = "; ".join(it.text for it in found)
    return (
        DataWarning(
            "equal_by_chance",
            max(it.count for it in found),
            f"{texts}. Columns have so few values that rows are equal by chance: "
            f"{counted(pairs.equal, 'pair')} of rows are equal, {pairs.nearly:,} differ in one "
            "column alone. Among new rows it will be the same.",
        ),
    )


def _duplicates(groups: np.ndarray, splits: SplitRows) -> DataWarning:
    """Count held-out rows whose inputs occur in an earlier split too; the text says no more."""
    in_train, in_validation = (np.zeros(len(groups), bool) for _ in range(2))
    in_train[groups[splits.train]] = True
    in_validation[groups[splits.validation]] = True
    validation = int(in_train[groups[splits.validation]].sum())
    test = int((in_train | in_validation)[groups[splits.test]].sum())
    bridge = int(in_train[groups[splits.bridge]].sum())
    counts = (
        (bridge, len(splits.bridge), "bridge", "the training split"),
        (validation, len(splits.validation), "validation", "the training split"),
        (test, len(splits.test), "test", "the training or validation split"),
    )
    found = [it for it in counts if it[0]]
    told = [
        f"{count:,} of {counted(among, f'{split} row')}"
        + (f" also occur{'s' if count == 1 else ''}, with equal inputs," if place == 0 else "")
        + f" in {where}"
        for place, (count, among, split, where) in enumerate(found)
    ]
    places = ", ".join([*told[:-2], ", and ".join(told[-2:])])
    return DataWarning(
        "duplicates_across_splits",
        validation + test + bridge,
        places,
    )


def _conflicts(groups: np.ndarray, labels: np.ndarray, splits: SplitRows) -> DataWarning:
    """Count rows whose inputs occur with more than one label; the text says no more."""
    used = np.concatenate(splits)
    lowest = np.full(len(groups), np.iinfo(np.int32).max, np.int32)
    highest = np.full(len(groups), -1, np.int32)
    np.minimum.at(lowest, groups[used], labels[used])
    np.maximum.at(highest, groups[used], labels[used])
    count = int((lowest != highest)[groups[used]].sum())
    return DataWarning(
        "conflicting_labels",
        count,
        f"{count:,} of {counted(len(used), 'row')} have inputs that also occur with another label",
    )
