"""Finalists that are trained again: what was measured, and what the winner's error is made of."""

from collections.abc import Mapping
from typing import NamedTuple

from .results import Outcome


class ReplicateResult(NamedTuple):
    """What was measured of a finalist that was trained again."""

    trial_id: int
    # "seed": another seed; "bootstrap", "group_bootstrap": rows or whole groups of them drawn with
    # replacement
    kind: str
    replicate: int  # its seed: 0 is the trial's own (bootstraps only), then 1, 2, …
    outcome: Outcome  # pruned: not trained, as the finalist was clearly worse than the best one
    epochs: int  # epochs trained
    training_loss: float | None  # over all training rows, after the last epoch, as the rest
    training_error: float | None
    validation_loss: float | None
    validation_error: float | None
    test_loss: float | None
    test_error: float | None
    seconds: float
    lanes: int
    strategy: str
    # Of a bootstrap replicate, for each test row: the predicted class; 1 or 0 for each label, a
    # row's labels side by side; or the predicted target standardised. Not read with a study.
    answers: tuple[float, ...] | None = None
    training_balanced_error: float | None = None  # as of a TrialResult
    validation_balanced_error: float | None = None
    test_balanced_error: float | None = None
    convolution: str | None = None  # as of a TrialResult

    @property
    def objective(self) -> float | None:
        """What the study minimises."""
        balanced = self.validation_balanced_error
        return self.validation_error if balanced is None else balanced


class DecompositionRecord(NamedTuple):
    """The winner's expected error on the test rows, taken apart over its bootstrap replicates."""

    trial_number: int
    method: str  # "zero_one" | "squared"
    replicates: int  # trainings
    n: int  # test rows; of several labels each is the mean over its labels
    loss: float  # the mean error of the replicates; bias + variance
    bias: float  # noise included; in regression squared, and where it is small maybe below 0
    variance: float  # in classification net: unbiased − biased variance
    unbiased_variance: float | None  # None in regression, as the next
    biased_variance: float | None
    # loss_low, loss_high, bias_low, …: 95 % intervals over rows, or groups of rows
    limits: Mapping[str, float]
