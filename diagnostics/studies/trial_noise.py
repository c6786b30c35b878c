"""How far luck alone moves a trial's validation error: by its rows and, where known, its seed."""

import math
from typing import NamedTuple

import numpy as np

from ...storage.records.results import TrialResult
from ...storage.records.runs import Provenance
from ...storage.records.study import StudyRecord
from ..gaps import groupings, limits
from ..ladder import Estimate
from ..objective import class_counts
from ..statistics.grouped import Grouping, grouping, upper_quantile
from ..statistics.intervals import Interval
from ..units import CLASSIFICATION, Task, Unit
from .replication import replication_of
from .selection import groups_of_rows, unpacked

CONFIDENCE = 0.95


class Noise(NamedTuple):
    """Standard deviations of the best trial's validation error, in the error's unit."""

    sampling: float  # over other validation rows of the same number
    retraining: float | None  # over other seeds; None where nothing was trained again
    groups: int | None = None  # of rows, that the sampling is known from; None: not in groups
    # Of these, as many of equal size as tell as much, or rows; None: of right and wrong answers
    telling: float | None = None

    @property
    def deviation(self) -> float:
        """Of both together."""
        return math.hypot(self.sampling, self.retraining or 0.0)

    def of_a_pair(self) -> float:
        """The difference of two given trials that luck exceeds in 5 % of cases."""
        tail = (1 - CONFIDENCE) / 2
        return upper_quantile(tail, self.telling) * math.sqrt(2) * self.deviation


def noise_of_best(study: StudyRecord, unit: Unit = CLASSIFICATION) -> Noise | None:
    """The noise in the error of the search's best trial; ``None`` where it is not known.

    Two trials' errors are no independent draws: they are measured on the same rows and mostly agree
    (``alike_trials``).
    """
    ranked = study.ranked()
    if not ranked or ranked[0].result is None or study.provenance is None:
        return None
    grouped = validation_grouping(study, ranked[0].number)
    sampling = sampling_deviation(ranked[0].result, study.provenance, unit, grouped)
    if sampling is None:
        return None
    again = replication_of(study)
    noise = again.validation_noise if again else None
    rows = None if unit.task is Task.CLASSIFICATION else study.provenance.rows.validation
    of_groups = (grouped.number, grouped.telling) if grouped else (None, rows)
    return Noise(sampling, noise.deviation if noise else None, *of_groups)


def validation_grouping(study: StudyRecord, trial: int | None = None) -> Grouping | None:
    """How the validation rows hang together; ``None`` where they do not come in groups.

    Trials do not err on the same groups, and the best one was chosen for its luck with some, so it
    is a trial's own errors that tell, where those on all rows were kept.

    Args:
        study: of one task, or of several together.
        trial: its number; ``None``, or without such errors: by the best trial's.
    """
    kept, groups = None if trial is None else study.row_errors.get(trial), groups_of_rows(study)
    rows = study.provenance.rows.validation if study.provenance else None
    if kept is None or groups is None or not len(groups) == kept.kept_rows == rows:
        return groupings(study).get("validation")
    return grouping(unpacked(kept).astype(np.float64), groups)


def sampling_deviation(
    result: TrialResult,
    provenance: Provenance,
    unit: Unit = CLASSIFICATION,
    grouped: Grouping | None = None,
) -> float | None:
    """Standard deviation of a trial's validation error over other rows of the same number.

    Shares of wrong rows are drawn towards one half by two rows of each kind (Agresti and Coull
    1998), so that an error of 0 has a deviation, too. Rows in groups are as many independent ones
    as tell as much; what is said of the deviation is then Student's t of so many groups.

    Args:
        result: of the trial.
        provenance: of its study.
        unit: of the error.
        grouped: how the rows hang together; nothing is known of those of a single group.
    """
    rows, effect = provenance.rows.validation, 1.0
    error = result.validation_error
    if grouped is not None:
        rows, effect = rows / grouped.effect, grouped.effect
    if not rows or error is None or (grouped is not None and grouped.number < 2):
        return None
    if unit.balanced:
        counts = class_counts(result, provenance.class_rows, "validation")
        if counts is None:
            return None
        wrong, of = (np.asarray(it, float)[np.asarray(counts.rows) > 0] / effect for it in counts)
        shares = (wrong + 2) / (of + 4)
        return math.sqrt(float((shares * (1 - shares) / of).sum())) / len(of)
    if unit.task is Task.CLASSIFICATION:
        return deviation_of_share(error, rows)
    independent = rows if grouped else rows - 1
    if result.validation_deviation is None or independent <= 0:
        return None
    return result.validation_deviation / math.sqrt(independent)


def deviation_of_share(error: float, rows: float) -> float:
    """Of a share of so many rows, as ``sampling_deviation`` has it."""
    share = (error * rows + 2) / (rows + 4)
    return math.sqrt(share * (1 - share) / rows)


def least_change(
    result: TrialResult,
    provenance: Provenance,
    unit: Unit = CLASSIFICATION,
    grouped: Grouping | None = None,
) -> float | None:
    """The fall, or rise, of a validation error that other rows make of two errors in 5 % of cases.

    Two epochs of one trial mostly err on the same rows, so chance makes less of them. The arguments
    are those of ``sampling_deviation``.
    """
    deviation = sampling_deviation(result, provenance, unit, grouped)
    if deviation is None:
        return None
    return change_by_chance(deviation, grouped and grouped.telling)


def change_by_chance(deviation: float, groups: float | None = None) -> float:
    """What two independent errors with that deviation differ by, one way, in 5 % of cases."""
    return upper_quantile(0.05, groups) * math.sqrt(2) * deviation


def validation_interval(
    result: TrialResult,
    provenance: Provenance,
    unit: Unit = CLASSIFICATION,
    grouped: Grouping | None = None,
) -> Interval | None:
    """A trial's validation error with its 95 % interval over rows; ``None`` where not known.

    The arguments are those of ``sampling_deviation``.
    """
    rows, error = provenance.rows.validation, result.validation_error
    counts = class_counts(result, provenance.class_rows, "validation") if unit.balanced else None
    deviation = result.validation_deviation
    shares = unit.task is Task.CLASSIFICATION
    if not rows or error is None or (unit.balanced and counts is None):
        return None
    if not shares and deviation is None:
        return None
    measured = Estimate(error, error, error, rows, "", deviation, counts, grouped)
    return limits(measured, rows, CONFIDENCE, unit)
