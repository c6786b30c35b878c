"""The rows that small models look at, drawn from all splits, and what classifiers made of them."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...datasets.dataset import Dataset

if TYPE_CHECKING:
    from .bayes_mixture import Judged

_ROWS_AT_MOST = 10_000  # all pairs of rows are compared
_PROBABILITIES_AT_MOST = 200_000  # rows times classes, which each model keeps in memory
SPLITS = ("training", "validation", "test")


class LookedAt(NamedTuple):
    """Rows in memory, and where they are from."""

    inputs: np.ndarray  # (n, features) float32
    labels: np.ndarray  # (n,), or (n, labels), as the data set has them
    split: np.ndarray  # (n,) the place in ``SPLITS``
    row: np.ndarray  # (n,) the row's number in its split, from 0
    groups: np.ndarray | None  # (n,) the number of the row's group; None: rows are independent


class SeenByMixture(NamedTuple):
    """What cross-fitted classifiers made of rows with one class each."""

    rows: LookedAt
    judged: "Judged"
    probabilities: np.ndarray  # (n, classes) of each row by fits without it; they sum to 1


def rows_at_most(classes: int) -> int:
    """How many rows the mixture looks at, of so many classes."""
    return min(_ROWS_AT_MOST, _PROBABILITIES_AT_MOST // max(1, classes))


def look_at(dataset: Dataset, rng: np.random.Generator) -> LookedAt:
    """The rows of all splits, drawn from where they are too many; the others are not read."""
    splits = dataset.train, dataset.validation, dataset.test
    sizes = [len(split.labels) for split in splits]
    most = rows_at_most(dataset.classes)
    kept = np.arange(sum(sizes)) if sum(sizes) <= most else rng.permutation(sum(sizes))[:most]
    inputs = np.empty((len(kept), dataset.features), np.float32)
    starts = np.cumsum([0, *sizes[:-1]])
    of_split = np.searchsorted(starts, kept, side="right") - 1
    for place, split in enumerate(splits):
        here = of_split == place
        inputs[here] = split.inputs[kept[here] - starts[place]]
    labels = np.concatenate([split.labels for split in splits])[kept]
    groups = np.concatenate(dataset.groups[:3])[kept] if dataset.groups else None
    return LookedAt(inputs, labels, of_split, kept - starts[of_split], groups)
