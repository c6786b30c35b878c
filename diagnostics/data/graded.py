"""Classes that are grades, as bad, fair and good: neighbours overlap everywhere, others nowhere."""

import numpy as np

from ..statistics.intervals import wilson

_CONFIDENCE = 0.95  # of the limit of the share that lies between others than neighbours
_FAR = 0.5  # of the share that labels wrong in any way would have there
_LINKED = 0.2  # of the commonest pair of neighbours: how often each pair is mixed up


def are_graded(labels: np.ndarray, guesses: np.ndarray, sure: np.ndarray) -> bool:
    """Whether an order of all classes explains which are mixed up: neighbours, each pair of them.

    Of labels that are wrong in any way, 1 − 2/C lie between classes that are no neighbours in an
    order of C classes. Of grades, which noise moves up or down by one, none does, and every pair of
    neighbours is mixed up, unlike where one class is labelled as another.

    Args:
        labels: (n,) integers.
        guesses: (n,) of fits that never saw the row.
        sure: (n,) whether the row is among those that the fits are surest of.
    """
    classes = np.union1d(labels, guesses)
    if len(classes) < 3:
        return False
    rates = _mixed_up(labels, guesses, classes)
    order = _seriated(rates)
    neighbours = rates[order[:-1], order[1:]]
    if neighbours.min() < _LINKED * neighbours.max():
        return False
    rank = np.empty(len(classes), int)
    rank[order] = np.arange(len(classes))
    wrong = sure & (labels != guesses)
    if not wrong.any():
        return False
    steps = np.abs(
        rank[np.searchsorted(classes, labels[wrong])]
        - rank[np.searchsorted(classes, guesses[wrong])]
    )
    far = wilson(int((steps > 1).sum()), len(steps), _CONFIDENCE)
    return far.high < _FAR * (1 - 2 / len(classes))


def _mixed_up(labels: np.ndarray, guesses: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(C, C): rows of one class that are taken for the other, either way, by the rows of both."""
    c = len(classes)
    pairs = np.searchsorted(classes, labels) * c + np.searchsorted(classes, guesses)
    counts = np.bincount(pairs, minlength=c * c).reshape(c, c)
    rows = counts.sum(axis=1)
    rates = (counts + counts.T) / np.maximum(rows[:, None] + rows[None, :], 1)
    np.fill_diagonal(rates, 0.0)
    return rates


def _seriated(rates: np.ndarray) -> np.ndarray:
    """(C,) classes in the order in which those that are mixed up stand side by side.

    By the second eigenvector of the graph's Laplacian (Atkins, Boman and Hendrickson 1998, SIAM J
    Comput 28:297).
    """
    laplacian = np.diag(rates.sum(axis=1)) - rates
    return np.argsort(np.linalg.eigh(laplacian).eigenvectors[:, 1], kind="stable")
