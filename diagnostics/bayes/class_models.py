"""Small classifiers of different kinds, so that one of them suits whatever border classes have.

Each takes (training inputs (n, features), their labels (n,), rows to judge (m, features), number of
classes) and gives the class probabilities of several settings of it, (settings, m, classes); each
row's sum to 1. Inputs are compared as they are, so scaled columns are assumed.
"""

import warnings
from collections.abc import Callable

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.special import logsumexp, softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

Array = np.ndarray
ClassModel = Callable[[Array, Array, Array, int], Array]

# Shares of the pooled covariance and of a round one; 1 pooled is linear, 0 quadratic.
_SHRINKAGES = ((1.0, 0.01), (1.0, 0.3), (0.0, 0.01), (0.0, 0.2), (0.5, 0.05))
_PARTS = (2, 4)  # normal parts of a class
_STEPS = 15  # of expectation maximisation
_KS = (3, 9, 21, 51)
_COMPONENTS = 6  # principal ones
_LANDMARKS = 200  # training rows that kernels are centred on
_WIDTHS = (0.01, 0.04, 0.15, 0.6)  # variance of a kernel, in median squared distances of two rows
_RIDGES = (1e-4, 1e-3, 1e-2)
_LEAST = 1e-3  # a probability's floor where a regression gives less


def class_probabilities(inputs: Array, labels: Array, judged: Array, classes: int) -> Array:
    """The probabilities of all models, (models, m, classes) float32, in a fixed order."""
    kinds: list[ClassModel] = [discriminants, gaussian_parts, logistic, neighbours, kernel_ridges]
    if inputs.shape[1] > _COMPONENTS:
        kinds.append(component_neighbours)
    found = [kind(inputs, labels, judged, classes) for kind in kinds]
    return np.concatenate(found).astype(np.float32)


def discriminants(inputs: Array, labels: Array, judged: Array, classes: int) -> Array:
    """Linear and quadratic discriminant analysis with shrunk covariances.

    Of a class: (1 − γ)·Σ + γ·tr(Σ)/d·I with Σ = (1 − λ)·S_class + λ·S_pooled. Source: Friedman
    1989, J Am Stat Assoc 84:165.
    """
    features = inputs.shape[1]
    means = np.stack([_rows_of(c, inputs, labels).mean(axis=0) for c in range(classes)])
    centred = inputs - means[labels]
    pooled = centred.T @ centred / max(1, len(inputs) - classes)
    own = []
    for c in range(classes):
        rows = centred[labels == c]
        own.append(rows.T @ rows / (len(rows) - 1) if len(rows) > 1 else pooled)
    found = []
    for share, roundness in _SHRINKAGES:
        scores = np.tile(_log_priors(labels, classes), (len(judged), 1))
        for c in range(classes):
            covariance = (1 - share) * own[c] + share * pooled
            level = max(np.trace(covariance) / features, 1e-9)
            covariance = (1 - roundness) * covariance + roundness * level * np.eye(features)
            root = np.linalg.cholesky(covariance)
            away = solve_triangular(root, (judged - means[c]).T, lower=True, check_finite=False)
            scores[:, c] -= (away**2).sum(axis=0) / 2 + np.log(np.diag(root)).sum()
        found.append(softmax(scores, axis=1))
    return np.stack(found)


def gaussian_parts(inputs: Array, labels: Array, judged: Array, classes: int) -> Array:
    """Every class a mixture of round normal parts, fitted by expectation maximisation.

    Mixture discriminant analysis (Hastie and Tibshirani 1996, J R Stat Soc B 58:155), with a
    variance for each part in place of one covariance for all.
    """
    found = []
    for parts in _PARTS:
        scores = np.tile(_log_priors(labels, classes), (len(judged), 1))
        for c in range(classes):
            rows = _rows_of(c, inputs, labels)
            means, variances, log_shares = _round_parts(rows, min(parts, 1 + len(rows) // 8))
            scores[:, c] += logsumexp(_log_density(judged, means, variances) + log_shares, axis=1)
        found.append(softmax(scores, axis=1))
    return np.stack(found)


def _round_parts(rows: Array, parts: int) -> tuple[Array, Array, Array]:
    """Means (parts, features), variances (parts,) and logarithms of shares (parts,)."""
    features = rows.shape[1]
    means = rows[:1]
    while len(means) < parts:  # the row that is farthest from all means so far
        means = np.concatenate([means, rows[_squared(rows, means).min(axis=1).argmax()][None]])
    overall = max(float(rows.var(axis=0).mean()), 1e-9)
    variances, log_shares = np.full(parts, overall), np.full(parts, -np.log(parts))
    for _ in range(_STEPS):
        belongs = softmax(_log_density(rows, means, variances) + log_shares, axis=1)
        counts = belongs.sum(axis=0) + 1e-9
        means = belongs.T @ rows / counts[:, None]
        spread = (belongs * _squared(rows, means)).sum(axis=0)
        # One more row of the overall variance keeps a part from shrinking to a point.
        variances = (spread + overall * features) / (features * (counts + 1))
        log_shares = np.log((counts + 1) / (counts + 1).sum())
    return means, variances, log_shares


def _log_density(rows: Array, means: Array, variances: Array) -> Array:
    return -(_squared(rows, means) / variances + rows.shape[1] * np.log(variances)) / 2


def logistic(inputs: Array, labels: Array, judged: Array, classes: int) -> Array:
    """Multinomial logistic regression with an L2 penalty."""
    found = np.zeros((1, len(judged), classes))
    present = np.unique(labels)
    if len(present) == 1:
        found[:, :, present] = 1
        return found
    with warnings.catch_warnings():  # a fit that is not quite finished will do
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=0.1, tol=1e-2, max_iter=100).fit(inputs, labels)
    found[:, :, present] = model.predict_proba(judged)
    return found


def neighbours(inputs: Array, labels: Array, judged: Array, classes: int) -> Array:
    """Shares of the classes among the k nearest training rows, one more row spread over all."""
    ks = [min(k, len(inputs)) for k in _KS]
    index = NearestNeighbors(n_neighbors=ks[-1], algorithm="brute").fit(inputs)
    near = labels[index.kneighbors(judged, return_distance=False)]
    counts = np.cumsum(near[:, :, None] == np.arange(classes), axis=1, dtype=np.int32)
    return np.stack([(counts[:, k - 1] + 1 / classes) / (k + 1) for k in ks])


def component_neighbours(inputs: Array, labels: Array, judged: Array, classes: int) -> Array:
    """The same on the first principal components of the training inputs."""
    centre = inputs.mean(axis=0)
    centred = inputs - centre
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, -_COMPONENTS:]
    return neighbours(centred @ axes, labels, (judged - centre) @ axes, classes)


def kernel_ridges(inputs: Array, labels: Array, judged: Array, classes: int) -> Array:
    """Kernel ridge regression of class indicators, on Gaussian kernels around some training rows.

    Least squares aims at the class probabilities themselves. Source: the subset of regressors of
    Williams and Seeger 2001, NIPS 13:682.
    """
    order = np.random.default_rng(0).permutation(len(inputs))
    centres = inputs[order[:_LANDMARKS]]
    targets = np.eye(classes)[labels]
    shares = targets.mean(axis=0)
    squared = [_squared(rows, centres) for rows in (centres, inputs, judged)]
    middle = max(float(np.median(squared[1])), 1e-9)
    found = []
    for width in _WIDTHS:
        among, trained, asked = (np.exp(s / (-2 * width * middle)) for s in squared)
        gram = trained.T @ trained / len(inputs)
        aims = trained.T @ (targets - shares) / len(inputs)
        for ridge in _RIDGES:
            # The last term is for rounding alone: wide kernels are nearly dependent.
            root = cho_factor(gram + ridge * among + 1e-8 * np.eye(len(gram)), check_finite=False)
            scores = shares + asked @ cho_solve(root, aims, check_finite=False)
            scores = np.maximum(scores, _LEAST)
            found.append(scores / scores.sum(axis=1, keepdims=True))
    return np.stack(found)


def _rows_of(label: int, inputs: Array, labels: Array) -> Array:
    """The rows of a class; all rows where it has none."""
    of_class = labels == label
    return inputs[of_class] if of_class.any() else inputs


def _log_priors(labels: Array, classes: int) -> Array:
    counts = np.bincount(labels, minlength=classes) + 0.5
    return np.log(counts / counts.sum())


def _squared(rows: Array, others: Array) -> Array:
    """Squared distances, (rows, others)."""
    crossed = rows @ others.T
    crossed *= -2
    crossed += (rows**2).sum(axis=1)[:, None]
    crossed += (others**2).sum(axis=1)
    return np.maximum(crossed, 0, out=crossed)
