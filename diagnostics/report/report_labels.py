"""What a report calls each verdict, finding, severity and remedy: literal tables."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..findings import FindingKind, RemedyKind, Severity, Verdict
from ..ladder import Gaps
from ..units import Task, Unit


class Badge(NamedTuple):
    """A word with a sign and a tone, so that no meaning hangs on colour alone."""

    word: str
    sign: str
    tone: str  # "bad" | "good" | "open" | "quiet": the page's colour classes


VERDICTS = {
    Verdict.HIGH_BIAS: Badge("High bias", "▲", "bad"),
    Verdict.HIGH_VARIANCE: Badge("High variance", "▲", "bad"),
    Verdict.DATA_MISMATCH: Badge("Data mismatch", "▲", "bad"),
    Verdict.HEALTHY: Badge("Healthy", "✓", "good"),
    Verdict.UNDETERMINED: Badge("Undetermined", "?", "open"),
}

LEANINGS = {
    Verdict.HIGH_BIAS: Badge("Likely high bias", "?", "open"),
    Verdict.HIGH_VARIANCE: Badge("Likely high variance", "?", "open"),
    Verdict.DATA_MISMATCH: Badge("Likely data mismatch", "?", "open"),
    Verdict.HEALTHY: Badge("Likely healthy", "?", "open"),
}

SEVERITIES = {
    Severity.PROBLEM: Badge("Problem", "▲", "bad"),
    Severity.WARNING: Badge("Warning", "!", "open"),
    Severity.INFO: Badge("Note", "i", "quiet"),
}

FINDINGS = {
    FindingKind.HIGH_BIAS: "High bias",
    FindingKind.HIGH_VARIANCE: "High variance",
    FindingKind.DATA_MISMATCH: "Held-out data are unlike the training data",
    FindingKind.BIAS_UNDETERMINED: "Bias cannot be judged yet",
    FindingKind.VARIANCE_UNDETERMINED: "Variance cannot be judged yet",
    FindingKind.MISMATCH_UNDETERMINED: "Data mismatch cannot be judged yet",
    FindingKind.STILL_IMPROVING: "Still improving at the end",
    FindingKind.OVERFITTED_AFTER: "Got worse after its best epoch",
    FindingKind.BEST_AT_EDGE: "The best lies at the edge of a range",
    FindingKind.DIVERGED_TRIALS: "Diverged trials",
    FindingKind.BEST_NEAR_DIVERGENCE: "The best trials nearly diverged",
    FindingKind.OVERFITTED_TRIALS: "Some trials overfitted",
    FindingKind.TRAINING_LOSS_RISING: "The training loss rose again",
    FindingKind.UNSTEADY_END: "Errors swing at the end of training",
    FindingKind.TRAINED_TOO_LONG: "The best epochs are early ones",
    FindingKind.LOW_RATE_REGULARISES: "A low learning rate may have won by regularising",
    FindingKind.SEARCH_STILL_IMPROVING: "More trials would find better ones",
    FindingKind.WINNER_IN_DOUBT: "The best trial may be so by luck",
    FindingKind.VALIDATION_TOO_SMALL: "Too few validation rows to compare trials",
    FindingKind.INPUTS_UNFIT: "The inputs are constant or badly scaled",
    FindingKind.LOUD_START: "The initial outputs are far too large",
    FindingKind.OUTPUTS_SCALED: "The outputs are scaled by something other than weights",
    FindingKind.UNITS_ALIKE: "All units of a layer are alike",
    FindingKind.DEAD_UNITS: "Dead units",
    FindingKind.SATURATED_UNITS: "Saturated units",
    FindingKind.GRADIENT_VANISHES: "The gradient or the signal vanishes",
    FindingKind.UNREACHED: "No gradient reaches a layer",
    FindingKind.STEPS_TOO_LARGE: "The steps were too large",
    FindingKind.STEPS_TOO_SMALL: "The steps were too small",
    FindingKind.DECAY_TOO_STRONG: "Weight decay is too strong",
    FindingKind.LABELS_UNRELATED: "Labels seem unrelated to the inputs",
    FindingKind.SADDLE: "Training ended at a saddle point",
    FindingKind.PLATEAU: "Training lies on a plateau",
    FindingKind.SELECTION_OPTIMISM: "Validation looks better than test",
    FindingKind.TEST_ROWS_HARDER: "Test rows are harder than validation rows",
    FindingKind.FLOOR_ABOVE_HELD_OUT: "The Bayes error contradicts the held-out error",
    FindingKind.FLOOR_FAILED_TEST: "The Bayes error's estimate failed its test",
    FindingKind.DUPLICATES_ACROSS_SPLITS: "The same rows in several splits",
    FindingKind.CONFLICTING_LABELS: "Equal rows with different labels",
    FindingKind.EQUAL_BY_CHANCE: "Rows are equal by chance",
    FindingKind.TARGET_OUTLIERS: "A few targets are far out",
    FindingKind.SKEWED_TARGET: "The target ranges over orders of magnitude",
    FindingKind.ROW_NUMBERS: "A column counts the rows",
    FindingKind.HIDDEN_GROUPS: "Rows that belong together stand in several splits",
    FindingKind.TELLING_COLUMN: "A column tells the answer on its own",
    FindingKind.MISSING_VALUES: "Values were missing",
    FindingKind.MISSING_CODES: "A number may stand for a missing value",
    FindingKind.MIXED_UNITS: "Some rows may be in another unit",
    FindingKind.CONSTANT_COLUMNS: "Some columns are constant",
    FindingKind.NUMBERS_AS_TEXT: "Numbers are read as categories",
    FindingKind.COPIES_LEFT_OUT: "Copies of held-out rows are left out",
    FindingKind.ORDERED_COLUMNS: "Neighbouring columns are alike",
    FindingKind.DRIFT: "Splits are unlike one another",
    FindingKind.SHIFT: "What training rows teach holds less for test rows",
    FindingKind.LIKELY_LABEL_ERRORS: "Some labels look wrong",
    FindingKind.CLASS_IMBALANCE: "Some classes are rare",
    FindingKind.MISSED_LABELS: "Most rows of some labels are missed",
    FindingKind.REGION_HIGH_BIAS: "High bias in a region",
    FindingKind.REGION_HIGH_VARIANCE: "High variance in a region",
    FindingKind.REGION_NOISE: "Noise in a region",
    FindingKind.NOTHING_LEARNT: "Nothing was learnt",
    FindingKind.FAILED_TRIALS: "Failed trials",
    FindingKind.BEST_EPOCH: "The best epoch",
}

REMEDIES = {
    RemedyKind.BIGGER_NETWORK: "Use a bigger network",
    RemedyKind.MORE_EPOCHS: "Train for more epochs",
    RemedyKind.OTHER_ARCHITECTURE: "Try another architecture",
    RemedyKind.MORE_DATA: "Get more training data",
    RemedyKind.L2: "Regularise with L2 (weight decay)",
    RemedyKind.DROPOUT: "Add dropout",
    RemedyKind.AUGMENTATION: "Augment the training data",
    RemedyKind.EARLY_STOPPING: "Stop training earlier",
    RemedyKind.COMPARE_SOURCES: "Find out how the held-out data differ",
    RemedyKind.MATCHING_DATA: "Make the training data more like the held-out data",
    RemedyKind.EXTEND_RANGE: "Widen the search range",
    RemedyKind.WARMUP: "Warm up the learning rate",
    RemedyKind.CLIPPING: "Clip the gradient",
    RemedyKind.DECAY: "Let the learning rate decay",
    RemedyKind.FEWER_EPOCHS: "Train for fewer epochs",
    RemedyKind.REGULARISATION: "Search regularisation beside the learning rate",
    RemedyKind.MORE_TRIALS: "Run more trials",
    RemedyKind.MORE_VALIDATION: "Set more validation rows aside",
    RemedyKind.REPLICATES: "Train the best trials again with other seeds",
    RemedyKind.FIX_SPLIT: "Repair the split",
    RemedyKind.CLEAN_LABELS: "Clean the labels",
    RemedyKind.CHECK_OUTLIERS: "Look at the targets that are far out",
    RemedyKind.LEARN_LOGARITHM: "Learn the target's logarithm",
    RemedyKind.EMPTY_CODES: "Leave missing values empty",
    RemedyKind.ONE_UNIT: "Bring numbers into one unit",
    RemedyKind.CHECK_COLUMN: "Check what a column is made of",
    RemedyKind.SCALE_INPUTS: "Scale the inputs",
    RemedyKind.CHECK_LABELS: "Check that labels belong to their rows",
    RemedyKind.MEND_NETWORK: "Look at the network's code",
    RemedyKind.OTHER_INITIALIZER: "Start from other initial weights",
    RemedyKind.NORMALISATION: "Normalise the layers",
    RemedyKind.LOWER_RATE: "Lower the learning rate",
    RemedyKind.HIGHER_RATE: "Raise the learning rate",
    RemedyKind.OTHER_OPTIMIZER: "Let another optimiser size the steps",
    RemedyKind.LESS_L2: "Regularise less (weight decay)",
    RemedyKind.LESS_DROPOUT: "Drop fewer units",
    RemedyKind.LESS_AUGMENTATION: "Augment less",
    RemedyKind.SMALLER_BATCHES: "Train on smaller minibatches",
    RemedyKind.ADD_BRIDGE: "Hold out a bridge",
    RemedyKind.BALANCED_OBJECTIVE: "Let classes count alike in the search",
    RemedyKind.CLASS_WEIGHTS: "Let classes count alike in training",
    RemedyKind.LABEL_THRESHOLDS: "Claim rare labels from a lower probability on",
    RemedyKind.ROWS_OF_LABEL: "Get more rows of the labels that are missed",
    RemedyKind.ROWS_OF_REGION: "Get more training rows where variance is high",
    RemedyKind.INPUTS_OF_REGION: "Look at what the network misses where bias is high",
    RemedyKind.LABELS_OF_REGION: "Look at the labels where noise is high",
}

RUNGS = {
    "bayes": ("Bayes error", "the floor"),
    "training": ("Training error", "on the rows that the network learnt from"),
    "bridge": ("Bridge error", "on rows like those that it learnt from, but held out"),
    "validation": ("Validation error", "on the rows that chose this trial among the others"),
    "test": ("Test error", "on rows that chose nothing: the fairest judge"),
}

# Name, formula, meaning.
GAPS = {
    "avoidable_bias": ("Avoidable bias", "training − Bayes", "what the network has not learnt"),
    "variance": (
        "Variance",
        "validation − training",
        "what it learnt by heart instead of in general",
    ),
    "data_mismatch": (
        "Data mismatch",
        "validation − bridge",
        "how much harder the validation rows are for being unlike the training rows",
    ),
    "selection_optimism": (
        "Selection optimism",
        "test − validation",
        "how much the choice by validation rows flattered it",
    ),
    "test_variance": (
        "Variance on test rows",
        "test − training",
        "the variance on rows that chose nothing, by which the verdict is given",
    ),
    "test_mismatch": (
        "Mismatch on test rows",
        "test − bridge",
        "the mismatch on rows that chose nothing, by which the verdict is given",
    ),
}
# What the variance is where there is a bridge.
BRIDGED_VARIANCE = (
    "Variance",
    "bridge − training",
    "what it learnt by heart instead of in general; the verdict is given by it",
)
# Where test rows are of another kind and the validation error, corrected for the choice of the
# trial, parts variance from mismatch.
CORRECTED = {
    "variance": (
        "Variance",
        "corrected validation − training",
        "what it learnt by heart instead of in general, the validation error corrected for the "
        "choice of the trial; the verdict is given by it",
    ),
    "selection_optimism": (
        "Test above validation",
        "test − validation",
        "how much the choice by validation rows flattered it, how much harder the test rows are",
    ),
    "test_mismatch": (
        "Mismatch on test rows",
        "test − corrected validation",
        "how much harder the test rows are for being unlike the others, the validation error "
        "corrected for the choice of the trial; the verdict is given by it",
    ),
}

COLUMNS = {
    Task.CLASSIFICATION: "classes",
    Task.MULTILABEL: "labels",
    Task.REGRESSION: "targets",
    Task.MULTITASK: "tasks",
}

FLOORS = {
    Task.CLASSIFICATION: "what no classifier can beat on this data",
    Task.MULTILABEL: "what no classifier can beat on this data, the mean over its labels",
    Task.REGRESSION: "the noise in the target, which no function of these inputs can beat",
    Task.MULTITASK: "what nothing can beat on this data, relative to constant answers",
}

_UNITS = {
    Task.CLASSIFICATION: "Errors are percentages of rows that are classified wrongly; differences "
    "of errors are percentage points.",
    Task.MULTILABEL: "Errors are percentages of labels that are wrong, over all rows and labels; "
    "differences of errors are percentage points.",
    Task.REGRESSION: "Errors are mean squared errors in {squares} (over several "
    "targets their mean), losses the same with the targets standardised. R² is 1 − error / the "
    "mean squared deviation of that split’s target from its mean over the training rows; points of "
    "R² are hundredths of that of the training rows.",
    Task.MULTITASK: "Errors are relative: percentages of the error of the best constant answer "
    "over the training rows (the commonest class; of a quantity the mean, so that 100 % − error is "
    "R²), of the task by which trials are compared or the mean over all tasks; differences of "
    "errors are points of these. Losses are summed over tasks, each unweighted: nats, or squared "
    "errors with the target standardised.",
}

_LOGARITHM = (
    " Of a logarithm the root of an error is about a relative error: 0.01 means that predictions "
    "are typically a tenth off."
)


def badges_of(verdict: Sequence[Verdict], leaning: Sequence[Verdict]) -> tuple[Badge, ...]:
    """What is sure, then what is likely, in whose place "undetermined" would say less."""
    likely = tuple(LEANINGS[it] for it in leaning)
    if likely and tuple(verdict) == (Verdict.UNDETERMINED,):
        return likely
    return tuple(VERDICTS[it] for it in verdict) + likely


def units_text(unit: Unit) -> str:
    """What errors are, and differences of errors."""
    if unit.balanced:
        return _BALANCED_UNITS
    text = _UNITS[unit.task].format(squares=unit.squares)
    return text + _LOGARITHM if unit.logarithm else text


BALANCED_FLOOR = "the least balanced error that any classifier can have on this data"
_BALANCED_UNITS = (
    "Errors are balanced errors: the mean over classes of the percentage of a class’s rows that is "
    "classified wrongly, so that every class counts alike, however many rows it has; differences "
    "of errors are percentage points."
)


def gap_labels(gaps: Gaps) -> dict[str, tuple[str, str, str]]:
    """Name, formula and meaning of each gap there is, the neighbouring rungs' first."""
    told_apart: Mapping[str, tuple[str, str, str]] = {}
    if gaps.data_mismatch:
        told_apart = {"variance": BRIDGED_VARIANCE}
    elif gaps.test_mismatch:
        told_apart = CORRECTED
    return {name: {**GAPS, **told_apart}[name] for name, _ in gaps.steps()}
