"""Whether what training rows teach holds for test rows that were not dealt at random.

A difference of inputs need not matter (``drift``), and one that matters need not show in them: the
same inputs may mean another thing later, or a column may hold the answer in training rows alone.
Models that learn from training rows find it: they do worse on test rows than on other training
rows, neither of which taught them. Dataset shift (Quiñonero-Candela et al. 2009).
"""

from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from ...datasets.dataset import DEALT_AT_RANDOM, Dataset, Split
from ...datasets.dealing import deal
from ...storage.records.data import SHIFT, DataCheck
from ..statistics.intervals import two_sided_z

_FOLDS = 5
_ROWS_AT_MOST = 2_000  # of each split
_ROWS_AT_LEAST = 50
_TREES = 50
_CONFIDENCE = 0.95
_METHOD = (
    "Random trees and a linear model, averaged, learn from four fifths of the training rows, five "
    "times; they are judged on the last fifth and on the test rows. The interval and p (one-sided) "
    "are those of two means (Welch), the models taken as given."
)


class Shift(NamedTuple):
    """How much worse models do on test rows than on training rows that they did not learn from."""

    value: float  # mean loss of test rows − that of training rows
    low: float  # 95 %
    high: float
    p_value: float  # that it is no more than 0
    training: float  # mean loss
    test: float


def check_shift(dataset: Dataset) -> tuple[DataCheck, ...]:
    """Learn from training rows, and judge other training rows and test rows by it.

    Nothing where rows or groups of rows were dealt to the splits at random, where a bridge tells
    more, of several labels or tasks, and of few rows.

    Args:
        dataset: at most 2,000 rows of each split are looked at.
    """
    if dataset.dealt in DEALT_AT_RANDOM or dataset.bridge or dataset.task not in _LOSSES:
        return ()
    rng = np.random.default_rng(0)
    training, test = _drawn(dataset.train, rng), _drawn(dataset.test, rng)
    if min(len(training.labels), len(test.labels)) < _ROWS_AT_LEAST:
        return ()
    it = shift_of(training, test, dataset.task, rng)
    unit = dataset.target.scale**2 if dataset.target else 1.0
    value, low, high, training_error, test_error = (
        unit * number for number in (it.value, it.low, it.high, it.training, it.test)
    )
    details = {"training_error": training_error, "test_error": test_error}
    n = len(training.labels) + len(test.labels)
    return (DataCheck(SHIFT, "test", n, value, low, high, it.p_value, _METHOD, details),)


@threadpool_limits.wrap(limits=1)
def shift_of(training: Split, test: Split, task: str, rng: np.random.Generator) -> Shift:
    """How much more such models lose on test rows; see ``check_shift``.

    With the models given, without a shift both means are of the same expectation.

    Args:
        training: rows to learn from and to judge by.
        test: other rows to judge by.
        task: "classification" or "regression".
        rng: deals folds and draws trees.
    """
    from scipy.special import stdtr  # here, since both take a second

    strata = training.labels if task == "classification" else np.zeros(len(training.labels), int)
    fold = deal(strata, _FOLDS, rng)
    own, asked = np.empty(len(training.labels)), np.zeros(len(test.labels))
    for number in range(_FOLDS):
        judged = fold == number
        taught = Split(training.inputs[~judged], training.labels[~judged])
        others = np.concatenate([training.inputs[judged], test.inputs])
        labels = np.concatenate([training.labels[judged], test.labels])
        losses = _LOSSES[task](taught, others, labels, int(rng.integers(2**31)))
        own[judged], asked = losses[: judged.sum()], asked + losses[judged.sum() :] / _FOLDS
    value = float(asked.mean() - own.mean())
    parts = np.array([own.var(ddof=1) / len(own), asked.var(ddof=1) / len(asked)])
    error = float(np.sqrt(parts.sum()))
    p_value = 1.0
    if error:
        degrees = parts.sum() ** 2 / (parts**2 / (len(own) - 1, len(asked) - 1)).sum()
        p_value = float(stdtr(degrees, -value / error))
    half = two_sided_z(_CONFIDENCE) * error
    return Shift(value, value - half, value + half, p_value, float(own.mean()), float(asked.mean()))


def _drawn(split: Split, rng: np.random.Generator) -> Split:
    rows = len(split.labels)
    kept = np.sort(rng.permutation(rows)[:_ROWS_AT_MOST])
    return Split(np.asarray(split.inputs[kept]), split.labels[kept])


def _wrong(taught: Split, inputs: np.ndarray, labels: np.ndarray, seed: int) -> np.ndarray:
    """Which rows are answered wrongly, (n,) 0 or 1."""
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    trees = ExtraTreesClassifier(_TREES, min_samples_leaf=3, random_state=seed)
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, tol=1e-2, max_iter=100))
    models = [model.fit(taught.inputs, taught.labels) for model in (trees, linear)]
    mean = np.mean([model.predict_proba(inputs) for model in models], axis=0)
    return (models[0].classes_[mean.argmax(axis=1)] != labels).astype(float)


def _squares(taught: Split, inputs: np.ndarray, labels: np.ndarray, seed: int) -> np.ndarray:
    """Squared errors, (n,), of targets standardised."""
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    trees = ExtraTreesRegressor(_TREES, min_samples_leaf=3, random_state=seed)
    models = (trees, make_pipeline(StandardScaler(), Ridge(1.0)))
    each = [model.fit(taught.inputs, taught.labels).predict(inputs) for model in models]
    mean = np.mean(each, axis=0)
    return (labels.astype(np.float64) - mean) ** 2


_LOSSES = {"classification": _wrong, "regression": _squares}
