"""Columns of Arrow tables as arrays: targets, features, and what rows are split by.

Integers, floats, decimals and booleans (0 and 1) are numbers, text is categorical; other types are
refused by name.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute

from .csv_files import not_utf8
from .dataset import MISSING, DataError
from .request import ReadAs
from .rows import CURE, FILL_IN, NO_TARGET
from .text_columns import check_categories, ignoring
from .wording import counted, listed

NOTHING_TOLD = "is missing in every row: there is nothing to learn."


def label_columns(
    table: pa.Table, target: str | Sequence[str], told: np.ndarray, name: str
) -> np.ndarray:
    """Return the labels of some rows: (n,) int, float, bool or str; (n, labels) of several columns.

    Args:
        table: with the target columns.
        target: name of the column, or names.
        told: (rows,) bool, which rows.
        name: how messages call the table.

    Raises:
        DataError: a label is missing, or is no number, text or boolean.
    """
    several = not isinstance(target, str)
    columns = [
        _labels(_plain(table.column(it).filter(told)), f"{name}: target {it!r}", name)
        for it in (target if several else (target,))
    ]
    if not several:
        return columns[0]
    if len({column.dtype.kind for column in columns}) > 1:
        columns = [column.astype(object) for column in columns]  # so that none changes its type
    return np.column_stack(columns)


def _labels(column: pa.ChunkedArray, where: str, name: str) -> np.ndarray:
    """Return a target column as (n,) int, float, bool or str."""
    if column.null_count == len(column):
        raise DataError(f"{where} {NOTHING_TOLD}")
    _refuse_missing(column, where, NO_TARGET)
    _refuse_bytes(column, where, name)
    if _is_text(column.type):
        return np.array(column.to_pylist())
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if _is_number(column.type) or pa.types.is_boolean(column.type):
        return column.to_numpy()
    raise DataError(f"{where} has type {column.type}; labels must be integers, text or booleans.")


def apart_column(column: pa.ChunkedArray, name: str, where: str) -> np.ndarray:
    """Return a column of groups or times as (n,) numbers, text or dates.

    Raises:
        DataError: a value is missing, or rows cannot be split by its type.
    """
    column = _plain(column)
    # NaN would be one large group, or later than all other times.
    _refuse_missing(column, f"{where}: column {name!r}", nan=True)
    _refuse_bytes(column, f"{where}: column {name!r}", where)
    kind = column.type
    if _is_text(kind):
        return np.array(column.to_pylist())
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    if _is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_date(kind):
        return column.to_numpy()
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp(kind.unit)).to_numpy()
    raise DataError(
        f"{where}: column {name!r} has type {kind}; rows can be split by numbers, text, booleans, "
        f"dates or times with a date."
    )


def numbered(column: pa.ChunkedArray) -> np.ndarray:
    """Number the values of a column of any type, in their order: (n,) int64.

    Missing ones count as one value, and so do all of a type that has no order.
    """
    if column.null_count == len(column) or pa.types.is_nested(column.type):
        return np.zeros(len(column), np.int64)
    coded = _plain(column).combine_chunks().dictionary_encode(null_encoding="encode")
    sort = pyarrow.compute.array_sort_indices  # pyright: ignore[reportAttributeAccessIssue]
    order = np.asarray(sort(coded.dictionary))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place[np.asarray(coded.indices)]


def feature_columns(
    table: pa.Table, features: Sequence[str], read_as: ReadAs, where: str
) -> list[tuple[np.ndarray, tuple[str, ...] | None]]:
    """Return each feature column as (n,) float64, and its sorted categories if it is text.

    Args:
        table: with the columns.
        features: their names.
        read_as: what is ignored already, and whether values may be missing.
        where: how messages call the table.

    Raises:
        DataError: names all columns that cannot be used.
    """
    found, refused = [], dict[str, DataError]()
    for name in features:
        try:
            left_out = ignoring(name, read_as.ignored)
            column = _plain(table.column(name))
            found.append(_column(column, name, where, left_out, missing=read_as.missing))
        except DataError as error:
            refused[name] = error
    if refused:
        first, *others = refused
        also = f" Nor can these columns be used as they are: {listed(map(repr, others))}."
        raise DataError(f"{refused[first]}{also if others else ''}") from refused[first]
    return found


def _column(
    column: pa.ChunkedArray, name: str, where: str, left_out: str, *, missing: bool
) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """Return what ``feature_columns`` does, of one column."""
    if column.null_count == len(column):
        raise DataError(
            f"{where}: column {name!r} has no value in any row. Leave it out: {left_out}"
        )
    if not missing:
        cure = f"{CURE} Or leave the column out: {left_out}"
        _refuse_missing(column, f"{where}: column {name!r}", cure)
    if _is_number(column.type) or pa.types.is_boolean(column.type):
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.uint8())  # Arrow casts booleans to no float
        return column.cast(pa.float64(), safe=False).to_numpy(), None
    _refuse_bytes(column, f"{where}: column {name!r}", where)
    if not _is_text(column.type):
        cure = "Turn it into numbers (a date into days, say)"
        if _is_list(column.type):
            cure = (
                "Give each number of it a column of its own, save what it holds as arrays "
                '(numpy.savez("arrays.npz", x=numpy.stack(column), y=labels))'
            )
        raise DataError(
            f"{where}: column {name!r} has type {column.type}; columns must be numbers, text or "
            f"booleans. {cure}, or leave it out: {left_out}"
        )
    values = np.array(column.fill_null(MISSING).to_pylist())
    categories, first, codes = np.unique(values, return_index=True, return_inverse=True)
    check_categories(categories.tolist(), first.tolist(), len(codes), name, where, left_out)
    return codes.astype(np.float64), tuple(str(c) for c in categories)


def rows_with_targets(targets: Sequence[pa.ChunkedArray], where: str) -> np.ndarray:
    """Which rows have all targets, (n,) bool.

    Raises:
        DataError: none has.
    """
    lacking = [column.is_null(nan_is_null=True).to_numpy() for column in targets]
    told = ~np.any(lacking, axis=0)
    if not told.any():
        raise DataError(f"{where} {NOTHING_TOLD}")
    return told


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary-encoded column as the type of its values."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _refuse_missing(
    column: pa.ChunkedArray, where: str, cure: str = FILL_IN, *, nan: bool = False
) -> None:
    """Raise when the column has nulls, or where ``nan`` is set NaN."""
    lacking = column.is_null(nan_is_null=nan).to_numpy()
    if lacking.any():
        raise DataError(
            f"{where} has {counted(int(lacking.sum()), 'missing value')}, the first in row "
            f"{int(lacking.argmax())} (rows count from 0). {cure}"
        )


def _refuse_bytes(column: pa.ChunkedArray, where: str, name: str) -> None:
    """Raise when the column of a CSV file holds text in another encoding."""
    if pa.types.is_binary(column.type) and name.endswith(".csv"):
        raise DataError(f"{where} {not_utf8(name)}")


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _is_list(kind: pa.DataType) -> bool:
    tests = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(test(kind) for test in tests)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
