"""Tables: ``.csv`` and ``.parquet`` files with a target column.

pandas' ``__index_level_0__`` columns are left out: an index is no feature. In a CSV file empty
fields and the usual spellings of a missing value (NA, nan, null, …) are missing, in text columns
too. They are refused, or kept: NaN of numbers, of text a category.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from .csv_files import read_csv, refuse_one_column
from .dataset import DataError
from .request import PLAIN, ReadAs
from .rows import CURE, Rows, check_finite
from .table_columns import (
    apart_column,
    feature_columns,
    label_columns,
    numbered,
    rows_with_targets,
)
from .wording import did_you_mean, listed, reason


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
    targets = (target,) if isinstance(target, str) else tuple(target)
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
        told = rows_with_targets([table.column(t) for t in targets], where)
    labels = label_columns(table, target, told, name)
    encoded = feature_columns(table, features, read_as, name)
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
        aside=tuple((it, numbered(table.column(it))[told]) for it in read_as.ignored),
    )


def parse_table(path: Path, text: Collection[str] = ()) -> pa.Table:
    """Return the file's table without pandas' index columns; at least one row.

    Args:
        path: of a ``.csv`` or ``.parquet`` file.
        text: columns of a ``.csv`` file to read as text, see ``read_csv``.

    Raises:
        DataError: the file cannot be parsed, or has no rows.
    """
    try:
        if path.suffix.lower() == ".csv":
            table = read_csv(path, text)
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
    counts = Counter(names)
    if twice := sorted(name for name in counts if counts[name] > 1):
        raise DataError(
            f"{where}: column {twice[0]!r} occurs {counts[twice[0]]} times; "
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
    refuse_one_column(path, names)
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
        None if it is None else apart_column(table.column(it), it, name)
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
