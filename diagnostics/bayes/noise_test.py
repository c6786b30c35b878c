"""The estimate of the Bayes error put to the test: noise is added whose effect on it is known.

Where labels are drawn anew with probability ρ, all C classes alike, a Bayes error R becomes
R + ρ·(1 − 1/C − R), whatever the data are. An estimate that does not rise with this slope is not to
be trusted on these rows.
"""

import math
from typing import NamedTuple

import numpy as np

from ..number_text import moved
from ..statistics.grouped import error_of_mean
from ..statistics.intervals import two_sided_z
from .bayes_mixture import Judged, judge_by_mixture, row_readings
from .geometry import compressed

SHARES = (0.1, 0.2, 0.4)  # ρ: labels drawn anew
# The mixture is fitted anew for every share, which takes longer with more classes.
_ROWS_AT_MOST, _ROWS_AT_LEAST, _PROBABILITIES = 1_000, 300, 6_000
_CONFIDENCE = 0.99  # of the interval around the slope that is due
# Rows share fits, whose own chance rows do not show. With n rows it moves a mean by 1/n, rows
# themselves by 1/√n: both are alike at about so many (benchmarks/LOG.md).
_FITS_AS_ROWS = 180


class NoiseTest(NamedTuple):
    """How the estimate rose with the share of labels drawn anew."""

    rows: int  # that were looked at
    due: float  # the slope 1 − 1/C − R, with the estimate for R
    found: float  # the slope found, by least squares over the shares, through the estimate
    standard_error: float  # of found − due

    @property
    def passed(self) -> bool:
        """Whether chance alone explains the difference of the slopes (p ≥ 0.01)."""
        return abs(self.found - self.due) <= two_sided_z(_CONFIDENCE) * self.standard_error

    @property
    def misfit(self) -> float:
        """By how much the estimate missed the error at the largest share; 0 where it passed."""
        return 0.0 if self.passed else abs(self.found - self.due) * max(SHARES)

    def details(self) -> dict[str, float]:
        """What is stored of it."""
        return {
            "noise_test_rows": self.rows,
            "noise_slope_due": self.due,
            "noise_slope_found": self.found,
            "noise_slope_standard_error": self.standard_error,
            "noise_misfit": self.misfit,
        }


def inject_noise(
    inputs: np.ndarray,
    labels: np.ndarray,
    classes: int,
    judged: Judged,
    rng: np.random.Generator,
    groups: np.ndarray | None = None,
) -> NoiseTest:
    """Draw labels anew at each of ``SHARES``, estimate, and compare the slope with the one due.

    The same rows are read with and without noise, so that the standard error is that of a mean of
    differences, widened by the chance of the fits, which rows share. A border that the mixture
    finds neither with nor without noise escapes the test.

    Args:
        inputs: (n, features), as for ``judge_by_mixture``; 300 to 1,000 rows are looked at, fewer
            where there are more than 6 classes.
        labels: (n,).
        classes: C.
        judged: what the mixture made of these rows without noise.
        rng: draws rows, labels and folds.
        groups: (n,) as for ``judge_by_mixture``.
    """
    n = min(_ROWS_AT_MOST, max(_ROWS_AT_LEAST, _PROBABILITIES // classes))
    if n < len(labels):
        kept = rng.permutation(len(labels))[:n]
        inputs, labels = inputs[kept], labels[kept]
        groups = None if groups is None else groups[kept]
    inputs = compressed(inputs)  # once for all readings
    if len(labels) < len(judged.wrong):
        judged = judge_by_mixture(inputs, labels, classes, rng, groups)
    clean, most = row_readings(judged, groups), 1 - 1 / classes
    slope, weight = np.zeros(len(labels)), sum(share**2 for share in SHARES)
    for share in SHARES:
        fresh = rng.random(len(labels)) < share
        noisy = np.where(fresh, rng.integers(classes, size=len(labels)), labels)
        read = row_readings(judge_by_mixture(inputs, noisy, classes, rng, groups), groups)
        slope += share * (read - clean) / weight
    due = most - clean
    error = error_of_mean(slope - due, groups) * math.hypot(1, _FITS_AS_ROWS / len(labels))
    return NoiseTest(len(labels), float(due.mean()), float(slope.mean()), error)


def sentence(test: NoiseTest, before: float, after: float) -> str:
    """What came out, and what was made of it.

    Args:
        test: that was made.
        before: the mixture's lower limit.
        after: the same, less the misfit.
    """
    shares = ", ".join(f"{share:g}" for share in SHARES[:-1]) + f" and {SHARES[-1]:g}"
    chance = two_sided_z(_CONFIDENCE) * test.standard_error
    told = (
        f"Tested by labels drawn anew in shares of {shares} of {test.rows:,} rows, the estimate "
        f"{moved(test.found)} times the share, where {test.due:.2f} ± {chance:.2f} was due"
    )
    if test.passed:
        return f"{told}: it passed."
    lowered = (
        f", so the mixture's lower limit was taken down from {100 * before:.1f} % to "
        f"{100 * after:.1f} %"
        if before > after
        else ""
    )
    return f"{told}: it failed by {100 * test.misfit:.1f} points at the largest share{lowered}."
