"""Small classifiers of different kinds, so that one of them suits whatever border classes have.

Each takes the rows (``geometry``), the labels of those to learn from (n,) and the number of
classes, and gives the class probabilities of several settings of it at the m rows to judge,
(settings, m, classes); each row's sum to 1. Inputs are compared as they are, so scaled columns are
assumed.
"""

import warnings
from collections.abc import Callable

import numpy as np

from .geometry import KS, Array, Geometry, squared_distances
from .normal_parts import fit_parts, log_density

ClassModel = Callable[[Geometry, Array, int], Array]

# Shares of the pooled covariance and of a round one; 1 pooled is linear, 0 quadratic.
_SHRINKAGES = ((1.0, 0.01), (1.0, 0.3), (0.0, 0.01), (0.0, 0.2), (0.5, 0.05))
_PARTS = (2, 4)  # normal parts of a class
_LEAST = 1e-3  # a probability's floor where a regression gives less


def class_probabilities(rows: Geometry, labels: Array, classes: int) -> Array:
    """The probabilities of all models, (models, m, classes) float32, in a fixed order."""
    kinds: list[ClassModel] = [discriminants, gaussian_parts, logistic, neighbours, kernel_ridges]
    if rows.near_by_components is not None:
        kinds.append(component_neighbours)
    found = [kind(rows, labels, classes) for kind in kinds]
    return np.concatenate(found, dtype=np.float32)


def discriminants(rows: Geometry, labels: Array, classes: int) -> Array:
    """Linear and quadratic discriminant analysis with shrunk covariances.

    Of a class: (1 − γ)·Σ + γ·tr(Σ)/d·I with Σ = (1 − λ)·S_class + λ·S_pooled. Source: Friedman
    1989, J Am Stat Assoc 84:165.
    """
    inputs, judged = rows.inputs, rows.judged.T
    means = np.stack([it.mean(axis=0) for it in _by_class(inputs, labels, classes)])
    centred = inputs - means[labels]
    pooled = centred.T @ centred / max(1, len(inputs) - classes)
    own = []
    for c in range(classes):
        of_class = centred[labels == c]
        few = len(of_class) < 2  # rows tell no covariance
        own.append(pooled if few else of_class.T @ of_class / (len(of_class) - 1))
    priors = _log_priors(labels, classes)
    found = []
    for share, roundness in _SHRINKAGES:
        if share == 1:  # one covariance for all
            root = _root(pooled, roundness)
            to, asked = (_whitened(root, it) for it in (means.T, judged))
            away = squared_distances(to.T, asked.T)
        else:
            away = np.empty((classes, judged.shape[1]))
            for c in range(classes):
                root = _root((1 - share) * own[c] + share * pooled, roundness)
                away[c] = (_whitened(root, judged - means[c][:, None]) ** 2).sum(axis=0)
                away[c] += 2 * np.log(np.diag(root)).sum()
        found.append(_posterior(priors[:, None] - away / 2))
    return np.stack(found)


def _root(covariance: Array, roundness: float) -> Array:
    """The Cholesky root of a covariance made rounder, lower."""
    features = len(covariance)
    level = max(np.trace(covariance) / features, 1e-9)
    return np.linalg.cholesky((1 - roundness) * covariance + roundness * level * np.eye(features))


def _whitened(root: Array, columns: Array) -> Array:
    """(features, n) in units of the deviations that a covariance of this root has."""
    from scipy.linalg import solve_triangular  # here, since it takes a tenth of a second

    return solve_triangular(root, columns, lower=True, check_finite=False)


def gaussian_parts(rows: Geometry, labels: Array, classes: int) -> Array:
    """Every class a mixture of round normal parts, fitted by expectation maximisation.

    Mixture discriminant analysis (Hastie and Tibshirani 1996, J R Stat Soc B 58:155), with a
    variance for each part in place of one covariance for all.
    """
    of_class, priors = _by_class(rows.inputs, labels, classes), _log_priors(labels, classes)
    fitted = (fit_parts(of_class, parts) for parts in _PARTS)
    return np.stack([_posterior(priors[:, None] + log_density(it, rows.judged)) for it in fitted])


def logistic(rows: Geometry, labels: Array, classes: int) -> Array:
    """Multinomial logistic regression with an L2 penalty."""
    from sklearn.exceptions import ConvergenceWarning  # here, since it takes a second
    from sklearn.linear_model import LogisticRegression

    found = np.zeros((1, len(rows.judged), classes))
    present = np.unique(labels)
    if len(present) == 1:
        found[:, :, present] = 1
        return found
    with warnings.catch_warnings():  # a fit that is not quite finished will do
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=0.1, tol=1e-2, max_iter=100).fit(rows.inputs, labels)
    found[:, :, present] = model.predict_proba(rows.judged)
    return found


def neighbours(rows: Geometry, labels: Array, classes: int) -> Array:
    """Shares of the classes among the k nearest training rows, one more row spread over all."""
    return _shares(rows.near, labels, classes)


def component_neighbours(rows: Geometry, labels: Array, classes: int) -> Array:
    """The same on the first principal components of the training inputs."""
    assert rows.near_by_components is not None
    return _shares(rows.near_by_components, labels, classes)


def _shares(near: Array, labels: Array, classes: int) -> Array:
    judged, most = near.shape
    at = labels[near] + classes * np.arange(judged)[:, None]
    counts, found, before = np.zeros(judged * classes), [], 0
    for k in (min(k, most) for k in KS):
        counts = counts + np.bincount(at[:, before:k].ravel(), minlength=len(counts))
        found.append((counts + 1 / classes) / (k + 1))
        before = k
    return np.stack(found).reshape(len(KS), judged, classes)


def kernel_ridges(rows: Geometry, labels: Array, classes: int) -> Array:
    """Kernel ridge regression of class indicators, on Gaussian kernels around some training rows.

    Least squares aims at the class probabilities themselves.
    """
    targets = np.eye(classes)[labels]
    shares = targets.mean(axis=0)
    solved = [scores for kernels in rows.kernels for scores in kernels.solved(targets - shares)]
    scores = np.maximum(np.stack(solved) + shares, _LEAST)
    return scores / scores.sum(axis=2, keepdims=True)


def _by_class(inputs: Array, labels: Array, classes: int) -> list[Array]:
    """The rows of each class; all rows where it has none."""
    masks = (labels == c for c in range(classes))
    return [inputs[mask] if mask.any() else inputs for mask in masks]


def _log_priors(labels: Array, classes: int) -> Array:
    counts = np.bincount(labels, minlength=classes) + 0.5
    return np.log(counts / counts.sum())


def _posterior(scores: Array) -> Array:
    """(rows, classes) that sum to 1, of logarithms (classes, rows) up to a constant of each row."""
    likely = np.exp(scores - scores.max(axis=0))
    return (likely / likely.sum(axis=0)).T
