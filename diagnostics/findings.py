"""What a diagnosis consists of: a verdict, findings and remedies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from .ladder import Errors, Gaps
from .units import CLASSIFICATION, Task, Unit

if TYPE_CHECKING:
    from ..storage.records.learning_curves import LearningCurveRecord
    from ..storage.records.regions import RegionsRecord
    from .data.label_standings import LabelStanding
    from .remedies.tried import TriedRemedy
    from .studies.replication import Replication
    from .studies.selection import Selection


class DiagnosisError(Exception):
    """The study cannot be diagnosed; the message says why and what to do next."""


class Verdict(StrEnum):
    """What the network suffers from; the first three may stand together."""

    HIGH_BIAS = "high_bias"
    HIGH_VARIANCE = "high_variance"
    DATA_MISMATCH = "data_mismatch"
    HEALTHY = "healthy"
    UNDETERMINED = "undetermined"


class FindingKind(StrEnum):
    """The kind of one observation."""

    HIGH_BIAS = "high_bias"
    HIGH_VARIANCE = "high_variance"
    DATA_MISMATCH = "data_mismatch"
    BIAS_UNDETERMINED = "bias_undetermined"
    VARIANCE_UNDETERMINED = "variance_undetermined"
    MISMATCH_UNDETERMINED = "mismatch_undetermined"
    STILL_IMPROVING = "still_improving"
    OVERFITTED_AFTER = "overfitted_after"
    BEST_AT_EDGE = "best_at_edge"
    DIVERGED_TRIALS = "diverged_trials"
    BEST_NEAR_DIVERGENCE = "best_near_divergence"
    OVERFITTED_TRIALS = "overfitted_trials"
    TRAINING_LOSS_RISING = "training_loss_rising"
    UNSTEADY_END = "unsteady_end"
    TRAINED_TOO_LONG = "trained_too_long"
    LOW_RATE_REGULARISES = "low_rate_regularises"
    SEARCH_STILL_IMPROVING = "search_still_improving"
    WINNER_IN_DOUBT = "winner_in_doubt"
    VALIDATION_TOO_SMALL = "validation_too_small"
    INPUTS_UNFIT = "inputs_unfit"  # these fourteen of what the best trial's layers look like
    LOUD_START = "loud_start"
    OUTPUTS_SCALED = "outputs_scaled"
    UNITS_ALIKE = "units_alike"
    DEAD_UNITS = "dead_units"
    SATURATED_UNITS = "saturated_units"
    GRADIENT_VANISHES = "gradient_vanishes"
    UNREACHED = "unreached"
    STEPS_TOO_LARGE = "steps_too_large"
    STEPS_TOO_SMALL = "steps_too_small"
    DECAY_TOO_STRONG = "decay_too_strong"
    LABELS_UNRELATED = "labels_unrelated"
    SADDLE = "saddle"
    PLATEAU = "plateau"
    SELECTION_OPTIMISM = "selection_optimism"
    TEST_ROWS_HARDER = "test_rows_harder"
    FLOOR_ABOVE_HELD_OUT = "floor_above_held_out"
    FLOOR_FAILED_TEST = "floor_failed_test"
    DUPLICATES_ACROSS_SPLITS = "duplicates_across_splits"
    CONFLICTING_LABELS = "conflicting_labels"
    EQUAL_BY_CHANCE = "equal_by_chance"
    TARGET_OUTLIERS = "target_outliers"
    SKEWED_TARGET = "skewed_target"
    ROW_NUMBERS = "row_numbers"
    HIDDEN_GROUPS = "hidden_groups"
    TELLING_COLUMN = "telling_column"
    MISSING_VALUES = "missing_values"
    MISSING_CODES = "missing_codes"
    MIXED_UNITS = "mixed_units"
    CONSTANT_COLUMNS = "constant_columns"
    NUMBERS_AS_TEXT = "numbers_as_text"
    COPIES_LEFT_OUT = "copies_left_out"
    ORDERED_COLUMNS = "ordered_columns"
    DRIFT = "drift"
    SHIFT = "shift"
    LIKELY_LABEL_ERRORS = "likely_label_errors"
    CLASS_IMBALANCE = "class_imbalance"
    MISSED_LABELS = "missed_labels"
    REGION_HIGH_BIAS = "region_high_bias"
    REGION_HIGH_VARIANCE = "region_high_variance"
    REGION_NOISE = "region_noise"
    NOTHING_LEARNT = "nothing_learnt"  # these two of others' logs only
    BEST_EPOCH = "best_epoch"
    FAILED_TRIALS = "failed_trials"  # of studies that Optuna alone made


class Severity(StrEnum):
    """How much a finding matters."""

    PROBLEM = "problem"
    WARNING = "warning"
    INFO = "info"


class RemedyKind(StrEnum):
    """What can be done."""

    BIGGER_NETWORK = "bigger_network"
    MORE_EPOCHS = "more_epochs"
    OTHER_ARCHITECTURE = "other_architecture"
    MORE_DATA = "more_data"
    L2 = "l2"
    DROPOUT = "dropout"
    AUGMENTATION = "augmentation"
    EARLY_STOPPING = "early_stopping"
    COMPARE_SOURCES = "compare_sources"
    MATCHING_DATA = "matching_data"
    EXTEND_RANGE = "extend_range"
    WARMUP = "warmup"
    CLIPPING = "clipping"
    DECAY = "decay"
    FEWER_EPOCHS = "fewer_epochs"
    REGULARISATION = "regularisation"
    MORE_TRIALS = "more_trials"
    MORE_VALIDATION = "more_validation"
    REPLICATES = "replicates"
    FIX_SPLIT = "fix_split"
    CLEAN_LABELS = "clean_labels"
    CHECK_OUTLIERS = "check_outliers"
    LEARN_LOGARITHM = "learn_logarithm"
    EMPTY_CODES = "empty_codes"
    ONE_UNIT = "one_unit"
    CHECK_COLUMN = "check_column"
    SCALE_INPUTS = "scale_inputs"
    CHECK_LABELS = "check_labels"
    MEND_NETWORK = "mend_network"
    OTHER_INITIALIZER = "other_initializer"
    NORMALISATION = "normalisation"
    LOWER_RATE = "lower_rate"
    HIGHER_RATE = "higher_rate"
    OTHER_OPTIMIZER = "other_optimizer"
    LESS_L2 = "less_l2"
    LESS_DROPOUT = "less_dropout"
    LESS_AUGMENTATION = "less_augmentation"
    SMALLER_BATCHES = "smaller_batches"
    ADD_BRIDGE = "add_bridge"
    BALANCED_OBJECTIVE = "balanced_objective"
    CLASS_WEIGHTS = "class_weights"
    LABEL_THRESHOLDS = "label_thresholds"
    ROWS_OF_LABEL = "rows_of_label"
    ROWS_OF_REGION = "rows_of_region"
    INPUTS_OF_REGION = "inputs_of_region"
    LABELS_OF_REGION = "labels_of_region"


class Finding(NamedTuple):
    """One observation with its evidence."""

    kind: FindingKind
    severity: Severity
    evidence: Mapping[str, float | int | str | None]
    text: str  # one or two plain sentences

    def as_dict(self) -> dict[str, Any]:
        """The content for JSON: built-in types only."""
        return {**self._asdict(), "kind": self.kind.value, "severity": self.severity.value}


class Gain(NamedTuple):
    """By how much a remedy is predicted to lower an error, as far as the evidence tells."""

    error: str  # which: "training" | "validation" | "test"
    value: float | None  # expected; None where the evidence only bounds it
    low: float
    high: float
    confidence: float  # of the interval, 0–1
    method: str


class Cost(NamedTuple):
    """What it takes to try a remedy."""

    trials: int
    epochs: int  # of each trial
    seconds: float | None  # at the study's own seconds a trial and epoch; None where not measured
    at_least: bool  # whether a trial and epoch will take longer than it did so far


class Remedy(NamedTuple):
    """One thing to do."""

    kind: RemedyKind
    addresses: FindingKind
    rank: int  # from 1: the order in which to try them
    reason: str
    change: str | None  # the ``-S table.key=value`` that does it, where the spec can say it
    gain: Gain | None = None  # None where the evidence predicts none
    cost: Cost | None = None  # None where nothing is trained


class Objection(NamedTuple):
    """A remedy that the evidence speaks against."""

    kind: RemedyKind
    addresses: FindingKind  # the problem that it is meant for
    reason: str  # why not
    evidence: Mapping[str, float | int | str | None]


# What ``diagnosis.json`` has of each of several tasks.
_OF_A_TASK = (
    "task",
    "verdict",
    "leaning",
    "errors",
    "gaps",
    "tolerance",
    "r2",
    "findings",
    "remedies",
)


@dataclass(frozen=True)
class Diagnosis:
    """What a study's best trial suffers from, how sure that is, and what to do."""

    study: str
    trial: int
    verdict: tuple[Verdict, ...]
    errors: Errors
    gaps: Gaps
    findings: tuple[Finding, ...]
    remedies: tuple[Remedy, ...]
    not_checked: tuple[str, ...]
    replication: "Replication | None" = None  # where finalists were trained again
    tolerance: float = 0.02  # a gap up to this size is healthy, in the errors' unit
    unit: Unit = CLASSIFICATION  # of the errors
    spoken_against: tuple[Objection, ...] = ()  # remedies that would not help, and why
    selection: "Selection | None" = None  # where the best of several trials was chosen
    # Rows whose labels look wrong, the surest first: split, row, source_row, given, suggested, …
    label_errors: tuple[Mapping[str, Any], ...] = ()
    labels: "tuple[LabelStanding, ...]" = ()  # in multilabel each, those that are missed most first
    regions: "RegionsRecord | None" = None  # of the data, where they were sought
    tried: "tuple[TriedRemedy, ...]" = ()  # remedies that were, in the order in which they were
    # Of the error against the training rows, where one was measured; it may be another trial's
    learning_curve: "LearningCurveRecord | None" = None
    leaning: tuple[Verdict, ...] = ()  # what gaps that are open likely are; see leaning.py
    # In multitask each task's own, by its name, with the findings that its own numbers make
    tasks: Mapping[str, "Diagnosis"] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The content of ``diagnosis.json``: built-in types only, keys in a stable order."""
        each = {name: it.as_dict() for name, it in self.tasks.items()}
        measured = {
            "selection": self.selection,
            "replication": self.replication,
            "labels": self.labels,
            "regions": self.regions,
            "tried": self.tried,
            "learning_curve": self.learning_curve,
            "tasks": {name: {key: it[key] for key in _OF_A_TASK} for name, it in each.items()},
        }
        content = {
            "study": self.study,
            "trial": self.trial,
            "task": self.unit.task,
            **({"objective": "balanced_error"} if self.unit.balanced else {}),
            "verdict": self.verdict,
            "leaning": self.leaning,
            "errors": dict(self.errors.rungs()),
            "gaps": dict(self.gaps.steps()),
            **{name: it for name, it in measured.items() if it},
            "tolerance": self.tolerance,
            "r2": self._r_squared(),
            "findings": self.findings,
            "remedies": self.remedies,
            "spoken_against": self.spoken_against,
            **({"label_errors": self.label_errors} if self.label_errors else {}),
            "not_checked": self.not_checked,
        }
        return {name: _plain(it) for name, it in content.items()}

    def _r_squared(self) -> dict[str, dict[str, float | None]] | None:
        """R² of each rung with its limits, the target's variance taken as known."""
        if self.unit.task is not Task.REGRESSION:
            return None
        return {
            name: {
                "value": self.unit.r_squared(name, error.value),
                "low": self.unit.r_squared(name, error.high),
                "high": self.unit.r_squared(name, error.low),
            }
            for name, error in self.errors.rungs()
        }


def _plain(thing: Any) -> Any:
    """``thing`` of built-in types only."""
    if isinstance(thing, Enum):
        return thing.value
    if hasattr(thing, "_asdict"):
        return {k: _plain(v) for k, v in thing._asdict().items()}
    if isinstance(thing, Mapping):
        return {str(k): _plain(v) for k, v in thing.items()}
    if isinstance(thing, tuple | list):
        return [_plain(v) for v in thing]
    return thing
