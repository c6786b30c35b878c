"""What is learnt from: one loaded, split and checked data set, as plain numpy arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .scaled_rows import ScaledRows


# The category of text that is missing, and the only one of a column that tells where numbers are
MISSING = "(missing)"
# Ways of ``Dataset.dealt`` in which chance alone makes the splits unlike one another
DEALT_AT_RANDOM = ("random", "distinct", "grouped")


class DataError(Exception):
    """The data cannot be used; the message says what was got, what is allowed, what to do."""


class Split(NamedTuple):
    """Rows of one part of the data."""

    # (n, features) float32, encoded and scaled; of a file larger than memory they stay on disk
    inputs: "np.ndarray | ScaledRows"
    # classification: (n,) int32, 0 … classes − 1; regression: (n,) float32, the target
    # standardised; multilabel: (n, labels) int32, 1 or 0; multitask: (n, tasks) float32, the number
    # of a class or a target standardised
    labels: np.ndarray


class Preprocessing(NamedTuple):
    """What was done to raw numeric columns, fitted on the training split only."""

    # (features,) float64, those of a float32 where that is near enough; zeros: nothing was scaled
    mean: np.ndarray
    scale: np.ndarray  # (features,) float32, > 0; ones where nothing was scaled


class TargetScale(NamedTuple):
    """What was done to the target of a regression: ``(target − mean) / scale``."""

    mean: float  # over the training rows, in the target's units
    scale: float  # > 0: population standard deviation over the training rows


class TargetTask(NamedTuple):
    """One of several tasks that are learnt together."""

    name: str  # of its target
    kind: str  # "classification" | "regression"
    class_names: tuple[str, ...]  # of a classification; of a regression its name alone
    # The error of the best constant answer over the training rows: the share of them that are not
    # of the commonest class, or the target's variance in squares of its own units
    constant_error: float
    scale: TargetScale | None = None  # of a regression

    @property
    def outputs(self) -> int:
        """Numbers that a network gives for it."""
        return len(self.class_names)

    @property
    def is_class(self) -> bool:
        """Whether the answer is a class."""
        return self.kind == "classification"

    @property
    def unit(self) -> float:
        """What an error as a network measures it is multiplied by: squares of a target's scale."""
        return 1.0 if self.scale is None else self.scale.scale**2


class DataWarning(NamedTuple):
    """Something in the data that a user should know, but that does not stop a study."""

    # "duplicates_across_splits" | "conflicting_labels" | "target_outliers" | "row_numbers" |
    # "telling_column" | "missing_values" | "equal_by_chance" | "hidden_groups" | "skewed_target" |
    # "missing_codes" | "mixed_units" | "constant_columns" | "numbers_as_text" | "copies_left_out"
    # | "ordered_columns"
    kind: str
    # The field hides tuple.count, which nobody calls on a warning.
    count: int  # pyright: ignore[reportIncompatibleMethodOverride]  # rows concerned
    text: str  # one sentence with the numbers
    details: Mapping[str, str | int] = {}  # what advice needs beside it, by name


# Kinds of warnings that find no fault with the data
NOTES = (
    "missing_values",
    "equal_by_chance",
    "constant_columns",
    "numbers_as_text",
    "copies_left_out",
    "ordered_columns",
)


class Marked(NamedTuple):
    """Values of a column that is no feature, by which rows are told apart in a diagnosis."""

    column: str
    values: tuple[str, ...]  # in words, by their numbers
    of_rows: Mapping[str, np.ndarray]  # number of each row, by the split: "train", …, "bridge"


@dataclass(frozen=True)
class Dataset:
    """Training, validation and test rows with their names and provenance."""

    name: str
    train: Split
    validation: Split
    test: Split
    class_names: tuple[str, ...]  # of the classes; of the labels in multilabel; else of targets
    feature_names: tuple[str, ...]  # after one-hot encoding, one a column of inputs
    preprocessing: Preprocessing
    fingerprint: str  # SHA-256 over all splits' arrays, 64 hex digits
    warnings: tuple[DataWarning, ...] = ()
    # of a row's features, where they are an image: (height, width) or (height, width, channels)
    row_shape: tuple[int, ...] | None = None
    # Rows drawn like the training rows, but not trained on: they tell what the network learnt by
    # heart from what it meets in validation and test rows that come from elsewhere.
    bridge: Split | None = None
    task: str = "classification"  # | "regression" | "multilabel" | "multitask"
    target: TargetScale | None = None  # in regression
    tasks: tuple[TargetTask, ...] = ()  # in multitask
    # How rows came to splits: | "distinct" | "grouped" | "ordered" | "ready_made" |
    # "ready_made_test", where the source brings test rows along and validation rows are cut from
    # its training rows
    dealt: str = "random"
    # Of each row of training, validation, test and bridge its number in the source, from 0; of
    # ready-made splits counted through them in this order
    source_rows: tuple[np.ndarray, ...] = ()
    # Of each row of training, validation, test and bridge the number of its group, from 0, where
    # rows were dealt in groups
    groups: tuple[np.ndarray, ...] = ()
    marked: Marked | None = None  # where asked for
    # (features,) what stands for a number that is missing, before scaling, and None of categories;
    # empty where rows that lack a value are refused
    fills: tuple[float | None, ...] = ()
    target_transform: str | None = None  # "log": labels are of the target's natural logarithm

    @property
    def features(self) -> int:
        """Columns of the inputs."""
        return self.train.inputs.shape[1]

    @property
    def classes(self) -> int:
        """Number of classes, labels or targets."""
        return len(self.class_names)

    @property
    def outputs(self) -> int:
        """Numbers that a network gives for a row."""
        return sum(task.outputs for task in self.tasks) or self.classes
