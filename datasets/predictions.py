"""What a network of any framework answered, read from arrays beside the rows that it answered."""

import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .dataset import DataError, Dataset
from .wording import counted, listed, reason

SPLITS: tuple[str, ...] = ("train", "validation", "test")
_ALL = ", ".join(f"{kind}_{split}" for split in SPLITS for kind in ("x", "y", "p"))


class Answered(NamedTuple):
    """What a network answered for the rows of one split."""

    outputs: np.ndarray  # (rows, classes) float32, the largest is its class; (rows, 1) a target
    activations: np.ndarray | None  # (rows, units) float32: what its last layer gets, if given


def read_predictions(path: Path, dataset: Dataset) -> tuple[Answered, ...]:
    """What a network answered for the training, validation and test rows of a data set.

    Args:
        path: of the .npz file that the data set was loaded from. Beside ``x_train``, ``y_train`` …
            it holds ``p_train``, ``p_validation``, ``p_test``: (n,) labels as in y, or
            (n, classes) numbers of which the largest is the answer, in the order of
            ``dataset.class_names``; in regression (n,) quantities in the units of y. Beside them
            there may be ``h_train`` …, (n, units): what the network's last layer gets.
        dataset: of classes or of one quantity.

    Raises:
        DataError: an array is missing, has another number of rows, or holds no answers.
    """
    found = _arrays(path)
    splits = zip(SPLITS, dataset.source_rows[: len(SPLITS)], strict=True)
    # The data set's rows are numbered through the file's splits, in this order.
    first, answered = 0, []
    for name, rows in splits:
        count = len(found[f"y_{name}"])
        here = np.asarray(rows) - first
        first += count
        outputs = _outputs(_of_rows(found, f"p_{name}", count, path), f"p_{name}", dataset, path)
        activations = _activations(found, name, count, path)
        answered.append(Answered(outputs[here], None if activations is None else activations[here]))
    return tuple(answered)


def check_layout(path: Path) -> None:
    """Refuse a file that lacks rows, labels or predictions of a split, before it is loaded.

    Raises:
        DataError: names what is missing, and how to write it.
    """
    _arrays(path)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    wanted = {f"{kind}_{split}" for split in SPLITS for kind in "yph"}
    try:
        with np.load(path, allow_pickle=False) as archive:
            names = list(archive.files)
            arrays = {name: archive[name] for name in names if name in wanted}
    except FileNotFoundError:
        raise DataError(f"{path} does not exist.") from None
    except (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path} cannot be read as .npz: {reason(error)}. Write it with numpy.savez, numbers "
            "and text only (no Python objects)."
        ) from error
    missing = [
        f"{kind}_{split}" for split in SPLITS for kind in "xyp" if f"{kind}_{split}" not in names
    ]
    if missing:
        raise DataError(
            f"{path.name} lacks {listed(missing)}; it needs {_ALL}: the rows of each split, their "
            "labels and what the network predicts for them. Where no rows chose the network, let "
            "one half of those that it did not learn from be validation, the other test."
        )
    return arrays


def _of_rows(found: dict[str, np.ndarray], name: str, count: int, path: Path) -> np.ndarray:
    values = found[name]
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim not in (1, 2) or len(values) != count:
        raise DataError(
            f"{path.name}: {name} has shape {found[name].shape}; it must hold a prediction for "
            f"each of {counted(count, 'row')}."
        )
    return values


def _outputs(values: np.ndarray, name: str, dataset: Dataset, path: Path) -> np.ndarray:
    if dataset.target is not None:
        return _quantities(values, name, dataset, path)
    if values.ndim == 2:
        return _scores(values, name, dataset, path)
    number = {label: place for place, label in enumerate(dataset.class_names)}
    distinct, places = np.unique(values, return_inverse=True)
    texts = [_text(value) for value in distinct]
    if unknown := [text for text in texts if text not in number]:
        raise DataError(
            f"{path.name}: {name} holds {listed(map(repr, unknown))}, which is no label in y; "
            f"labels are {listed(map(repr, dataset.class_names))}. Give labels, or an array "
            f"(rows, {dataset.classes}) of probabilities or logits."
        )
    classes = np.array([number[text] for text in texts])[places]
    return np.eye(dataset.classes, dtype=np.float32)[classes]


def _text(value: object) -> str:
    """A label as the data set names it: 1.0 is the class 1."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _scores(values: np.ndarray, name: str, dataset: Dataset, path: Path) -> np.ndarray:
    if values.dtype.kind not in "biuf" or values.shape[1] != dataset.classes:
        raise DataError(
            f"{path.name}: {name} has shape {values.shape} and type {values.dtype}; of "
            "probabilities or logits there must be a number for each of "
            f"{dataset.classes:,} classes, in the order {listed(map(repr, dataset.class_names))}."
        )
    if lost := int((~np.isfinite(values).all(axis=1)).sum()):
        raise DataError(
            f"{path.name}: {name} holds NaN or infinity in {counted(lost, 'row')} of "
            f"{len(values):,}: the network has diverged, or met inputs that are no numbers. Train "
            "it anew, for example with a lower learning rate."
        )
    return values.astype(np.float32)


def _quantities(values: np.ndarray, name: str, dataset: Dataset, path: Path) -> np.ndarray:
    assert dataset.target is not None
    if values.ndim != 1 or values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise DataError(
            f"{path.name}: {name} must hold one finite number a row, in the units of y; got shape "
            f"{values.shape}, type {values.dtype}."
        )
    scaled = (values.astype(np.float64) - dataset.target.mean) / dataset.target.scale
    return scaled.astype(np.float32)[:, None]


def _activations(
    found: dict[str, np.ndarray], name: str, count: int, path: Path
) -> np.ndarray | None:
    given = [split for split in SPLITS if f"h_{split}" in found]
    if not given:
        return None
    if len(given) < len(SPLITS):
        raise DataError(
            f"{path.name} has {listed(f'h_{split}' for split in given)}; give what the last layer "
            "gets for all three splits, or for none."
        )
    values = found[f"h_{name}"]
    if values.ndim != 2 or len(values) != count or values.dtype.kind not in "biuf":
        raise DataError(
            f"{path.name}: h_{name} has shape {values.shape} and type {values.dtype}; it must be "
            f"{count:,} rows × units."
        )
    return values.astype(np.float32)
