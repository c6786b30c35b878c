"""Synthetic sets of two normal classes, whose Bayes error is known in closed form.

Both classes have unit covariance and equal priors. With the class means Δ apart the best
classifier cuts halfway between them and errs with probability Φ(−Δ/2).

- ``two_gaussians``: Δ² = 6.92 + 0.385·(d − 2), so that the 2-D set has the Bayes error 0.0942 and
  the 10-D set (Δ² = 10) 0.0569.
- ``twonorm`` (Breiman 1996, *Bias, variance, and arcing classifiers*, section 3): means at ±a in
  every coordinate, a = 2/√d, so that Δ = 4 and the Bayes error is Φ(−2) = 0.0228 for every d.
"""

import math

import numpy as np

from .dataset import DataError
from .draws import Stream, generator
from .rows import Rows
from .source_kinds import SYNTHETIC
from .wording import counted

_DEFAULT_DIMENSIONS = {"two_gaussians": 2, "twonorm": 20}
_DEFAULT_ROWS = 2000


def bayes_error_of(source: str, dimensions: int | None) -> float | None:
    """Return the least error any classifier can have on the source, a fraction in (0, ½).

    Args:
        source: as in ``DataRequest``.
        dimensions: of the set; ``None`` is the set's default.

    Returns:
        Φ(−Δ/2) for a synthetic set, ``None`` for any other source.

    Raises:
        DataError: fewer dimensions than one.

    >>> round(bayes_error_of("twonorm", 20), 4)
    0.0228
    """
    if source not in SYNTHETIC:
        return None
    separation = _separation(source, _dimensions(source, dimensions))
    return 0.5 * math.erfc(separation / (2 * math.sqrt(2)))


def draw_synthetic(source: str, rows: int | None, dimensions: int | None, seed: int) -> Rows:
    """Draw a synthetic set with as many rows of one class as of the other (or one more).

    Raises:
        DataError: fewer rows or dimensions than one.
    """
    n = _DEFAULT_ROWS if rows is None else rows
    d = _dimensions(source, dimensions)
    if n < 1:
        raise DataError(f"rows = {n}; write how many rows to draw, at least 6.")
    rng = generator(seed, Stream.SYNTHETIC)
    labels = rng.permutation(np.arange(n) % 2)
    # The same distance along every axis: no coordinate alone carries the classes.
    offset = _separation(source, d) / (2 * math.sqrt(d))
    inputs = rng.standard_normal((n, d)) + np.where(labels, offset, -offset)[:, None]
    names = tuple(f"x{i}" for i in range(d))
    return Rows(inputs, names, (None,) * d, labels, f"{source}: labels")


def _separation(source: str, dimensions: int) -> float:
    """Return Δ, the distance of the class means in standard deviations."""
    return 4.0 if source == "twonorm" else math.sqrt(6.92 + 0.385 * (dimensions - 2))


def _dimensions(source: str, dimensions: int | None) -> int:
    d = _DEFAULT_DIMENSIONS[source] if dimensions is None else dimensions
    if d < 1:
        raise DataError(
            f"dimensions = {d}: {source} cannot have {counted(d, 'dimension')}; write at least 1."
        )
    return d
