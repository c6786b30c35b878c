"""The spec's table ``[pruning]``."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .entries import FROZEN
from .spec_key import Count, Fraction, Key

KINDS = '"none", "median", "percentile", "halving", "hyperband", "wilcoxon"'


class Pruning(BaseModel):
    """Which trials are given up before their last epoch, by comparing them with others."""

    model_config = FROZEN
    kind: Annotated[
        Literal["none", "median", "percentile", "halving", "hyperband", "wilcoxon"],
        Key(
            "Optuna's pruner: none; trials worse than the median or a percentile of the completed "
            "ones at the same epoch; successive halving; Hyperband. Wilcoxon prunes no trial, but "
            "trains finalists no further with new seeds that a signed-rank test says are worse.",
            KINDS,
            '"none"',
        ),
    ] = "none"
    every: Annotated[
        Count | None,
        Key(
            "Epochs between two judgements of a trial; the trials advance in steps of so many. "
            "Absent, a tenth of the epochs.",
            "a whole number from 1 to 1,000,000",
            "2",
        ),
    ] = None
    window: Annotated[
        Count,
        Key(
            "Trials in training at once. It decides which trials are compared, so it belongs to "
            "the study, unlike [compute] lanes.",
            "a whole number from 1 to 1,000,000",
            "8",
        ),
    ] = 8
    min_epochs: Annotated[
        Count | None,
        Key(
            "No trial is pruned before so many epochs. Absent, twice every.",
            "a whole number from 1 to 1,000,000",
            "4",
        ),
    ] = None
    startup: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=1_000_000)],
        Key(
            "Completed trials before the median or the percentile says anything.",
            "a whole number from 1 to 1,000,000",
            "8",
        ),
    ] = 8
    percentile: Annotated[
        Annotated[float, Field(strict=True, gt=0, lt=100, allow_inf_nan=False)],
        Key(
            "Kept are trials among this best share of the completed ones, in percent.",
            "a number between 0 and 100",
            "50.0",
        ),
    ] = 50.0
    reduction: Annotated[
        Annotated[int, Field(strict=True, ge=2, le=1_000)],
        Key(
            "Halving and Hyperband keep one trial in so many at each rung.",
            "a whole number from 2 to 1,000",
            "2",
        ),
    ] = 2

    p_threshold: Annotated[
        Fraction,
        Key(
            "Wilcoxon stops a finalist below this p-value; n seeds reach 2⁻ⁿ at best.",
            "a fraction between 0 and 1",
            "0.1",
        ),
    ] = 0.1

    @property
    def prunes_trials(self) -> bool:
        """Whether trials of the search are pruned."""
        return self.kind not in ("none", "wilcoxon")

    def tick(self, epochs: int) -> int:
        """Epochs between two judgements in a training of ``epochs``."""
        return self.every or max(1, epochs // 10)

    def first(self, epochs: int) -> int:
        """The epoch of the first judgement that may prune."""
        return self.min_epochs or 2 * self.tick(epochs)


def fewest_pairs(p_threshold: float) -> int:
    """How many pairs the signed-rank test needs to fall below ``p_threshold``: 2⁻ⁿ at best.

    >>> fewest_pairs(0.1)
    4
    """
    pairs = 1
    while 0.5**pairs >= p_threshold:
        pairs += 1
    return pairs
