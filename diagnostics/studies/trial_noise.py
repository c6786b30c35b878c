"""How far luck alone moves a trial's validation error: by its rows and, where known, its seed."""

import math
from typing import NamedTuple

import numpy as np

from ...storage.records.results import TrialResult
from ...storage.records.runs import Provenance
from ...storage.records.study import StudyRecord
from ..findings import Estimate
from ..gaps import limits
from ..objective import class_counts
from ..statistics.intervals import Interval, two_sided_z
from ..units import CLASSIFICATION, Task, Unit
from .replication import replication_of

CONFIDENCE = 0.95


class Noise(NamedTuple):
    """Standard deviations of the best trial's validation error, in the error's unit."""

    sampling: float  # over other validation rows of the same number
    retraining: float | None  # over other seeds; None where nothing was trained again

    @property
    def deviation(self) -> float:
        """Of both together."""
        return math.hypot(self.sampling, self.retraining or 0.0)

    def of_a_pair(self) -> float:
        """The difference of two given trials that luck exceeds in 5 % of cases."""
        return two_sided_z(CONFIDENCE) * math.sqrt(2) * self.deviation


def noise_of_best(study: StudyRecord, unit: Unit = CLASSIFICATION) -> Noise | None:
    """The noise in the error of the search's best trial; ``None`` where it is not known.

    Two trials' errors are no independent draws: they are measured on the same rows and mostly agree
    (``alike_trials``).
    """
    ranked = study.ranked()
    if not ranked or ranked[0].result is None or study.provenance is None:
        return None
    sampling = sampling_deviation(ranked[0].result, study.provenance, unit)
    if sampling is None:
        return None
    again = replication_of(study)
    noise = again.validation_noise if again else None
    return Noise(sampling, noise.deviation if noise else None)


def sampling_deviation(
    result: TrialResult, provenance: Provenance, unit: Unit = CLASSIFICATION
) -> float | None:
    """Standard deviation of a trial's validation error over other rows of the same number.

    Shares of wrong rows are drawn towards one half by two rows of each kind (Agresti and Coull
    1998), so that an error of 0 has a deviation, too.
    """
    rows = provenance.rows.validation
    error = result.validation_error
    if not rows or error is None:
        return None
    if unit.balanced:
        counts = class_counts(result, provenance.class_rows, "validation")
        if counts is None:
            return None
        wrong, of = (np.asarray(it, float)[np.asarray(counts.rows) > 0] for it in counts)
        shares = (wrong + 2) / (of + 4)
        return math.sqrt(float((shares * (1 - shares) / of).sum())) / len(of)
    if unit.task is Task.CLASSIFICATION:
        share = (error * rows + 2) / (rows + 4)
        return math.sqrt(share * (1 - share) / rows)
    if result.validation_deviation is None:
        return None
    return result.validation_deviation / math.sqrt(rows)


def least_fall(
    result: TrialResult, provenance: Provenance, unit: Unit = CLASSIFICATION
) -> float | None:
    """The fall of a validation error that other rows would make of two errors in 5 % of cases.

    Two epochs of one trial mostly err on the same rows, so chance makes less of them.
    """
    deviation = sampling_deviation(result, provenance, unit)
    return None if deviation is None else two_sided_z(0.9) * math.sqrt(2) * deviation


def validation_interval(
    result: TrialResult, provenance: Provenance, unit: Unit = CLASSIFICATION
) -> Interval | None:
    """A trial's validation error with its 95 % interval over rows; ``None`` where not known."""
    rows, error = provenance.rows.validation, result.validation_error
    counts = class_counts(result, provenance.class_rows, "validation") if unit.balanced else None
    deviation = result.validation_deviation
    shares = unit.task is Task.CLASSIFICATION
    if not rows or error is None or (unit.balanced and counts is None):
        return None
    if not shares and deviation is None:
        return None
    return limits(
        Estimate(error, error, error, rows, "", deviation, counts), rows, CONFIDENCE, unit
    )
