"""Which trials cannot be told from the best one by the validation rows, compared row by row."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import binom, norm

from ...storage.records.study import StudyRecord
from ...storage.records.trials import TrialRecord
from ..statistics.intervals import two_sided_z
from ..units import CLASSIFICATION, Task, Unit
from .selection import error_matrix
from .trial_noise import CONFIDENCE, Noise, noise_of_best

_TOP = 5


class Comparison(NamedTuple):
    """Every finished trial held against the best one."""

    values: tuple[float, ...]  # validation errors, ascending
    # Of each but the best: of its error being so far above the best's by luck, one-sided
    chances: tuple[float, ...]
    told: float  # what the best five must differ by to be told from one another, 95 %
    paired: bool  # compared row by row; else as if the trials' errors were independent

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
    and other errors by the normal distribution of the mean of their differences. Else, and for
    trials that are told apart that way already, the errors count as independent: trials mostly err
    on the same rows, so that luck makes less of a difference than that.
    """
    ranked, noise = study.ranked(), noise_of_best(study, unit)
    if noise is None or study.provenance is None:
        return None
    values = [float(t.value) for t in ranked if t.value is not None]
    apart = math.sqrt(2) * noise.deviation
    chances = [float(norm.sf((value - values[0]) / apart)) for value in values[1:]]
    told = Noise(noise.sampling, None).of_a_pair()
    near = 1 + sum(chance > (1 - CONFIDENCE) / len(chances) for chance in chances)
    near = min(len(ranked), max(near, _TOP))
    paired = _comparable(ranked[:near], study)
    if paired and near > 1:
        errors, classes = error_matrix(ranked[:near], study.row_errors, unit)
        rows = study.provenance.rows.validation
        spreads = []
        again = math.sqrt(2) * (noise.retraining or 0.0)
        exact = unit.task is Task.CLASSIFICATION and not unit.balanced and not again
        whole = errors.shape[1] == rows
        for place, row in enumerate(errors[1:]):
            differences = row.astype(np.float64) - errors[0]
            spread = _spread(differences, classes, rows, unit)
            spreads.append(spread)
            chances[place] = (
                _mcnemar(differences)
                if exact and whole
                else float(norm.sf((values[place + 1] - values[0]) / math.hypot(spread, again)))
            )
        told = two_sided_z(CONFIDENCE) * float(np.median(spreads[: _TOP - 1]))
    return Comparison(tuple(values), tuple(chances), told, paired and near > 1)


def _comparable(trials: Sequence[TrialRecord], study: StudyRecord) -> bool:
    kept = [study.row_errors.get(t.number) for t in trials]
    shapes = {(it.kind, it.kept_rows, it.class_rows) for it in kept if it is not None}
    return None not in kept and len(shapes) == 1


def _mcnemar(differences: np.ndarray) -> float:
    """Probability that as many of the rows on which two trials differ speak for the best one."""
    worse, better = int((differences > 0).sum()), int((differences < 0).sum())
    return float(binom.sf(worse - 1, worse + better, 0.5)) if worse + better else 1.0


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
        return max(1e-300, math.sqrt(float(differences.var()) / rows))
    parts = np.split(differences, np.cumsum([c for c in classes if c])[:-1])
    each = [(float((part**2).sum()) + 2) / (len(part) + 2) / len(part) for part in parts]
    return math.sqrt(sum(each) * kept / rows) / len(parts)
