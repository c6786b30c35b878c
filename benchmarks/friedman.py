"""The regression floor against the truth: rows of benchmarks/diagnosis.md on Friedman's first set.

Its noise has variance 1. A support vector machine stands for the best network, whose test error and
a mixture's give the upper limit. Beside the estimate stands that of the Delta test, half the mean
squared difference of the targets of nearest neighbours.
"""

import itertools
from typing import NamedTuple

import numpy as np
from netclinic.datasets.dataset import Dataset, Preprocessing, Split, TargetScale
from netclinic.datasets.synthetic import draw_synthetic
from netclinic.diagnostics.bayes.bayes import estimate_bayes_error
from netclinic.diagnostics.bayes.likely_limits import likely_of
from netclinic.diagnostics.ladder import Likely
from netclinic.storage.records.results import Curves, Outcome, TrialResult
from netclinic.storage.records.study import StudyRecord
from netclinic.storage.records.trials import TrialRecord
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVR

DIMENSIONS = 5, 10
TRUTH = 1.0
HEAD = """\
| set | rows | noise variance | interval holds it | lower limit above it | point's mean error | \
half of the Delta test's | interval's median width | likely at least | likely at most |
|---|---|---|---|---|---|---|---|---|---|"""


class Floor(NamedTuple):
    """What one draw gave, in squared units of the target."""

    low: float
    value: float
    high: float
    likely: Likely
    delta: float  # by the Delta test


def floors_of(where: tuple[int, int, int]) -> list[Floor]:
    """All seeds of one size, in a process of its own: (dimensions, rows, seeds)."""
    dimensions, rows, seeds = where
    return [_floor(dimensions, rows, seed) for seed in range(seeds)]


def row(dimensions: int, rows: int, floors: list[Floor]) -> str:
    """A line of the table."""
    held = sum(it.low <= TRUTH <= it.high for it in floors)
    above = sum(it.low > TRUTH for it in floors)
    point, delta = (
        np.mean([abs(value - TRUTH) for value in values])
        for values in ([it.value for it in floors], [it.delta for it in floors])
    )
    width = np.median([it.high - it.low for it in floors])
    likely_low = sum(it.likely.low <= TRUTH for it in floors)
    likely_high = sum(it.likely.high >= TRUTH for it in floors)
    return (
        f"| Friedman1, {dimensions}-D | {rows:,} | {TRUTH:g} | {held} of {len(floors)} | {above} | "
        f"{point:.2f} | {delta / 2:.2f} | {width:.2f} | {likely_low} | {likely_high} |"
    )


def _floor(dimensions: int, rows: int, seed: int) -> Floor:
    drawn = draw_synthetic("friedman1", rows, dimensions, seed)
    scale = TargetScale(float(drawn.labels.mean()), float(drawn.labels.std()))
    inputs = (drawn.inputs - drawn.inputs.mean(axis=0)) / drawn.inputs.std(axis=0)
    labels = ((drawn.labels - scale.mean) / scale.scale).astype(np.float32)
    cuts = 0, rows * 3 // 5, rows * 4 // 5, rows
    splits = [
        Split(inputs[a:b].astype(np.float32), labels[a:b]) for a, b in itertools.pairwise(cuts)
    ]
    dataset = Dataset(
        "friedman1",
        *splits,
        class_names=("target",),
        feature_names=drawn.columns,
        preprocessing=Preprocessing(np.zeros(dimensions), np.ones(dimensions)),
        fingerprint="0" * 64,
        task="regression",
        target=scale,
    )
    it = estimate_bayes_error(dataset, _study(_squares(dataset, scale.scale)))
    nearest = NearestNeighbors(n_neighbors=1).fit(inputs).kneighbors(return_distance=False)[:, 0]
    delta = float(((drawn.labels - drawn.labels[nearest]) ** 2).mean()) / 2
    likely = likely_of(it)
    assert likely is not None
    return Floor(it.low, it.value, it.high, likely, delta)


def _squares(dataset: Dataset, scale: float) -> np.ndarray:
    """Squared errors on test rows, (n,), of the machine that the validation rows chose."""
    train, validation, test = dataset.train, dataset.validation, dataset.test
    machines = [
        SVR(C=cost, gamma=width / dataset.features, epsilon=0.1).fit(train.inputs, train.labels)
        for cost in (1.0, 10.0)
        for width in (0.1, 0.3, 1.0)
    ]
    best = min(
        machines, key=lambda it: ((it.predict(validation.inputs) - validation.labels) ** 2).mean()
    )
    return ((best.predict(test.inputs) - test.labels) * scale) ** 2


def _study(squares: np.ndarray) -> StudyRecord:
    """A study of one trial with these squared errors on test rows."""
    error, nothing = float(squares.mean()), Curves((), (), (), (), ())
    result = TrialResult(
        trial_id=1,
        outcome=Outcome.COMPLETED,
        value=error,
        learning_rate=0.0,
        weight_decay=0.0,
        momentum=0.0,
        epochs=0,
        best_epoch=None,
        diverged_epoch=None,
        training_loss=None,
        training_error=None,
        validation_loss=None,
        validation_error=None,
        test_loss=None,
        test_error=error,
        parameters=0,
        seconds=0.0,
        lanes=1,
        strategy="map",
        curves=nothing,
        test_deviation=float(squares.std()),
    )
    trial = TrialRecord(1, 0, "COMPLETE", {}, error, None, None, result)
    spec = {"diagnosis": {"bayes_error": "estimate"}, "data": {"task": "regression"}}
    return StudyRecord(0, "drawn", "minimize", "", spec, None, (), (trial,))
