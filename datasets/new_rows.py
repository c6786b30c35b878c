"""New rows that a network is to answer for: no labels, no splits."""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from .arrays import read_array
from .csv_files import refuse_one_column
from .dataset import DataError
from .source_kinds import TABLE_FILES
from .tables import parse_table

FILES = (*TABLE_FILES, ".npz", ".npy")


def read_new_rows(path: Path, text: Collection[str] = ()) -> dict[str, np.ndarray] | np.ndarray:
    """Read a table's columns by name, or an array of rows.

    Args:
        path: of a .csv or .parquet file; of a .npy file, or a .npz file with an array x: (rows,
            features), or rows of any shape, which are flattened.
        text: columns of a .csv file that hold categories: of a few rows all may look like numbers.

    Raises:
        DataError: the file is missing, of another kind, or cannot be read.
    """
    kind = path.suffix.lower()
    if kind not in FILES:
        raise DataError(f"got {path.name}; rows are read from {', '.join(FILES)} files")
    if not path.is_file():
        raise DataError(f"{path} does not exist.")
    if kind in TABLE_FILES:
        table = parse_table(path, text)
        refuse_one_column(path, table.column_names)
        columns = zip(table.column_names, table.columns, strict=True)
        return {name: column.to_numpy() for name, column in columns}
    rows = read_array(path)
    if rows.ndim < 2 or not rows.size or rows.dtype.kind not in "biuf":
        raise DataError(
            f"{path.name} has shape {rows.shape} and type {rows.dtype}; it must hold rows of "
            "numbers."
        )
    return rows.reshape(len(rows), -1)
