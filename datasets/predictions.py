"""What a network of any framework answered, read from arrays beside the rows that it answered."""

import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .dataset import DataError, Dataset
from .labels import label_text
from .wording import counted, listed, quantity, reason

SPLITS: tuple[str, ...] = ("train", "validation", "test")
_CURE = "Write it with numpy.savez, numbers and text only (no Python objects)."
_FARTHEST = 1e30  # standard deviations of a target; the squares of more are no numbers any more
_SHOWN = 3  # predictions that are no labels, of maybe as many as there are rows
_ALL = ", ".join(f"{kind}_{split}" for split in SPLITS for kind in ("x", "y", "p"))


class Answered(NamedTuple):
    """What a network answered for the rows of one split."""

    # (rows, classes) float64, the largest is its class: rounded, two could be alike; (rows, 1) a
    # target, scaled
    outputs: np.ndarray
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
    _arrays(path, kinds="")


def _arrays(path: Path, kinds: str = "yph") -> dict[str, np.ndarray]:
    wanted = {f"{kind}_{split}" for split in SPLITS for kind in kinds}
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise DataError(f"{path} is no .npz archive. {_CURE}")
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                names = list(archive.files)
                arrays = {name: archive[name] for name in names if name in wanted}
    except FileNotFoundError:
        raise DataError(f"{path} does not exist.") from None
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} cannot be read as .npz: {reason(error)}. {_CURE}") from error
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
    texts = [label_text(value) for value in distinct]
    if unknown := [text for text in texts if text not in number]:
        rest = len(unknown) - _SHOWN
        more = f" and {rest:,} more" if rest > 0 else ""
        one = dataset.classes == 2 and values.dtype.kind == "f"
        raise DataError(
            f"{path.name}: {name} holds {listed(map(repr, unknown[:_SHOWN]))}{more}, which is no "
            f"label in y; labels are {listed(map(repr, dataset.class_names))}. Give labels, or an "
            f"array (rows, {dataset.classes}) of probabilities or logits"
            + (": of a single probability p, np.column_stack([1 - p, p])." if one else ".")
        )
    classes = np.array([number[text] for text in texts])[places]
    return np.eye(dataset.classes, dtype=np.float32)[classes]


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
    return values.astype(np.float64)


def _quantities(values: np.ndarray, name: str, dataset: Dataset, path: Path) -> np.ndarray:
    assert dataset.target is not None
    if values.ndim != 1 or values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise DataError(
            f"{path.name}: {name} must hold one finite number a row, in the units of y; got shape "
            f"{values.shape}, type {values.dtype}."
        )
    scaled = (values.astype(np.float64) - dataset.target.mean) / dataset.target.scale
    if (farthest := np.abs(scaled).max(initial=0)) > _FARTHEST:
        raise DataError(
            f"{path.name}: {name} lies up to {quantity(float(farthest), 2)} standard deviations of "
            "y from its mean: the network has diverged. Train it anew, for example with a lower "
            "learning rate."
        )
    return scaled[:, None]


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
    values, units = found[f"h_{name}"], found[f"h_{SPLITS[0]}"].shape[1:]
    fits = values.ndim == 2 and len(values) == count and values.shape[1:] == units != (0,)
    if not fits or values.dtype.kind not in "biuf":
        raise DataError(
            f"{path.name}: h_{name} has shape {values.shape} and type {values.dtype}; it must be "
            f"{count:,} rows × units, of as many units in each split."
        )
    with np.errstate(over="ignore"):
        values = values.astype(np.float32)
    if lost := int((~np.isfinite(values).all(axis=1)).sum()):
        raise DataError(
            f"{path.name}: h_{name} holds NaN, infinity or more than a float32 can in "
            f"{counted(lost, 'row')} of {count:,}. Leave the arrays h_… out, or mend the network."
        )
    return values
