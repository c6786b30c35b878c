"""Labels that are wrong in one class alone: many of its rows are labelled as another.

Where a share of one class's labels was turned, no classifier is sure of any of its rows, so these
are not among the surest of all rows, and ``label_errors`` does not see them. They are told from
overlap by three things: within the class they are as frequent far from its borders as near to them,
nearly all have the same other label, and far from their borders other classes have none.
"""

from typing import NamedTuple

import numpy as np

from ..bayes.error_limit import LEARNT
from ..statistics.grouped import Grouping, grouping, rate_limits

CONFIDENCE = 0.95  # of the interval around the share of wrong labels, and of all classes together
_RECALL = 0.5  # of a class that is taken for learnt: the share of its rows that are found
_THIRD = 10  # rows at least in a third of a class, and twice as many in the thirds of all others
_LEAST = 0.05  # share of a class that must be exceeded, so that a few odd rows are not told
# More than this, and labels say nothing of which class is meant: inputs do not tell it.
_MOST = 0.4
_SAME = 0.7  # share of the contradicted labels that must be of one class
# Contradicted labels of the surest third, by those of the middle one: as chance permits of a fifth
# in 2,000 rows of five classes; overlap fades to half and less.
_FLAT = 2 / 3
_PURE = 0.1  # of this share, what the surest thirds of other classes may have


class ClassNoise(NamedTuple):
    """Rows that look like one class, of which many are labelled as another; shares of them."""

    looks: int  # the class that they look like
    given: int  # the label that many of them have
    share: float  # of contradicted labels, in the surer two thirds
    low: float
    high: float
    n: int  # rows that look so
    sure_error: float  # share of contradicted labels in the surest third
    middle_error: float  # in the middle third
    others_error: float  # in the surest thirds of all other classes together
    rows: np.ndarray  # places of the rows with this label, the surest first
    grouped: Grouping | None = None  # how contradicted labels hang together; None: independent


class _Guessed(NamedTuple):
    """The rows that look like each class, the surest first, in thirds."""

    guess: np.ndarray  # (n,)
    thirds: list[list[np.ndarray]]  # of each class

    def contradicted(self, labels: np.ndarray, cls: int, third: int) -> np.ndarray:
        return labels[self.thirds[cls][third]] != cls


def find_class_noise(
    labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray | None = None
) -> ClassNoise | None:
    """The class of whose rows most are labelled wrongly; ``None`` where there is no such class.

    Told where the one-sided limit (Clopper–Pearson, Bonferroni over classes) of the share in the
    surer two thirds is above 5 %, and the rest of the rules above holds.

    Args:
        labels: (n,) integers.
        probabilities: (n, classes) of fits that never saw the row.
        groups: (n,), the number of each row's group; ``None`` where rows are independent.
    """
    classes = probabilities.shape[1]
    guess, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    of_class = [np.flatnonzero(guess == c) for c in range(classes)]
    ordered = [rows[np.argsort(-sure[rows], kind="stable")] for rows in of_class]
    guessed = _Guessed(guess, [np.array_split(rows, 3) for rows in ordered])
    counts = np.bincount(labels, minlength=classes)
    learnt = np.bincount(labels[guess == labels], minlength=classes) >= _RECALL * counts
    learnt &= counts > 0
    each = (_of_class(int(c), labels, guessed, learnt, groups) for c in np.flatnonzero(learnt))
    found = [it for it in each if it is not None]
    if not found:
        return None
    it = max(found, key=lambda it: it.share * it.n)
    rows = np.flatnonzero((guess == it.looks) & (labels == it.given))
    margin = probabilities[rows, it.looks] - probabilities[rows, it.given]
    return it._replace(rows=rows[np.argsort(-margin, kind="stable")])


def _of_class(
    cls: int,
    labels: np.ndarray,
    guessed: _Guessed,
    learnt: np.ndarray,
    groups: np.ndarray | None,
) -> ClassNoise | None:
    """What is found of one class, without the rows."""
    classes, thirds = len(learnt), guessed.thirds[cls]
    core = np.concatenate(thirds[:2])
    others = [guessed.contradicted(labels, c, 0) for c in range(classes) if c != cls]
    elsewhere = np.concatenate(others)
    if len(thirds[2]) < _THIRD or len(elsewhere) < 2 * _THIRD:
        return None
    wrong = labels[core] != cls
    as_others = np.bincount(labels[core][wrong], minlength=classes)
    given = int(as_others.argmax())
    n, share = sum(map(len, thirds)), float(wrong.mean())
    sure, middle = (float(guessed.contradicted(labels, cls, third).mean()) for third in (0, 1))
    # Of the class that they are labelled as: its own rows must be as they are labelled.
    back = guessed.contradicted(labels, given, 0)
    mutual = float(back.mean()) if len(back) else 1.0
    left = float((guessed.guess != labels).mean()) - share * n / len(labels)
    if not (
        learnt[given]
        and share <= _MOST
        and as_others[given] >= _SAME * wrong.sum()
        and sure >= _FLAT * middle
        and max(float(elsewhere.mean()), mutual) <= _PURE * sure
        and left < LEARNT * (1 - np.bincount(labels).max() / len(labels))
    ):
        return None
    grouped = None if groups is None else grouping(wrong, groups[core])
    errors, rows = int(wrong.sum()), len(core)
    alone = 1 - (1 - CONFIDENCE) / classes
    if rate_limits(errors, rows, grouped, alone)[0] <= _LEAST:
        return None
    low, high = rate_limits(errors, rows, grouped, CONFIDENCE)
    of_others = float(elsewhere.mean())
    return ClassNoise(
        cls, given, share, low, high, n, sure, middle, of_others, np.empty(0, np.intp), grouped
    )
