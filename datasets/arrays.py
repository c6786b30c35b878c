"""Arrays: ``.npz`` and ``.npy`` files, and what a user's Python function returns.

Three layouts are read; other names beside them are ignored:

- ``x, y``: the rows are split as the spec says;
- ``x_train, y_train, x_validation, y_validation, x_test, y_test``: the splits are used as they
  are, and the spec's ``validation`` and ``test`` are not;
- ``x_train, y_train, x_test, y_test``: the validation split is cut from the training rows.

``x`` is (n, features), or (n, …) of any shape, which is flattened (a cnn takes rows of
(height, width) and (height, width, channels) as they were); ``y`` is one label a row.
"""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .dataset import DataError
from .request import PLAIN, ReadAs
from .rows import CURE, FILL_IN, ReadyMade, Rows, as_floats, check_finite
from .wording import counted, did_you_mean, listed, reason

_LAYOUTS = (
    ("",),
    ("_train", "_validation", "_test"),
    ("_train", "_test"),
)
_NAMES = frozenset(f"{a}{part}" for parts in _LAYOUTS for part in parts for a in "xy")
LAYOUTS_TEXT = (
    "x, y; or x_train, y_train, x_validation, y_validation, x_test, y_test; "
    "or x_train, y_train, x_test, y_test"
)


def read_npz(path: Path, read_as: ReadAs = PLAIN) -> Rows:
    """Read a NumPy archive; pickled objects in it are refused, never run.

    Args:
        path: an existing file.
        read_as: see ``rows_of``.

    Raises:
        DataError: not an archive, a pickled array, or see ``rows_of``.
    """
    if not zipfile.is_zipfile(path):
        raise DataError(
            f"{path.name} is not a .npz archive; write one with "
            f"numpy.savez({path.name!r}, x=…, y=…)."
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            wanted = {*_NAMES, *([read_as.apart] if read_as.apart else [])}
            arrays = {name: archive[name] for name in archive.files if name in wanted}
            found = list(archive.files)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path.name} cannot be read as .npz: {reason(error)}. Write it with numpy.savez, "
            f"numbers and text only (no Python objects)."
        ) from error
    return rows_of(arrays, path.name, found, read_as)


def read_npy(inputs: Path, labels: Path, apart: Path | None = None) -> Rows:
    """Read arrays that stand in files of their own; the inputs stay on disk, memory-mapped.

    Args:
        inputs: an existing file: rows × features, or rows of any shape.
        labels: an existing file: one label a row.
        apart: an existing file of groups or times, one a row.

    Raises:
        DataError: a file is no array, or see ``rows_of``.
    """
    files = {"x": inputs, "y": labels, **({"apart": apart} if apart else {})}
    arrays = {name: _mapped(path) for name, path in files.items()}
    where = ", ".join(path.name for path in files.values())
    return rows_of(arrays, where, read_as=ReadAs("apart" if apart else None), cure=FILL_IN)


def read_array(path: Path) -> np.ndarray:
    """The array of a .npy file, or x of a .npz file.

    Raises:
        DataError: the file cannot be read, or has no x.
    """
    if path.suffix.lower() == ".npy":
        return _mapped(path)
    try:
        with np.load(path, allow_pickle=False) as archive:
            if "x" in archive.files:
                return archive["x"]
            raise DataError(f"{path.name} has {listed(archive.files)}; the rows must be named x.")
    except (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path.name} cannot be read as .npz: {reason(error)}.") from error


def _mapped(path: Path) -> np.ndarray:
    """Return the array in a file, of which only the parts that are looked at are read."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, EOFError, ValueError) as error:
        raise DataError(
            f"{path.name} cannot be read as .npy: {reason(error)}. Write it with numpy.save, "
            f"numbers and text only (no Python objects)."
        ) from error


def rows_of(
    arrays: Mapping[str, Any],
    where: str,
    found: list[str] | None = None,
    read_as: ReadAs = PLAIN,
    *,
    cure: str = CURE,
) -> Rows:
    """Check and join named arrays.

    Args:
        arrays: by the names above; anything that ``numpy.asarray`` takes.
        where: how messages call the source.
        found: all names of the source, for the message; those of ``arrays`` when omitted.
        read_as: the array of groups or times, one a row, by which x and y are to be split, and
            whether x may hold NaN, which is to be filled in; arrays have no columns to ignore.
        cure: what can be done about NaN that may not be there.

    Raises:
        DataError: names of no layout, unequal lengths, no numbers, NaN or infinity.
    """
    found = list(map(str, arrays)) if found is None else found
    apart = read_as.apart
    parts = _layout({k: v for k, v in arrays.items() if k != apart}, where, found)
    if apart is not None and len(parts) > 1:
        raise DataError(
            f"{where} brings its own splits ({', '.join(f'x{part}' for part in parts)}), so it "
            f"cannot be split by {apart!r}. Remove split, or give x and y alone."
        )
    pairs = [_pair(arrays, part, where) for part in parts]
    shapes = [inputs.shape[1:] for inputs, _ in pairs]
    if len(set(shapes)) > 1:
        texts = [f"x{p} {s}" for p, s in zip(parts, shapes, strict=True)]
        raise DataError(f"{where}: the splits' rows differ in shape: {', '.join(texts)}.")
    columns = column_names(shapes[0])
    flat = []
    for part, (inputs, labels) in zip(parts, pairs, strict=True):
        # 16-bit floats stay what they are: a file of them may be larger than memory.
        exact = inputs.dtype.kind in "biu" or inputs.dtype == np.float16
        numbers = inputs if exact else as_floats(inputs)
        flat.append(numbers.reshape(len(labels), len(columns)))
        check_finite(flat[-1], columns, f"{where}: x{part}", missing=read_as.missing, cure=cure)
    lengths = [len(labels) for _, labels in pairs]
    ready = None if len(parts) == 1 else ReadyMade(lengths[0], sum(lengths[1:-1]), lengths[-1])
    return Rows(
        flat[0] if len(flat) == 1 else np.concatenate(flat),
        columns,
        (None,) * len(columns),
        _joined([labels for _, labels in pairs]),
        f"{where}: " + ", ".join(f"y{part}" for part in parts),
        ready,
        shapes[0] if len(shapes[0]) in (2, 3) else None,
        None if apart is None else _along(arrays, apart, where, found, lengths[0]),
    )


def _along(
    arrays: Mapping[str, Any], apart: str, where: str, found: list[str], rows: int
) -> np.ndarray:
    """Return the array of groups or times, one a row."""
    if apart not in arrays:
        raise DataError(
            f"{where} has no array {apart!r}{did_you_mean(apart, found)}, by which rows are to be "
            f"split; it has {listed(found)}."
        )
    values = as_array(arrays[apart], f"{where}: {apart}")
    if values.shape not in ((rows,), (rows, 1)):
        raise DataError(
            f"{where}: {apart} has shape {values.shape}; it must hold one group or time for each "
            f"of {counted(rows, 'row')}."
        )
    if values.dtype.kind not in "biufUM" or (values != values).any():
        raise DataError(
            f"{where}: {apart} has type {values.dtype}; rows can be split by numbers, text, "
            f"booleans or dates (datetime64), none of them missing."
        )
    return values.reshape(rows)


def _layout(arrays: Mapping[str, Any], where: str, found: list[str]) -> tuple[str, ...]:
    """Return the suffixes of the one layout whose names are all there, and no others."""
    known = _NAMES & set(arrays)
    for parts in _LAYOUTS:
        if known == {f"{a}{part}" for part in parts for a in "xy"}:
            return parts
    names = listed(str(name) for name in found) or "nothing"
    raise DataError(f"{where} has {names}; allowed are {LAYOUTS_TEXT}.")


def _pair(arrays: Mapping[str, Any], part: str, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return one split's inputs (n, …) and labels (n, …), checked against one another."""
    inputs = as_array(arrays[f"x{part}"], f"{where}: x{part}")
    labels = as_array(arrays[f"y{part}"], f"{where}: y{part}")
    if inputs.dtype.kind not in "biuf":
        raise DataError(
            f"{where}: x{part} has type {inputs.dtype}; features must be real numbers. Encode text "
            f"columns as numbers, or give a .csv or .parquet file, whose text columns are encoded."
        )
    if inputs.ndim < 2:
        raise DataError(
            f"{where}: x{part} has shape {inputs.shape}; it must be rows × features. "
            f"Of a single feature take x.reshape(-1, 1)."
        )
    if labels.ndim == 0 or len(inputs) != len(labels):
        rows = counted(len(labels), "row") if labels.ndim else "no rows"
        raise DataError(
            f"{where}: x{part} has {counted(len(inputs), 'row')}, but y{part} has {rows}; "
            f"each row needs one label."
        )
    if inputs.size == 0:
        raise DataError(f"{where}: x{part} has shape {inputs.shape}, which holds no numbers.")
    return inputs, labels


def as_array(value: Any, where: str) -> np.ndarray:
    """Return the value as an array; ``where`` is how messages call it.

    Raises:
        DataError: it is none, as a list of lists of unequal length.
    """
    try:
        return np.asarray(value)
    except (ValueError, TypeError) as error:
        raise DataError(f"{where} cannot be made an array: {error}") from error


def _joined(labels: list[np.ndarray]) -> np.ndarray:
    """Return the splits' labels end to end; of mixed types as objects, so that none is renamed."""
    if len(labels) == 1:
        return labels[0]
    if len({part.dtype.kind for part in labels}) > 1:
        labels = [part.astype(object) for part in labels]
    return np.concatenate([part.reshape(len(part), -1) for part in labels])


def column_names(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return x0, x1, …; or x0_0, x0_1, … by the place in a row of more dimensions."""
    return tuple("x" + "_".join(map(str, index)) for index in np.ndindex(shape))
