"""The dimension that inputs live in, from their nearest neighbours' distances."""

import numpy as np


def intrinsic_dimension(distances: np.ndarray, features: int) -> float:
    """Estimate the dimension that inputs live in from their two nearest neighbours' distances.

    The ratio μ of the second to the first distance follows a Pareto law with exponent d; this is
    its maximum-likelihood estimate, within [1, features]. Rows on top of another are left out;
    ``features`` is returned where fewer than ten are left. Source: TwoNN, Facco et al. 2017,
    Sci Rep 7:12140.

    Args:
        distances: (n, ≥ 2), ascending along each row.
        features: columns of the inputs.
    """
    first, second = distances[:, 0], distances[:, 1]
    ratios = second[first > 0] / first[first > 0]
    total = float(np.log(ratios).sum())
    if len(ratios) < 10 or total <= 0:
        return float(features)
    return float(np.clip((len(ratios) - 1) / total, 1.0, max(1, features)))


def dimension_of(inputs: np.ndarray) -> float:
    """``intrinsic_dimension`` of rows (n ≥ 3, features)."""
    from sklearn.neighbors import NearestNeighbors  # here, since it takes a second

    distances, _ = NearestNeighbors(n_neighbors=2).fit(inputs).kneighbors()
    return intrinsic_dimension(distances, inputs.shape[1])
