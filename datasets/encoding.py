"""One-hot encoding of categorical columns, with the categories of the training rows only."""

from typing import NamedTuple

import numpy as np

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
    return Encoding(np.array(sources, np.int64), np.array(codes), tuple(names))


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
