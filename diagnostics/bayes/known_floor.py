"""The Bayes error by what the user knows: a figure, soft labels, people's error, label noise."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.special import stdtrit

from ...storage.records.data import BayesRecord
from ..ladder import Likely
from ..statistics.intervals import clopper_pearson
from .likely_limits import likely_details, likely_of

_CONFIDENCE = 0.95


class Noise(NamedTuple):
    """Labels drawn anew with equal chances of all classes, and what that does to an error."""

    redrawn: float  # ρ: the share of labels drawn anew
    floor: float  # ρ·(1 − 1/C): the Bayes error where it would be 0 with clean labels
    low: float  # its lower limit; the floor itself where it is exact
    n: int | None  # labels that told the share

    def clean(self, error: float) -> float:
        """What an error would be with clean labels: R in R_ρ = R + ρ·(1 − 1/C − R)."""
        return max(0.0, (error - self.floor) / (1 - self.redrawn)) if self.redrawn < 1 else 0.0


def given_figure(figure: float | Mapping[str, Any]) -> BayesRecord:
    """A number, or a value with its limits, as it is."""
    if isinstance(figure, Mapping):
        value, low, high = (float(figure[key]) for key in ("value", "low", "high"))
        method = "Given by the user, with its interval."
    else:
        value = low = high = float(figure)
        method = "Given by the user as one number, so taken as exact."
    return BayesRecord(value, low, high, n=None, method=method, given=True)


def soft_label_floor(shares: np.ndarray) -> BayesRecord:
    """The mean of 1 − the largest class probability, with Student's t interval.

    Unbiased where a row's numbers are its class probabilities. Shares counted over few annotators
    are further from even than these, which makes the figure too low. Source: Ishida et al. 2023,
    ICLR, "Is the performance of my deep network too good to be true?", section 3.

    Args:
        shares: (n, classes), each row's sum 1, n ≥ 2; of rows like the study's.
    """
    doubt = 1 - shares.max(axis=1)
    n, value = len(doubt), float(doubt.mean())
    half = float(stdtrit(n - 1, (1 + _CONFIDENCE) / 2) * doubt.std(ddof=1)) / math.sqrt(n)
    most = 1 - 1 / shares.shape[1]
    method = (
        f"The mean of 1 − the largest class probability over {n:,} rows of soft labels given by "
        f"the user, with its 95 % t interval (Ishida et al. 2023). It takes those rows for rows "
        "like these, and is too low where few annotators saw a row."
    )
    details = {
        "soft_label_rows": n,
        "soft_labels_sha256": hashlib.sha256(np.ascontiguousarray(shares, "<f8").data).hexdigest(),
    }
    limits = max(0.0, value - half), min(most, value + half)
    return BayesRecord(value, *limits, n=n, method=method, given=True, details=details)


def label_noise(known: float | Mapping[str, Any] | None, classes: int, side: float) -> Noise | None:
    """The noise that the spec tells of; ``None`` where it tells of none.

    A label that is flipped to any other class alike with probability q is one drawn anew with
    probability ρ = q·C/(C−1).

    Args:
        known: the share flipped; or ``flipped``, maybe with ``n``, or ``redrawn``.
        classes: C ≥ 2.
        side: probability of error of the lower limit, where the share was counted on n labels.
    """
    if known is None:
        return None
    it: Mapping[str, Any] = known if isinstance(known, Mapping) else {"flipped": known}
    most, n = 1 - 1 / classes, it.get("n")
    flipped = it.get("flipped")
    floor = float(it["redrawn"]) * most if flipped is None else float(flipped)
    # Rounded down to whole labels, so that the limit does not promise more than was counted.
    counted = 0 if n is None else math.floor(floor * n + 1e-9)
    low = floor if n is None else clopper_pearson(counted, n, 1 - 2 * side).low
    return Noise(floor / most, floor, low, n)


def with_noise(estimate: BayesRecord, noise: Noise) -> BayesRecord:
    """An estimate that lies nowhere below the noise's floor.

    With any clean Bayes error R ≤ 1 − 1/C, R_ρ = R + ρ·(1 − 1/C − R) ≥ ρ·(1 − 1/C). Where the
    estimate's upper limit lies below that, it gives way: the diagnosis raises the alarm where test
    rows refute the floor.
    """
    low = max(estimate.low, noise.low)
    value = max(estimate.value, noise.floor)
    high = max(estimate.high, value)
    clean = noise.clean(value)
    counted = "" if noise.n is None else f", as counted on {noise.n:,} labels"
    method = (
        f"{estimate.method} Labels known to be wrong by chance in {100 * noise.floor:.1f} % of "
        f"rows{counted}, any other class alike, alone make it at least {100 * noise.low:.1f} %; "
        f"with clean labels it would be about {100 * clean:.1f} %."
    )
    details = {
        **estimate.details,
        "label_noise_redrawn": noise.redrawn,
        "label_noise_floor": noise.floor,
        "label_noise_low": noise.low,
        "clean_bayes_error": clean,
        "clean_bayes_low": noise.clean(low),
        "clean_bayes_high": noise.clean(high),
    }
    if likely := likely_of(estimate):
        details |= likely_details(
            Likely(min(value, max(likely.low, noise.low)), max(likely.high, value))
        )
    return estimate._replace(value=value, low=low, high=high, method=method, details=details)
