"""Rows whose regions are known: three planted ones, or none, with what a network makes of them."""

from typing import NamedTuple

import numpy as np
from netclinic.diagnostics.regions.region_rows import Columns, RegionRows
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

NAMES = ("x0", "x1", "x2", "x3")
FLIPS = 0.2  # share of wrong labels in the noisy half-space
HEALTHY = ("even noise", "nearly tolerated", "two normal classes", "three normal classes")
PLANTED = ("high_variance", "high_bias", "floor")  # in the half-spaces 1, 2 and 3


class RegionSet(NamedTuple):
    """What ``find_regions`` takes, and the truth."""

    training: tuple[RegionRows, RegionRows]  # that choose, that judge
    held_out: tuple[RegionRows, RegionRows]
    columns: Columns
    where: np.ndarray  # (judging rows, training first) 0 plain, 1, 2, 3: which half-space
    floor: np.ndarray  # (the same rows) true least error at the row
    whole: float = 1.0  # what a tolerance of 1 allows: all rows, or the target's variance


def planted_set(seed: int, rows: int) -> RegionSet:
    """Three half-spaces: few rows with a border that is too complex for them; many rows with a
    border that this network cannot draw, though others can; and one label in five wrong.

    The network is simulated: it knows its training rows in the first by heart and guesses 40 % of
    the others wrong, gets a quarter of all rows wrong in the second, and in the third errs where
    the label is wrong. Where half-spaces overlap, the first of them holds.
    """
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(rows, 4)).astype(np.float32)
    where = half_spaces(inputs)
    chequered = np.floor(inputs[:, 1:] * 7).astype(np.int64).sum(axis=1) % 2
    labels = np.where(where == 1, chequered, inputs[:, 3] > 0)
    flipped = (rng.random(rows) < FLIPS) & (where == 3)
    labels = labels ^ flipped
    split = splits(rows)
    rate = np.select([where == 1, where == 2], [np.where(split == 0, 0.0, 0.4), 0.25], 0.01)
    wrong = (rng.random(rows) < rate) | flipped
    return _set(inputs, labels, wrong, where, np.where(where == 3, FLIPS, 0.0), 2, rng)


def healthy_set(kind: str, seed: int, rows: int) -> RegionSet:
    """No region with more bias or variance than is tolerated.

    - ``even noise``: 5 % of labels are wrong everywhere, and the network errs there alone;
    - ``nearly tolerated``: besides, everywhere one point of bias and one of variance;
    - ``two normal classes`` in 5 dimensions and logistic regression, fitted to the training rows;
    - ``three normal classes`` in 8 dimensions and linear discriminants, fitted as well.

    The last two have a border where the floor is truly high: a finding of noise is right there.
    """
    rng = np.random.default_rng([seed, HEALTHY.index(kind)])
    split = splits(rows)
    nowhere = np.zeros(rows, np.int64)
    if kind in HEALTHY[:2]:
        inputs = rng.normal(size=(rows, 4)).astype(np.float32)
        flipped = rng.random(rows) < 0.05
        labels = (inputs[:, 3] > 0) ^ flipped
        more = np.where(split == 0, 0.01, 0.02) if kind == HEALTHY[1] else np.zeros(rows)
        wrong = flipped | (rng.random(rows) < more)
        return _set(inputs, labels, wrong, nowhere, np.full(rows, 0.05), 2, rng)
    classes, dimensions = (2, 5) if kind == HEALTHY[2] else (3, 8)
    means = np.eye(classes, dimensions) * (2.4 if classes == 2 else 2.8)
    labels = rng.integers(classes, size=rows)
    inputs = (means[labels] + rng.normal(size=(rows, dimensions))).astype(np.float32)
    logs = inputs @ means.T - (means**2).sum(axis=1) / 2
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    floor = 1 - shares.max(axis=1) / shares.sum(axis=1)
    model = LogisticRegression() if classes == 2 else LinearDiscriminantAnalysis()
    answers = model.fit(inputs[split == 0], labels[split == 0]).predict(inputs)
    return _set(inputs, labels, answers != labels, nowhere, floor, classes, rng)


def half_spaces(inputs: np.ndarray) -> np.ndarray:
    """Which of three half-spaces a row lies in: 1, 2 or 3, the first of them; 0 outside."""
    where = np.zeros(len(inputs), np.int64)
    for number, inside in (
        (3, inputs[:, 2] < -0.84),
        (2, inputs[:, 1] > 0.5),
        (1, inputs[:, 0] > 1.2),
    ):
        where[inside] = number
    return where


def splits(rows: int) -> np.ndarray:
    """Training, validation and test, 60 : 20 : 20."""
    return np.repeat([0, 1, 2], [rows - 2 * (rows // 5), rows // 5, rows // 5])


def _set(
    inputs: np.ndarray,
    labels: np.ndarray,
    wrong: np.ndarray,
    where: np.ndarray,
    floor: np.ndarray,
    classes: int,
    rng: np.random.Generator,
) -> RegionSet:
    rows = RegionRows(inputs, labels.astype(np.int64), wrong)
    features = inputs.shape[1]
    columns = Columns(
        tuple(f"x{i}" for i in range(features)),
        np.zeros(features),
        np.ones(features),
        classes=tuple("abc"[:classes]),
    )
    return in_parts(rows, columns, where, floor, rng)


def in_parts(
    rows: RegionRows,
    columns: Columns,
    where: np.ndarray,
    floor: np.ndarray,
    rng: np.random.Generator,
    whole: float = 1.0,
) -> RegionSet:
    """Rows dealt to those that choose and those that judge, by ``splits``; training at random."""
    split = splits(len(where))
    parts = [np.flatnonzero(split == i) for i in range(3)]
    order = rng.permutation(parts[0])
    halves = np.sort(order[::2]), np.sort(order[1::2])
    judging = np.concatenate([halves[1], parts[2]])
    return RegionSet(
        (rows.only(halves[0]), rows.only(halves[1])),
        (rows.only(parts[1]), rows.only(parts[2])),
        columns,
        where[judging],
        floor[judging],
        whole,
    )
