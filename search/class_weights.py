"""How much each class counts in the loss that is trained on."""

from collections.abc import Mapping

import numpy as np

from ..datasets.dataset import DataError, Dataset
from .spec import StudySpec
from .spec_entries import nearest
from .spec_toml import shown

Weights = tuple[float, ...]  # of the classes


def class_weights(spec: StudySpec, dataset: Dataset) -> Weights | tuple[Weights | None, ...] | None:
    """The weight of each class, whose mean over the training rows is 1; ``None`` for none.

    "balanced" gives rows / (classes · rows of the class), so that all classes count alike (King &
    Zeng 2001, Polit Anal 9:137, and scikit-learn's ``class_weight``). Of a table, classes that it
    does not name weigh 1 before all are divided by their mean: the step stays as long on average.

    Of several tasks the weights of each; ``None`` for a quantity.

    Args:
        spec: ``[training] class_weights`` says which.
        dataset: to train on.

    Raises:
        DataError: the table names a class that there is not.
    """
    asked = spec.training.class_weights
    if asked == "none":
        return None
    labels = dataset.train.labels
    if dataset.tasks:
        return tuple(
            _balanced(labels[:, place].astype(np.int64), task.outputs) if task.is_class else None
            for place, task in enumerate(dataset.tasks)
        )
    if asked == "balanced":
        return _balanced(labels, dataset.classes)
    return _scaled(_of_table(asked, dataset), np.bincount(labels, minlength=dataset.classes))


def _balanced(labels: np.ndarray, classes: int) -> Weights:
    counts = np.bincount(labels, minlength=classes)
    return _scaled(1 / counts, counts)


def _scaled(weights: np.ndarray, counts: np.ndarray) -> Weights:
    return tuple((weights * counts.sum() / (weights @ counts)).tolist())


def _of_table(table: "Mapping[str, float] | str", dataset: Dataset) -> np.ndarray:
    assert not isinstance(table, str)
    names = dataset.class_names
    for name in table:
        if name not in names:
            raise DataError(
                f"training.class_weights names the class {shown(name)}, which {dataset.name!r} has "
                f"not{nearest(name, names) or '.'} Its classes are "
                f"{', '.join(map(shown, names[:20]))}."
            )
    return np.array([table.get(name, 1.0) for name in names])
