"""From what lanes measured of a trial to what is recorded of it."""

import math
from typing import Any

import numpy as np

from ..datasets.dataset import Dataset
from ..models.hyperparameters import Hyperparameters
from ..models.judging import Score
from ..models.training import Curves
from ..storage import records
from ..storage.records import Outcome, TrialResult


def trial_result(
    trial_id: int,
    hyper: Hyperparameters,
    curves: records.Curves,
    outcome: Outcome,
    restored: int | None = None,
) -> TrialResult:
    """What a trial's curves say; what it shares with its batch is to be filled in.

    A trial is judged after its last epoch, and ``best_epoch`` is evidence for early stopping only;
    or, when it was trained with early stopping, after its best epoch. The value of a pruned trial
    is its last validation error, as in Optuna.

    Args:
        trial_id: of the trial.
        hyper: that it was trained with.
        curves: of all epochs that it was trained.
        outcome: how it ended.
        restored: the epoch, from 1, whose weights are kept; ``None`` for the last.
    """
    diverged = outcome is Outcome.DIVERGED
    place = (restored or len(curves.training_loss)) - 1
    last = {name: None if diverged else values[place] for name, values in curves._asdict().items()}
    errors = [(e, i + 1) for i, e in enumerate(curves.validation_error) if e is not None]
    return TrialResult(
        trial_id=trial_id,
        outcome=outcome,
        value=last["validation_error"],
        learning_rate=hyper.learning_rate,
        weight_decay=hyper.weight_decay,
        momentum=hyper.momentum,
        epochs=len(curves.training_loss),
        best_epoch=restored or (min(errors)[1] if errors else None),
        diverged_epoch=len(curves.training_loss) if diverged else None,
        training_loss=last["training_loss"],
        training_error=last["training_error"],
        validation_loss=last["validation_loss"],
        validation_error=last["validation_error"],
        test_loss=None,
        test_error=None,
        parameters=0,
        seconds=0.0,
        lanes=0,
        strategy="",
        curves=curves,
    )


def recorded_curves(curves: Curves, dataset: Dataset) -> records.Curves:
    """A trial's curves as they are stored."""
    rows = {
        "training_error": len(dataset.train.labels),
        "validation_error": len(dataset.validation.labels),
    }
    return records.Curves(
        *(
            tuple(recorded(v, rows[name], dataset) if name in rows else finite(v) for v in values)
            for name, values in curves._asdict().items()
        )
    )


def recorded(error: Any, rows: int, dataset: Dataset) -> float | None:
    """An error over ``rows`` as it is stored: of a target, in squares of its own units.

    Args:
        error: float32, as measured: see ``models.tasks.row_errors``.
        rows: that it is the mean of.
        dataset: that they belong to.
    """
    if dataset.target is not None:
        return float(error) * dataset.target.scale**2 if np.isfinite(error) else None
    return exact(error, rows * (dataset.classes if dataset.task == "multilabel" else 1))


def deviation(score: Score, lane: int, dataset: Dataset) -> float | None:
    """The standard deviation of the rows' errors in a lane; ``None`` where the error tells it."""
    if score.square is None:
        return None
    error, square = float(score.error[lane]), float(score.square[lane])
    scale = 1.0 if dataset.target is None else dataset.target.scale**2
    return finite(scale * math.sqrt(max(0.0, square - error**2)))


def finite(value: Any) -> float | None:
    """``value`` as a Python float; ``None`` when it is not finite."""
    return float(value) if np.isfinite(value) else None


def exact(error: Any, count: int) -> float | None:
    """A float32 fraction of ``count`` as the float64 nearest to it: 29/360, not 0.08055555820."""
    return round(float(error) * count) / count if np.isfinite(error) else None
