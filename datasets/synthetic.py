"""Synthetic sets whose Bayes error is known.

Two normal classes have unit covariance and equal priors. With the class means Δ apart the best
classifier cuts halfway between them and errs with probability Φ(−Δ/2).

- ``two_gaussians``: Δ² = 6.92 + 0.385·(d − 2), so that the 2-D set has the Bayes error 0.0942 and
  the 10-D set (Δ² = 10) 0.0569.
- ``twonorm`` (Breiman 1996, *Bias, variance, and arcing classifiers*, section 3): means at ±a in
  every coordinate, a = 2/√d, so that Δ = 4 and the Bayes error is Φ(−2) = 0.0228 for every d.

``friedman1`` is a regression (Friedman 1991, *Multivariate adaptive regression splines*, Ann Stat
19:1, eq. 61): 10 sin(πx₀x₁) + 20 (x₂ − ½)² + 10x₃ + 5x₄ + N(0, 1) over inputs uniform in [0, 1],
of which those from x₅ on do nothing. Its least mean squared error is the noise's variance, 1.
"""

import math

import numpy as np

from .dataset import DataError
from .draws import Stream, generator
from .rows import Rows
from .source_kinds import SYNTHETIC
from .wording import counted

_DEFAULT_DIMENSIONS = {"two_gaussians": 2, "twonorm": 20, "friedman1": 10}
_FEWEST_DIMENSIONS = {"two_gaussians": 1, "twonorm": 1, "friedman1": 5}
_DEFAULT_ROWS = 2000


def bayes_error_of(source: str, dimensions: int | None) -> float | None:
    """Return the least error that anything can have on the source.

    Args:
        source: as in ``DataRequest``.
        dimensions: of the set; ``None`` is the set's default.

    Returns:
        Φ(−Δ/2), a fraction in (0, ½), of two classes; the variance of ``friedman1``'s noise; and
        ``None`` for any other source.

    Raises:
        DataError: too few dimensions.

    >>> round(bayes_error_of("twonorm", 20), 4)
    0.0228
    """
    if source not in SYNTHETIC:
        return None
    if source == "friedman1":
        return 1.0
    separation = _separation(source, _dimensions(source, dimensions))
    return 0.5 * math.erfc(separation / (2 * math.sqrt(2)))


def draw_synthetic(source: str, rows: int | None, dimensions: int | None, seed: int) -> Rows:
    """Draw a synthetic set; of two classes, as many rows of one as of the other (or one more).

    Raises:
        DataError: too few rows or dimensions.
    """
    n = _DEFAULT_ROWS if rows is None else rows
    d = _dimensions(source, dimensions)
    if n < 1:
        raise DataError(f"rows = {n}; write how many rows to draw, at least 6.")
    rng = generator(seed, Stream.SYNTHETIC)
    names = tuple(f"x{i}" for i in range(d))
    if source == "friedman1":
        inputs = rng.random((n, d))
        noise = rng.standard_normal(n)
        return Rows(inputs, names, (None,) * d, _friedman1(inputs) + noise, f"{source}: target")
    labels = rng.permutation(np.arange(n) % 2)
    # The same distance along every axis: no coordinate alone carries the classes.
    offset = _separation(source, d) / (2 * math.sqrt(d))
    inputs = rng.standard_normal((n, d)) + np.where(labels, offset, -offset)[:, None]
    return Rows(inputs, names, (None,) * d, labels, f"{source}: labels")


def _friedman1(x: np.ndarray) -> np.ndarray:
    """Return (n,) means of the target at inputs (n, ≥ 5)."""
    bent = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    return bent + 10 * x[:, 3] + 5 * x[:, 4]


def _separation(source: str, dimensions: int) -> float:
    """Return Δ, the distance of the class means in standard deviations."""
    return 4.0 if source == "twonorm" else math.sqrt(6.92 + 0.385 * (dimensions - 2))


def _dimensions(source: str, dimensions: int | None) -> int:
    d = _DEFAULT_DIMENSIONS[source] if dimensions is None else dimensions
    fewest = _FEWEST_DIMENSIONS[source]
    if d < fewest:
        raise DataError(
            f"dimensions = {d}: {source} cannot have {counted(d, 'dimension')}; write at least "
            f"{fewest}."
        )
    return d
