"""What a network of any framework answered, read from arrays beside the rows that it answered."""

import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .arrays import as_array
from .dataset import DataError, Dataset
from .labels import label_text
from .targets import log_of
from .wording import counted, listed, quantity, reason

SPLITS: tuple[str, ...] = ("train", "validation", "test")
_CURE = "Write it with numpy.savez, numbers and text only (no Python objects)."
_FARTHEST = 1e30  # standard deviations of a target; the squares of more are no numbers any more
_SHOWN = 3  # predictions that are no labels, of maybe as many as there are rows
_NAMES = frozenset(f"{kind}_{split}" for kind in "xyph" for split in SPLITS)
_ALL = ", ".join(f"{kind}_{split}" for split in SPLITS for kind in ("x", "y", "p"))


class Answered(NamedTuple):
    """What a network answered for the rows of one split."""

    # (rows, classes) float64, the largest is its class: rounded, two could be alike; (rows, labels)
    # above 0 where a label is predicted; (rows, 1) a target, scaled
    outputs: np.ndarray
    activations: np.ndarray | None  # (rows, units) float32: what its last layer gets, if given


def read_archive(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a .npz file that ``read_predictions`` and ``load_dataset`` ask for.

    Raises:
        DataError: the file cannot be read, or an array is missing, see ``check_layout``.
    """
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise DataError(f"{path} is no .npz archive. {_CURE}")
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                check_layout(archive.files, path.name)
                return {name: archive[name] for name in archive.files if name in _NAMES}
    except FileNotFoundError:
        raise DataError(f"{path} does not exist.") from None
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} cannot be read as .npz: {reason(error)}. {_CURE}") from error


def as_arrays(given: Mapping[str, Any], where: str) -> dict[str, np.ndarray]:
    """The same arrays from memory: whatever ``numpy.asarray`` takes, by name.

    Raises:
        DataError: an array is missing, or rows are of different lengths.
    """
    check_layout(given, where)
    return {name: as_array(it, f"{where}: {name}") for name, it in given.items() if name in _NAMES}


def check_layout(names: Collection[str], where: str) -> None:
    """Refuse arrays among which rows, labels or predictions of a split are missing.

    Raises:
        DataError: names what is missing, and how to write it.
    """
    missing = [
        name for split in SPLITS for kind in "xyp" if (name := f"{kind}_{split}") not in names
    ]
    if missing:
        raise DataError(
            f"{where} lacks {listed(missing)}; it needs {_ALL}: the rows of each split, their "
            "labels and what the network predicts for them. Where no rows chose the network, let "
            "one half of those that it did not learn from be validation, the other test."
        )


def read_predictions(
    found: Mapping[str, np.ndarray], where: str, dataset: Dataset
) -> tuple[Answered, ...]:
    """What a network answered for the training, validation and test rows of a data set.

    Args:
        found: the arrays that the data set was loaded from. Beside ``x_train``, ``y_train`` …
            there are ``p_train``, ``p_validation``, ``p_test``: (n,) labels as in y, or
            (n, classes) numbers of which the largest is the answer, in the order of
            ``dataset.class_names``; of several labels (n, labels) ones and zeros, probabilities or
            logits; in regression (n,) quantities in the units of y. Beside them there may be
            ``h_train`` …, (n, units): what the network's last layer gets.
        where: how messages call them.
        dataset: of classes, of several labels a row, or of one quantity.

    Raises:
        DataError: an array has another number of rows, or holds no answers.
    """
    splits = zip(SPLITS, dataset.source_rows[: len(SPLITS)], strict=True)
    # The data set's rows are numbered through the splits, in this order.
    first, answered = 0, []
    several = dataset.task == "multilabel"
    even = even_number(found) if several else 0.0
    for name, rows in splits:
        count = len(found[f"y_{name}"])
        here = np.asarray(rows) - first
        first += count
        values = _of_rows(found, f"p_{name}", count, where)
        if several:
            values = values.reshape(count, -1)  # also of a single label
        outputs = _outputs(values, f"p_{name}", dataset, where) - even
        activations = _activations(found, name, count, where)
        answered.append(Answered(outputs[here], None if activations is None else activations[here]))
    return tuple(answered)


def even_number(found: Mapping[str, np.ndarray]) -> float:
    """From what number on each of several labels is predicted: 0.5 of probabilities, 0 of logits.

    By all splits, as of few rows logits may lie between 0 and 1, too.
    """
    every = [it for split in SPLITS if (it := found[f"p_{split}"]).dtype.kind in "biuf"]
    return 0.5 if all(((it >= 0) & (it <= 1)).all() for it in every) else 0.0


def _of_rows(found: Mapping[str, np.ndarray], name: str, count: int, where: str) -> np.ndarray:
    values = found[name]
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim not in (1, 2) or len(values) != count:
        raise DataError(
            f"{where}: {name} has shape {found[name].shape}; it must hold a prediction for "
            f"each of {counted(count, 'row')}."
        )
    return values


def _outputs(values: np.ndarray, name: str, dataset: Dataset, where: str) -> np.ndarray:
    if dataset.target is not None:
        return _quantities(values, name, dataset, where)
    if values.ndim == 2:
        return _scores(values, name, dataset, where)
    number = {label: place for place, label in enumerate(dataset.class_names)}
    distinct, places = np.unique(values, return_inverse=True)
    texts = [label_text(value) for value in distinct]
    if unknown := [text for text in texts if text not in number]:
        rest = len(unknown) - _SHOWN
        more = f" and {rest:,} more" if rest > 0 else ""
        one = dataset.classes == 2 and values.dtype.kind == "f"
        raise DataError(
            f"{where}: {name} holds {listed(map(repr, unknown[:_SHOWN]))}{more}, which is no "
            f"label in y; labels are {listed(map(repr, dataset.class_names))}. Give labels, or an "
            f"array (rows, {dataset.classes}) of probabilities or logits"
            + (": of a single probability p, np.column_stack([1 - p, p])." if one else ".")
        )
    classes = np.array([number[text] for text in texts])[places]
    return np.eye(dataset.classes, dtype=np.float32)[classes]


def _scores(values: np.ndarray, name: str, dataset: Dataset, where: str) -> np.ndarray:
    if values.dtype.kind not in "biuf" or values.shape[1] != dataset.classes:
        several = dataset.task == "multilabel"
        numbers = "ones and zeros, probabilities" if several else "probabilities"
        raise DataError(
            f"{where}: {name} has shape {values.shape} and type {values.dtype}; of {numbers} or "
            f"logits there must be a number for each of {dataset.classes:,} "
            f"{'labels' if several else 'classes'}, in the order "
            f"{listed(map(repr, dataset.class_names))}."
        )
    if lost := int((~np.isfinite(values).all(axis=1)).sum()):
        raise DataError(
            f"{where}: {name} holds NaN or infinity in {counted(lost, 'row')} of "
            f"{len(values):,}: the network has diverged, or met inputs that are no numbers. Train "
            "it anew, for example with a lower learning rate."
        )
    return values.astype(np.float64)


def _quantities(values: np.ndarray, name: str, dataset: Dataset, where: str) -> np.ndarray:
    assert dataset.target is not None
    if values.ndim != 1 or values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise DataError(
            f"{where}: {name} must hold one finite number a row, in the units of y; got shape "
            f"{values.shape}, type {values.dtype}."
        )
    if dataset.target_transform is not None:
        values = log_of(values, f"{where}: {name}")
    scaled = (values.astype(np.float64) - dataset.target.mean) / dataset.target.scale
    if (farthest := np.abs(scaled).max(initial=0)) > _FARTHEST:
        raise DataError(
            f"{where}: {name} lies up to {quantity(float(farthest), 2)} standard deviations of "
            "y from its mean: the network has diverged. Train it anew, for example with a lower "
            "learning rate."
        )
    # In the 32 bits of the labels: what is predicted exactly is then no error, not even a rounding.
    return scaled.astype(np.float32).astype(np.float64)[:, None]


def _activations(
    found: Mapping[str, np.ndarray], name: str, count: int, where: str
) -> np.ndarray | None:
    given = [split for split in SPLITS if f"h_{split}" in found]
    if not given:
        return None
    if len(given) < len(SPLITS):
        raise DataError(
            f"{where} has {listed(f'h_{split}' for split in given)}; give what the last layer "
            "gets for all three splits, or for none."
        )
    values, units = found[f"h_{name}"], found[f"h_{SPLITS[0]}"].shape[1:]
    fits = values.ndim == 2 and len(values) == count and values.shape[1:] == units != (0,)
    if not fits or values.dtype.kind not in "biuf":
        raise DataError(
            f"{where}: h_{name} has shape {values.shape} and type {values.dtype}; it must be "
            f"{count:,} rows × units, of as many units in each split."
        )
    with np.errstate(over="ignore"):
        values = values.astype(np.float32)
    if lost := int((~np.isfinite(values).all(axis=1)).sum()):
        raise DataError(
            f"{where}: h_{name} holds NaN, infinity or more than a float32 can in "
            f"{counted(lost, 'row')} of {count:,}. Leave the arrays h_… out, or mend the network."
        )
    return values
