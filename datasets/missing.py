"""Values that are missing: filled in from the training rows, and marked by a feature of their own.

Of a column of text a missing value is one more category, which the reader of a table makes. Of a
column of numbers it is NaN until the rows are split.
"""

import numpy as np

from .dataset import MISSING, DataError, DataWarning
from .encoding import Encoding
from .rows import Rows
from .splits import SplitRows
from .wording import counted

_NAMED = 5  # columns of a warning


def fill_missing(rows: Rows, train: np.ndarray) -> tuple[Rows, np.ndarray]:
    """Put the median of the training rows where a number is missing, and mark the place.

    Args:
        rows: NaN where a number is missing.
        train: (m,) numbers of the training rows, m ≥ 1.

    Returns:
        Rows whose inputs are finite: behind their columns those that lack a number stand once more,
        as categories of which there is only "(missing)"; and (columns,) float64, the medians of the
        columns that there were, NaN of text.

    Raises:
        DataError: no training row has a value in some column, or rows are images.
    """
    numeric = np.array([categories is None for categories in rows.categories])
    medians = np.full(len(rows.columns), np.nan)
    lacking = np.zeros(rows.inputs.shape, bool)
    if rows.inputs.dtype.kind == "f":
        lacking = np.isnan(rows.inputs) & numeric
    if rows.shape is not None and lacking.any():
        row = int(lacking.any(axis=1).argmax())
        raise DataError(
            f"{_where(rows)} has rows of the shape {rows.shape}, and row {row} (rows count from 0) "
            "lacks numbers: of images and signals of several axes only you know what to fill in. "
            "Do so, or drop the rows."
        )
    for column in np.flatnonzero(numeric):
        known = rows.inputs[train, column][~lacking[train, column]]
        if not len(known):
            raise DataError(
                f"{_where(rows)}: column {rows.columns[column]!r} has no value in any of "
                f"{counted(len(train), 'training row')}: leave it out, under [data] ignore."
            )
        medians[column] = np.median(known)
    places = np.flatnonzero(lacking.any(axis=0))
    if not len(places):
        return rows, medians
    marks = np.where(lacking[:, places], 0, 1).astype(rows.inputs.dtype)  # 1: no category at all
    filled = np.where(lacking, medians.astype(rows.inputs.dtype), rows.inputs)
    return rows._replace(
        inputs=np.concatenate([filled, marks], axis=1),
        columns=(*rows.columns, *(rows.columns[place] for place in places)),
        categories=(*rows.categories, *((MISSING,) for _ in places)),
    ), medians


def feature_fills(encoding: Encoding, medians: np.ndarray) -> tuple[float | None, ...]:
    """What new rows get where they lack a number, by feature; ``None`` of categories.

    Args:
        encoding: of rows that ``fill_missing`` gave.
        medians: that it gave with them.
    """
    hot = encoding.one_hot.tolist()
    sources = encoding.sources.tolist()
    return tuple(
        None if one else float(medians[place]) for one, place in zip(hot, sources, strict=True)
    )


def missing_values(rows: Rows, splits: SplitRows) -> tuple[DataWarning, ...]:
    """Tell how many values were filled in, and how many rows left out.

    Args:
        rows: that ``fill_missing`` gave.
        splits: row numbers; rows in none of them are left out.
    """
    used = np.concatenate(splits)
    missing = {
        name: rows.inputs[used, place] == categories.index(MISSING)
        for place, (name, categories) in enumerate(zip(rows.columns, rows.categories, strict=True))
        if categories is not None and MISSING in categories
    }
    counts = {name: int(rows_of.sum()) for name, rows_of in missing.items()}
    worst = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    told, concerned = [], 0
    if rows.left_out:
        whole = counted(len(rows.inputs) + rows.left_out, "row")
        are = "lacks its target and is" if rows.left_out == 1 else "lack their target and are"
        told.append(f"{rows.left_out:,} of {whole} {are} left out.")
    if worst:
        concerned = int(np.any([missing[name] for name in worst], axis=0).sum())
        named = ", ".join(f"{name!r} {counts[name]:,}" for name in worst[:_NAMED])
        more = f" and {counted(len(worst) - _NAMED, 'more column')}" if len(worst) > _NAMED else ""
        told.append(
            f"{concerned:,} of {counted(len(used), 'row')} {'lacks' if concerned == 1 else 'lack'} "
            f"values, by column: {named}{more}. The median of the training rows stands in their "
            "place, of text a category of its own, and a feature tells the network where."
        )
    count = rows.left_out + concerned
    return (DataWarning("missing_values", count, " ".join(told)),) if told else ()


def _where(rows: Rows) -> str:
    return rows.labels_from.partition(":")[0]
