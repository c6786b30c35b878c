"""Likely label errors: rows whose label is another than all that is like them says.

The rows are found by confident learning (Northcutt, Jiang and Chuang 2021, J Artif Intell Res
70:1373) on class probabilities by fits without them. Where classes overlap, that alone would call
the overlap an error. So how many there are is read far from the borders between classes, where
overlap fades away and wrong labels do not; of one class alone, ``class_noise`` says how many.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from ...datasets.dataset import Dataset
from ...storage.records.data import DataCheck
from ..bayes.error_limit import LEARNT
from ..bayes.limit_text import of_groups
from ..bayes.looked_at import SPLITS, SeenByMixture
from ..statistics.grouped import Grouping, grouping, worth_of
from ..statistics.intervals import Interval, difference, wilson
from .class_noise import ClassNoise, find_class_noise
from .graded import are_graded

LABEL_ERRORS = "label_errors"
_CONFIDENCE = 0.95  # of the interval around the share of wrong labels
_RECALL = 0.5  # of a class that is taken for learnt: the share of its rows that are found
_LISTED = 100  # rows
_METHOD = (
    "Of three thirds of rows, by how sure a mixture of classifiers is of them that never saw them, "
    "overlap of classes is taken to be at most half as frequent in the surest third as in the "
    "middle one; what exceeds this there is taken for wrong labels (Wilson limits, combined by "
    "MOVER{counted}). The rows are those of confident learning (Northcutt et al. 2021), the surest "
    "first."
)
_OF_A_CLASS = (
    "Of the rows that a mixture of classifiers, which never saw them, takes for one class, the "
    "labels that contradict it were counted in the two of three thirds of which it is surest "
    "(Clopper–Pearson limits{counted}). They count as wrong labels and not as overlap, as they are "
    "as frequent in the surest third as in the middle one, nearly all have the same other label, "
    "and the surest thirds of other classes have next to none."
)


class LabelReading(NamedTuple):
    """How many labels seem wrong, and which."""

    share: float  # of wrong labels
    low: float
    high: float
    n: int  # rows looked at, all of learnt classes
    sure_error: float  # share of labels in the surest third that the mixture contradicts
    middle_error: float  # in the middle third
    rows: np.ndarray  # (at most ``_LISTED``,) places of likely errors, the surest first
    suggested: np.ndarray  # the class that each seems to be of
    # How the surest third's contradicted labels hang together; None: rows are independent
    grouped: Grouping | None = None


class _Third(NamedTuple):
    """Rows of about the same sureness, and the share of labels there that is contradicted."""

    share: Interval
    grouped: Grouping | None


def read_labels(
    labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray | None = None
) -> LabelReading | None:
    """Count and find labels that are wrong; ``None`` where the classes tell too little.

    In the surest third of rows a share e₁ of labels is contradicted, in the middle one e₂. With a
    share q wrong everywhere, and overlap o₁ ≤ o₂/2 that fades: q ≥ 2·e₁ − e₂, and q ≤ e₁. Rows of
    classes that the mixture does not find are left out: where nothing tells a rare class, its
    labels contradict as wrong ones do. Of grades, whose overlap fades nowhere, q may be 0.

    Args:
        labels: (n,) integers.
        probabilities: (n, classes) of fits that never saw the row.
        groups: (n,), the number of each row's group, whose labels may be wrong together; ``None``
            where rows are independent.
    """
    guess = probabilities.argmax(axis=1)
    commonest = 1 - np.bincount(labels).max() / len(labels)
    if (guess != labels).mean() >= LEARNT * commonest:
        return None
    classes = probabilities.shape[1]
    counts = np.bincount(labels, minlength=classes)
    found = np.bincount(labels[guess == labels], minlength=classes)
    learnt = found >= _RECALL * np.maximum(counts, 1)
    kept = np.flatnonzero(learnt[labels])
    order = kept[np.argsort(-probabilities[kept].max(axis=1), kind="stable")]
    thirds = np.array_split(order, 3)[:2]
    (sure, grouped), (middle, _) = (
        _third(guess[part] != labels[part], None if groups is None else groups[part])
        for part in thirds
    )
    least = difference(Interval(*(2 * limit for limit in sure)), middle)
    surest = np.isin(kept, thirds[0])
    low = 0.0 if are_graded(labels[kept], guess[kept], surest) else max(0.0, least.low)
    share = min(max(least.value, low), sure.value)
    rows, suggested = _likely(labels, probabilities, learnt)
    most = min(_LISTED, math.ceil(share * len(kept)))
    return LabelReading(
        share,
        low,
        sure.high,
        len(kept),
        sure.value,
        middle.value,
        rows[:most],
        suggested[:most],
        grouped,
    )


def _third(contradicted: np.ndarray, groups: np.ndarray | None) -> _Third:
    grouped = None if groups is None else grouping(contradicted, groups)
    worth, wrong, n = worth_of(grouped, _CONFIDENCE), int(contradicted.sum()), len(contradicted)
    if worth * n < 1:
        return _Third(Interval(wrong / n, 0.0, 1.0), grouped)
    found = wilson(worth * wrong, worth * n, _CONFIDENCE)
    return _Third(found._replace(value=wrong / n), grouped)


def _likely(
    labels: np.ndarray, probabilities: np.ndarray, learnt: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Places and classes of the off-diagonals of the confident joint, by the margin.

    A class counts for a row where its probability is at least the mean that rows labelled so have.
    """
    at = np.arange(len(labels))
    own = probabilities[at, labels]
    counts = np.bincount(labels, minlength=len(learnt))
    sums = np.bincount(labels, weights=own, minlength=len(learnt))
    thresholds = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    guess = confident.argmax(axis=1)
    off = (confident[at, guess] > 0) & (guess != labels) & learnt[labels]
    places = np.flatnonzero(off)
    margin = probabilities[places, guess[places]] - own[places]
    places = places[np.argsort(-margin, kind="stable")]
    return places, guess[places]


def check_labels(dataset: Dataset, seen: SeenByMixture) -> DataCheck | None:
    """What is stored of the labels; ``None`` where the classes tell too little of single ones.

    Args:
        dataset: whose rows were seen.
        seen: what small classifiers made of them.
    """
    of_class = find_class_noise(seen.rows.labels, seen.probabilities, seen.rows.groups)
    if of_class:
        return _check_of_class(of_class, dataset, seen)
    it = read_labels(seen.rows.labels, seen.probabilities, seen.rows.groups)
    if it is None:
        return None
    rows = [_told(dataset, seen, *pair) for pair in zip(it.rows, it.suggested, strict=True)]
    details: dict[str, Any] = {
        "sure_error": it.sure_error,
        "middle_error": it.middle_error,
        "rows": rows if it.low > 0 else [],
    }
    if it.grouped:
        details |= {"groups": it.grouped.number, "design_effect": it.grouped.effect}
    counted = f"; of the surest third{of_groups(it.grouped)}" if it.grouped else ""
    method = _METHOD.format(counted=counted)
    return DataCheck(LABEL_ERRORS, None, it.n, it.share, it.low, it.high, None, method, details)


def _check_of_class(it: ClassNoise, dataset: Dataset, seen: SeenByMixture) -> DataCheck:
    """What is stored where labels of one class alone look wrong."""
    listed = it.rows[: min(_LISTED, math.ceil(it.share * it.n))]
    details: dict[str, Any] = {
        "looks_like": dataset.class_names[it.looks],
        "given": dataset.class_names[it.given],
        "all_rows": len(seen.rows.labels),
        "sure_error": it.sure_error,
        "middle_error": it.middle_error,
        "others_error": it.others_error,
        "rows": [_told(dataset, seen, place, it.looks) for place in listed],
    }
    counted = ""
    if it.grouped:
        details |= {"groups": it.grouped.number, "design_effect": it.grouped.effect}
        counted = of_groups(it.grouped)
    method = _OF_A_CLASS.format(counted=counted)
    return DataCheck(LABEL_ERRORS, None, it.n, it.share, it.low, it.high, None, method, details)


def _told(dataset: Dataset, seen: SeenByMixture, place: int, suggested: int) -> dict[str, Any]:
    split, row = int(seen.rows.split[place]), int(seen.rows.row[place])
    given = int(seen.rows.labels[place])
    source = dataset.source_rows[split][row] if dataset.source_rows else None
    return {
        "split": SPLITS[split],
        "row": row,
        "source_row": None if source is None else int(source),
        "given": dataset.class_names[given],
        "suggested": dataset.class_names[suggested],
        "probability_given": float(seen.probabilities[place, given]),
        "probability_suggested": float(seen.probabilities[place, suggested]),
    }
