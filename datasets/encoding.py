"""One-hot encoding of categorical columns, with the categories of the training rows only."""

from typing import NamedTuple

import numpy as np

from .dataset import DataError
from .rows import Rows


class Encoding(NamedTuple):
    """Where each encoded column comes from."""

    sources: np.ndarray  # (features,) int64: the column of Rows.inputs
    codes: np.ndarray  # (features,) float64: the category that makes a one; −1: numeric, copied
    names: tuple[str, ...]  # (features,) "column", or "column=category"

    @property
    def one_hot(self) -> np.ndarray:
        """(features,) bool: which encoded columns are indicators of a category."""
        return self.codes >= 0


def fit_encoding(rows: Rows, train: np.ndarray) -> Encoding:
    """Plan the encoding; a category that no training row has gets no column, nor does none at all.

    Args:
        rows: of all splits.
        train: (n,) row numbers of the training split.

    Raises:
        DataError: two features would have one name, as of a column "a=b" beside a category "b" of
            the column "a".
    """
    sources: list[int] = []
    codes: list[float] = []
    names: list[str] = []
    for column, (name, categories) in enumerate(zip(rows.columns, rows.categories, strict=True)):
        if categories is None:
            sources.append(column)
            codes.append(-1.0)
            names.append(name)
            continue
        known = np.unique(rows.inputs[train, column])
        for code in known[known < len(categories)]:
            sources.append(column)
            codes.append(float(code))
            names.append(f"{name}={categories[int(code)]}")
    _refuse_twice(rows, names, sources)
    return Encoding(np.array(sources, np.int64), np.array(codes), tuple(names))


def _refuse_twice(rows: Rows, names: list[str], sources: list[int]) -> None:
    """Refuse features of one name: new rows, and regions, are told by it."""
    seen: dict[str, int] = {}
    for name, source in zip(names, sources, strict=True):
        other = seen.setdefault(name, source)
        if other != source:
            columns = f"{rows.columns[other]!r} and {rows.columns[source]!r}"
            raise DataError(
                f"{rows.labels_from.partition(':')[0]}: the columns {columns} both make a feature "
                f"called {name!r}, as a category stands behind an equals sign. Rename one of them."
            )


def encode(encoding: Encoding, inputs: np.ndarray) -> np.ndarray:
    """Encode rows; a category that was not in the training rows becomes all zeros.

    Args:
        encoding: fitted on the training rows.
        inputs: (n, columns) as in ``Rows.inputs``.

    Returns:
        (n, features) of the same type.
    """
    hot = encoding.one_hot
    if not hot.any() and len(hot) == inputs.shape[1]:
        return inputs
    encoded = inputs[:, encoding.sources]
    encoded[:, hot] = encoded[:, hot] == encoding.codes[hot]
    return encoded
