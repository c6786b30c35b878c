"""Data sets that Hugging Face ``datasets`` saved: ``dataset.save_to_disk("folder")``.

The folder holds Arrow files and ``dataset_info.json``; that of a ``DatasetDict`` holds such folders
called ``train``, ``validation`` and ``test``, which are used as splits. The files are read as they
are, so the library that wrote them is not needed. Column ``label`` holds the classes, or columns
that are named the targets; pictures of an ``Image`` column are the features or, without one, all
other columns, as in a table.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .dataset import DataError
from .images import Picture, picture_rows
from .request import PLAIN, ReadAs
from .rows import NO_TARGET, ReadyMade, Rows
from .table_columns import NOTHING_TOLD, rows_with_targets
from .tables import read_aside, table_rows
from .wording import did_you_mean, listed, reason

LABEL = "label"
_INFO, _SPLITS, _STATE = "dataset_info.json", "dataset_dict.json", "state.json"
_LAYOUTS = (("train", "validation", "test"), ("train", "test"))


def is_saved(folder: Path) -> bool:
    """Return whether ``save_to_disk`` made the folder."""
    return (folder / _INFO).is_file() or (folder / _SPLITS).is_file()


def read_saved(
    folder: Path,
    size: tuple[int, int] | None,
    mode: str | None,
    read_as: ReadAs = PLAIN,
    targets: tuple[str, ...] = (),
) -> Rows:
    """Read a saved set, or the splits of one.

    Args:
        folder: for which ``is_saved`` holds.
        size: (height, width) of pictures, as for ``images.read_images``.
        mode: of pictures, the same.
        read_as: see ``tables.table_rows``; of pictures none is missing, but targets may be.
        targets: names of the columns of labels, where there are several; else ``label``.

    Raises:
        DataError: other splits, no column of labels, or a column cannot be used.
    """
    parts = _parts(folder)
    tables = [_table(part) for part in parts]
    try:
        table = pa.concat_tables(tables)
    except pa.ArrowInvalid as error:
        raise DataError(f"the splits of {folder} differ in their columns: {error}") from error
    lengths = [len(part) for part in tables]
    if read_as.apart is not None and len(parts) > 1:
        raise DataError(
            f"{folder.name} brings its own splits, so it cannot be split by {read_as.apart!r}. "
            f"Remove split."
        )
    features = _json(parts[0] / _INFO).get("features") or {}
    _check_labels(table, targets, folder.name)
    pictures = [name for name, kind in features.items() if kind.get("_type") == "Image"]
    columns = targets or (LABEL,)
    told = np.full(len(table), True)
    if read_as.missing:
        told = _with_targets(table, columns, features, folder.name)
        table, lengths = table.filter(told), _lengths_of(told, lengths, parts)
    numbers = None if told.all() else np.flatnonzero(told)
    each = [_labels(table, name, features.get(name, {}), folder.name) for name in columns]
    labels = np.column_stack([one.astype(object) for one in each]) if targets else each[0]
    if not pictures:
        rows = table_rows(table, targets or LABEL, read_as, folder.name)
        ready = None if len(parts) == 1 else _ready_made(lengths)
        rows = rows._replace(numbers=numbers, left_out=int((~told).sum()))
        return rows._replace(labels=labels, ready_made=ready)
    if len(pictures) > 1 or read_as.apart is not None:
        raise DataError(
            f"{folder.name} has the image columns {listed(pictures)}; allowed is one, in a set "
            f"that is split at random. Keep one: "
            f'dataset.select_columns(["{pictures[0]}", "{columns[0]}"])'
        )
    found = _pictures(table, pictures[0], each[0], folder.name)
    rows = picture_rows(found, lengths, size, mode, f"{folder.name}: {', '.join(columns)}")
    rows = rows._replace(numbers=numbers, left_out=int((~told).sum()))
    rows = rows._replace(marks=read_aside(table, read_as, tuple(columns), folder.name)[1])
    return rows._replace(labels=labels) if targets else rows


def _with_targets(
    table: pa.Table, columns: Sequence[str], features: dict[str, Any], where: str
) -> np.ndarray:
    """Which rows have all targets, (n,) bool: of classes with names −1 stands for none.

    Raises:
        DataError: none has.
    """
    targets = [table.column(name) for name in columns]
    called = f"{where}: target {', '.join(map(repr, columns))}"
    told = rows_with_targets(targets, called)
    for name, column in zip(columns, targets, strict=True):
        if features.get(name, {}).get("names"):
            told &= column.fill_null(-1).to_numpy() >= 0
    if not told.any():
        raise DataError(f"{called} {NOTHING_TOLD}")
    return told


def _lengths_of(told: np.ndarray, lengths: Sequence[int], parts: Sequence[Path]) -> list[int]:
    """Rows of each split that have all targets; refuses a split without any."""
    ends = np.cumsum(lengths)
    left = [int(told[end - n : end].sum()) for end, n in zip(ends, lengths, strict=True)]
    if 0 in left:
        raise DataError(
            f"{parts[left.index(0)]} has no row with a target, as test splits of competitions "
            "have none: leave this split out, or label some of its rows."
        )
    return left


def _check_labels(table: pa.Table, targets: tuple[str, ...], where: str) -> None:
    """Refuse a set without rows or without its columns of labels."""
    columns = table.column_names
    for name in targets:
        if name not in columns:
            raise DataError(
                f"{where} has no column {name!r}{did_you_mean(name, columns)}, which [data.targets]"
                f" names; its columns are {listed(columns)}."
            )
    if not len(table) or not (targets or LABEL in columns):
        wanted = f"columns {listed(targets)}" if targets else f"a column {LABEL!r} of classes"
        rename = "" if targets else f' Rename yours: dataset.rename_column("…", {LABEL!r})'
        raise DataError(
            f"{where} has {len(table)} rows with the columns {listed(columns)}; allowed is at least"
            f" one row with {wanted}.{rename}"
        )


def _parts(folder: Path) -> list[Path]:
    """Return the folders of the splits in order, or the folder itself."""
    if not (folder / _SPLITS).is_file():
        return [folder]
    names = _json(folder / _SPLITS).get("splits", [])
    for layout in _LAYOUTS:
        if set(names) == set(layout):
            return [folder / name for name in layout]
    if names == ["train"]:
        return [folder / "train"]
    raise DataError(
        f"{folder.name} has the splits {listed(names)}; allowed are train alone, train and test, "
        f"or train, validation and test. Keep these: DatasetDict(train=…, test=…).save_to_disk(…)"
    )


def _json(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{file} cannot be read: {reason(error)}. Save the data set anew."
        ) from error


def _table(folder: Path) -> pa.Table:
    """Return the rows of one saved set, memory-mapped."""
    files = [folder / file["filename"] for file in _json(folder / _STATE).get("_data_files", [])]
    try:
        return pa.concat_tables(
            pa.ipc.open_stream(pa.memory_map(str(file))).read_all() for file in files
        )
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{folder} cannot be read: {reason(error)}. Save the data set anew."
        ) from error


def _ready_made(lengths: Sequence[int]) -> ReadyMade:
    return ReadyMade(lengths[0], sum(lengths[1:-1]), lengths[-1])


def _labels(table: pa.Table, name: str, feature: dict[str, Any], where: str) -> np.ndarray:
    """Return a column of labels, classes by name where the set has names."""
    column = table.column(name)
    values = np.array(column.to_pylist())
    names = feature.get("names")
    if not names:
        return values
    if column.null_count or values.min() < 0 or values.max() >= len(names):
        raise DataError(
            f"{where}: some rows of column {name!r} have no class (null or −1), as test splits of "
            f"competitions have. {NO_TARGET}"
        )
    return np.array(names)[values]


def _pictures(table: pa.Table, column: str, labels: np.ndarray, where: str) -> list[Picture]:
    found = []
    pairs = zip(table.column(column), labels, strict=True)
    for row, (scalar, label) in enumerate(pairs):
        picture = scalar.as_py() or {}
        content = picture.get("bytes") or (picture.get("path") and Path(picture["path"]))
        if not content:
            raise DataError(f"{where}: column {column!r} has no picture in row {row} (from 0).")
        found.append(Picture(f"{where}: row {row} of column {column!r}", content, str(label)))
    return found
