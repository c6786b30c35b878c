"""What a cross-fitted mixture of regressions predicts of a quantity, row by row."""

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from threadpoolctl import threadpool_limits

from ..statistics.intervals import mean_square
from .bayes_mixture import LEARNT, limit_below, mean_fall
from .cross_fit import FOLDS, Chosen, cross_fit
from .geometry import gaussian_kernels

Array = np.ndarray

_KS = (5, 20)
_TREES = 50
_SQUARED_AT_MOST = 20  # columns of which squares and products are formed, too


class Predicted(NamedTuple):
    """What the mixture makes of each of n rows, which neither fitted nor mixed it."""

    values: Array  # (n,) in the targets' unit: the mean of two fits on three folds
    alone: Array  # (n,) the mean squared error of these two fits
    small: Array  # (n,) the mean squared error of four fits on one fold each


# Small matrices: threads would wait for one another.
@threadpool_limits.wrap(limits=1)
def predict_by_mixture(
    inputs: Array, targets: Array, rng: np.random.Generator, *, falls: bool = True
) -> Predicted:
    """Predict every row by mixtures of regressions that were fitted and mixed on others.

    Args:
        inputs: (n, features), scaled; n ≥ 50.
        targets: (n,), in any unit.
        rng: deals rows to folds.
        falls: whether to learn from few rows, too; without, ``small`` is ``alone``.
    """
    inputs, targets = inputs.astype(np.float64), targets.astype(np.float64)
    fold = rng.permutation(len(targets)) % FOLDS

    def fit(rows: Array) -> Array:
        return _fit(rows, inputs, targets)

    def mixing(parts: list[Chosen]) -> Callable[[Array], Array]:
        return partial(np.matmul, _weights(parts, targets))

    found = Predicted(*(np.empty(len(targets)) for _ in Predicted._fields))
    for rows, pair, few in cross_fit(fold, fit, mixing, falls=falls):
        found.values[rows] = pair.mean(axis=0)
        found.alone[rows] = ((pair - targets[rows]) ** 2).mean(axis=0)
        found.small[rows] = (
            found.alone[rows] if few is None else ((few - targets[rows]) ** 2).mean(axis=0)
        )
    return found


def noise_limit(found: Predicted, targets: Array, confidence: float) -> float:
    """A lower limit of the noise's variance among some rows; 0 where the evidence permits no other.

    As in ``bayes_mixture.read_mixture``: with any number of rows the error is taken to fall by no
    more than three times what it fell when rows grew threefold. So the mean squared error less
    three times that, less what chance allows both (gamma and normal, in quadrature). 0 where the
    mixture does not leave half of the targets' variance behind, as a function that it has not found
    keeps its error flat, too.

    Args:
        found: of the rows, of n ≥ 2.
        targets: (n,), theirs.
        confidence: of the one-sided limit.
    """
    squares = (targets - found.values) ** 2
    error, n = float(squares.mean()), len(squares)
    if error >= LEARNT * float(targets.var()):
        return 0.0
    gamma = mean_square(error, float(squares.std()), n, 2 * confidence - 1)
    return limit_below(error, error - gamma.low, *mean_fall(found.small - found.alone), confidence)


def _fit(rows: Array, inputs: Array, targets: Array) -> Array:
    """Predictions (models, n) by models fitted to ``rows``; NaN on these themselves."""
    found = regressions(inputs[rows], targets[rows], inputs[~rows])
    everywhere = np.full((len(found), len(targets)), np.nan)
    everywhere[:, ~rows] = found
    return everywhere


def regressions(inputs: Array, targets: Array, asked: Array) -> Array:
    """The predictions of all models, (models, m), in a fixed order.

    A linear and a quadratic ridge regression, nearest neighbours, extremely randomised trees, and
    ridge regressions on Gaussian kernels.
    """
    models = [
        Ridge(1.0),
        *(KNeighborsRegressor(min(k, len(targets)), weights="distance") for k in _KS),
        ExtraTreesRegressor(_TREES, min_samples_leaf=3, random_state=0),
    ]
    if inputs.shape[1] <= _SQUARED_AT_MOST:
        models.append(make_pipeline(PolynomialFeatures(2), Ridge(1.0)))
    found = [model.fit(inputs, targets).predict(asked) for model in models]
    mean = targets.mean()
    for kernels in gaussian_kernels(inputs, asked):
        found += [mean + given[:, 0] for given in kernels.solved((targets - mean)[:, None])]
    return np.stack(found)


def _weights(parts: list[tuple[Array, Array]], targets: Array) -> Array:
    """Shares of models, (models,) ≥ 0 with sum 1, that come nearest to the targets.

    Stacking (Breiman 1996, Mach Learn 24:49): least squares without negative weights.

    Args:
        parts: a fit's predictions and which rows of it are looked at, (n,) bool.
        targets: (n,).
    """
    given = np.concatenate([fit[:, rows] for fit, rows in parts], axis=1)
    own = np.concatenate([targets[rows] for _, rows in parts])
    # A heavy row holds the sum at 1, whatever unit the targets have.
    heavy = 1e3 * max(float(np.abs(own).max()), 1e-12) * math.sqrt(len(own))
    system = np.vstack([given.T, np.full((1, len(given)), heavy)])
    weights, _ = nnls(system, np.append(own, heavy))
    return weights / weights.sum()
