"""The Bayes error of several labels a row, as a cross-fitted mixture for each label tells it.

The least share of wrong labels is the mean over labels of each label's own Bayes error: what is
best to say of one label does not ask what is said of another. So each label is a classification of
two classes, judged as in ``bayes_mixture``. Errors on one row's labels hang together, so every mean
is over rows.
"""

import math
from typing import NamedTuple

import numpy as np

from ...datasets.dealing import deal
from ..statistics.grouped import Grouping, grouping
from ..statistics.intervals import clustered_wilson
from .bayes_mixture import Judged, fall_of, judge_in_folds, row_readings, unlearnt_of
from .cross_fit import FOLDS
from .error_limit import LEARNT, Learning, limit_below
from .geometry import compressed

LABELS_AT_MOST = 16  # that are looked at; each takes about half as long as a study of one label
_TOGETHER = 50_000  # rows times labels that are judged at once: the fits' answers take 100 MB
Array = np.ndarray


class LabelReading(NamedTuple):
    """The mean over labels of their Bayes errors; all but the counts fractions."""

    looked_at: int  # labels, of all of a row
    learnt: int  # of these, by the mixture; the others count as 0 in the lower limit
    error: float  # share of the looked-at labels that the mixture gets wrong
    deviation: float  # of the rows' shares
    n: int  # rows
    doubt: float  # the error that its probabilities expect
    fall: float  # of its error from a fifth of the rows to three fifths
    fall_error: float  # standard error of that
    unlearnt: float  # of its error, as neighbours' residuals tell it
    value: float  # the point, of the labels looked at
    low: float  # lower limit of the mean over all labels; 0 where the evidence permits no other
    grouped: Grouping | None = None  # how rows hang together in groups


def judge_labels(
    inputs: Array,
    labels: Array,
    rng: np.random.Generator,
    groups: Array | None = None,
    *,
    falls: bool = True,
) -> tuple[Judged, Array]:
    """Judge every label by a mixture that was fitted to other rows, the same for all labels.

    Where there are more than ``LABELS_AT_MOST`` labels, so many are drawn.

    Args:
        inputs: (n, features), scaled, so many that ``can_judge``.
        labels: (n, labels), 1 or 0.
        rng: draws labels and deals rows to folds.
        groups: (n,) as for ``judge_by_mixture``.
        falls: whether to learn from few rows, too; see ``judge_by_mixture``.

    Returns:
        What was found, each (n, k), and the places of the k labels, (k,).
    """
    places = np.sort(rng.permutation(labels.shape[1])[:LABELS_AT_MOST])
    fold = deal(labels[:, places], FOLDS, rng, groups)
    judged: list[Judged] = []
    inputs = compressed(inputs)  # once for all parts
    for some in np.array_split(places, math.ceil(len(labels) * len(places) / _TOGETHER)):
        each = [labels[:, j] for j in some]
        found = judge_in_folds(inputs, each, 2, fold, groups, falls=falls)
        judged += [it for it, _ in found]
    return Judged(*(np.stack(columns, axis=1) for columns in zip(*judged, strict=True))), places


def read_labels(
    judged: Judged, labels: Array, every: int, confidence: float, groups: Array | None = None
) -> LabelReading:
    """A point and a lower limit of the mean of the labels' Bayes errors.

    Point: as ``bayes_mixture.read_mixture`` has it of one label, of the means over labels. Lower
    limit: likewise, under the same assumption on how far the error still falls, of the labels of
    which the mixture left half of the commoner answer's error behind; the others count as 0. What
    chance allows is that of the rows' shares (Wilson's interval, widened as rows spread, and
    normal).

    Args:
        judged: each (n, k), of the labels looked at.
        labels: 1 or 0, (n, k), these.
        every: how many labels a row has in all.
        confidence: of the one-sided lower limit, e.g. 0.975.
        groups: (n,) as for ``judge_by_mixture``; chance then deals with groups.
    """
    n, looked_at = labels.shape
    rows = _by_row(judged)
    fall, fall_error = fall_of(rows, groups)
    value = max(0.0, float(row_readings(rows, groups).mean()))
    commoner = np.minimum(labels.mean(axis=0), 1 - labels.mean(axis=0))
    learnt = judged.wrong.mean(axis=0) < LEARNT * commoner
    low = 0.0
    if learnt.any():
        those = Judged(*(column[:, learnt] for column in judged))
        low = _low(those, confidence, groups) * float(learnt.sum()) / every
    return LabelReading(
        looked_at,
        int(learnt.sum()),
        float(rows.wrong.mean()),
        float(rows.wrong.std()),
        n,
        float(rows.doubt.mean()),
        fall,
        fall_error,
        unlearnt_of(rows),
        value if looked_at < every else max(value, low),
        low,
        None if groups is None else grouping(rows.wrong, groups),
    )


def _low(judged: Judged, confidence: float, groups: Array | None) -> float:
    """The lower limit of the mean over labels that were learnt; 0 where groups tell too little."""
    n, columns = judged.wrong.shape
    rows = _by_row(judged)
    error = float(rows.wrong.mean())
    telling = float(n)
    if groups is not None:
        telling *= grouping(rows.wrong, groups).worth(2 * confidence - 1)
    if telling < 1:  # as of a region that a few groups make up
        return 0.0
    wilson = clustered_wilson(error, float(rows.wrong.std()), telling, columns, 2 * confidence - 1)
    left = Learning(*fall_of(rows, groups), unlearnt_of(rows))
    return limit_below(error, error - wilson.low, left, confidence)


def _by_row(judged: Judged) -> Judged:
    """Means over the labels of each row, (n,) each."""
    return Judged(*(column.mean(axis=1) for column in judged))
