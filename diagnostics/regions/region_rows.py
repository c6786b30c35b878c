"""The rows that regions are looked for and judged on, and what their columns are called."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np

Array = np.ndarray

GROUPS = 20  # of the user's, at most


class RegionRows(NamedTuple):
    """Some rows with what the network makes of them."""

    inputs: Array  # (n, features) float32, scaled
    # (n,) integers from 0; of several labels (n, labels) 1 or 0; of a quantity (n,) in its units
    labels: Array
    # (n,) of the network: bool, whether its answer is not the label; the share of the row's labels
    # that it gets wrong; or its squared error, in the quantity's units
    errors: Array
    activations: Array | None = None  # (n, units) float32: what its last layer gets
    # (n, 5) what a mixture of classifiers that never saw a row makes of it, the fields of
    # ``bayes_mixture.Judged``; NaN where it did not look. Only rows that judge may be asked: the
    # mixture learnt from all.
    seen: Array | None = None
    # of several labels (n, labels) bool: which of them the network gets wrong; of a quantity (n,)
    # its residuals, label − answer
    parts: Array | None = None
    # (n,) the number of each row's value of the column that ``Columns.groups`` names, where that is
    # no input
    marked: Array | None = None
    # (n,) the number of the group whose rows were dealt to one split, where rows come in groups
    groups: Array | None = None

    def only(self, rows: Any) -> Self:
        """Those rows alone: a mask (n,) or their numbers."""
        return self._replace(**{k: v[rows] for k, v in self._asdict().items() if v is not None})


def drawn(
    parts: Sequence[RegionRows], most: int, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Inputs and labels of rows drawn from all parts together, where they are many.

    Args:
        parts: the rows.
        most: how many are drawn.
        rng: draws them.

    Returns:
        The inputs, the labels, and which rows they are, ascending, counted through all parts.
    """
    total = sum(len(it.labels) for it in parts)
    kept = np.arange(total) if total <= most else np.sort(rng.permutation(total)[:most])
    inputs = np.concatenate([it.inputs for it in parts])[kept]
    return inputs, np.concatenate([it.labels for it in parts])[kept], kept


def groups_of(parts: Sequence[RegionRows], kept: Any) -> Array | None:
    """The groups of rows that are kept of all parts together; ``None`` where rows are independent.

    Args:
        parts: the rows; all have groups, or none has.
        kept: which of them, counted through all parts: a mask or numbers.
    """
    found = [it.groups for it in parts if it.groups is not None]
    return np.concatenate(found)[kept] if found else None


def put(everywhere: Sequence[Array], kept: Array, found: Sequence[Array]) -> None:
    """Write what was found of the kept rows into arrays of all rows."""
    for values, here in zip(everywhere, found, strict=True):
        values[kept] = here


class Columns(NamedTuple):
    """What the columns of the inputs are."""

    names: tuple[str, ...]  # (features,); of a category "column=category"
    mean: Array  # (features,), subtracted from the raw column
    scale: Array  # (features,), > 0: then divided by
    named: bool = True  # whether a column alone means something; not so in images
    classes: tuple[str, ...] = ()  # names of the classes or labels; none of a quantity
    groups: str | None = None  # the column whose values are groups of the user's
    group_values: tuple[str, ...] = ()  # by the groups' numbers, where it is no input

    def raw(self, inputs: Array, column: int) -> Array:
        """A column in its own units, (n,) float64."""
        return inputs[:, column].astype(np.float64) * float(self.scale[column]) + float(
            self.mean[column]
        )


class RegionError(ValueError):
    """Regions cannot be told apart as asked; the message says why."""
