"""Tables: ``.csv`` and ``.parquet`` files with a target column.

Integers, floats, decimals and booleans (0 and 1) are numeric columns, text is categorical; other
types are refused by name. pandas' ``__index_level_0__`` columns are left out: an index is no
feature. In a CSV file empty fields and the usual spellings of a missing value (NA, nan, null, …)
are missing, in text columns too. They are refused, or kept: NaN of numbers, of text a category.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from .csv_files import not_utf8, other_separator, read_csv, separated
from .dataset import MISSING, DataError
from .request import PLAIN, ReadAs
from .rows import CURE, FILL_IN, NO_TARGET, Rows, check_finite
from .text_columns import check_categories, ignoring
from .wording import counted, did_you_mean, listed, reason


def read_table(
    path: Path,
    target: str | Sequence[str] | None,
    read_as: ReadAs = PLAIN,
) -> Rows:
    """Read a table and take its target column as the labels, or several of them.

    Args:
        path: an existing ``.csv`` or ``.parquet`` file.
        target: name of the target column; or names, of one column for each label of a row.
        read_as: see ``table_rows``.

    Raises:
        DataError: the file cannot be parsed, the target or a column of ``read_as`` is missing, a
            column cannot be used, or a value is missing, NaN or infinite.
    """
    table = parse_table(path)
    _check_names(table, path.name)
    targets = (target,) if target is None or isinstance(target, str) else tuple(target)
    for column in targets:
        _check_target(table, column, path)
    return table_rows(table, target or "", read_as, path.name)


def table_rows(
    table: pa.Table,
    target: str | Sequence[str],
    read_as: ReadAs,
    name: str,
) -> Rows:
    """Take columns of a table as features and labels.

    Args:
        table: with the target column; at least one row.
        target: name of the target column, or names.
        read_as: columns that are no features, and whether values may be missing.
        name: how messages call the table.

    Raises:
        DataError: a column of ``read_as`` is missing, a column cannot be used, or a value is
            missing, NaN or infinite.
    """
    several = not isinstance(target, str)
    targets = tuple(target) if several else (target,)
    along, marks = read_aside(table, read_as, targets, name)
    no_features = (*targets, read_as.apart, *read_as.ignored)
    features = [column for column in table.column_names if column not in no_features]
    where = f"{name}: target {', '.join(map(repr, targets))}"
    if not features:
        left = " and those to be ignored" if read_as.ignored else ""
        raise DataError(
            f"{name} has no column besides the {where.removeprefix(f'{name}: ')}{left}."
        )
    told = np.full(len(table), True)
    if read_as.missing:
        told = _told([table.column(t) for t in targets], where)
    columns = [
        _labels(_plain(table.column(t).filter(told)), f"{name}: target {t!r}") for t in targets
    ]
    if several and len({column.dtype.kind for column in columns}) > 1:
        columns = [column.astype(object) for column in columns]  # so that none changes its type
    labels = np.column_stack(columns) if several else columns[0]
    encoded = _encoded(table, features, read_as, name)
    inputs = np.column_stack([values for values, _ in encoded])
    check_finite(inputs, tuple(features), name, missing=read_as.missing, cure=CURE)
    categories = tuple(c for _, c in encoded)
    return Rows(
        inputs[told],
        tuple(features),
        categories,
        labels,
        where,
        along=None if along is None else along[told],
        label_names=targets,
        marks=None if marks is None else marks[told],
        numbers=None if told.all() else np.flatnonzero(told),
        left_out=int((~told).sum()),
    )


def parse_table(path: Path) -> pa.Table:
    """Return the file's table without pandas' index columns; at least one row.

    Raises:
        DataError: the file cannot be parsed, or has no rows.
    """
    try:
        if path.suffix.lower() == ".csv":
            table = read_csv(path)
        else:
            table = pyarrow.parquet.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        kind = path.suffix.lower()
        raise DataError(f"{path.name} cannot be read as {kind}: {reason(error)}") from error
    if table.num_rows == 0:
        raise DataError(f"{path.name} has a header but no rows.")
    return table.select([i for i, n in enumerate(table.column_names) if not _is_index(n)])


def _is_index(name: str) -> bool:
    return name.startswith("__index_level_") and name.endswith("__")


def _check_names(table: pa.Table, where: str) -> None:
    """Refuse columns without a name or with the same one."""
    names = table.column_names
    if "" in names:
        raise DataError(
            f"{where}: column {names.index('')} (columns count from 0) has no name. If it is a row "
            f"index, write the file without it (pandas: to_csv(…, index=False)); else name it."
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(
            f"{where}: column {twice[0]!r} occurs {names.count(twice[0])} times; "
            f"give each column its own name."
        )


def _check_target(table: pa.Table, target: str | None, path: Path) -> None:
    """Refuse a target that is not given or not a column."""
    names = table.column_names
    allowed = f"its columns are {listed(names)}"
    if target is None:
        raise DataError(
            f"{path.name}: no target column given; {allowed}. Write, under [data]: "
            f"target = {json.dumps(names[-1], ensure_ascii=False)}"
        )
    if target in names:
        return
    if len(names) == 1 and (separator := other_separator(names[0])):
        raise DataError(
            f"{path.name} has one column only, {names[0]!r}: {separated(path, separator)}"
        )
    raise DataError(
        f"{path.name} has no column {target!r}{did_you_mean(target, names)}; {allowed}."
    )


def read_aside(
    table: pa.Table, read_as: ReadAs, targets: tuple[str, ...], name: str
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return the values (n,) of ``read_as.apart`` and ``read_as.marks``, where asked for.

    Args:
        table: that has the columns.
        read_as: which columns are no features.
        targets: names of the target columns.
        name: how messages call the table.

    Raises:
        DataError: a column of ``read_as`` is missing, is a target, or has missing values.
    """
    if read_as.apart is not None:
        what = f"{name}: the column {read_as.apart!r}, by which rows are to be split,"
        _check_aside(table, read_as.apart, targets, what)
    for column in read_as.ignored:
        _check_aside(table, column, targets, f"{name}: the column {column!r}, to be ignored,")
    along, marks = (
        None if it is None else _along(_plain(table.column(it)), it, name)
        for it in (read_as.apart, read_as.marks)
    )
    return along, marks


def _check_aside(table: pa.Table, column: str, targets: tuple[str, ...], what: str) -> None:
    """Refuse a column that is no feature where it is not there, or is the target."""
    names = [name for name in table.column_names if name not in targets]
    if column not in names:
        wrong = "is the target" if column in targets else "is not there"
        raise DataError(
            f"{what} {wrong}{did_you_mean(column, names)}; the others are {listed(names)}."
        )


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary-encoded column as the type of its values."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _refuse_missing(column: pa.ChunkedArray, where: str, cure: str = FILL_IN) -> None:
    """Raise when the column has nulls."""
    if column.null_count:
        row = int(column.is_null().to_numpy().argmax())
        raise DataError(
            f"{where} has {counted(column.null_count, 'missing value')}, the first in row {row} "
            f"(rows count from 0). {cure}"
        )


def _told(targets: Sequence[pa.ChunkedArray], where: str) -> np.ndarray:
    """Which rows have all targets, (n,) bool; at least one has."""
    lacking = [column.is_null(nan_is_null=True).to_numpy() for column in targets]
    told = ~np.any(lacking, axis=0)
    if not told.any():
        raise DataError(f"{where} is missing in every row: there is nothing to learn.")
    return told


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _is_list(kind: pa.DataType) -> bool:
    tests = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(test(kind) for test in tests)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _labels(column: pa.ChunkedArray, where: str) -> np.ndarray:
    """Return the target column as (n,) int, float, bool or str."""
    _refuse_missing(column, where, NO_TARGET)
    if _is_text(column.type):
        return np.array(column.to_pylist())
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if _is_number(column.type) or pa.types.is_boolean(column.type):
        return column.to_numpy()
    raise DataError(f"{where} has type {column.type}; labels must be integers, text or booleans.")


def _along(column: pa.ChunkedArray, name: str, where: str) -> np.ndarray:
    """Return a column of groups or times as (n,) numbers, text or dates."""
    _refuse_missing(column, f"{where}: column {name!r}")
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


def _encoded(
    table: pa.Table, features: Sequence[str], read_as: ReadAs, where: str
) -> list[tuple[np.ndarray, tuple[str, ...] | None]]:
    """Return each feature column as ``_column`` does, or raise for all that cannot be used."""
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
    """Return a feature column as (n,) float64, and its sorted categories if it is text."""
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
    if pa.types.is_binary(column.type) and where.endswith(".csv"):
        raise DataError(f"{where}: column {name!r} {not_utf8(where)}")
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
