"""What a study's data are, and what was found out about them."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class SplitSizes(NamedTuple):
    """Rows in each split."""

    train: int
    validation: int
    test: int
    bridge: int = 0


class TargetVariance(NamedTuple):
    """The error of always predicting the training mean: what R² = 1 − error / this is taken of.

    Mean squared deviation from the mean over the training rows, of the rows of each split, in
    squared units of the target; of several targets the mean.
    """

    train: float
    validation: float
    test: float
    bridge: float | None = None  # where there is a bridge


class ClassRows(NamedTuple):
    """The classes, and how many rows of each there are in every split, in the same order."""

    names: tuple[str, ...]
    training: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]
    bridge: tuple[int, ...] | None = None  # where there is a bridge


class TaskNote(NamedTuple):
    """One of several tasks, kept so that a diagnosis needs no data."""

    name: str  # of its target
    kind: str  # "classification" | "regression"
    classes: int  # 1 of a regression
    constant_error: float  # of the best constant answer over the training rows, in units of errors


class DataNote(NamedTuple):
    """A warning about the data, kept so that a diagnosis needs no data."""

    kind: str  # see datasets.dataset.DataWarning
    # The field hides tuple.count, which nobody calls on a note.
    count: int  # pyright: ignore[reportIncompatibleMethodOverride]  # rows concerned
    text: str
    details: Mapping[str, str | int] = {}  # what advice needs beside it; not of older databases


class BayesRecord(NamedTuple):
    """An estimate of the Bayes error, or the user's own figure."""

    value: float
    low: float
    high: float
    n: int | None  # rows that judged it; None where a figure given by the user tells none
    method: str  # one sentence: how value, low and high came about
    given: bool  # True when the user gave it
    details: Mapping[str, float | int | str | None] = {}  # every ingredient, by name
    tasks: Mapping[str, "BayesRecord"] = {}  # in multitask each task's own, by its name


GROUP_EFFECT = "group_effect"
SHIFT = "shift"


class DataCheck(NamedTuple):
    """What was found out about the data when a study ended; a diagnosis needs no data for it."""

    kind: str  # "label_errors" | "drift" | "shift" | "group_effect"
    split: str | None  # "training" | "validation" | "test" | "bridge", where it is about one
    n: int  # rows looked at
    # label_errors: the share of wrong labels, where details name one class (looks_like) of the rows
    # that look like it; drift: the area under the ROC curve; shift: how much worse models of
    # training rows do on test rows, in the errors' unit; group_effect: how many rows tell as little
    # about the error as one independent row (details: groups, and task where it is about one of
    # several)
    value: float
    low: float
    high: float
    p_value: float | None  # of a test, corrected for the number of tests
    method: str  # one or two sentences
    details: Mapping[str, Any] = {}  # JSON-able
