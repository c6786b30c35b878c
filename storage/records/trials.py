"""A trial before it is trained, while it is held, and as it is read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from .results import TrialResult


class Parameter(NamedTuple):
    """One value of one trial in Optuna's internal representation."""

    name: str
    value: float  # as in trial_params.param_value: a float, an int, or the index of a choice
    distribution_json: str  # optuna.distributions.distribution_to_json(…)


class Proposal(NamedTuple):
    """A trial that is to be launched."""

    number: int
    parameters: tuple[Parameter, ...]


class LaunchedTrial(NamedTuple):
    """A trial that this worker now holds in state RUNNING."""

    trial_id: int
    number: int
    parameters: Mapping[str, float | int | str | bool]  # external values, choices resolved
    replicate: int = 0  # 0 is the trial itself; above, it is trained again with another seed
    bootstrap: bool = False  # train on rows, or groups, drawn with replacement
    # Train on so many rows, or rows of whole groups, drawn without replacement, in as many steps
    # as on all; None: on all
    train_rows: int | None = None


class FinishedTrial(NamedTuple):
    """A trial for a sampler's mirror: only what Optuna keeps of it."""

    number: int
    state: str  # COMPLETE, FAIL or PRUNED
    parameters: tuple[Parameter, ...]
    value: float | None


@dataclass(frozen=True)
class TrialRecord:
    """A trial as read back; the measured fields are ``None`` for trials of foreign workers."""

    trial_id: int
    number: int
    state: str  # Optuna's: COMPLETE, RUNNING, WAITING, FAIL, PRUNED
    parameters: Mapping[str, float | int | str | bool]
    value: float | None
    started: datetime | None
    completed: datetime | None
    result: TrialResult | None = None
