"""The table from findings to remedies, and the places at which these stand."""

from collections.abc import Mapping

from ..findings import FindingKind, RemedyKind

# Finding → remedy → place; lower places come first. Within bias and within variance the places
# keep the textbook order, in which another architecture is the last resort of both; bias comes
# before variance, as a bigger network changes the variance anyway. What makes the numbers
# themselves doubtful comes before all (see _place), what only might improve the search last.
TABLE: Mapping[FindingKind, Mapping[RemedyKind, float]] = {
    FindingKind.HIGH_BIAS: {
        RemedyKind.SCALE_INPUTS: 8.8,
        RemedyKind.LESS_L2: 8.9,
        RemedyKind.LESS_DROPOUT: 8.9,
        RemedyKind.LESS_AUGMENTATION: 8.9,
        RemedyKind.SMALLER_BATCHES: 8.9,
        RemedyKind.BIGGER_NETWORK: 10,
        RemedyKind.MORE_EPOCHS: 11,
        RemedyKind.OTHER_ARCHITECTURE: 30,
    },
    FindingKind.HIGH_VARIANCE: {
        RemedyKind.MORE_DATA: 20,
        RemedyKind.L2: 21,
        RemedyKind.DROPOUT: 22,
        RemedyKind.AUGMENTATION: 23,
        RemedyKind.EARLY_STOPPING: 24,
        RemedyKind.OTHER_ARCHITECTURE: 30,
    },
    FindingKind.DATA_MISMATCH: {
        RemedyKind.COMPARE_SOURCES: 25,
        RemedyKind.MATCHING_DATA: 26,
    },
    # Of gaps that are open, yet likely high: behind those that are, and tried all the same.
    FindingKind.BIAS_UNDETERMINED: {
        RemedyKind.SCALE_INPUTS: 26.8,
        RemedyKind.LESS_L2: 26.9,
        RemedyKind.LESS_DROPOUT: 26.9,
        RemedyKind.LESS_AUGMENTATION: 26.9,
        RemedyKind.SMALLER_BATCHES: 26.9,
        RemedyKind.BIGGER_NETWORK: 27,
        RemedyKind.MORE_EPOCHS: 27,
        RemedyKind.OTHER_ARCHITECTURE: 30,
    },
    FindingKind.VARIANCE_UNDETERMINED: {
        RemedyKind.MORE_DATA: 28,
        RemedyKind.L2: 29,
        RemedyKind.DROPOUT: 29,
        RemedyKind.AUGMENTATION: 29,
        RemedyKind.EARLY_STOPPING: 29,
        RemedyKind.OTHER_ARCHITECTURE: 30,
    },
    FindingKind.MISMATCH_UNDETERMINED: {
        RemedyKind.COMPARE_SOURCES: 29,
        RemedyKind.MATCHING_DATA: 29,
    },
    # What keeps a network from learning at all comes before what it could learn better.
    FindingKind.INPUTS_UNFIT: {RemedyKind.SCALE_INPUTS: 1},
    FindingKind.MISSING_CODES: {RemedyKind.EMPTY_CODES: 0.5},
    FindingKind.MIXED_UNITS: {RemedyKind.ONE_UNIT: 0.5},
    FindingKind.TELLING_COLUMN: {RemedyKind.CHECK_COLUMN: 0.6},
    FindingKind.ROW_NUMBERS: {RemedyKind.CHECK_COLUMN: 0.6},
    FindingKind.SKEWED_TARGET: {RemedyKind.LEARN_LOGARITHM: 0.7},
    FindingKind.LABELS_UNRELATED: {RemedyKind.CHECK_LABELS: 2},
    # What the code leaves out no data, weights or steps bring back.
    FindingKind.UNREACHED: {RemedyKind.MEND_NETWORK: -1},
    FindingKind.OUTPUTS_SCALED: {RemedyKind.MEND_NETWORK: -1},
    FindingKind.GRADIENT_VANISHES: {RemedyKind.OTHER_INITIALIZER: 4, RemedyKind.NORMALISATION: 3},
    FindingKind.LOUD_START: {RemedyKind.OTHER_INITIALIZER: 4, RemedyKind.NORMALISATION: 5},
    FindingKind.UNITS_ALIKE: {RemedyKind.OTHER_INITIALIZER: 4},
    FindingKind.SATURATED_UNITS: {RemedyKind.OTHER_INITIALIZER: 4, RemedyKind.NORMALISATION: 5},
    FindingKind.DEAD_UNITS: {RemedyKind.LOWER_RATE: 6, RemedyKind.OTHER_INITIALIZER: 7},
    FindingKind.STEPS_TOO_LARGE: {RemedyKind.LOWER_RATE: 6, RemedyKind.CLIPPING: 34},
    FindingKind.STEPS_TOO_SMALL: {RemedyKind.HIGHER_RATE: 6},
    FindingKind.DECAY_TOO_STRONG: {RemedyKind.LESS_L2: 6},
    FindingKind.SADDLE: {
        RemedyKind.OTHER_INITIALIZER: 4,
        RemedyKind.OTHER_OPTIMIZER: 5,
        RemedyKind.HIGHER_RATE: 6,
    },
    FindingKind.STILL_IMPROVING: {RemedyKind.MORE_EPOCHS: 11},
    FindingKind.REGION_HIGH_BIAS: {RemedyKind.INPUTS_OF_REGION: 12},
    FindingKind.REGION_HIGH_VARIANCE: {RemedyKind.ROWS_OF_REGION: 19},
    # Behind what another network or other rows could gain; ahead of what might improve the search.
    FindingKind.REGION_NOISE: {RemedyKind.LABELS_OF_REGION: 30.8},
    FindingKind.OVERFITTED_AFTER: {RemedyKind.EARLY_STOPPING: 31},
    FindingKind.BEST_AT_EDGE: {RemedyKind.EXTEND_RANGE: 32},
    FindingKind.BEST_NEAR_DIVERGENCE: {RemedyKind.WARMUP: 33, RemedyKind.CLIPPING: 34},
    FindingKind.OVERFITTED_TRIALS: {RemedyKind.REGULARISATION: 32},
    FindingKind.UNSTEADY_END: {RemedyKind.DECAY: 33},
    FindingKind.TRAINING_LOSS_RISING: {
        RemedyKind.LESS_L2: 32,
        RemedyKind.DECAY: 33,
        RemedyKind.CLIPPING: 34,
    },
    FindingKind.LOW_RATE_REGULARISES: {RemedyKind.REGULARISATION: 35},
    FindingKind.SEARCH_STILL_IMPROVING: {RemedyKind.MORE_TRIALS: 36},
    FindingKind.VALIDATION_TOO_SMALL: {RemedyKind.MORE_VALIDATION: 37},
    FindingKind.WINNER_IN_DOUBT: {RemedyKind.REPLICATES: 38},
    FindingKind.TRAINED_TOO_LONG: {RemedyKind.FEWER_EPOCHS: 39},
    FindingKind.FLOOR_ABOVE_HELD_OUT: {RemedyKind.FIX_SPLIT: 40},
    FindingKind.DUPLICATES_ACROSS_SPLITS: {RemedyKind.FIX_SPLIT: 40},
    FindingKind.HIDDEN_GROUPS: {RemedyKind.FIX_SPLIT: 40},
    FindingKind.CONFLICTING_LABELS: {RemedyKind.CLEAN_LABELS: 41},
    FindingKind.TARGET_OUTLIERS: {RemedyKind.CHECK_OUTLIERS: 41},
    FindingKind.DRIFT: {RemedyKind.ADD_BRIDGE: 42},
    FindingKind.SHIFT: {RemedyKind.ADD_BRIDGE: 18, RemedyKind.COMPARE_SOURCES: 18.5},  # no variance
    FindingKind.LIKELY_LABEL_ERRORS: {RemedyKind.CLEAN_LABELS: 41},
    FindingKind.CLASS_IMBALANCE: {
        RemedyKind.BALANCED_OBJECTIVE: 42,
        RemedyKind.CLASS_WEIGHTS: 43,
    },
    # As of rare classes that are missed.
    FindingKind.MISSED_LABELS: {
        RemedyKind.MORE_EPOCHS: 30.3,
        RemedyKind.LABEL_THRESHOLDS: 30.4,
        RemedyKind.ROWS_OF_LABEL: 30.7,
    },
}
