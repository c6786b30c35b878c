"""What the user knows of the Bayes error, checked against the data before the first trial."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.dataset import DataError, Dataset
from ..datasets.soft_labels import read_soft_labels
from .spec import StudySpec
from .spec_diagnosis import LabelNoise
from .spec_toml import shown


def check_known_floor(spec: StudySpec, dataset: Dataset) -> None:
    """Refuse what cannot be said of this data.

    Raises:
        DataError: soft labels that cannot be used, or more wrong labels than chance gives.
    """
    soft_labels({"soft_labels": spec.diagnosis.soft_labels}, dataset)
    noise = spec.diagnosis.label_noise
    flipped = noise.flipped if isinstance(noise, LabelNoise) else noise
    most = (dataset.classes - 1) / dataset.classes
    if flipped is not None and flipped >= most:
        raise DataError(
            f"diagnosis.label_noise = {shown(flipped)}, but labels drawn blindly from the "
            f"{dataset.classes} classes of {dataset.name!r} are wrong in {most:.3g} of rows; write "
            "a smaller share."
        )


def soft_labels(diagnosis: Mapping[str, Any], dataset: Dataset) -> np.ndarray | None:
    """The class probabilities that the spec names, (n, classes); ``None`` where it names none.

    Args:
        diagnosis: the spec's table, as it is stored.
        dataset: whose classes they are of.

    Raises:
        DataError: they cannot be used.
    """
    place = diagnosis.get("soft_labels")
    return None if place is None else read_soft_labels(Path(place), dataset.classes)
