"""A feature step of a user's own Python: ``path/to/file.py:name``, between raw inputs and scaling.

``name`` is a function of inputs (rows, …) that returns features (rows, …), or a class or object
with ``fit`` and ``transform``, as scikit-learn's are; ``fit`` sees the training rows only. Each
split is given at once, images in their shape, the columns of a table as numbers (text one-hot).
Networks learn from raw inputs, too: the step is for what is known beforehand, such as a spectrum.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .arrays import column_names
from .dataset import DataError
from .functions import called, member
from .rows import as_floats, check_finite
from .splits import SplitRows


class Featured(NamedTuple):
    """What the step made."""

    inputs: np.ndarray  # (n, features): of all splits, one behind the other
    splits: SplitRows  # row numbers in these inputs
    names: tuple[str, ...]  # (features,)
    shape: tuple[int, ...] | None  # of a row, where it has two or three axes
    source: bytes  # the text of the file


def make_features(
    path: Path, name: str, inputs: np.ndarray, shape: tuple[int, ...] | None, splits: SplitRows
) -> Featured:
    """Fit the step on the training rows if it can be fitted, and apply it to every split.

    Args:
        path: an existing Python file.
        name: of the function, class or object in it.
        inputs: (n, columns), as encoded.
        shape: of a row, where it is an image.
        splits: row numbers.

    Raises:
        DataError: the file fails, has no such name, or the step fails or returns something else.
    """
    where = f"{path.name}:{name}"
    of_row = shape or (inputs.shape[1],)
    parts = [inputs[part].reshape(len(part), *of_row) for part in splits]
    apply = _step(path, name, parts[0])
    made = []
    for split, part in zip(SplitRows._fields, parts, strict=True):
        if len(part):
            made.append(_checked(apply(part), len(part), f"{where} of the {split} rows"))
    shapes = {features.shape[1:] for features in made}
    if len(shapes) > 1:
        raise DataError(
            f"{where} gives rows of shapes {', '.join(map(str, sorted(shapes)))}; every split must "
            f"get the same features."
        )
    made_shape = shapes.pop()
    names = tuple(f"f{column[1:]}" for column in column_names(made_shape))
    flat = [features.reshape(len(features), len(names)) for features in made]
    for features in flat:
        check_finite(features, names, where)
    ends = np.cumsum([len(part) for part in splits])
    rows = [np.arange(end - len(part), end) for end, part in zip(ends, splits, strict=True)]
    image = made_shape if len(made_shape) in (2, 3) else None
    return Featured(np.concatenate(flat), SplitRows(*rows), names, image, path.read_bytes())


def _step(path: Path, name: str, train: np.ndarray) -> Callable[[np.ndarray], Any]:
    """Return what turns inputs into features, fitted where it can be."""
    thing = member(path, name)
    if isinstance(thing, type):
        thing = called(path, name, thing)
    if not hasattr(thing, "transform"):
        return lambda part: called(path, name, thing, part)
    if hasattr(thing, "fit"):
        called(path, f"{name}.fit", thing.fit, train)
    return lambda part: called(path, f"{name}.transform", thing.transform, part)


def _checked(returned: Any, rows: int, where: str) -> np.ndarray:
    """Return features as numbers; refuse all else."""
    features = np.asarray(returned)
    if features.dtype.kind not in "biuf" or features.ndim < 2 or len(features) != rows:
        raise DataError(
            f"{where} returned {features.dtype} of shape {features.shape}; it must return real "
            f"numbers of shape ({rows}, …), one row of features for each row."
        )
    if features.size == 0:
        raise DataError(f"{where} returned shape {features.shape}, which holds no numbers.")
    return features if features.dtype.kind in "biu" else as_floats(features)
