"""What crosses the wall of the storage room: small frozen data, no SQL and no SQLAlchemy.

Errors are fractions of wrong answers (0–1) and losses nats; in regression an error is a mean
squared error in squared units of the target (the mean over several targets), and a loss the same
with the targets standardised. Times are naive UTC as in Optuna's tables, seconds are wall-clock. A
number that is not finite is stored as NULL and read as ``None``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class StorageError(Exception):
    """The database cannot do what was asked; the message says why and what to do next."""


class NumberTaken(StorageError):
    """Another worker launched trials since the number was read: read it again and retry."""


class MadeByOptuna(StorageError):
    """Optuna alone made the study or its database, so netclinic knows no more of it than Optuna."""


class Outcome(StrEnum):
    """How a trial ended, as kept in ``trial_results.outcome``."""

    COMPLETED = "completed"  # trained to its last epoch, or until early stopping ended it
    PRUNED = "pruned"  # stopped early, at a segment border; Optuna state PRUNED
    DIVERGED = "diverged"  # a loss, gradient or weight stopped being finite; Optuna state FAIL


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
    bootstrap: bool = False  # train on rows drawn with replacement from the training rows


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


class LayerSigns(NamedTuple):
    """What one layer of a trial's network looked like; ``None``: not measured, or not finite.

    The first is "inputs", without weights. What a layer gives is what its activation makes of it;
    the last one gives the network's outputs.
    """

    layer: str  # the name of its weights, "hidden.0"
    units: int | None  # how many
    mean: float | None  # of what it gives, over rows, positions and units
    variance: float | None  # of a unit over rows and positions, mean over units
    typical_variance: float | None  # geometric mean over the units that vary
    largest_variance: float | None  # maximum over units
    spread: float | None  # in front of the activation: variance over rows by mean square, 0–1
    dead: float | None  # share of units, 0–1, whose activation has levelled off on all rows
    saturated: float | None  # share of numbers, 0–1, where a two-sided activation is nearly flat
    gradient_norm: float | None  # L2, of the trained loss by the layer's weights
    weight_norm: float | None  # L2
    update_ratio: float | None  # L2 norm of the optimiser's next change, by that of the weights
    moved: float | None  # L2 norm of weights − initial weights, by that of the initial weights


class MomentSigns(NamedTuple):
    """What a trial's network looked like at one moment of its training, on some training rows."""

    moment: str  # "start" | "end"
    rows: int  # training rows looked at
    loss: float  # mean over them
    zero_loss: float  # of outputs that are all 0: ln C in classification
    constant_loss: float  # of the best constant answer on all training rows
    gradient_norm: float  # L2, of the trained loss by all weights
    layers: tuple[LayerSigns, ...]  # in the order of the network


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
    convolution: str | None = None  # "im2col" | "native"; None for a network without convolutions
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
    task_curves: tuple[TaskCurves, ...] = ()  # in multitask, one a task; not of older databases

    @property
    def objective_curve(self) -> tuple[float | None, ...]:
        """What the study minimises, by epoch."""
        balanced = self.balanced_curves
        return self.curves.validation_error if balanced is None else balanced.validation


class ReplicateResult(NamedTuple):
    """What was measured of a finalist that was trained again."""

    trial_id: int
    kind: str  # "seed": another seed; "bootstrap": the same seed, rows drawn with replacement
    replicate: int  # its seed: 0 is the trial's own (bootstrap only), then 1, 2, …
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
    limits: Mapping[str, float]  # loss_low, loss_high, bias_low, …: 95 % intervals over rows


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


class Provenance(NamedTuple):
    """Where a study's numbers come from; one row a run or resume."""

    netclinic_version: str
    versions: Mapping[str, str]  # package → version
    python: str
    platform: str
    device: str  # e.g. "2 × cpu" or "NVIDIA H100"
    git_revision: str | None  # of the folder the study was started in; "+dirty" when changed
    data_fingerprint: str
    rows: SplitSizes
    features: int
    classes: int
    data_notes: tuple[DataNote, ...] = ()
    target_variance: TargetVariance | None = None  # in regression
    class_rows: ClassRows | None = None  # in classification; not of older databases
    tasks: tuple[TaskNote, ...] = ()  # in multitask


class RunCosts(NamedTuple):
    """What one run spent. Compiling and storing go on beside training: seconds do not add up."""

    total_seconds: float  # from the command to the diagnosis, or to the end of a shorter run
    import_seconds: float  # until the program was loaded
    load_seconds: float  # reading and splitting the data
    compile_seconds: float  # summed over the programs, with a GPU's probe
    train_seconds: float  # in which lanes trained, each epoch's errors included
    evaluate_seconds: float  # judging ended trials on the test rows, looking at their layers
    store_seconds: float  # in which the database was read or written
    diagnose_seconds: float  # Bayes error and diagnosis, without the reports
    programs: int  # compiled, or taken from those kept
    flops: float  # operations of the matrix products and convolutions in train_seconds

    @property
    def flops_per_second(self) -> float:
        """FLOP/s while lanes trained; 0 when none did."""
        return self.flops / self.train_seconds if self.train_seconds else 0.0


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


class FinishedTrial(NamedTuple):
    """A trial for a sampler's mirror: only what Optuna keeps of it."""

    number: int
    state: str  # COMPLETE, FAIL or PRUNED
    parameters: tuple[Parameter, ...]
    value: float | None


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
    task: str = "classification"  # by its spec


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


class RegionRecord(NamedTuple):
    """A region of the data, as the best trial's network does in it; on the rows that judge."""

    family: str  # "class" | "group" | "slice" | "cluster" | "learnt_cluster"
    name: str  # in words, e.g. "1.2 < age ≤ 3"
    training_rows: int  # in the region, of the training rows that judge
    training_wrong: int
    held_out_rows: int
    held_out_wrong: int
    floor: float  # Bayes error in the region, with limits at the record's confidence, as the gaps
    floor_low: float
    floor_high: float
    bias: float  # training error − floor
    bias_low: float
    bias_high: float
    variance: float  # held-out error − training error
    variance_low: float
    variance_high: float
    # p-values, adjusted for all pairs that were judged, of "no more than tolerated, or no more
    # than in the rest"; None where the rows that choose gave no reason to judge
    bias_p: float | None
    variance_p: float | None
    floor_p: float | None
    verdict: tuple[str, ...]  # "high_bias", "high_variance", "floor"; or "healthy", "undetermined"
    reported: tuple[
        str, ...
    ]  # the first three, where also worse than the rest and said by no other
    same_as: str | None = None  # the name of the region that is reported in its place


class RegionsRecord(NamedTuple):
    """The search for regions of a study, of its newest diagnosis."""

    trial_number: int
    confidence: float  # of each interval
    tolerance: float  # a fraction
    looked_at: Mapping[str, int] = {}  # family → regions
    judged: int = 0  # pairs of a region and what it may suffer from
    choosing_rows: int = 0  # training and held-out rows together
    judging_rows: int = 0
    regions: tuple[RegionRecord, ...] = ()  # the reported ones first
    skipped: str | None = None  # why no region was looked at, as a sentence


class DataCheck(NamedTuple):
    """What was found out about the data when a study ended; a diagnosis needs no data for it."""

    kind: str  # "label_errors" | "drift"
    split: str | None  # "validation" | "test", where it is about one
    n: int  # rows looked at
    value: float  # label_errors: the share of wrong labels; drift: the area under the ROC curve
    low: float
    high: float
    p_value: float | None  # of a test, corrected for the number of tests
    method: str  # one or two sentences
    details: Mapping[str, Any] = {}  # JSON-able


class SearchRange(NamedTuple):
    """One searched parameter: its law and range."""

    name: str
    law: str  # "log" | "one_minus_log" | "uniform" | "int" | "choice"
    low: float | None  # in the parameter's own units (momentum: 0.9); None for a choice
    high: float | None
    choices: tuple[float | int | str | bool, ...] = ()


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

    @property
    def minimises_balanced(self) -> bool:
        """Whether the search counts classes alike, however many rows they have."""
        return (self.spec or {}).get("study", {}).get("objective") == "balanced_error"

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
