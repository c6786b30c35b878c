"""What is learnt from: one loaded, split and checked data set, as plain numpy arrays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .scaled_rows import ScaledRows


class DataError(Exception):
    """The data cannot be used; the message says what was got, what is allowed, what to do."""


class Split(NamedTuple):
    """Rows of one part of the data."""

    # (n, features) float32, encoded and scaled; of a file larger than memory they stay on disk
    inputs: "np.ndarray | ScaledRows"
    # classification: (n,) int32, 0 … classes − 1; regression: (n,) float32, the target
    # standardised; multilabel: (n, labels) int32, 1 or 0
    labels: np.ndarray


class Preprocessing(NamedTuple):
    """What was done to raw numeric columns, fitted on the training split only."""

    mean: np.ndarray  # (features,) float32; zeros where nothing was scaled
    scale: np.ndarray  # (features,) float32, > 0; ones where nothing was scaled


class TargetScale(NamedTuple):
    """What was done to the target of a regression: ``(target − mean) / scale``."""

    mean: float  # over the training rows, in the target's units
    scale: float  # > 0: population standard deviation over the training rows


class DataWarning(NamedTuple):
    """Something in the data that a user should know, but that does not stop a study."""

    kind: str  # "duplicates_across_splits" | "conflicting_labels"
    # The field hides tuple.count, which nobody calls on a warning.
    count: int  # pyright: ignore[reportIncompatibleMethodOverride]  # rows concerned
    text: str  # one sentence with the numbers


@dataclass(frozen=True)
class Dataset:
    """Training, validation and test rows with their names and provenance."""

    name: str
    train: Split
    validation: Split
    test: Split
    class_names: tuple[str, ...]  # of the classes; of the labels in multilabel; of the one target
    feature_names: tuple[str, ...]  # after one-hot encoding, one a column of inputs
    preprocessing: Preprocessing
    fingerprint: str  # SHA-256 over all splits' arrays, 64 hex digits
    warnings: tuple[DataWarning, ...] = ()
    # of a row's features, where they are an image: (height, width) or (height, width, channels)
    row_shape: tuple[int, ...] | None = None
    # Rows drawn like the training rows, but not trained on: they tell what the network learnt by
    # heart from what it meets in validation and test rows that come from elsewhere.
    bridge: Split | None = None
    task: str = "classification"  # | "regression" | "multilabel"
    target: TargetScale | None = None  # in regression

    @property
    def features(self) -> int:
        """Columns of the inputs."""
        return self.train.inputs.shape[1]

    @property
    def classes(self) -> int:
        """Number of classes, labels or targets."""
        return len(self.class_names)
