"""A study: as it is created, as it is listed, and as it is read back whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from .data import BayesRecord, DataCheck
from .learning_curves import LearningCurveRecord
from .regions import RegionsRecord
from .replicates import DecompositionRecord, ReplicateResult
from .results import Outcome, RowErrors
from .runs import Provenance, RunCosts
from .treatments import TreatmentRecord
from .trials import TrialRecord


class NewStudy(NamedTuple):
    """A study that is to be created."""

    name: str
    spec_text: str  # the TOML as the user wrote it
    spec_resolved: Mapping[str, Any]  # JSON-able: every key, defaults filled in
    parameters: tuple[tuple[str, str], ...]  # (name, distribution_json) of each searched one
    provenance: Provenance


class StudyCounts(NamedTuple):
    """Trials of a study by how they stand; ``total`` is the sum of the other seven."""

    total: int
    completed: int  # trained here to the last epoch, or until early stopping ended them
    pruned: int  # trained here until it was stopped early
    diverged: int  # trained here until it diverged
    failed: int  # launched here, then given up: another process declared it dead
    running: int  # held by one of our workers
    waiting: int  # launched here and released; the next worker takes it over
    foreign: int  # launched or trained by stock Optuna workers, whatever their state


class StudySummary(NamedTuple):
    """One line of ``netclinic studies``."""

    study_id: int
    name: str
    trials: int
    completed: int
    pruned: int
    diverged: int
    running: int
    best_value: float | None  # of the completed ones
    last_activity: datetime | None
    verdict: tuple[str, ...] | None  # of the newest diagnosis
    task: str | None = "classification"  # by its spec; None of a study of Optuna's alone
    leaning: tuple[str, ...] = ()  # what the diagnosis says is likely besides, or in its place


class StudyState(StrEnum):
    """Whether anybody trains a study, and whether there is anything left to train."""

    RUNNING = "running"  # a process trains it, or concludes it
    FINISHED = "finished"  # every trial that its spec wants has ended
    STOPPED = "stopped"  # some have not, and nobody trains them
    OPTUNA = "optuna"  # Optuna alone made it: how many trials it shall have is not known


class StudyStanding(NamedTuple):
    """A study in the list, and what else a page on all of them says."""

    summary: StudySummary
    state: StudyState
    ended: int  # trials, whatever their outcome
    wanted: int | None  # trials, by the spec; None where it does not say
    validation_rows: int | None  # of the newest run
    balanced: bool  # whether its best value counts classes alike


class SearchRange(NamedTuple):
    """One searched parameter: its law and range."""

    name: str
    law: str  # "log" | "one_minus_log" | "uniform" | "int" | "choice"
    low: float | None  # in the parameter's own units (momentum: 0.9); None for a choice
    high: float | None
    choices: tuple[float | int | str | bool, ...] = ()
    step: float | None = None  # between the values that can be drawn; None: 1 of "int", else any
    log: bool = False  # of "int": drawn on a logarithmic scale, as studies of others may do


PREDICTIONS = "predictions:"  # how the kind of a network begins that was trained elsewhere


@dataclass(frozen=True)
class StudyRecord:
    """A whole study as read back: all that a diagnosis needs."""

    study_id: int
    name: str
    direction: str  # "minimize" | "maximize"
    spec_text: str | None  # None for a study that netclinic did not create
    spec: Mapping[str, Any] | None  # resolved
    provenance: Provenance | None  # of the newest run
    ranges: tuple[SearchRange, ...]
    trials: tuple[TrialRecord, ...]  # by number
    bayes: BayesRecord | None = None  # newest
    costs: RunCosts | None = None  # of the newest run that noted them
    diagnosis: Mapping[str, Any] | None = field(default=None)  # newest diagnosis.json
    replicates: tuple[ReplicateResult, ...] = ()  # by trial, kind and replicate
    decomposition: DecompositionRecord | None = None  # newest
    data_checks: tuple[DataCheck, ...] = ()  # newest of each kind; () of older databases
    row_errors: Mapping[int, RowErrors] = field(default_factory=dict)  # by a trial's number
    regions: RegionsRecord | None = None  # newest
    treatments: tuple[TreatmentRecord, ...] = ()  # remedies tried: of each study the newest
    learning_curve: LearningCurveRecord | None = None  # newest

    @property
    def minimises_balanced(self) -> bool:
        """Whether the search counts classes alike, however many rows they have."""
        return (self.spec or {}).get("study", {}).get("objective") == "balanced_error"

    @property
    def only_predictions(self) -> bool:
        """Whether the network was trained elsewhere, and only its predictions are known."""
        kind = (self.spec or {}).get("network", {}).get("kind", "")
        return str(kind).startswith(PREDICTIONS)

    @property
    def network(self) -> str:
        """The best trial's network, as sentences call it."""
        best = self.best()
        if best is None or self.only_predictions:
            return "the network"
        return f"the network of trial {best.number}"

    @property
    def deals_groups(self) -> bool:
        """Whether whole groups of rows were dealt to the splits."""
        return (self.spec or {}).get("data", {}).get("split") == "grouped"

    @property
    def counts_groups(self) -> bool:
        """Whether rows count by groups: those that were dealt whole, or copies of one row."""
        return (self.spec or {}).get("data", {}).get("split") in ("distinct", "grouped")

    @property
    def bootstrap_kind(self) -> str:
        """The kind of the replicates that the winner's error is taken apart over."""
        return "group_bootstrap" if self.counts_groups else "bootstrap"

    def finished(self) -> tuple[TrialRecord, ...]:
        """Trials that were trained to the end here, by number."""
        return tuple(t for t in self.trials if t.result and t.result.outcome is Outcome.COMPLETED)

    def ranked(self) -> tuple[TrialRecord, ...]:
        """Finished trials by the value they had in the search, then by number."""
        valued = (t for t in self.finished() if t.value is not None)
        return tuple(sorted(valued, key=lambda t: (t.value, t.number)))

    def finalists(self) -> tuple[TrialRecord, ...]:
        """The best trials of the search, which the spec wants trained again; by rank."""
        wanted = (self.spec or {}).get("study", {})
        return self.ranked()[: wanted["finalists"]] if wanted.get("replicates", 1) > 1 else ()

    def seeds_of(self, trial: TrialRecord) -> tuple[ReplicateResult, ...]:
        """A trial's replicates with new seeds, in order."""
        return tuple(
            r for r in self.replicates if r.trial_id == trial.trial_id and r.kind == "seed"
        )

    def winner(self) -> TrialRecord | None:
        """The finalist with the lowest mean objective over its new seeds.

        Those with a seed that diverged, or left out as they were clearly worse, come last. ``None``
        as long as seeds are missing. The finalists' own errors do not count: they were chosen by
        them, and flattered.
        """
        finalists = self.finalists()
        new = int((self.spec or {}).get("study", {}).get("replicates", 1)) - 1
        if not finalists or any(len(self.seeds_of(trial)) < new for trial in finalists):
            return None

        def rank(trial: TrialRecord) -> tuple[bool, float]:
            errors = [r.objective for r in self.seeds_of(trial)]
            known = [error for error in errors if error is not None]
            return len(known) < new, sum(known) / len(known) if known else float("inf")

        return min(finalists, key=rank)

    def best(self) -> TrialRecord | None:
        """The winner, or without one the trial with the lowest value."""
        return self.winner() or next(iter(self.ranked()), None)
