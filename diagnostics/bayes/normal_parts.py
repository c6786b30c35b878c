"""Every class as some round normal parts, fitted by expectation maximisation to all at once."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from .geometry import Array, squared_distances

_STEPS = 15  # of expectation maximisation


class Parts(NamedTuple):
    """The parts of all classes; where a class has fewer, the share of the others is 0."""

    means: Array  # (classes, parts, features)
    variances: Array  # (classes, parts)
    log_shares: Array  # (classes, parts) of the class


def fit_parts(of_class: list[Array], parts: int) -> Parts:
    """Fit parts to the rows of each class.

    Args:
        of_class: (rows, features) of each class; rows ≥ 1.
        parts: of a class, at most; a class of few rows has one, and one more for every 8 rows.
    """
    features = of_class[0].shape[1]
    found = Parts(
        np.zeros((len(of_class), parts, features)),
        np.ones((len(of_class), parts)),
        np.full((len(of_class), parts), -np.inf),
    )
    # Classes of about the same size are fitted together; the gaps that this leaves are no more
    # than the rows.
    alike = defaultdict(list)
    for label, rows in enumerate(of_class):
        alike[len(rows).bit_length(), min(parts, 1 + len(rows) // 8)].append(label)
    for (_, count), labels in alike.items():
        fitted = _fit([of_class[label] for label in labels], count)
        for all_values, values in zip(found, fitted, strict=True):
            all_values[labels, :count] = values
    return found


def log_density(parts: Parts, rows: Array) -> Array:
    """The logarithm of every class's density at each row, up to a constant: (classes, rows)."""
    shape = parts.log_shares.shape
    squared = squared_distances(parts.means.reshape(-1, rows.shape[1]), rows)
    each = _log_density(squared.reshape(*shape, len(rows)), parts, rows.shape[1])
    most = each.max(axis=1)
    return most + np.log(np.exp(each - most[:, None]).sum(axis=1))


def _fit(of_class: list[Array], parts: int) -> Parts:
    """As many parts for each of some classes that have rows enough."""
    sizes = np.array([len(rows) for rows in of_class])
    features = of_class[0].shape[1]
    rows = np.zeros((len(of_class), sizes.max(), features))  # 0 behind the last row of a class
    for padded, own in zip(rows, of_class, strict=True):
        padded[: len(own)] = own
    there = np.arange(sizes.max()) < sizes[:, None]
    means = rows[:, :1]
    while means.shape[1] < parts:  # the row that is farthest from all means so far
        away = np.where(there, squared_distances(means, rows).min(axis=1), -1)
        farthest = away.argmax(axis=1)
        means = np.concatenate([means, rows[np.arange(len(rows)), farthest][:, None]], axis=1)
    overall = np.array([max(float(own.var(axis=0).mean()), 1e-9) for own in of_class])[:, None]
    variances = np.repeat(overall, parts, axis=1)
    found = Parts(means, variances, np.full(variances.shape, -np.log(parts)))
    squared = squared_distances(means, rows)
    for _ in range(_STEPS):
        each = _log_density(squared, found, features)
        belongs = np.exp(each - each.max(axis=1, keepdims=True))
        belongs *= there[:, None] / belongs.sum(axis=1, keepdims=True)
        counts = belongs.sum(axis=2) + 1e-9
        means = belongs @ rows / counts[..., None]
        squared = squared_distances(means, rows)
        spread = (belongs * squared).sum(axis=2)
        # One more row of the overall variance keeps a part from shrinking to a point.
        variances = (spread + overall * features) / (features * (counts + 1))
        shares = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
        found = Parts(means, variances, np.log(shares))
    return found


def _log_density(squared: Array, parts: Parts, features: int) -> Array:
    """(classes, parts, rows) of squared distances to the means, with the shares, in logarithms."""
    level = parts.log_shares - features * np.log(parts.variances) / 2
    return level[..., None] - squared / (2 * parts.variances[..., None])
