"""A run of a study: where its numbers come from, and what it spent."""

from collections.abc import Mapping
from typing import NamedTuple

from .data import ClassRows, DataNote, SplitSizes, TargetVariance, TaskNote


class Provenance(NamedTuple):
    """Where a study's numbers come from; one row a run or resume."""

    netclinic_version: str
    versions: Mapping[str, str]  # package → version
    python: str
    platform: str
    device: str  # e.g. "2 × cpu; 3.0 kB of data, streamed": the same in all runs alike
    git_revision: str | None  # of the folder the study was started in; "+dirty" when changed
    data_fingerprint: str
    rows: SplitSizes
    features: int
    classes: int
    data_notes: tuple[DataNote, ...] = ()
    target_variance: TargetVariance | None = None  # in regression
    class_rows: ClassRows | None = None  # in classification; not of older databases
    tasks: tuple[TaskNote, ...] = ()  # in multitask
    # Where whole groups were dealt to the splits: of each validation row whose errors are kept
    # (``RowErrors``) the number of its group, in their order; not of older databases
    validation_groups: tuple[int, ...] | None = None
    dealt: str | None = None  # how rows came to splits (``Dataset.dealt``); not of older databases
    # Where the source tells that rows are images: (height, width) or (height, width, channels); not
    # of older databases
    row_shape: tuple[int, ...] | None = None


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
