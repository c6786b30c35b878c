"""What rows to learn from and rows to judge tell without their labels: neighbours and kernels.

It is the greater part of the work of the models that compare rows, and serves every labelling of
the same rows. Rows are compared as they are, so scaled columns are assumed.
"""

from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

Array = np.ndarray

KS = (3, 9, 21, 51)  # neighbours that are asked
_COMPONENTS = 6  # principal ones
_LANDMARKS = 200  # training rows that kernels are centred on
_WIDTHS = (0.01, 0.04, 0.15, 0.6)  # variance of a kernel, in median squared distances of two rows
_RIDGES = (1e-4, 1e-3, 1e-2)
_FEATURES_AT_MOST = 64  # more are replaced by as many principal components
# The exact components of more columns take their number cubed: 4,000 take 11 s, and 20,000 an hour.
_EXACT_AT_MOST = 1_000


class Kernels(NamedTuple):
    """Gaussian kernels of one width around some rows to learn from."""

    learnt: Array  # (n, centres) of the rows to learn from
    judged: Array  # (m, centres) of the rows to judge
    roots: tuple[Array, ...]  # (centres, centres) Cholesky roots of the least squares, by ridge

    def solved(self, aims: Array) -> list[Array]:
        """For each ridge the regression of ``aims``, (n, outputs), at the judged rows, (m, …)."""
        from scipy.linalg import cho_solve

        mean = self.learnt.T @ aims / len(aims)
        weights = [cho_solve((root, True), mean, check_finite=False) for root in self.roots]
        return np.split(self.judged @ np.concatenate(weights, axis=1), len(weights), axis=1)


class Geometry(NamedTuple):
    """Rows to learn from, rows to judge, and how they lie to one another."""

    inputs: Array  # (n, features) to learn from
    judged: Array  # (m, features)
    near: Array  # (m, ≤ 51) the nearest rows to learn from, the nearest first
    # (m, ≤ 51) the same by their first principal components; None where there are no more columns
    near_by_components: Array | None
    kernels: tuple[Kernels, ...]  # the narrowest first


@threadpool_limits.wrap(limits=1)  # the same bits, however many threads callers allow
def compressed(inputs: Array) -> Array:
    """Rows as numbers of 64 bits, by their first principal components where columns are many.

    Of more than 1,000 columns the components are found by random projections, with a fixed seed
    (Halko, Martinsson and Tropp 2011, SIAM Rev 53:217).

    Args:
        inputs: (n, features).

    Returns:
        (n, ≤ 64) float64; what was compressed before comes back as it is.
    """
    features = inputs.shape[1]
    if features > _EXACT_AT_MOST:
        from sklearn.decomposition import PCA  # here, since few tables need it

        number = min(_FEATURES_AT_MOST, len(inputs))
        projected = PCA(number, svd_solver="randomized", random_state=0).fit_transform(inputs)
        return projected.astype(np.float64)
    inputs = inputs.astype(np.float64)
    if features <= _FEATURES_AT_MOST:
        return inputs
    return (inputs - inputs.mean(axis=0)) @ _first_components(inputs, _FEATURES_AT_MOST)


def geometry(inputs: Array, judged: Array) -> Geometry:
    """Compare rows to learn from, (n, features), with rows to judge, (m, features)."""
    by_components = None
    if inputs.shape[1] > _COMPONENTS:
        axes = _first_components(inputs, _COMPONENTS)
        by_components = _nearest(inputs @ axes, judged @ axes)
    near, kernels = _nearest(inputs, judged), tuple(gaussian_kernels(inputs, judged))
    return Geometry(inputs, judged, near, by_components, kernels)


def squared_distances(rows: Array, others: Array) -> Array:
    """(…, rows, others) of (…, rows, features) and (…, others, features)."""
    crossed = rows @ np.swapaxes(others, -1, -2)
    crossed *= -2
    crossed += (rows**2).sum(axis=-1)[..., None]
    crossed += (others**2).sum(axis=-1)[..., None, :]
    return np.maximum(crossed, 0, out=crossed)


def _nearest(inputs: Array, judged: Array) -> Array:
    from sklearn.neighbors import NearestNeighbors  # here, since it takes a second

    most = min(KS[-1], len(inputs))
    index = NearestNeighbors(n_neighbors=most, algorithm="brute").fit(inputs)
    return index.kneighbors(judged, return_distance=False)


def _first_components(inputs: Array, number: int) -> Array:
    """(features, number) axes; where the rows' centre lies changes no distance."""
    centred = inputs - inputs.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return axes[:, -number:]


def gaussian_kernels(inputs: Array, judged: Array) -> list[Kernels]:
    """Kernel ridge regression on some rows to learn from, of each width, ready for any aims.

    Source: the subset of regressors of Williams and Seeger 2001, NIPS 13:682.
    """
    from scipy.linalg import cho_factor  # here, since it takes a tenth of a second

    order = np.random.default_rng(0).permutation(len(inputs))
    centres = inputs[order[:_LANDMARKS]]
    squared = [squared_distances(rows, centres) for rows in (centres, inputs, judged)]
    middle = max(float(np.median(squared[1])), 1e-9)
    found = []
    for width in _WIDTHS:
        among, learnt, asked = (np.exp(s / (-2 * width * middle)) for s in squared)
        gram = learnt.T @ learnt / len(inputs)
        # The last term is for rounding alone: wide kernels are nearly dependent.
        gram[np.diag_indices_from(gram)] += 1e-8
        roots = (
            cho_factor(gram + ridge * among, lower=True, check_finite=False)[0] for ridge in _RIDGES
        )
        found.append(Kernels(learnt, asked, tuple(roots)))
    return found
