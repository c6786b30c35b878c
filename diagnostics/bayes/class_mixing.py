"""How several fits' class probabilities are mixed, as suits rows that they did not learn from."""

import math

import numpy as np

Array = np.ndarray

_STEPS = 50  # of the weights' expectation maximisation
_LEAST = 1e-6  # the smallest probability whose logarithm is taken


def mixing_of(parts: list[tuple[Array, Array]], labels: Array) -> tuple[Array, float]:
    """Weights (models,) and the inverse temperature that make some fits' labels most likely.

    Args:
        parts: a fit's probabilities and which rows of it are looked at, (n,) bool.
        labels: (n,).
    """
    from scipy.optimize import minimize_scalar  # here, since it takes a fifth of a second

    given = np.concatenate([fit[:, rows] for fit, rows in parts], axis=1)
    own = np.concatenate([labels[rows] for _, rows in parts])
    at = np.arange(len(own))
    likely = np.maximum(given[:, at, own], _LEAST)
    weights = np.full(len(likely), 1 / len(likely), np.float32)
    for _ in range(_STEPS):
        weights *= (likely / (weights @ likely)).mean(axis=1)
    logs = np.log(np.maximum(np.tensordot(weights, given, 1), _LEAST)).astype(np.float64)
    logs -= logs.max(axis=1, keepdims=True)

    def loss(log_inverse: float) -> float:
        scaled = math.exp(log_inverse) * logs
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[at, own]).mean())

    best = minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded", options={"xatol": 0.01})
    return weights, math.exp(best.x)


def mixed(given: Array, mixing: tuple[Array, float]) -> Array:
    """(rows, classes) of (models, rows, classes)."""
    weights, inverse = mixing
    mixed = np.maximum(np.tensordot(weights, given, 1), _LEAST).astype(np.float64) ** inverse
    return mixed / mixed.sum(axis=1, keepdims=True)
