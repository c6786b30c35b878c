"""A training that others ran, as far as its log tells."""

from typing import NamedTuple

from ..units import Unit

LOGGED = Unit(loss_known=False)  # of a log's errors and losses
LOSSES = ("training_loss", "validation_loss")
Curve = tuple[float | None, ...]  # a point each; None where nothing was logged, or nothing finite


class TrainingLog(NamedTuple):
    """What a log has, a value a point; curves that it lacks are ``None``.

    A point is where something was validated or, in a log without validation, every entry. What was
    logged of the training rows since the point before is averaged.
    """

    source: str  # the file's name
    layout: str  # what was read, such as "Keras History"
    axis: str  # what ``at`` counts, such as "epoch" or "step"
    at: tuple[float, ...]
    training_loss: Curve | None
    training_error: Curve | None  # fractions
    validation_loss: Curve | None
    validation_error: Curve | None
    names: dict[str, str]  # a curve's name here → in the file
    from_accuracy: bool  # errors are 1 − accuracies
    diverged_at: dict[str, int | None]  # of each loss: the point from which on none is finite
    notes: tuple[str, ...] = ()  # what the reading leaves open, in sentences

    @property
    def points(self) -> int:
        """How many."""
        return len(self.at)

    def name_of(self, point: int) -> str:
        """What the point of that number, from 1, is called: "epoch 12"."""
        return f"{self.axis} {self.at[point - 1]:g}"


class LogContext(NamedTuple):
    """What a log does not say of itself."""

    training_rows: int | None = None
    validation_rows: int | None = None
    bayes_error: float | None = None  # fraction
    tolerance: float = 0.02  # fraction
    evaluated: bool = False  # training errors are of evaluation mode, after the epoch
