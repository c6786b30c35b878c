"""A training procedure's expected loss taken apart into noise, bias and variance, row by row.

The predictions come from trainings on different training sets. Each function returns the three
parts of every row, which add up to the row's expected loss to rounding.

Noise needs what a single label a row cannot tell: how labels scatter about what is best to predict
there. With the labels at hand as targets, noise is 0 and what it would be is part of the bias.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


class ZeroOneParts(NamedTuple):
    """Parts of the expected error, each float64 (rows,); loss = noise + bias + variance."""

    loss: Numbers  # the share of wrong answers, over trainings and targets
    noise: Numbers  # c₁·N: what the scatter of the targets adds
    bias: Numbers  # B: 1 where the main prediction is not the best one, else 0
    variance: Numbers  # c₂·V, the net variance: unbiased − biased variance
    unbiased_variance: Numbers  # on rows without bias: the share that leaves the main prediction
    biased_variance: Numbers  # on rows with bias: the share that thereby hits the best one


class SquaredParts(NamedTuple):
    """Parts of the expected squared error, each float64 (rows,); loss = noise + bias + variance."""

    loss: Numbers
    noise: Numbers
    bias: Numbers  # squared
    variance: Numbers


def decompose_zero_one(predictions: ArrayLike, targets: ArrayLike) -> ZeroOneParts:
    """Take the 0–1 loss apart after Domingos 2000 (theorem 3, which holds for many classes).

    For a row with the main prediction m (the class predicted most often, the lowest of equals), the
    best prediction y* (the likeliest target, the lowest of equals), N = P(t ≠ y*), B = [m ≠ y*] and
    V = P(y ≠ m)::

        loss = c₁·N + B + c₂·V    c₁ = P(y = y*) − P(y ≠ y*)·P(y = t | t ≠ y*)
                                  c₂ = 1 where m = y*, else −P(y = y* | y ≠ m)

    In two classes c₂ is ±1. In more, a prediction that leaves a wrong main prediction need not
    become right, so the factor of biased rows is above −1; to take −1 there gives parts that do
    not add up to the loss.

    >>> parts = decompose_zero_one([[0, 1], [0, 1], [1, 1]], np.eye(2)[[0, 0]])
    >>> [part.round(3).tolist() for part in (parts.loss, parts.bias, parts.variance)]
    [[0.333, 1.0], [0.0, 1.0], [0.333, 0.0]]

    Args:
        predictions: classes, int (trainings, rows).
        targets: probability of each class, (rows, classes); 1 for the label where one is known.

    Raises:
        ValueError: shapes that do not fit, classes out of range, or rows that do not sum to 1.

    Source: Domingos 2000, A unified bias-variance decomposition, ICML (and AAAI).
    """
    chosen, probability = np.asarray(predictions), np.asarray(targets, np.float64)
    _check_classes(chosen, probability)
    classes = probability.shape[1]
    share = (chosen[:, :, np.newaxis] == np.arange(classes)).mean(axis=0)  # P(y = class)
    rows = np.arange(len(probability))
    main, best = share.argmax(axis=1), probability.argmax(axis=1)
    hits = share[rows, best]  # P(y = y*)
    agreement = (share * probability).sum(axis=1)  # P(y = t); y and t are independent
    scatter = 1 - probability[rows, best]
    # N·P(y ≠ y*)·P(y = t | t ≠ y*) is the agreement off the best class.
    noise = hits * scatter - (agreement - hits * probability[rows, best])
    biased = main != best
    unbiased_variance = np.where(biased, 0.0, 1 - share[rows, main])
    biased_variance = np.where(biased, hits, 0.0)  # V·P(y = y* | y ≠ m), and m ≠ y*
    return ZeroOneParts(
        1 - agreement,
        noise,
        biased.astype(np.float64),
        unbiased_variance - biased_variance,
        unbiased_variance,
        biased_variance,
    )


def decompose_squared(
    predictions: ArrayLike, targets: ArrayLike, noise: ArrayLike = 0.0
) -> SquaredParts:
    """Take the squared error apart after Geman, Bienenstock and Doursat 1992.

    With targets f of variance σ² and predictions y, a row's expected loss is
    σ² + (E y − f)² + Var y. The variance is estimated with the divisor trainings − 1, and what it
    exceeds the plain mean square by is taken off the squared bias, which the scatter of E y had
    added to: both are unbiased, and a row's squared bias may come out below 0. Several targets a
    row are averaged.

    >>> decompose_squared([[1.0], [3.0]], [2.0])
    SquaredParts(loss=array([1.]), noise=array([0.]), bias=array([-1.]), variance=array([2.]))

    Args:
        predictions: (trainings, rows) or (trainings, rows, targets), two trainings at least.
        targets: f, or the labels themselves, (rows,) or (rows, targets).
        noise: σ² of each row about ``targets``; 0 where the targets are the labels.

    Raises:
        ValueError: shapes that do not fit, or fewer than two trainings.
    """
    outputs, wanted = np.asarray(predictions, np.float64), np.asarray(targets, np.float64)
    if outputs.ndim < 2 or outputs.shape[1:] != wanted.shape or len(outputs) < 2:
        raise ValueError(
            f"got predictions {outputs.shape} and targets {wanted.shape}; allowed are (trainings, "
            "rows) and (rows,), with targets behind the rows in both or none, and two trainings "
            "at least"
        )
    variance = outputs.var(axis=0, ddof=1)
    bias = (outputs.mean(axis=0) - wanted) ** 2 - variance / len(outputs)
    squared = ((outputs - wanted) ** 2).mean(axis=0)
    loss, bias, variance = (
        part.reshape(len(wanted), -1).mean(axis=1) for part in (squared, bias, variance)
    )
    scatter = np.broadcast_to(np.asarray(noise, np.float64), loss.shape)
    return SquaredParts(loss + scatter, scatter, bias, variance)


def _check_classes(chosen: np.ndarray, probability: Numbers) -> None:
    if chosen.ndim != 2 or probability.ndim != 2 or chosen.shape[1] != len(probability):
        raise ValueError(
            f"got predictions {chosen.shape} and targets {probability.shape}; allowed are "
            "(trainings, rows) and (rows, classes)"
        )
    classes = probability.shape[1]
    if not chosen.size or chosen.min() < 0 or chosen.max() >= classes:
        raise ValueError(f"got no predictions or classes outside 0 … {classes - 1}")
    if (probability < 0).any() or not np.allclose(probability.sum(axis=1), 1):
        raise ValueError("the probabilities of a row's classes must be at least 0 and sum to 1")
