"""Which trials cannot be told from the best one by the validation rows, compared row by row."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import bdtrc

from ...storage.records.study import StudyRecord
from ...storage.records.trials import TrialRecord
from ..statistics.grouped import error_of_mean, number_alike, sign_test, upper_quantile, upper_tail
from ..units import CLASSIFICATION, Task, Unit
from .selection import error_matrix, groups_are_lost, groups_of_rows
from .trial_noise import (
    CONFIDENCE,
    Noise,
    noise_of_best,
    sampling_deviation,
    validation_grouping,
)

_TOP = 5


class Comparison(NamedTuple):
    """Every finished trial held against the best one."""

    values: tuple[float, ...]  # validation errors, ascending
    # Of each but the best: of its error being so far above the best's by luck, one-sided
    chances: tuple[float, ...]
    told: float  # what the best five must differ by to be told from one another, 95 %
    paired: bool  # compared row by row; else as if the trials' errors were independent
    groups: int | None = None  # that rows come in; then compared group by group

    @property
    def how(self) -> str:
        """Trials were compared, in words."""
        if not self.paired:
            return "as if the errors were independent"
        return "compared row by row" if self.groups is None else "compared group by group"

    @property
    def alike(self) -> int:
        """Trials beside the best that cannot be told from it, all comparisons together with 95 %.

        Bonferroni over the comparisons with the best: the truly best trial is then among these and
        the best one (Hsu 1984, Ann Stat 12:1136, "multiple comparisons with the best").
        """
        return sum(self.is_alike(place) for place in range(1, len(self.values)))

    def is_alike(self, place: int) -> bool:
        """Whether the trial of that place (the best has 0) is one of those."""
        return self.chances[place - 1] > (1 - CONFIDENCE) / max(1, len(self.chances))

    def alike_by_itself(self) -> int:
        """Trials that a single comparison cannot tell from the best (95 %), and the best itself."""
        return 1 + sum(chance > (1 - CONFIDENCE) / 2 for chance in self.chances)


def compare_with_best(study: StudyRecord, unit: Unit = CLASSIFICATION) -> Comparison | None:
    """Hold the trials against the best one; ``None`` where the noise in their errors is not known.

    Where the errors on single rows were kept, wrong answers are compared by McNemar's exact test
    and other errors by Student's t of the mean of their differences. Else, and for
    trials that are told apart that way already, the errors count as independent: trials mostly err
    on the same rows, so that luck makes less of a difference than that.

    Of rows in groups the differences of whole groups are compared: wrong answers by the same test
    with the groups' signs drawn (``grouped.sign_test``), other errors by Student's t of so many
    groups. Where it was not kept whose row is whose, rows are not compared one by one.
    """
    ranked, noise = study.ranked(), noise_of_best(study, unit)
    if noise is None or study.provenance is None:
        return None
    values = [float(t.value) for t in ranked if t.value is not None]
    chances = [
        upper_tail((value - values[0]) / spread, noise.telling)
        for value, spread in zip(values[1:], _unpaired(study, noise, unit), strict=True)
    ]
    told, groups = noise._replace(retraining=None).of_a_pair(), noise.groups
    near = 1 + sum(chance > (1 - CONFIDENCE) / len(chances) for chance in chances)
    near = min(len(ranked), max(near, _TOP))
    paired = near > 1 and _comparable(ranked[:near], study)
    if paired:
        pairs = _Pairs.of(study, ranked[:near], unit)
        groups = pairs.number
        spreads = [pairs.spread(place) for place in range(1, near)]
        again = math.sqrt(2) * (noise.retraining or 0.0)
        exact = pairs.whole and unit == CLASSIFICATION and not again
        for place, spread in enumerate(spreads, start=1):
            lead = (values[place] - values[0]) / math.hypot(spread, again)
            chances[place - 1] = pairs.chance(place) if exact else upper_tail(lead, pairs.telling)
        middle = float(np.median(spreads[: _TOP - 1]))
        told = upper_quantile((1 - CONFIDENCE) / 2, pairs.telling) * middle
    return Comparison(tuple(values), tuple(chances), told, paired, groups)


def _unpaired(study: StudyRecord, noise: Noise, unit: Unit) -> list[float]:
    """Standard errors of each error's difference from the best one, were they independent.

    Each by its own rows' deviation: that of the best, which was chosen for its luck, is too small.
    So is the design effect of its groups, whose upper limit stands for the others'.
    """
    assert study.provenance is not None
    known, spreads = validation_grouping(study), []
    grouped = known and known.above(CONFIDENCE)
    for trial in study.ranked()[1:]:
        own = trial.result and sampling_deviation(trial.result, study.provenance, unit, grouped)
        both = noise.sampling, noise.sampling if own is None else own
        spreads.append(math.hypot(*both, math.sqrt(2) * (noise.retraining or 0.0)))
    return spreads


def _comparable(trials: Sequence[TrialRecord], study: StudyRecord) -> bool:
    kept = [study.row_errors.get(t.number) for t in trials]
    shapes = {(it.kind, it.kept_rows, it.class_rows) for it in kept if it is not None}
    if None in kept or len(shapes) != 1 or groups_are_lost(study):
        return False
    groups, ((_, rows, _),) = groups_of_rows(study), shapes
    if groups is None:
        return rows > 1
    return len(groups) == rows and len(np.unique(groups)) > 1


class _Pairs(NamedTuple):
    """The errors of trials on the same rows, the best trial's first."""

    errors: np.ndarray  # float32 (trials, rows kept)
    classes: tuple[int, ...] | None  # rows of each, in their order, where classes count alike
    groups: np.ndarray | None  # (rows kept,), the number of each row's; None: rows are independent
    rows: int  # all validation rows
    unit: Unit

    @classmethod
    def of(cls, study: StudyRecord, trials: Sequence[TrialRecord], unit: Unit) -> "_Pairs":
        """Those of trials whose rows are the same."""
        errors, classes = error_matrix(trials, study.row_errors, unit)
        assert study.provenance is not None
        rows = study.provenance.rows.validation
        return cls(errors, classes, groups_of_rows(study), rows, unit)

    @property
    def number(self) -> int | None:
        """Of groups."""
        return None if self.groups is None else len(np.unique(self.groups))

    @property
    def telling(self) -> float | None:
        """Groups of equal size that tell as much as these, or rows; None: of right and wrong."""
        if self.groups is None:
            return None if self.unit.task is Task.CLASSIFICATION else self.errors.shape[1]
        return number_alike(self.groups)

    @property
    def whole(self) -> bool:
        """Whether the errors on all validation rows were kept."""
        return self.errors.shape[1] == self.rows

    def differences(self, place: int) -> np.ndarray:
        """Of the trial of that place from the best one, by row."""
        return self.errors[place].astype(np.float64) - self.errors[0]

    def chance(self, place: int) -> float:
        """The probability that as many rows, or groups, speak for the best one of two by luck."""
        if self.groups is None:
            return _mcnemar(self.differences(place))
        return sign_test(self.differences(place), self.groups)

    def spread(self, place: int) -> float:
        """Standard error of the difference of that trial's error from the best one's."""
        differences = self.differences(place)
        if self.groups is None:
            return _spread(differences, self.classes, self.rows, self.unit)
        return _spread_of_groups(differences, self.classes, self.groups, self.unit)


def _mcnemar(differences: np.ndarray) -> float:
    """Probability that as many of the rows on which two trials differ speak for the best one."""
    worse, better = int((differences > 0).sum()), int((differences < 0).sum())
    return float(bdtrc(worse - 1, worse + better, 0.5)) if worse + better else 1.0


def _spread_of_groups(
    differences: np.ndarray, classes: tuple[int, ...] | None, groups: np.ndarray, unit: Unit
) -> float:
    """Standard error of the mean difference of two trials, by their differences on whole groups.

    That of the rows kept, if not all were: more rows of the same groups tell little more.
    """
    sizes = np.array([c for c in classes or (len(differences),) if c])
    of_class = np.repeat(np.arange(len(sizes)), sizes)
    means = np.bincount(of_class, weights=differences) / sizes
    shares = len(differences) / len(sizes) / sizes
    spread = error_of_mean((differences - means[of_class]) * shares[of_class], groups)
    if unit.task is not Task.CLASSIFICATION:
        return max(1e-300, spread)
    return math.hypot(spread, math.sqrt(float((2 / sizes**2).sum())) / len(sizes))


def _spread(
    differences: np.ndarray, classes: tuple[int, ...] | None, rows: int, unit: Unit
) -> float:
    """Standard error of the mean difference of two trials on so many rows.

    Of wrong answers two rows are added on which they differ, so that it is not 0 where they agree.
    """
    kept = len(differences)
    if classes is None:
        squares = float((differences**2).sum())
        if unit.task is Task.CLASSIFICATION:
            return math.sqrt((squares + 2) / kept / rows)
        return max(1e-300, math.sqrt(float(differences.var(ddof=1)) / rows))
    parts = np.split(differences, np.cumsum([c for c in classes if c])[:-1])
    each = [(float((part**2).sum()) + 2) / (len(part) + 2) / len(part) for part in parts]
    return math.sqrt(sum(each) * kept / rows) / len(parts)
