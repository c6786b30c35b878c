"""A table's columns as the inputs of a network that learnt from such a table. No jax."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def inputs_of(table: Any, feature_names: Sequence[str]) -> np.ndarray:
    """The rows of a table as a network takes them before scaling, (rows, features) float64.

    Args:
        table: columns by name, all of one length: a mapping, or a pandas or polars DataFrame. Those
            that the network does not know are passed over.
        feature_names: of the network's inputs: a column of numbers, or "column=category", which is
            1 where the column holds that category. A category that has no feature of its own makes
            all of the column's features 0, as while the network was trained.

    Raises:
        ValueError: a column is missing, holds no numbers, is of another length, or lacks a value.
    """
    names = [str(name) for name in (table.columns if hasattr(table, "columns") else table)]
    sources = [_source(name, names) for name in feature_names]
    missing = [feature for feature, it in zip(feature_names, sources, strict=True) if it is None]
    if missing:
        lacking = sorted({name.partition("=")[0] for name in missing})
        raise ValueError(f"the table lacks {_listed(lacking)}; it has {_listed(names)}")
    columns = {it[0]: np.asarray(table[it[0]]) for it in sources if it is not None}
    lengths = {len(values) for values in columns.values() if values.ndim == 1}
    if len(lengths) != 1 or any(values.ndim != 1 for values in columns.values()):
        shapes = ", ".join(f"{name} {values.shape}" for name, values in columns.items())
        raise ValueError(f"columns must hold one value a row, of as many rows each; got {shapes}")
    features = []
    for column, category in filter(None, sources):
        values = columns[column]
        if category is None:
            features.append(_numbers(values, column))
        else:
            features.append(_holds(values, column, category))
    return np.column_stack(features)


def _source(feature: str, names: Sequence[str]) -> tuple[str, str | None] | None:
    """The column that a feature comes from, and the category that it stands for.

    Both may hold an equals sign: the longest column that is there counts.
    """
    if feature in names:
        return feature, None
    places = [place for place, letter in enumerate(feature) if letter == "="]
    for place in reversed(places):
        if feature[:place] in names:
            return feature[:place], feature[place + 1 :]
    return None


def _numbers(values: np.ndarray, name: str) -> np.ndarray:
    if values.dtype.kind == "U" and set(lower := np.char.lower(values)) <= {"true", "false"}:
        values = lower == "true"  # as they stand in a CSV file
    try:
        numbers = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column {name!r} must hold numbers: {error}") from None
    if lost := int((~np.isfinite(numbers)).sum()):
        raise ValueError(
            f"column {name!r} lacks a finite number in {lost:,} of {len(numbers):,} rows; fill "
            "them as the training rows were filled"
        )
    return numbers


def _holds(values: np.ndarray, name: str, category: str) -> np.ndarray:
    if any(value is None or value != value for value in values):
        raise ValueError(
            f"column {name!r} lacks values; fill them as the training rows were filled"
        )
    return (values.astype(str) == category).astype(np.float64)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:10])
    return f"{shown}, … ({len(names):,} in all)" if len(names) > 10 else shown or "no columns"
