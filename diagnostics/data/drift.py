"""Whether validation or test rows come from elsewhere than the training rows.

The classifier two-sample test (Lopez-Paz and Oquab 2017, ICLR): where a classifier tells rows of
two samples apart that it never saw, the samples differ.
"""

from typing import Any, NamedTuple

import numpy as np

from ...datasets.dataset import DEALT_AT_RANDOM, Dataset, Split
from ...datasets.dealing import deal
from ...storage.records.data import DataCheck
from ..statistics.discoveries import holm
from ..statistics.intervals import two_sided_z

DRIFT = "drift"
_ROWS_AT_MOST = 2_000  # of each split
_ROWS_AT_LEAST = 20
_TREES = 100
_CONFIDENCE = 0.95
_NAMED = 3  # features
_METHOD = (
    "Random trees learn on half of the rows of both splits to tell them apart, and are judged on "
    "the other half, both ways round. p is that of the ranks (Mann–Whitney), the smaller of the "
    "two doubled, corrected by Holm for the two splits (Lopez-Paz and Oquab 2017)."
)


class TwoSamples(NamedTuple):
    """How well a classifier tells rows of two samples apart that it never saw."""

    area: float  # under the ROC curve, 0.5 for not at all, 1 for always
    low: float
    high: float
    p_value: float
    n: int  # rows


def check_drift(dataset: Dataset) -> tuple[DataCheck, ...]:
    """Compare validation and test rows with the training rows.

    Nothing where rows or groups of rows were dealt to the splits at random: there all splits are
    alike, and a test could only raise a false alarm. Of groups it would nearly always, as trees
    that saw some rows of a person know the others.

    Args:
        dataset: at most 2,000 rows of each split are looked at.
    """
    if dataset.dealt in DEALT_AT_RANDOM:
        return ()
    rng = np.random.default_rng(0)
    training = _drawn(dataset.train, rng)
    others = {"validation": dataset.validation, "test": dataset.test}
    found = {}
    for name, split in others.items():
        rows = _drawn(split, rng)
        if min(len(training), len(rows)) >= _ROWS_AT_LEAST:
            found[name] = two_samples(training, rows, rng), _features(dataset, training, rows)
    corrected = holm([it.p_value for it, _ in found.values()])
    return tuple(
        DataCheck(DRIFT, name, it.n, it.area, it.low, it.high, p, _METHOD, features)
        for (name, (it, features)), p in zip(found.items(), corrected, strict=True)
    )


def two_samples(first: np.ndarray, second: np.ndarray, rng: np.random.Generator) -> TwoSamples:
    """Try to tell two samples apart.

    Each half's p holds by itself, as its rows are independent of the trees; twice the smaller holds
    however the halves hang together. The area's limits are Hanley and McNeil's (1982, Radiology
    143:29) for one half, so they are wide for the mean of two.

    Args:
        first: (n, features).
        second: (m, features).
        rng: draws the halves and the trees.
    """
    from scipy.stats import mannwhitneyu  # here, since both take a second
    from sklearn.ensemble import ExtraTreesClassifier

    inputs = np.concatenate([first, second])
    of_second = np.r_[np.zeros(len(first), bool), np.ones(len(second), bool)]
    half = deal(of_second, 2, rng) == 0
    areas, values, errors = [], [], []
    for judged in (half, ~half):
        trees = ExtraTreesClassifier(
            _TREES,
            min_samples_leaf=5,
            class_weight="balanced",
            random_state=int(rng.integers(2**31)),
        ).fit(inputs[~judged], of_second[~judged])
        score = trees.predict_proba(inputs[judged])[:, 1]
        there, absent = score[of_second[judged]], score[~of_second[judged]]
        test = mannwhitneyu(there, absent, alternative="greater", method="asymptotic")
        area = float(test.statistic) / (len(there) * len(absent))
        areas.append(area)
        values.append(float(test.pvalue))
        errors.append(_standard_error(area, len(there), len(absent)))
    area, half_width = float(np.mean(areas)), two_sided_z(_CONFIDENCE) * max(errors)
    low, high = max(0.0, area - half_width), min(1.0, area + half_width)
    return TwoSamples(area, low, high, min(1.0, 2 * min(values)), len(inputs))


def _standard_error(area: float, n: int, m: int) -> float:
    """Of an area under the ROC curve over n and m rows, after Hanley and McNeil."""
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (n - 1) * (first - area**2) + (m - 1) * (second - area**2)
    return float(np.sqrt(max(variance, 0) / (n * m)))


def _drawn(split: Split, rng: np.random.Generator) -> np.ndarray:
    rows = len(split.labels)
    kept = np.arange(rows) if rows <= _ROWS_AT_MOST else rng.permutation(rows)[:_ROWS_AT_MOST]
    return np.asarray(split.inputs[np.sort(kept)])


def _features(dataset: Dataset, first: np.ndarray, second: np.ndarray) -> dict[str, Any]:
    """The features of a table that differ most, by Kolmogorov and Smirnov, corrected by Holm."""
    if dataset.row_shape is not None:
        return {"features": []}
    from scipy.stats import ks_2samp  # here, since it takes half a second

    # (statistic, p) of each feature
    tests = [
        tuple(map(float, ks_2samp(a, b, method="asymp")))
        for a, b in zip(first.T, second.T, strict=True)
    ]
    values = holm([p for _, p in tests])
    order = np.argsort([-distance for distance, _ in tests], kind="stable")
    clear = [int(i) for i in order if values[i] < 1 - _CONFIDENCE]
    return {"features": [dataset.feature_names[i] for i in clear[:_NAMED]]}
