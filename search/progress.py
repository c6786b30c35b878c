"""What a caller sees of a running study: one ``Progress`` after each phase and segment."""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from ..diagnostics.findings import Diagnosis
from ..storage.records.learning_curves import LearningCurveRecord
from ..storage.records.runs import RunCosts
from ..storage.records.treatments import TreatmentRecord


class Phase(StrEnum):
    """Where the walk is."""

    LOADING = "loading"  # reading and splitting the data
    COMPILING = "compiling"  # the next segment waits for a program
    TRAINING = "training"
    WAITING = "waiting"  # for trials of other workers, which the next ones are proposed from
    REPLICATING = "training again"  # the finalists, with other seeds
    JUDGING = "judging"  # a remedy: the winners with and without it, with fresh seeds
    MEASURING = "measuring"  # a learning curve: the winner on subsets of the training rows
    DIAGNOSING = "diagnosing"
    DONE = "done"  # the last one; ``conclusion``, ``treated`` or ``curve`` is set


class Ending(StrEnum):
    """Why a run ended."""

    FINISHED = "finished"  # every wanted trial has ended
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"


class Conclusion(NamedTuple):
    """What a run leaves behind."""

    study: str
    ending: Ending
    completed: int  # trials of the study trained to the end, in all runs
    diverged: int
    diagnosis: Diagnosis | None  # None when no trial completed, or the run was interrupted
    folder: Path  # report.html, report.md, diagnosis.json, best/
    pruned: int = 0  # stopped early
    costs: RunCosts | None = None  # of this run
    running: int = 0  # trials that other workers hold

    @property
    def ended(self) -> int:
        """Trials that will not be trained again."""
        return self.completed + self.pruned + self.diverged

    @property
    def nothing_to_compare(self) -> str:
        """What is said of a study that ended without a winner."""
        return (
            f"In study {self.study} no trial was trained to its end ({self.diverged:,} diverged), "
            "so there is nothing to compare."
        )


class Progress(NamedTuple):
    """One look at a running study."""

    phase: Phase
    wanted: int  # trials the study shall have
    completed: int = 0  # trained to the end, in all runs
    pruned: int = 0  # stopped early, in all runs
    diverged: int = 0
    replicates_wanted: int = 0  # known while finalists or winners are trained again
    replicates: int = 0  # of them ended, in all runs
    running: int = 0  # trials in this run's lanes
    fraction: float = 0.0  # 0–1: epochs done of the trials in the lanes
    best_number: int | None = None
    best_error: float | None = None  # of the best completed trial: what the search minimises
    balanced: bool = False  # whether that is the balanced error
    task: str = "classification"  # that decides what the error is
    validation_rows: int = 0  # that the error was measured on
    device_use: float | None = None  # 0–1: share of the devices' time in which they trained
    note: str | None = None  # a sentence for the user, said once
    placement: str | None = None  # where the rows lie, in words; said once, before training
    conclusion: Conclusion | None = None
    curve: LearningCurveRecord | None = None  # when it is measured
    treated: TreatmentRecord | None = None  # how a remedy did that was tried, when that is known
    diagnosis: Diagnosis | None = None  # with ``curve`` or ``treated``: of the study, made anew
    failed: tuple[str, ...] = ()  # of each remedy that could not be tried its name, and why

    @property
    def ended(self) -> int:
        """Trials that will not be trained again."""
        return self.completed + self.pruned + self.diverged
