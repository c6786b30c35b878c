"""The validation rows whose errors are kept with every trial, and how they are packed.

What chose the best trial can then be drawn again (``diagnostics.statistics.winners_curse``), and no
data is needed for it.
"""

import numpy as np

from ..datasets.dataset import Dataset
from ..datasets.dealing import by_class
from ..storage.records.results import RowErrors

KEPT = 10_000  # rows at most: of one trial 1.25 kB in classification, else 40 kB
_STREAM = 0x726F7773  # "rows": keeps these draws apart from others of the study's seed


def picked_rows(dataset: Dataset, seed: int, *, alike: bool = False) -> np.ndarray:
    """Numbers of the validation rows whose errors are kept: int32, the same for all trials.

    All of them up to ``KEPT``, else as many drawn without replacement. Classes one after the other,
    in the order of their numbers, and the rows of a class in the order of the split.

    Args:
        dataset: that is trained on.
        seed: of the study.
        alike: classes count alike, so a rare one is not to lose rows to the others.
    """
    labels = dataset.validation.labels
    drawn = np.random.default_rng((seed, _STREAM)).permutation(len(labels))
    if dataset.task != "classification":
        return np.sort(drawn[:KEPT]).astype(np.int32)
    if alike:  # the first of each class, then the second of each, and so on
        ordered, places = by_class(labels, drawn)
        place = np.empty(len(labels), np.int64)
        place[ordered] = places
        drawn = drawn[np.argsort(place[drawn], kind="stable")]
    picked = np.sort(drawn[:KEPT])
    return picked[np.argsort(labels[picked], kind="stable")].astype(np.int32)


def kept_groups(dataset: Dataset, picked: np.ndarray) -> tuple[int, ...] | None:
    """The number of each picked row's group; ``None`` where rows were not dealt in groups.

    Args:
        dataset: that is trained on.
        picked: as ``picked_rows`` gives them.
    """
    if not dataset.groups:
        return None
    return tuple(dataset.groups[1][picked].tolist())


def packed_errors(errors: np.ndarray, dataset: Dataset, picked: np.ndarray) -> RowErrors | None:
    """A trial's errors on the picked rows as they are stored; ``None`` where one is not finite.

    Args:
        errors: float32 (picked,), as the lanes measured them: see ``models.tasks.row_errors``.
        dataset: that they were measured on.
        picked: as ``picked_rows`` gives them.
    """
    if not np.isfinite(errors).all():
        return None
    rows = len(picked), len(dataset.validation.labels)
    kind, data = error_bytes(errors, dataset)
    if dataset.task != "classification":
        return RowErrors(kind, *rows, data)
    of_class = np.bincount(dataset.validation.labels[picked], minlength=dataset.classes)
    return RowErrors(kind, *rows, data, tuple(of_class.tolist()))


def error_bytes(errors: np.ndarray, dataset: Dataset) -> tuple[str, bytes]:
    """Errors of rows as they are stored: the kind and the bytes, as of ``RowErrors``.

    Args:
        errors: float32 (rows,), finite, as the lanes measured them.
        dataset: that they were measured on.
    """
    if dataset.task == "classification":
        return "bits", np.packbits(errors > 0.5).tobytes()  # they are 0 or 1
    unit = 1.0 if dataset.target is None else dataset.target.scale**2
    return "float32", (errors * np.float32(unit)).astype("<f4").tobytes()
