"""What a cross-fitted mixture of regressions predicts of a quantity, row by row."""

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from ...datasets.dealing import deal
from ..statistics.grouped import Grouping, grouping, square_limits
from .cross_fit import FOLDS, Chosen, cross_fit, learnt_from
from .error_limit import (
    LEARNT,
    LEARNT_WITH_NEIGHBOURS,
    Learning,
    learning,
    limit_below,
    mean_fall,
)
from .geometry import compressed, gaussian_kernels
from .unlearnt import neighbourhoods, unlearnt

Array = np.ndarray

_KS = (5, 20)
_TREES = 50
_SQUARED_AT_MOST = 20  # columns of which squares and products are formed, too


class Predicted(NamedTuple):
    """What the mixture makes of each of n rows, which neither fitted nor mixed it."""

    values: Array  # (n,) in the targets' unit: the mean of two fits on three folds
    alone: Array  # (n,) the mean squared error of these two fits
    small: Array  # (n,) the mean squared error of four fits on one fold each
    # (n,) what it adds to the mean of (f − p)², p the mean of the fits, f the function itself; see
    # ``unlearnt``
    unlearnt: Array


# Small matrices: threads would wait for one another.
@threadpool_limits.wrap(limits=1)
def predict_by_mixture(
    inputs: Array,
    targets: Array,
    rng: np.random.Generator,
    groups: Array | None = None,
    *,
    falls: bool = True,
) -> Predicted:
    """Predict every row by mixtures of regressions that were fitted and mixed on others.

    Args:
        inputs: (n, features), scaled; n ≥ 50.
        targets: (n,), in any unit.
        rng: deals rows to folds.
        groups: (n,) numbers of groups of rows that are alike, whole ones of which go to folds;
            ``None``: there are none.
        falls: whether to learn from few rows, too; without, ``small`` is ``alone`` and ``unlearnt``
            is 0.
    """
    inputs, targets = compressed(inputs), targets.astype(np.float64)
    fold = deal(np.zeros(len(targets), np.int64), FOLDS, rng, groups)
    found = Predicted(*(np.zeros(len(targets)) for _ in Predicted._fields))
    # Of each small fit, 0 on the fold that it learnt from.
    residuals = np.zeros((FOLDS, len(targets)))

    large, small = (
        [_fit(rows, inputs, targets) for rows in those] for those in learnt_from(fold, falls=falls)
    )

    def mixing(parts: list[Chosen]) -> Callable[[Array], Array]:
        return partial(np.matmul, _weights(parts, targets))

    for own, (rows, pair, few) in enumerate(cross_fit(fold, large, small, mixing)):
        found.values[rows] = pair.mean(axis=0)
        found.alone[rows] = ((pair - targets[rows]) ** 2).mean(axis=0)
        found.small[rows] = found.alone[rows]
        if few is not None:
            residuals[np.ix_(np.arange(FOLDS) != own, rows)] = targets[rows] - few
            found.small[rows] = ((few - targets[rows]) ** 2).mean(axis=0)
    if falls:
        # What a fifth of the rows left to be learnt, less what three fifths taught of it.
        taught = found.small - (targets - found.values) ** 2
        found.unlearnt[:] = (
            unlearnt(neighbourhoods(inputs, groups), fold, residuals[..., None]) - taught
        )
    return found


def noise_limit(
    found: Predicted, targets: Array, confidence: float, groups: Array | None = None
) -> float:
    """A lower limit of the noise's variance among some rows; 0 where the evidence permits no other.

    By falls alone, as neighbours' residuals tell of all rows together: with any number of rows the
    error is taken to fall by no more than three times what it fell when rows grew threefold. So the
    mean squared error less three times that, less what chance allows both (gamma and normal, in
    quadrature). 0 where the mixture does not leave half of the targets' variance behind, as a
    function that it has not found keeps its error flat, too.

    Args:
        found: of the rows, of n ≥ 2.
        targets: (n,), theirs.
        confidence: of the one-sided limit.
        groups: (n,) as for ``predict_by_mixture``; chance then deals with groups.
    """
    squares = (targets - found.values) ** 2
    if squares.mean() >= LEARNT * float(targets.var()):
        return 0.0
    fall = mean_fall(found.small - found.alone, groups)
    return _limit(squares, Learning(*fall), confidence, groups)


class NoiseReading(NamedTuple):
    """The variance of the noise as the mixture tells it, in squared units of the target."""

    error: float  # mean squared, of the mixture on rows that it did not learn from
    deviation: float  # of the rows' squared errors
    left: Learning  # how much of the error is still to be learnt
    low: float  # lower limit of the noise's variance; 0 where the evidence permits no other
    grouped: Grouping | None = None  # how rows hang together in groups


def read_noise(
    found: Predicted, targets: Array, confidence: float, groups: Array | None = None
) -> NoiseReading:
    """A lower limit of the noise's variance, with what neighbours' residuals have in common.

    As in ``bayes_mixture.read_mixture``: with any number of rows the error is taken to fall by no
    more than three times what it fell when rows grew threefold, or by what neighbours' residuals
    tell to be unlearnt, where that is more; what chance allows is counted for each. 0 where the
    mixture does not leave a fifth of the targets' variance behind: of functions of which it has not
    learnt that much, neighbours may tell nothing either.

    Args:
        found: of all rows, with falls.
        targets: (n,), theirs.
        confidence: of the one-sided limit.
        groups: (n,) as for ``predict_by_mixture``; chance then deals with groups.
    """
    squares = (targets - found.values) ** 2
    error = float(squares.mean())
    left = learning(found.small - found.alone, found.unlearnt, groups)
    low = 0.0
    if error < LEARNT_WITH_NEIGHBOURS * float(targets.var()):
        low = _limit(squares, left, confidence, groups)
    grouped = None if groups is None else grouping(squares, groups)
    return NoiseReading(error, float(squares.std()), left, low, grouped)


def _limit(squares: Array, left: Learning, confidence: float, groups: Array | None) -> float:
    """``limit_below`` a mean of squared errors, (n,), with chance as gamma has it."""
    error, deviation = float(squares.mean()), float(squares.std())
    grouped = None if groups is None else grouping(squares, groups)
    low = square_limits(error, deviation, len(squares), grouped, 2 * confidence - 1).low
    return limit_below(error, error - low, left, confidence)


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
    from sklearn.ensemble import ExtraTreesRegressor  # here, since it takes a second
    from sklearn.linear_model import Ridge
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures

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
    from scipy.optimize import nnls  # here, since it takes a fifth of a second

    given = np.concatenate([fit[:, rows] for fit, rows in parts], axis=1)
    own = np.concatenate([targets[rows] for _, rows in parts])
    # A heavy row holds the sum at 1, whatever unit the targets have.
    heavy = 1e3 * max(float(np.abs(own).max()), 1e-12) * math.sqrt(len(own))
    system = np.vstack([given.T, np.full((1, len(given)), heavy)])
    weights, _ = nnls(system, np.append(own, heavy))
    return weights / weights.sum()
