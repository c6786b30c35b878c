"""As ``region_sets``, where rows have errors of any size: of a quantity, and of several labels."""

import numpy as np
from netclinic.diagnostics.regions.region_rows import Columns, RegionRows
from sklearn.linear_model import LinearRegression, LogisticRegression

from benchmarks.region_sets import RegionSet, half_spaces, in_parts, splits

QUANTITIES = ("even noise", "nearly tolerated", "heavy tails", "linear")
LABELS = ("even noise", "nearly tolerated", "logistic")
_NOISE = 0.2  # standard deviation
_ROUGH = 1.0  # where it is planted
_LABELS = 4  # of a row
_FLIPS = 0.2


def planted_quantity(seed: int, rows: int) -> RegionSet:
    """The three half-spaces of ``region_sets.planted_set``, of a quantity.

    The network knows its training rows in the first by heart, to a fifth of the noise, and misses
    others by as much as the unlearnable part is large; misses a bend in the second, which others
    can learn; and in the third errs by the noise, which is large there.
    """
    rng = np.random.default_rng([seed, 1])
    inputs = rng.normal(size=(rows, 4)).astype(np.float32)
    where, split = half_spaces(inputs), splits(rows)
    truth = 1.5 * inputs[:, 3] + np.sin(2 * inputs[:, 0])
    bend = np.where(where == 2, np.sin(2.5 * inputs[:, 3]), 0.0)
    noise = _NOISE * rng.normal(size=rows) * np.where(where == 3, _ROUGH / _NOISE, 1.0)
    noise = np.where(where == 1, rng.normal(size=rows), noise)
    misses = 0.05 * rng.normal(size=rows)
    misses += np.where((where == 1) & (split > 0), 0.8 * rng.normal(size=rows), 0.0)
    learnt = np.where((where == 1) & (split == 0), 0.95 * noise, 0.0)
    targets = truth + bend + noise
    floor = np.select([where == 1, where == 3], [1.0, _ROUGH**2], _NOISE**2)
    return _quantity(inputs, targets, truth + learnt + misses, where, floor, rng)


def healthy_quantity(kind: str, seed: int, rows: int) -> RegionSet:
    """No region with more bias or variance than is tolerated, and the same noise everywhere.

    - ``even noise``: the network errs by the noise and a little;
    - ``nearly tolerated``: besides, everywhere half of what is tolerated of bias and of variance;
    - ``heavy tails``: as the first, with noise of Student's t with 5 degrees of freedom;
    - ``linear``: a linear function in 6 dimensions, and least squares fitted to the training rows.
    """
    rng = np.random.default_rng([seed, 2, QUANTITIES.index(kind)])
    split, nowhere = splits(rows), np.zeros(rows, np.int64)
    dimensions = 6 if kind == "linear" else 4
    inputs = rng.normal(size=(rows, dimensions)).astype(np.float32)
    tails = kind == "heavy tails"
    unit = rng.standard_t(5, size=rows) / np.sqrt(5 / 3) if tails else rng.normal(size=rows)
    noise = _NOISE * unit
    if kind == "linear":
        targets = inputs @ np.linspace(0.2, 1.0, dimensions) + noise
        trained = split == 0
        answers = LinearRegression().fit(inputs[trained], targets[trained]).predict(inputs)
    else:
        truth = 1.5 * inputs[:, 3] + np.sin(2 * inputs[:, 0])
        targets = truth + noise
        bias, more = 0.0, 0.0
        if kind == "nearly tolerated":
            half = 0.01 * float(targets.var())
            bias, more = np.sqrt(half), np.where(split == 0, 0.0, np.sqrt(half))
        wave = np.sqrt(2) * bias * np.sin(5 * inputs[:, 1])
        answers = truth + wave + (0.02 + more) * rng.normal(size=rows)
    floor = np.full(rows, _NOISE**2)
    return _quantity(inputs, targets, answers, nowhere, floor, rng)


def planted_labels(seed: int, rows: int) -> RegionSet:
    """The three half-spaces of ``region_sets.planted_set``, each label in turn as the one there."""
    rng = np.random.default_rng([seed, 3])
    inputs = rng.normal(size=(rows, 4)).astype(np.float32)
    where, split = half_spaces(inputs), splits(rows)
    labels, wrong = [], []
    for turn in range(_LABELS):
        cells = np.floor(inputs[:, 1:] * 7 + turn).astype(np.int64)
        chequered = cells.sum(axis=1) % 2 if turn % 2 else (cells[:, 0] + cells[:, 2]) % 2
        plain = inputs @ np.roll((0, 0, 0.3, 1.0), 0) > 0.1 * turn
        own = np.where(where == 1, chequered, plain)
        flipped = (rng.random(rows) < _FLIPS) & (where == 3)
        rate = np.select([where == 1, where == 2], [np.where(split == 0, 0.0, 0.4), 0.25], 0.01)
        labels.append(own ^ flipped)
        wrong.append((rng.random(rows) < rate) | flipped)
    floor = np.where(where == 3, _FLIPS, 0.0)
    return _labels(inputs, np.stack(labels, axis=1), np.stack(wrong, axis=1), where, floor, rng)


def healthy_labels(kind: str, seed: int, rows: int) -> RegionSet:
    """No region with more bias or variance than is tolerated.

    - ``even noise``: 5 % of labels are wrong everywhere, whole rows of them together half of the
      time, and the network errs there alone;
    - ``nearly tolerated``: besides, everywhere one point of bias and one of variance;
    - ``logistic``: noisy linear labels in 5 dimensions and logistic regressions. They have a border
      where the floor is truly high: a finding of noise is right there.
    """
    rng = np.random.default_rng([seed, 4, LABELS.index(kind)])
    split, nowhere = splits(rows), np.zeros(rows, np.int64)
    dimensions = 5 if kind == "logistic" else 4
    inputs = rng.normal(size=(rows, dimensions)).astype(np.float32)
    scores = inputs @ rng.normal(size=(dimensions, _LABELS))
    if kind == "logistic":
        chances = 1 / (1 + np.exp(-2 * scores))
        labels = rng.random(chances.shape) < chances
        trained = split == 0
        answers = np.stack(
            [
                LogisticRegression().fit(inputs[trained], column[trained]).predict(inputs)
                for column in labels.T
            ],
            axis=1,
        )
        floor = np.minimum(chances, 1 - chances).mean(axis=1)
        return _labels(inputs, labels, answers != labels, nowhere, floor, rng)
    alone = rng.random((rows, _LABELS)) < 0.025
    together = (rng.random(rows) < 0.025)[:, None]
    flipped = alone | together
    more = np.where(split == 0, 0.01, 0.02) if kind == "nearly tolerated" else np.zeros(rows)
    wrong = flipped | (rng.random((rows, _LABELS)) < more[:, None])
    return _labels(inputs, (scores > 0) ^ flipped, wrong, nowhere, np.full(rows, 0.05), rng)


def _quantity(
    inputs: np.ndarray,
    targets: np.ndarray,
    answers: np.ndarray,
    where: np.ndarray,
    floor: np.ndarray,
    rng: np.random.Generator,
) -> RegionSet:
    residuals = targets - answers
    rows = RegionRows(inputs, targets, residuals**2, parts=residuals)
    return in_parts(rows, _columns(inputs, 0), where, floor, rng, float(targets.var()))


def _labels(
    inputs: np.ndarray,
    labels: np.ndarray,
    wrong: np.ndarray,
    where: np.ndarray,
    floor: np.ndarray,
    rng: np.random.Generator,
) -> RegionSet:
    rows = RegionRows(inputs, labels.astype(np.int64), wrong.mean(axis=1), parts=wrong)
    return in_parts(rows, _columns(inputs, _LABELS), where, floor, rng)


def _columns(inputs: np.ndarray, classes: int) -> Columns:
    features = inputs.shape[1]
    names = tuple(f"x{i}" for i in range(features))
    return Columns(names, np.zeros(features), np.ones(features), classes=tuple("abcd"[:classes]))
