"""How much each class counts in the loss that is trained on."""

from collections.abc import Mapping

import numpy as np

from ..datasets.dataset import DataError, Dataset
from .spec import StudySpec
from .spec_entries import nearest
from .spec_toml import shown


def class_weights(spec: StudySpec, dataset: Dataset) -> tuple[float, ...] | None:
    """The weight of each class, whose mean over the training rows is 1; ``None`` for none.

    "balanced" gives rows / (classes · rows of the class), so that all classes count alike (King &
    Zeng 2001, Polit Anal 9:137, and scikit-learn's ``class_weight``). Of a table, classes that it
    does not name weigh 1 before all are divided by their mean: the step stays as long on average.

    Args:
        spec: ``[training] class_weights`` says which.
        dataset: to train on.

    Raises:
        DataError: the table names a class that there is not.
    """
    asked = spec.training.class_weights
    if asked == "none":
        return None
    counts = np.bincount(dataset.train.labels, minlength=dataset.classes)
    weights = 1 / counts if asked == "balanced" else _of_table(asked, dataset)
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
