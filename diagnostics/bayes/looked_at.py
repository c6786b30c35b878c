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

    inputs: np.ndarray  # (n, features) float32, scaled as small models need them
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
    inputs = _scaled(inputs, dataset)
    return LookedAt(inputs, labels, of_split, kept - starts[of_split], groups)


def _scaled(inputs: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Columns with mean 0 and variance 1 where networks get them as they are.

    Small models compare rows by distances: a column in grams beside one in tonnes would decide
    alone what is near. Pixels share one scale, zeros and ones are left as scaled data has them.
    """
    if dataset.row_shape is not None or (dataset.preprocessing.scale != 1).any():
        return inputs
    mean, deviation = inputs.mean(axis=0, dtype=np.float64), inputs.std(axis=0, dtype=np.float64)
    keep = np.isin(inputs, (0, 1)).all(axis=0) | (deviation <= 1e-6 * np.abs(mean))
    mean, deviation = np.where(keep, 0.0, mean), np.where(keep, 1.0, deviation)
    return ((inputs - mean) / deviation).astype(np.float32)
