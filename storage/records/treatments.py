"""Remedies that were tried: what a winner's fresh trainings gave, and how two winners compare."""

from typing import NamedTuple

FRESH = "fresh"  # the kind of replicates that judge a remedy: seeds that had no part in any choice
FIRST_FRESH = 10_001  # their first seed; those that choose a winner are below


class FreshErrors(NamedTuple):
    """The errors of one training of a trial on the test rows, in the order of the split."""

    trial_id: int
    replicate: int  # its seed
    kind: str  # as of RowErrors: "bits" | "float32"
    test_rows: int
    errors: bytes  # as of RowErrors


class TreatmentRecord(NamedTuple):
    """A remedy that was tried: the study with it, and its winner beside that of the study without.

    Or any two studies that were compared.

    Errors are means over fresh seeds, of what the study with it minimises.
    """

    remedy: str  # a RemedyKind's value; "own": the user's own idea
    # What it changes of the spec, as typed behind -S; several with -S between. Of a key that only
    # the study without it has, nothing stands behind the equals sign
    spec_change: str
    treated_study: str  # the name of the study with it
    measure: str  # what the errors are: "error" | "balanced_error"
    trial: int  # the winner without it
    treated_trial: int  # the winner with it
    trials: int  # completed ones that the former was chosen among
    treated_trials: int
    seeds: int  # fresh ones that did not diverge, two at least
    treated_seeds: int
    diverged: int  # fresh seeds
    treated_diverged: int
    test_rows: int
    test_groups: int | None  # where rows come in groups
    error: float  # on the test rows
    treated_error: float
    lower_by: float  # error − treated_error
    low: float | None  # its 95 % interval, of this remedy alone; None where nothing bounds it
    high: float | None
    seed_error: float  # standard errors of lower_by: of the seeds,
    row_error: float | None  # of the test rows; None where those of one group tell nothing,
    search_error: float  # of which trial either search picks
    degrees: float  # of freedom, of all together
    # Trials of both searches with the same number, those best in both, side by side; None where the
    # errors of single validation rows, which tell of rows, were not kept, or trials are too few
    pairs: int | None
    pair_lower_by: float | None  # mean of error − treated_error on the test rows
    pair_low: float | None  # its 95 % interval, of this comparison alone
    pair_high: float | None
    pair_error: float | None  # its standard error, of pairs and test rows together
    pair_degrees: float | None
    training_error: float | None  # None where the study without it does not measure it so
    treated_training_error: float | None
    validation_error: float | None
    treated_validation_error: float | None
    gain_of: str | None  # what had been predicted: as of a Gain; None where nothing was
    gain_low: float | None
    gain_high: float | None
