"""What is recorded of a trial when it ends: how it ended, its errors and its curves."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from .signs import CurvatureRecord, MomentSigns


class Outcome(StrEnum):
    """How a trial ended, as kept in ``trial_results.outcome``."""

    COMPLETED = "completed"  # trained to its last epoch, or until early stopping ended it
    PRUNED = "pruned"  # stopped early, at a segment border; Optuna state PRUNED
    DIVERGED = "diverged"  # a loss, gradient or weight stopped being finite; Optuna state FAIL


class Curves(NamedTuple):
    """One value an epoch, measured in evaluation mode after the epoch; ``None`` if not finite."""

    training_loss: tuple[float | None, ...]
    training_error: tuple[float | None, ...]
    validation_loss: tuple[float | None, ...]
    validation_error: tuple[float | None, ...]
    gradient_norm: tuple[float | None, ...]  # L2 norm of the loss gradient, mean over the epoch


class BalancedCurves(NamedTuple):
    """Balanced errors, one an epoch, measured with the ``Curves``; ``None`` if not finite."""

    training: tuple[float | None, ...]
    validation: tuple[float | None, ...]


class TaskResult(NamedTuple):
    """How a trial's network does in one of several tasks, on one split."""

    split: str  # "training" | "validation" | "test" | "bridge"
    task: str  # the name of its target
    kind: str  # "classification" | "regression"
    error: float | None  # a fraction of rows, or a mean squared error in squared units
    relative_error: float | None  # over the error of the best constant answer on training rows
    loss: float | None  # nats, or the mean squared error of the standardised target
    deviation: float | None  # of the rows' errors (divisor n), in units of the error


class TaskCurves(NamedTuple):
    """``Curves`` of one of several tasks: losses and errors in units of ``TaskResult``."""

    task: str  # the name of its target
    training_loss: tuple[float | None, ...]
    training_error: tuple[float | None, ...]
    validation_loss: tuple[float | None, ...]
    validation_error: tuple[float | None, ...]


class LabelResult(NamedTuple):
    """How a trial's network does on one of several labels of a row, on one split."""

    split: str  # "training" | "validation" | "test" | "bridge"
    label: str  # its name
    rows_with: int  # that have the label
    missed: int  # of these, those that are not said to have it
    rows_without: int  # that do not have it
    claimed: int  # of these, those that are said to have it
    # The probability from which on claiming the label has the highest F1 on the validation rows,
    # the same for all splits; None, as the next two, where none of them has the label
    threshold: float | None
    missed_from: int | None  # as missed, where the label is claimed from the threshold on
    claimed_from: int | None  # as claimed, likewise


class RowErrors(NamedTuple):
    """The errors of a trial's network on validation rows, one by one.

    The rows and their order are the same for all trials of a study.
    """

    kind: str  # "bits": 1 where wrong, eight rows a byte, the first its highest; or "float32"
    kept_rows: int
    validation_rows: int  # of which they are
    data: bytes  # float32: little-endian, in units of the error
    # In classification how many of the rows are of each class; they stand in the order of classes
    class_rows: tuple[int, ...] | None = None


class TrialResult(NamedTuple):
    """Everything that is recorded when a trial ends."""

    trial_id: int
    outcome: Outcome  # diverged: no value and no last measurements; pruned: no test_…
    # The objective: validation error, or balanced one where the study minimises that, after the
    # last epoch trained or, with early stopping and not pruned, after best_epoch; so are the last
    # measurements.
    value: float | None
    learning_rate: float
    weight_decay: float
    momentum: float
    epochs: int  # epochs trained
    best_epoch: int | None  # epoch (from 1) with the lowest objective, the first of equals
    diverged_epoch: int | None  # epoch (from 1) in which the trial diverged
    training_loss: float | None
    training_error: float | None
    validation_loss: float | None
    validation_error: float | None
    test_loss: float | None
    test_error: float | None
    parameters: int  # trainable numbers in the network
    seconds: float  # this trial's share of the wall-clock time of its batch
    lanes: int  # K: how many trials were trained in one program
    strategy: str  # "map" | "vmap"
    curves: Curves
    convolution: str | None = None  # a key of convolution.FORMS; None for a network without any
    # Standard deviation over rows (divisor n) of a row's error: its squared error in regression,
    # its share of wrong labels in multilabel; None in classification, where the error tells it.
    training_deviation: float | None = None
    validation_deviation: float | None = None
    test_deviation: float | None = None
    bridge_loss: float | None = None  # on the bridge rows, where there are some
    bridge_error: float | None = None
    bridge_deviation: float | None = None  # as test_deviation
    # Where the study minimises the balanced error: the mean over classes of the share of their rows
    # that is wrong, classes without rows left out; and wrong rows of each class, by split.
    training_balanced_error: float | None = None
    validation_balanced_error: float | None = None
    test_balanced_error: float | None = None
    bridge_balanced_error: float | None = None
    wrong: Mapping[str, tuple[int, ...]] | None = None  # "training", "validation", …
    balanced_curves: BalancedCurves | None = None
    tasks: tuple[TaskResult, ...] = ()  # of a completed one in multitask: by split and task
    row_errors: RowErrors | None = None  # of a completed one; read as the study's, not the trial's
    # Of one that was not pruned; a diverged one has no end.
    signs: tuple[MomentSigns, ...] = ()
    # Of a study's best trial that learnt little; measured when the study ends
    curvature: CurvatureRecord | None = None
    task_curves: tuple[TaskCurves, ...] = ()  # in multitask, one a task; not of older databases
    # Of a study's best trial in multilabel: by split and label; measured when the study ends
    labels: tuple[LabelResult, ...] = ()

    @property
    def objective_curve(self) -> tuple[float | None, ...]:
        """What the study minimises, by epoch."""
        balanced = self.balanced_curves
        return self.curves.validation_error if balanced is None else balanced.validation
