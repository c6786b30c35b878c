"""The balanced error as it is recorded: from the wrong rows of each class that lanes counted."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..datasets.dataset import Dataset, Split
from ..models.curves import Curves
from ..models.judging import Score
from ..models.network import Array
from ..storage.records.data import ClassRows
from ..storage.records.results import BalancedCurves, TrialResult


def class_rows(dataset: Dataset) -> ClassRows | None:
    """How many rows of each class there are; ``None`` where there are no classes."""
    if dataset.task != "classification":
        return None

    def rows(split: Split) -> tuple[int, ...]:
        return tuple(np.bincount(split.labels, minlength=dataset.classes).tolist())

    return ClassRows(
        dataset.class_names,
        rows(dataset.train),
        rows(dataset.validation),
        rows(dataset.test),
        dataset.bridge and rows(dataset.bridge),
    )


def balanced_error(wrong: np.ndarray | Sequence[int], rows: Sequence[int]) -> float | None:
    """The mean over classes of the share of their rows that is wrong, 0–1.

    Classes without rows are left out. ``None`` where ``wrong`` is not finite.

    >>> balanced_error([9, 1, 0], [90, 2, 0])
    0.3

    Args:
        wrong: rows of each class that were answered wrongly.
        rows: of each class; one class has some.
    """
    there = np.asarray(rows, np.float64)
    counted = there > 0
    error = float((np.asarray(wrong, np.float64)[counted] / there[counted]).mean())
    return error if np.isfinite(error) else None


def balanced_curves(curves: Curves, rows: ClassRows | None) -> BalancedCurves | None:
    """Balanced errors by epoch; ``None`` where classes were not counted.

    Args:
        curves: of some epochs, on the host.
        rows: of the splits that they were measured on.
    """
    if rows is None or curves.training_wrong is None or curves.validation_wrong is None:
        return None
    training, validation = (
        tuple(balanced_error(epoch, of) for epoch in np.asarray(wrong))
        for wrong, of in (
            (curves.training_wrong, rows.training),
            (curves.validation_wrong, rows.validation),
        )
    )
    return BalancedCurves(training, validation)


def wrong_after(curves: Curves, epoch: int) -> Mapping[str, tuple[int, ...]] | None:
    """Wrong rows of each class after an epoch, from 1, on the splits that curves are of.

    ``None`` where they were not counted, or the trial had diverged.
    """
    if curves.training_wrong is None or curves.validation_wrong is None:
        return None
    wrong = {
        "training": np.asarray(curves.training_wrong)[epoch - 1],
        "validation": np.asarray(curves.validation_wrong)[epoch - 1],
    }
    if not all(np.isfinite(counts).all() for counts in wrong.values()):
        return None
    return {split: _whole(counts) for split, counts in wrong.items()}


def with_balanced_scores(
    result: TrialResult, lane: int, rows: ClassRows | None, test: Score, bridge: Score | None
) -> TrialResult:
    """A result with the balanced errors of the splits that a trial is judged by at its end.

    As it is where classes were not counted, or the trial diverged.

    Args:
        result: of the trial.
        lane: that it was in.
        rows: of each class.
        test: of all lanes.
        bridge: of all lanes; ``None`` without a bridge.
    """
    if rows is None or test.counts is None or result.wrong is None:
        return result
    on_test = _whole(test.counts.wrong[lane])
    wrong = {**result.wrong, "test": on_test}
    result = result._replace(test_balanced_error=balanced_error(on_test, rows.test))
    if bridge is not None and bridge.counts is not None and rows.bridge is not None:
        on_bridge = _whole(bridge.counts.wrong[lane])
        wrong["bridge"] = on_bridge
        result = result._replace(bridge_balanced_error=balanced_error(on_bridge, rows.bridge))
    return result._replace(wrong=wrong)


def _whole(counts: Array) -> tuple[int, ...]:
    return tuple(np.asarray(counts).astype(int).tolist())
