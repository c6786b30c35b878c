"""A table's columns as the inputs of a network that learnt from such a table. No jax."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..datasets.dataset import MISSING

_ADVICE = "fill them as the training rows were filled"


def encoded(
    inputs: Any, feature_names: Sequence[str], fills: Sequence[float | None], step: str | None
) -> np.ndarray:
    """New rows as a network takes them before scaling, (rows, features) finite.

    Args:
        inputs: such rows, which may lack what ``fills`` fills in, with or without the features that
            mark where numbers lack; or a table, see ``inputs_of``.
        feature_names: of the network's inputs.
        fills: as for ``inputs_of``.
        step: the user's own that made the features, for the message.

    Raises:
        ValueError: as ``inputs_of`` does, or of rows of another number of features.
    """
    made = f", as {step} makes them of raw rows: apply it first" if step else ""
    if isinstance(inputs, Mapping) or hasattr(inputs, "columns"):
        try:
            return inputs_of(inputs, feature_names, fills)
        except ValueError as error:
            expected = f"; expected are rows{made}" if made else ""
            raise ValueError(f"{error}{expected}") from error
    rows, columns = np.asarray(inputs), _unmarked(feature_names, fills)
    if rows.ndim == 2 and rows.shape[1] == len(feature_names):
        return filled_in(rows, feature_names, fills)
    if rows.ndim == 2 and rows.shape[1] == len(columns):
        return inputs_of(dict(zip(columns, rows.T, strict=True)), feature_names, fills)
    raise ValueError(f"got inputs of shape {rows.shape}, expected (rows, {len(columns)}){made}")


def _unmarked(feature_names: Sequence[str], fills: Sequence[float | None]) -> Sequence[str]:
    """The features without those that mark where a number lacks; all of them where others remain.

    So arrays are that a network learnt from: what marks them is made of them.
    """
    columns = [name for name, fill in zip(feature_names, fills, strict=False) if fill is not None]
    marks = {f"{name}={MISSING}" for name in columns}
    return columns if {*columns, *marks} >= set(feature_names) else feature_names


def inputs_of(
    table: Any, feature_names: Sequence[str], fills: Sequence[float | None] = ()
) -> np.ndarray:
    """The rows of a table as a network takes them before scaling, (rows, features) float64.

    Args:
        table: columns by name, all of one length: a mapping, or a pandas or polars DataFrame. Those
            that the network does not know are passed over.
        feature_names: of the network's inputs: a column of numbers, or "column=category", which is
            1 where the column holds that category. A category that has no feature of its own makes
            all of the column's features 0, as while the network was trained.
        fills: (features,) what stands for a number that is missing, None of categories; empty where
            the network learnt from rows that lack nothing. Missing are None, NaN and empty text.

    Raises:
        ValueError: a column is missing, holds no numbers, is of another length, or lacks a value
            where nothing was filled in.
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
            features.append(_numbers(values, column, may_lack=bool(fills)))
        else:
            features.append(_holds(values, column, category, may_lack=bool(fills)))
    return filled_in(np.column_stack(features), feature_names, fills)


def category_columns(feature_names: Sequence[str]) -> set[str]:
    """The columns that hold categories, and names that might be theirs.

    Where several equals signs stand in a feature's name, only a table tells which column it is of.
    """
    prefixes = {
        name[:place] for name in feature_names for place, it in enumerate(name) if it == "="
    }
    return prefixes - set(feature_names)  # a column of numbers may have a mark of what lacks


class Unseen(NamedTuple):
    """Categories of a column that no training row had."""

    column: str
    categories: tuple[str, ...]
    rows: int  # that hold one of them


def unseen_categories(
    table: Mapping[str, np.ndarray], feature_names: Sequence[str]
) -> tuple[Unseen, ...]:
    """What ``inputs_of`` makes features of 0 of: typing errors, or what has come up since."""
    sources = list(filter(None, (_source(name, list(table)) for name in feature_names)))
    numbers = {column for column, category in sources if category is None}
    known: dict[str, list[str]] = {}
    for column, category in sources:
        if category is not None and column not in numbers:  # which may have a mark of what lacks
            known.setdefault(column, []).append(category)
    found = []
    for column, categories in known.items():
        values = np.asarray(table[column])
        held = values[~_missing(values, empty=True)].astype(str)
        other = held[~np.isin(held, categories)]
        if other.size:
            found.append(Unseen(column, tuple(np.unique(other).tolist()), other.size))
    return tuple(found)


def filled_in(
    inputs: np.ndarray, feature_names: Sequence[str], fills: Sequence[float | None] = ()
) -> np.ndarray:
    """Numbers with what stands for those that are missing, (rows, features).

    Args:
        inputs: (rows, features), NaN where a number is missing.
        feature_names: of the columns.
        fills: as for ``inputs_of``.

    Raises:
        ValueError: a number is missing that has no such, or is infinite.
    """
    if inputs.dtype.kind in "biu":
        return inputs
    if fills:
        stands = np.array([np.nan if fill is None else fill for fill in fills])
        inputs = np.where(np.isnan(inputs), stands, inputs)
    lost = ~np.isfinite(inputs)
    if lost.any():
        column = int(lost.any(axis=0).argmax())
        raise ValueError(
            f"column {feature_names[column]!r} lacks a finite number in "
            f"{int(lost[:, column].sum()):,} of {len(inputs):,} rows; {_ADVICE}"
        )
    return inputs


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


def _numbers(values: np.ndarray, name: str, *, may_lack: bool) -> np.ndarray:
    missing = _missing(values, empty=True) if may_lack else np.zeros(len(values), bool)
    known = values[~missing]
    if known.dtype.kind == "U" and set(lower := np.char.lower(known)) <= {"true", "false"}:
        known = lower == "true"  # as they stand in a CSV file
    if known.dtype.kind in "mM":  # NumPy makes nanoseconds of them without a word
        raise ValueError(
            f"column {name!r} must hold numbers: it holds {known.dtype}; turn it into what the "
            "network learnt from (a date into days, say)"
        )
    numbers = np.full(len(values), np.nan)
    try:
        numbers[~missing] = known.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column {name!r} must hold numbers: {error}") from None
    return numbers


def _holds(values: np.ndarray, name: str, category: str, *, may_lack: bool) -> np.ndarray:
    missing = _missing(values, empty=may_lack)
    if missing.any() and not may_lack:
        raise ValueError(f"column {name!r} lacks values; {_ADVICE}")
    holds = (values.astype(str) == category) & ~missing
    return (holds | missing if category == MISSING else holds).astype(np.float64)


def _missing(values: np.ndarray, *, empty: bool) -> np.ndarray:
    """Which values are None or NaN, (rows,) bool; or ``empty`` text, as a CSV file has them."""
    if values.dtype.kind in "fcmM":
        return np.isnan(values) if values.dtype.kind in "fc" else np.isnat(values)
    if values.dtype.kind == "O":
        return np.array([_is_missing(value, empty=empty) for value in values], bool)
    return values == "" if empty and values.dtype.kind == "U" else np.zeros(len(values), bool)


def _is_missing(value: Any, *, empty: bool) -> bool:
    try:
        return value is None or bool(value != value) or (empty and value == "")
    except TypeError:  # pandas.NA is neither like itself nor unlike
        return True


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:10])
    return f"{shown}, … ({len(names):,} in all)" if len(names) > 10 else shown or "no columns"
